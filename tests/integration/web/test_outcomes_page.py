"""The page of outcomes by group: who sees whose, what is computed when, what is taken away."""

import csv
from io import StringIO

import pytest
from django.test import Client
from django.urls import reverse

from onmodel.audit.models import Event
from onmodel.consent.actions import decide
from onmodel.consent.purposes import Purpose
from onmodel.reports.cohorts import keeping, standing
from onmodel.rights.actions import erase_patient
from tests.factories import InvolvementFactory
from tests.integration.reports.cohorts.test_figures import scored, started

pytestmark = pytest.mark.django_db


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def measured(cast):
    cast.treatments = started(cast, 2024, 12, team=cast.other_team)
    values = {0.0: [2.0 + i / 20 for i in range(12)], 6.0: [1.6] * 12, 12.0: [1.1] * 6 + [1.9] * 6}
    scored(cast, cast.treatments, "bsi", "GSI", values)
    cast.page = reverse("outcomes", args=[cast.programme.slug])
    cast.file = reverse("outcomes-file", args=[cast.programme.slug])
    return cast


def rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


def test_the_manager_sees_the_programme_with_charts_tables_and_a_file(measured) -> None:
    text = client_of(measured.manager).get(measured.page).content.decode()
    assert "Started in 2024" in text
    assert "13 treatments" in text
    assert text.count("download>") >= 6
    assert "95 % interval" in text


def test_a_therapist_sees_the_own_caseload_only(measured) -> None:
    InvolvementFactory(treatment=measured.treatments[0], therapist=measured.colleague)
    text = client_of(measured.colleague).get(measured.page).content.decode()
    assert "1 treatment." in text
    assert 'name="therapist"' not in text


def test_a_supervisor_of_a_team_sees_that_team(measured) -> None:
    text = client_of(measured.supervisor).get(measured.page).content.decode()
    assert "1 treatment." in text
    assert 'name="therapist"' in text


def test_a_board_member_gets_whole_periods_and_no_filter_that_narrows(measured) -> None:
    page = client_of(measured.expert).get(measured.page + "?started_from=2024-02-20")
    text = page.content.decode()
    assert "12 treatments" not in text  # they started before the quarter that was asked for
    for name in ("team", "group", "therapist", "phase", "cohort"):
        assert f'name="{name}"' not in text
    started_early = client_of(measured.expert).get(measured.page + "?started_from=2023-12-20")
    assert "13 treatments" in started_early.content.decode()


def test_the_file_holds_each_value_with_interval_and_n(measured) -> None:
    found = rows(client_of(measured.manager).get(measured.file + "?part=course"))
    means = [row for row in found if row["kind"] == "mean" and row["group"] == "Started in 2024"]
    assert [(row["months"], row["n"]) for row in means] == [("0", "12"), ("6", "12"), ("12", "12")]
    assert float(means[0]["lower_95"]) < float(means[0]["value"]) < float(means[0]["upper_95"])
    assert {row["part"] for row in found} == {"course"}


def test_the_file_of_simulated_data_says_so(measured) -> None:
    measured.programme.is_simulated = True
    measured.programme.save()
    response = client_of(measured.manager).get(measured.file)
    assert {row["simulated"] for row in rows(response)} == {"simulated"}
    assert "-simulated.csv" in response["Content-Disposition"]


def test_taking_the_file_is_in_the_trail(measured) -> None:
    client_of(measured.manager).get(measured.file + "?part=events")
    event = Event.objects.get(verb="figures taken")
    assert (event.by, event.detail) == (measured.manager, {"part": "events"})


@pytest.mark.parametrize("query", ["scale=no.such", "by=weather", "team=x", "started_from=2024-13-01"])
def test_a_filter_that_makes_no_sense_is_explained(measured, query: str) -> None:
    response = client_of(measured.manager).get(f"{measured.page}?{query}")
    assert response.status_code == 422
    assert client_of(measured.manager).get(f"{measured.file}?{query}").status_code == 422


def test_figures_are_computed_once_until_a_record_changes(measured, monkeypatch) -> None:
    computed = []
    compute = standing.compute
    monkeypatch.setattr(standing, "compute", lambda *a, **k: computed.append(1) or compute(*a, **k))
    client = client_of(measured.manager)
    client.get(measured.page)
    client.get(measured.page)
    assert len(computed) == 1
    scored(measured, measured.treatments, "bsi", "GSI", {18.0: [1.0] * 12})
    assert "18" in client.get(measured.file + "?part=course").content.decode()
    assert len(computed) == 2


def test_many_patients_are_computed_in_the_background(measured, monkeypatch, settings) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    monkeypatch.setattr(standing, "AT_ONCE", 5)
    client = client_of(measured.manager)
    assert b"not computed yet" in client.get(measured.page).content
    client.post(reverse("outcomes-compute", args=[measured.programme.slug]))
    assert b"Started in 2024" in client.get(measured.page).content
    scored(measured, measured.treatments, "bsi", "GSI", {18.0: [1.0] * 12})
    assert b"The records changed since" in client.get(measured.page).content


@pytest.mark.parametrize("gone", ["objecting", "erased"])
def test_figures_from_before_somebody_objected_or_was_erased_are_not_shown_again(
    measured, monkeypatch, settings, gone: str
) -> None:
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    monkeypatch.setattr(standing, "AT_ONCE", 5)
    client, patient = client_of(measured.manager), measured.treatments[0].patient
    client.post(reverse("outcomes-compute", args=[measured.programme.slug]))
    assert b"Started in 2024" in client.get(measured.page).content
    if gone == "erased":
        erase_patient(patient=patient, reason="Asked for.", by=None)
    else:
        told = {"purpose": Purpose.QUALITY_MONITORING, "decision": "refused", "method": "paper", "by": None}
        decide(patient=patient, programme=measured.programme, **told)
    assert b"not computed yet" in client.get(measured.page).content
    assert client.get(measured.file).status_code == 302
    client.post(reverse("outcomes-compute", args=[measured.programme.slug]))
    assert b"Started in 2024" in client.get(measured.page).content


def test_a_computation_under_way_shows_how_far_it_is(measured, monkeypatch) -> None:
    monkeypatch.setattr(standing, "AT_ONCE", 5)
    monkeypatch.setattr(keeping, "under_way", lambda name: keeping.Progress(3, 7))
    client = client_of(measured.manager)
    assert b"Step 4 of 7" in client.get(measured.page).content
    assert b"Step 4 of 7" in client.get(reverse("outcomes-progress", args=["day-hospital"])).content


def test_a_programme_without_outcomes_says_what_to_do(cast) -> None:
    page = client_of(cast.manager).get(reverse("outcomes", args=[cast.programme.slug]))
    assert b"No outcome yet" in page.content
