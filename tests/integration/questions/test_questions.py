"""Questions about figures: found by kind, put to the supervisor of the patients, quiet once explained."""

import datetime

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.assessments.bulk import Forms, store_forms
from onmodel.assessments.models import Assignment
from onmodel.audit.models import Event
from onmodel.consent.actions import decide
from onmodel.consent.purposes import Purpose
from onmodel.forms.models import Sitting, StaffDevice
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Threshold
from onmodel.questions.looking import Look, Question, questions
from onmodel.questions.models import Explanation, Kind
from tests.factories import MembershipFactory, PatientFactory, TreatmentFactory, UserFactory

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def days_ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def treatment(cast, **fields: object) -> Treatment:
    patient = PatientFactory(organisation=cast.organisation)
    return TreatmentFactory(
        programme=cast.programme,
        patient=patient,
        **{"team": cast.team, "primary_clinician": cast.therapist, "started_on": days_ago(700), **fields},
    )


def filled(cast, of: Treatment, ago: int, months: float, *, gsi: float = 1.0, answers=None) -> Assignment:
    instrument = cast.programme.definitions.instruments["bsi"]
    given = {"entered": {"GSI": np.array([gsi])}} if answers is None else {"answers": np.array([answers])}
    store_forms(
        Forms(
            programme=cast.programme,
            instrument=instrument,
            respondent="patient",
            treatments=[of.pk],
            months=[months],
            answered_on=[days_ago(ago)],
            **given,
        ),
        by=None,
    )
    return Assignment.objects.get(treatment=of, months=months)


def sat(form: Assignment, seconds: float, *, device: str = "own", channel: str = "link") -> Sitting:
    noon = timezone.now() - datetime.timedelta(days=30)
    return Sitting.objects.create(
        assignment=form,
        channel=channel,
        device=device,
        opened_at=noon,
        last_active_at=noon,
        finished_at=noon,
        active_seconds=seconds,
        item_seconds={str(item): seconds / 53 for item in range(53)},
    )


def look(cast) -> list[Question]:
    return questions(Look(cast.programme, cast.programme.treatments.all(), TODAY))


def test_a_form_filled_again_within_days(cast) -> None:
    one = treatment(cast)
    filled(cast, one, 100, 6.0)
    filled(cast, one, 97, 6.1)
    filled(cast, one, 50, 12.0)
    (found,) = look(cast)
    assert (found.kind, found.person, found.looked_at) == (Kind.REPEATED, cast.therapist, 3)
    assert [(f.number, f.day) for f in found.facts] == [(3, days_ago(97))]
    assert "own choice" in found.limit.source


def test_a_form_filled_in_seconds(cast) -> None:
    form = filled(cast, treatment(cast), 30, 6.0)
    sat(form, 53 * 1.5)
    sat(filled(cast, treatment(cast), 30, 6.0), 53 * 4.0)
    (found,) = look(cast)
    assert (found.kind, found.looked_at, len(found.facts)) == (Kind.FAST, 2, 1)
    assert found.facts[0].number == pytest.approx(1.5)


def test_a_programme_has_its_own_bound(cast) -> None:
    sat(filled(cast, treatment(cast), 30, 6.0), 53 * 1.5)
    Threshold.objects.create(
        programme=cast.programme,
        standard="figures_seconds_an_item",
        at_least=1.0,
        reason="Tried with our patients.",
        set_by=cast.supervisor,
    )
    assert look(cast) == []


def test_half_of_the_items_in_a_row_the_same(cast) -> None:
    mixed = [float(i % 3) for i in range(53)]
    filled(cast, treatment(cast), 30, 6.0, answers=mixed)
    scattered = [2.0 if i % 4 else 1.0 for i in range(53)]  # 39 of 53 the same, never in a row
    filled(cast, treatment(cast), 30, 6.0, answers=scattered)
    filled(cast, treatment(cast), 30, 6.0, answers=[1.0] * 27 + mixed[27:])
    (found,) = look(cast)
    assert (found.kind, found.looked_at, len(found.facts)) == (Kind.SAME_ANSWERS, 3, 1)
    assert (found.facts[0].number, found.facts[0].of) == (27, 53)


def test_forms_filled_where_staff_sign_in(cast) -> None:
    StaffDevice.objects.create(user=cast.therapist, device="office")
    sat(filled(cast, treatment(cast), 30, 6.0), 400, device="office")
    sat(filled(cast, treatment(cast), 30, 6.0), 400, device="office", channel="kiosk")
    sat(filled(cast, treatment(cast), 30, 6.0), 400, device="phone")
    (found,) = look(cast)
    assert (found.kind, len(found.facts), found.looked_at) == (Kind.STAFF_DEVICE, 1, 2)


def test_an_end_right_after_the_first_good_score(cast) -> None:
    ended = {"ended_on": days_ago(10), "end_kind": "completed"}
    soon, late = treatment(cast, **ended), treatment(cast, **ended)
    for one, ago in ((soon, 15), (late, 200)):
        filled(cast, one, 650, 0.0, gsi=3.0)
        filled(cast, one, 400, 6.0, gsi=3.0)
        filled(cast, one, ago, 18.0, gsi=0.3)
    (found,) = look(cast)
    assert (found.kind, found.looked_at) == (Kind.DISCHARGE, 2)
    assert [(f.treatment, f.number) for f in found.facts] == [(soon.pk, 5)]


