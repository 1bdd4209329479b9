"""The page that compares two periods or two cohorts, and what who sees no patient gets of it."""

import datetime

import pytest
from django.urls import reverse
from django.utils.translation import override

from onmodel.audit.models import Event
from onmodel.outcomes.periods import ByCohort, ByDate
from onmodel.programmes.models import Programme
from onmodel.web.views.compare import for_reader
from tests.factories import MembershipFactory, PatientFactory, TreatmentFactory
from tests.integration.test_pir import START, fill_with_trial
from tests.real_data import beat_the_blues

pytestmark = pytest.mark.django_db


def fill_with_arms(programme: Programme) -> None:
    """The trial's patients, with their arm as cohort."""
    fill_with_trial(programme)
    treatments = programme.treatments.filter(started_on=START).exclude(patient__pseudonym="P-1001")
    for treatment, arm in zip(treatments.order_by("patient__pk"), beat_the_blues()["treatment"], strict=True):
        treatment.cohort = arm
        treatment.save()


@pytest.fixture
def trial(cast):
    fill_with_arms(cast.programme)
    return cast


def page(client, cast, who: str, **asked: str):
    client.force_login(getattr(cast, who))
    return client.get(reverse("compare", args=[cast.programme.slug]), asked)


def text(response) -> str:
    return response.content.decode()


def test_first_it_asks_what_to_compare(client, cast) -> None:
    response = page(client, cast, "manager")
    assert "Before and after a date" in text(response)
    assert "What was found" not in text(response)
    assert "Two cohorts" not in text(response)  # none is recorded


def test_two_arms_compared(client, trial) -> None:
    response = page(client, trial, "manager", first="TAU", second="BtheB")
    assert response.status_code == 200
    for part in (
        "What was found",
        "The groups at the start",
        "Do the courses differ?",
        "How each model was chosen",
    ):
        assert part in text(response)


def test_its_queries_do_not_grow_with_patients(client, trial, django_assert_max_num_queries) -> None:
    page(client, trial, "manager")
    with django_assert_max_num_queries(20):
        client.get(reverse("compare", args=[trial.programme.slug]), {"first": "TAU", "second": "BtheB"})


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"date": ""}, "This field is required"),
        ({"date": "soon"}, "Enter a valid date"),
        ({"date": "2999-01-01"}, "still to come"),
        ({"date": "2024-01-01", "spanning": "maybe"}, "Select a valid choice"),
        ({"first": "TAU", "second": "TAU"}, "another cohort"),
        ({"first": "TAU", "second": "nobody"}, "Select a valid choice"),
    ],
)
def test_what_cannot_be_compared_is_refused_in_words(client, trial, asked, words) -> None:
    response = page(client, trial, "manager", **asked)
    assert response.status_code == 422
    assert words in text(response)


def test_the_same_as_json(client, trial) -> None:
    response = page(client, trial, "manager", first="TAU", second="BtheB", format="json")
    content = response.json()
    assert content["title"] == "Two cohorts compared"
    assert content["sections"][0]["id"] == "found"


@pytest.mark.parametrize(
    ("kind", "media", "begins"),
    [
        ("pdf", "application/pdf", b"%PDF"),
        ("html", "text/html; charset=utf-8", b"<!doctype html>"),
        ("csv", "text/csv; charset=utf-8", "\ufeffsection,table,row,column,value".encode()),
        ("json", "application/json", b"{"),
    ],
)
def test_it_can_be_taken_as_a_file(client, trial, kind, media, begins) -> None:
    assert f"format={kind}" in text(page(client, trial, "manager", first="TAU", second="BtheB"))
    response = page(client, trial, "manager", first="TAU", second="BtheB", format=kind)
    assert response["Content-Type"] == media
    assert response["Content-Disposition"].endswith(f'.{kind}"')
    assert response.content.lower().startswith(begins.lower())
    event = Event.objects.filter(verb="comparison taken").latest("pk")
    assert (event.by, event.detail["kind"]) == (trial.manager, kind)


