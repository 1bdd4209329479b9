"""What patients say of their therapists, and therapists of their own feelings, reaches whom it may."""

import datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.outcomes.summary import main_outcome
from onmodel.rights.export import patient_data
from onmodel.sharing.actions import agree_on_sharing, share_own, withdraw_own
from onmodel.sharing.models import OwnShare, Reaches
from onmodel.sharing.reading import agreed_in, who_sees
from tests.factories import AssignmentFactory

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 6, 10)
STAFF = ("therapist", "supervisor", "manager", "assistant")


@pytest.fixture(autouse=True)
def june():
    with time_machine.travel(datetime.datetime(2025, 6, 10, 12, tzinfo=datetime.UTC), tick=False):
        yield


def form(cast, instrument: str, *, by=None, respondent="patient", day=DAY, months=6.0) -> Assignment:
    made = AssignmentFactory(
        treatment=cast.treatment, instrument=instrument, respondent=respondent, respondent_user=by,
        status="answered", answered_on=day, months=months,
    )  # fmt: skip
    instrument_ = cast.programme.definitions.instruments[instrument]
    Answer.objects.create(assignment=made, item="1", value=4)
    Score.objects.create(assignment=made, scale=instrument_.main_scale, value=4.0, rule="entered")
    return made


def agree(cast, reaches: str) -> None:
    agree_on_sharing(programme=cast.programme, reaches=reaches, reason="Team day.", by=cast.supervisor)


def reached(user) -> set[str]:
    """The levels at which a reader sees the one form that there is."""
    return {level for level in Reaches.values if Assignment.objects.open_to(user, Reaches(level)).exists()}


@pytest.mark.parametrize("name", STAFF)
def test_by_default_nothing_of_one_patient_reaches_anybody_but_the_patient(cast, name):
    form(cast, "wai_sr")
    reader = getattr(cast, name)
    assert reached(reader) == set()
    assert not Score.objects.open_to(reader).exists()
    assert not Answer.objects.open_to(reader).exists()
    assert reached(cast.patient_user) == set(Reaches.values)


@pytest.mark.parametrize(
    ("agreed", "seen"),
    [
        ("trend", {"nothing", "trend"}),
        ("scores", {"nothing", "trend", "scores"}),
        ("items", {"nothing", "trend", "scores", "items"}),
    ],
)
def test_what_is_agreed_reaches_them_and_no_more(cast, agreed, seen):
    agree(cast, agreed)
    with time_machine.travel(datetime.datetime(2025, 6, 12, tzinfo=datetime.UTC)):
        form(cast, "wai_sr", day=datetime.date(2025, 6, 12))
        assert reached(cast.therapist) == seen


def test_an_answer_keeps_the_promise_under_which_it_was_given(cast):
    form(cast, "wai_sr", day=DAY)
    agree(cast, "items")
    assert agreed_in(cast.programme) is Reaches.NOTHING  # what is wider begins tomorrow
    with time_machine.travel(datetime.datetime(2025, 6, 20, tzinfo=datetime.UTC)):
        assert agreed_in(cast.programme) is Reaches.ITEMS
        assert reached(cast.therapist) == set()
        form(cast, "wai_sr", day=datetime.date(2025, 6, 20), months=12.0)
        assert Assignment.objects.open_to(cast.therapist).count() == 1
        agree(cast, "nothing")  # what is narrower holds at once, also for what was given before
        assert not Assignment.objects.open_to(cast.therapist).exists()


def test_another_programmes_agreement_does_not_count(cast):
    agree_on_sharing(programme=cast.other_programme, reaches="items", reason="x", by=cast.outsider)
    form(cast, "wai_sr", day=datetime.date(2025, 6, 12))
    with time_machine.travel(datetime.datetime(2025, 6, 12, tzinfo=datetime.UTC)):
        assert reached(cast.therapist) == set()


def test_other_forms_reach_everybody_once(cast):
    form(cast, "bsi")
    share_own(treatment=cast.treatment, by=cast.therapist)
    OwnShare.objects.create(treatment=cast.treatment, therapist=cast.colleague)
    assert Assignment.objects.open_to(cast.supervisor).count() == 1
    assert Score.objects.for_everybody().count() == 1