@pytest.fixture
def concentrated(cast):
    """Eighteen of the therapist's twenty forms missed, six of the colleague's sixty."""
    for person, missed, due in ((cast.therapist, 18, 20), (cast.colleague, 6, 60)):
        for number in range(due):
            Assignment.objects.create(
                programme=cast.programme,
                subject_kind="treatment",
                treatment=treatment(cast, primary_clinician=person),
                pack="mbt",
                instrument="bsi",
                instrument_version="1.0.0",
                respondent="patient",
                months=6.0,
                due_on=days_ago(60),
                status="missed" if number < missed else "answered",
            )
    return cast


def test_missing_forms_at_one_therapist(concentrated) -> None:
    (found,) = look(concentrated)
    assert (found.kind, found.person) == (Kind.MISSING, concentrated.therapist)
    own, others = found.concentration.own, found.concentration.others
    assert ((own.successes, own.n), (others.successes, others.n)) == ((18, 20), (6, 60))


def test_a_supervisor_is_asked_about_the_own_teams_only(concentrated) -> None:
    one = treatment(concentrated, team=concentrated.other_team, primary_clinician=concentrated.colleague)
    sat(filled(concentrated, one, 30, 12.0), 53)
    page = client_of(concentrated.supervisor).get(reverse("questions", args=["day-hospital"]))
    text = page.content.decode()
    assert "What keeps the forms of these patients" in text
    assert "time and quiet" not in text


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fast_question(cast) -> tuple[str, str]:
    """The address to explain it, and its stamp."""
    sat(filled(cast, treatment(cast), 30, 6.0), 53)
    (found,) = look(cast)
    return reverse("question-explain", args=["day-hospital", found.name]), found.stamp


def post(cast, address: str, name: str, note: str, seen: str):
    return client_of(cast.supervisor).post(address, {f"{name}-note": note, f"{name}-seen": seen})


def test_what_is_explained_is_not_asked_again_and_stands_in_the_trail(cast) -> None:
    address, seen = fast_question(cast)
    name = address.rstrip("/").rpartition("/")[2]
    assert post(cast, address, name, "Knows it by heart.", seen).status_code == 302
    assert look(cast) == []
    kept = Explanation.objects.get()
    event = Event.objects.get(verb="question explained")
    assert (kept.given_by, kept.note) == (cast.supervisor, "Knows it by heart.")
    assert (event.by, event.subject_id) == (cast.supervisor, str(kept.pk))
    assert event.patients.strip()
    assert (
        b"Knows it by heart."
        in client_of(cast.supervisor).get(reverse("questions", args=["day-hospital"])).content
    )
    sat(filled(cast, treatment(cast), 20, 6.0), 53)
    assert [len(q.facts) for q in look(cast)] == [1]  # a new form is a new question


def test_an_explanation_is_read_by_who_supervises_whom_it_is_about(cast) -> None:
    fast_question(cast)
    said = {"programme": cast.programme, "kind": Kind.FAST, "note": "Knows it by heart."}
    Explanation.objects.create(**said, person=cast.therapist, given_by=cast.manager)
    MembershipFactory(
        user=(other := UserFactory()), programme=cast.programme, role="supervisor", team=cast.other_team
    )
    page = reverse("questions", args=["day-hospital"])
    assert b"Knows it by heart." in client_of(cast.supervisor).get(page).content
    assert b"Knows it by heart." not in client_of(other).get(page).content


def test_an_explanation_says_something(cast) -> None:
    address, seen = fast_question(cast)
    name = address.rstrip("/").rpartition("/")[2]
    assert post(cast, address, name, "  ", seen).status_code == 422
    assert not Explanation.objects.exists()


def test_more_facts_than_were_seen_are_not_explained_with_them(cast) -> None:
    address, seen = fast_question(cast)
    name = address.rstrip("/").rpartition("/")[2]
    sat(filled(cast, treatment(cast), 20, 6.0), 53)
    answer = post(cast, address, name, "All of them.", seen)
    assert answer.status_code == 409
    assert not Explanation.objects.exists()
    assert b"All of them." in answer.content  # what was written is not lost
    assert look(cast)[0].stamp.encode() in answer.content


def test_the_page_words_it_as_a_question_with_its_bound(cast) -> None:
    fast_question(cast)
    text = client_of(cast.supervisor).get(reverse("questions", args=["day-hospital"])).content.decode()
    assert "Did these patients have time and quiet to answer?" in text
    assert "A question is no verdict" in text
    assert "Huang et al. 2012" in text


def test_without_anything_odd_the_page_says_so(cast) -> None:
    text = client_of(cast.supervisor).get(reverse("questions", args=["day-hospital"])).content.decode()
    assert "Nothing asks for an explanation" in text


def test_a_patient_who_objected_is_left_out(cast) -> None:
    address, _seen = fast_question(cast)
    form = Sitting.objects.get().assignment
    decide(
        patient=form.treatment.patient,
        programme=cast.programme,
        purpose=Purpose.QUALITY_MONITORING,
        decision="refused",
        method="spoken",
        by=None,
    )
    text = client_of(cast.supervisor).get(reverse("questions", args=["day-hospital"])).content.decode()
    assert "Nothing asks for an explanation" in text
    name = address.rstrip("/").rpartition("/")[2]
    assert post(cast, address, name, "Asked.", "").status_code == 404