def give_ages_and_genders(programme: Programme) -> None:
    for place, treatment in enumerate(programme.treatments.select_related("patient").order_by("pk")):
        treatment.start_is_nominal = False
        treatment.save()
        treatment.patient.year_of_birth = treatment.started_on.year - 20 - place % 30 if place else None
        treatment.patient.gender = ("female", "male")[place % 2]
        treatment.patient.save()


def test_adjusted_for_age_and_gender(client, trial) -> None:
    give_ages_and_genders(trial.programme)
    groups = {"first": "TAU", "second": "BtheB"}
    shown = text(page(client, trial, "manager", **groups, adjusted="on"))
    assert "Adjusted for age and gender" in shown
    assert "linear time × age" in shown
    assert "adjusted=on&amp;format=pdf" in shown
    assert "linear time × age" not in text(page(client, trial, "manager", **groups))


def test_who_sees_no_patients_gets_no_adjustment(client, trial) -> None:
    give_ages_and_genders(trial.programme)
    shown = text(page(client, trial, "expert", first="TAU", second="BtheB", adjusted="on"))
    assert "Adjust for age and gender" not in shown
    assert "Adjusted for" not in shown


def test_an_adjustment_without_ages_says_whom_it_left_out(client, trial) -> None:
    shown = text(page(client, trial, "manager", first="TAU", second="BtheB", adjusted="on"))
    assert "cannot be compared" in shown
    assert "is not known (100) are left out" in shown


def test_an_unknown_kind_of_file_is_the_page(client, trial) -> None:
    assert "What was found" in text(page(client, trial, "manager", first="TAU", second="BtheB", format="x"))


def test_in_dutch(client, trial) -> None:
    client.cookies["django_language"] = "nl"
    with override("en"):  # what the request activates does not outlast the test
        response = page(client, trial, "manager", first="TAU", second="BtheB")
    assert "Wat is gevonden" in text(response)
    assert "Hoe elk model is gekozen" in text(response)


@pytest.mark.parametrize(
    ("day", "moved"),
    [("2024-02-21", "2024-01-01"), ("2024-04-01", "2024-04-01"), ("2024-12-31", "2024-10-01")],
)
def test_who_sees_no_patients_compares_by_quarters(day, moved) -> None:
    split = ByDate(datetime.date.fromisoformat(day))
    assert for_reader(split, aggregates_only=True) == ByDate(datetime.date.fromisoformat(moved))
    assert for_reader(split, aggregates_only=False) == split
    assert for_reader(ByCohort("A", "B"), aggregates_only=True) == ByCohort("A", "B")


@pytest.mark.parametrize(("who", "told"), [("expert", True), ("supervisor", False)])
def test_the_page_says_that_the_date_was_moved(client, trial, who, told) -> None:
    response = page(client, trial, who, date="2025-02-20")
    assert ("first day of the quarter" in text(response)) is told


def test_an_expert_who_treats_one_patient_gets_no_more_of_the_others(client, trial) -> None:
    MembershipFactory(user=trial.expert, programme=trial.programme, role="therapist")
    assert "first day of the quarter" in text(page(client, trial, "expert", date="2025-02-20"))


@pytest.mark.parametrize(("who", "hidden"), [("expert", True), ("manager", False)])
def test_small_cells_are_hidden_from_who_sees_no_patients(client, trial, who, hidden) -> None:
    for gender in ("male", "female", "female"):
        patient = PatientFactory(organisation=trial.organisation, gender=gender, year_of_birth=1990)
        TreatmentFactory(programme=trial.programme, patient=patient, started_on=datetime.date(2020, 5, 1))
    response = page(client, trial, who, date="2025-01-01", spanning="start", format="json")
    groups = next(s for s in response.json()["sections"] if s["id"] == "who")["blocks"][0]["rows"]
    few, many = groups[0][1], groups[1][1]
    assert (few["value"], many["value"]) == ((None if hidden else 3), 101)
    assert ("fewer than 5" in few["why"]) is hidden
    assert ("2020" in response.content.decode()) is not hidden  # the day one of three began
