import datetime
from itertools import pairwise

import numpy as np
import pytest

from onmodel.demonstration.careers import (
    ONE_DAY,
    Career,
    careers,
    in_trouble,
    months_after,
    recovered_on,
    reorganised_on,
)
from onmodel.demonstration.half_years import half_years
from onmodel.demonstration.service import DAY_HOSPITAL, RECOVERED, REORGANISED, ProgrammePlan

TODAY = datetime.date(2026, 11, 2)


def of(plan: ProgrammePlan, count: int = 300, seed: int = 1) -> list[Career]:
    return careers(np.random.default_rng(seed), plan, count, TODAY)


@pytest.fixture(scope="module", params=[DAY_HOSPITAL, REORGANISED], ids=lambda plan: plan.slug)
def patients(request: pytest.FixtureRequest) -> list[Career]:
    return of(request.param)


def test_dates_follow_each_other_and_none_lies_ahead(patients: list[Career]) -> None:
    for career in patients:
        days = [career.referred_on, career.oriented_on, career.started_on, career.ended_on]
        known = [day for day in days if day is not None]
        assert known == sorted(known)
        assert known[-1] <= TODAY


def test_an_end_has_a_kind_and_only_an_end(patients: list[Career]) -> None:
    assert all(bool(career.end_kind) == (career.ended_on is not None) for career in patients)


def test_phases_join_without_gap_up_to_the_end(patients: list[Career]) -> None:
    for career in patients:
        for before, after in pairwise(career.phases):
            assert before.ends_on == after.starts_on - ONE_DAY
        assert (career.phases[-1].ends_on is None) == (career.ended_on is None)


def test_some_wait_and_have_not_started(patients: list[Career]) -> None:
    waiting = [career for career in patients if career.started_on is None]
    assert len(waiting) == 9  # 3 % of 300
    assert {career.phases[-1].kind for career in waiting} == {"referral"}


def test_dropping_out_and_being_put_out_come_as_often_as_published() -> None:
    """D ch. 4: 8.9 % and 6.6 %; among 4,000 patients a standard error of at most 0.5 percentage points."""
    ended = [c for c in of(DAY_HOSPITAL, 6000) if c.started_on and months_after(c.started_on, 25) < TODAY]
    shares = {kind: np.mean([c.end_kind == kind for c in ended]) for kind in ("drop_out", "push_out")}
    assert shares["drop_out"] == pytest.approx(0.089, abs=0.02)
    assert shares["push_out"] == pytest.approx(0.066, abs=0.02)


def test_treatment_lasts_as_long_as_published() -> None:
    """D ch. 4: 15.3 months, at most 18; follow-up left out. Cutting the tail takes a little off the mean."""
    months = []
    for career in of(DAY_HOSPITAL, 3000):
        final = [phase for phase in career.phases if phase.kind in ("main", "final")]
        if career.end_kind == "completed" and career.started_on and final[-1].ends_on:
            months.append((final[-1].ends_on - career.started_on).days / 30.4375)
    assert np.mean(months) == pytest.approx(14.8, abs=0.4)
    assert max(months) <= 18.0


def touched(started: datetime.date, turned: datetime.date | None) -> Career:
    return Career(
        programme="p",
        team=0,
        turned_on=turned,
        year_of_birth=1990,
        gender="female",
        referred_on=started,
        oriented_on=started,
        started_on=started,
        ended_on=None,
        end_kind="",
        phases=(),
    )


@pytest.mark.parametrize(
    ("started", "turned", "shares"),
    [
        ("2025-01-01", None, [0, 0, 0, 0]),
        ("2025-01-01", "2024-12-01", [1, 1, 1, 1]),  # began in the reorganised programme
        ("2025-01-01", "2025-07-02", [0, 0, 0.5, 1]),  # turned six months in: half by month 9, all by 12
    ],
)
def test_how_far_a_patient_is_touched(started: str, turned: str | None, shares: list[float]) -> None:
    day = datetime.date.fromisoformat(turned) if turned else None
    career = touched(datetime.date.fromisoformat(started), day)
    found = career.share_reorganised(np.array([0.0, 6.0, 9.0, 12.0]))
    assert found == pytest.approx(shares, abs=0.01)


def test_only_treatments_that_the_reorganisation_touches_are_marked() -> None:
    turned = reorganised_on(REORGANISED, TODAY)
    assert turned is not None
    for career in of(REORGANISED):
        if career.turned_on is None:
            assert career.ended_on is not None
            assert career.started_on is not None
            assert career.started_on < turned
    assert all(career.turned_on is None for career in of(DAY_HOSPITAL))


def test_half_years_are_the_last_whose_report_can_be_signed() -> None:
    def of_day(day: str) -> list[str]:
        found = half_years(datetime.date.fromisoformat(day), 3)
        return [f"{start:%d-%m-%y} {end:%d-%m-%y}" for start, end in found]

    first = ["01-01-25 30-06-25", "01-07-25 31-12-25", "01-01-26 30-06-26"]
    assert of_day("2026-11-02") == of_day("2026-07-21") == of_day("2027-01-20") == first
    assert of_day("2026-07-20")[-1] == "01-07-25 31-12-25"  # signed twenty days after the end at the earliest
    assert of_day("2027-01-21")[-1] == "01-07-26 31-12-26"


def test_trouble_lasts_from_the_second_to_the_fifth_half_year_where_the_programme_recovered() -> None:
    halves = half_years(TODAY, 6)
    turned, recovered = reorganised_on(RECOVERED, TODAY), recovered_on(RECOVERED, TODAY)
    assert turned is not None
    assert recovered is not None
    assert halves[1][0] < turned < halves[1][1]
    assert halves[4][0] < recovered < halves[4][1]
    days = [turned - ONE_DAY, turned, recovered - ONE_DAY, recovered, TODAY]
    assert [in_trouble(RECOVERED, day, TODAY) for day in days] == [False, True, True, False, False]
    assert recovered_on(REORGANISED, TODAY) is None
    assert in_trouble(REORGANISED, TODAY, TODAY)


def test_who_begins_after_the_recovery_is_not_touched() -> None:
    recovered = recovered_on(RECOVERED, TODAY)
    begun = [career for career in of(RECOVERED) if career.started_on]
    later = [career for career in begun if career.started_on >= recovered]
    assert later
    assert all(career.turned_on is None for career in later)
    assert any(career.turned_on for career in begun)


def test_orientation_takes_longer_than_four_weeks_only_after_the_reorganisation() -> None:
    def late(patients: list[Career]) -> float:
        waits = [(c.oriented_on - c.referred_on).days for c in patients if c.oriented_on]
        return float(np.mean([days > 28 for days in waits]))

    assert late(of(DAY_HOSPITAL)) == 0.0
    assert 0.2 < late(of(REORGANISED)) < 0.7