def test_own_feelings_are_the_therapists_until_shared_with_the_supervisor(cast):
    form(cast, "fwc_bv", by=cast.therapist, respondent="therapist")
    assert reached(cast.therapist) == set(Reaches.values)
    for name in ("supervisor", "manager", "colleague", "assistant", "patient_user"):
        assert reached(getattr(cast, name)) == set()
    share_own(treatment=cast.treatment, by=cast.therapist)
    assert reached(cast.supervisor) == set(Reaches.values)
    assert reached(cast.manager) == set()
    withdraw_own(treatment=cast.treatment, by=cast.therapist)
    assert reached(cast.supervisor) == set()


def test_who_does_not_work_in_the_treatment_has_nothing_to_share(cast):
    with pytest.raises(PermissionDenied):
        share_own(treatment=cast.treatment, by=cast.colleague)


@pytest.mark.parametrize(("reaches", "reason"), [("items", " "), ("everything", "Team day.")])
def test_an_agreement_is_one_of_the_choices_with_a_reason(cast, reaches, reason):
    with pytest.raises(ValidationError):
        agree_on_sharing(programme=cast.programme, reaches=reaches, reason=reason, by=cast.supervisor)


def test_patients_are_told_before_they_answer(cast):
    alliance, bsi = form(cast, "wai_sr"), form(cast, "bsi")
    feelings = form(cast, "fwc_bv", by=cast.therapist, respondent="therapist")
    assert "do not see what you answer" in who_sees(alliance)
    assert "The people who treat you" in who_sees(bsi)
    assert "Only you see this" in who_sees(feelings)
    agree(cast, "items")
    assert "do not see what you answer" in who_sees(alliance)
    with time_machine.travel(datetime.datetime(2025, 6, 11, 12, tzinfo=datetime.UTC)):
        assert "can see what you answer" in who_sees(alliance)


def scores_on_the_page(user, treatment) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("treatment", args=[treatment.pk])).content.decode()


@pytest.mark.parametrize("name", ["supervisor", "manager", "assistant"])
def test_the_treatments_page_shows_no_alliance(cast, name):
    form(cast, "wai_sr")
    assert "chart-wai_sr" not in scores_on_the_page(getattr(cast, name), cast.treatment)
    assert "chart-wai_sr" in scores_on_the_page(cast.patient_user, cast.treatment)


def test_the_patients_page_does_not_name_the_therapists_own_form(cast):
    form(cast, "fwc_bv", by=cast.therapist, respondent="therapist")
    assert "FWC-BV" not in scores_on_the_page(cast.patient_user, cast.treatment)


def test_such_a_form_cannot_be_opened_to_correct(cast):
    made = form(cast, "wai_sr")
    client = Client()
    client.force_login(cast.supervisor)
    assert client.get(reverse("form-correct", args=[cast.treatment.pk, made.pk])).status_code == 404


def test_copies_hold_what_reaches_who_takes_them(cast):
    form(cast, "wai_sr")
    form(cast, "fwc_bv", by=cast.therapist, respondent="therapist")

    def contents(**who) -> dict[str, int]:
        data = patient_data(cast.patient, **who)
        return {f["instrument"]: len(f["answers"]) + len(f["scores"]) for f in data["treatments"][0]["forms"]}

    assert contents() == {"wai_sr": 2}
    assert contents(whole=False, reader=cast.manager) == {"wai_sr": 0, "fwc_bv": 0}


def test_no_list_of_patients_is_made_by_their_alliance(cast):
    form(cast, "wai_sr")
    assert main_outcome(cast.programme) is None


def test_the_agreement_is_made_on_its_page(cast):
    client = Client()
    client.force_login(cast.manager)
    page = reverse("sharing", args=[cast.programme.slug])
    assert "Nothing was agreed" in client.get(page).content.decode()
    given = {"reaches": "trend", "reason": "With the patients' council."}
    assert client.post(page, given).status_code == 302
    assert "patients&#x27; council" in client.get(page).content.decode()
