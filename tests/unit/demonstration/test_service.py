import pytest

from onmodel.demonstration import service


def test_eighty_therapists_in_the_sources_team_sizes_but_for_one() -> None:
    assert service.number_of_therapists() == 80
    outside = [
        (plan.slug, team.name)
        for plan in service.all_programmes()
        for team in plan.teams
        if not 4 <= team.therapists <= 9
    ]
    assert outside == [("maasoever-day-hospital", "Kade")]


@pytest.mark.parametrize("plan", [*service.ORGANISATIONS, *service.all_programmes()], ids=lambda p: p.slug)
def test_every_name_says_that_it_is_simulated(plan) -> None:
    assert plan.name.endswith("(simulated)")


def test_one_programme_is_adrift_and_one_recovered() -> None:
    adrift = [plan.slug for plan in service.all_programmes() if plan.is_adrift]
    assert adrift == ["maasoever-day-hospital"]
    reorganised = {plan.slug for plan in service.all_programmes() if plan.reorganised}
    assert reorganised - set(adrift) == {"zuiderhof-intensive-outpatient"}


@pytest.mark.parametrize("total", [12, 37, 100, 800, 18_000])
def test_all_patients_have_a_programme_and_all_programmes_patients(total: int) -> None:
    counts = service.patients_a_programme(total)
    assert sum(counts.values()) == total
    assert set(counts) == {plan.slug for plan in service.all_programmes()}
    assert min(counts.values()) >= 1
