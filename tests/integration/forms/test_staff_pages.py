"""Staff at a form: the tablet for one patient, quick entry, paper, the safety text, escalation."""

import datetime
import json

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.forms.actions import Given, open_sitting, save_answers
from onmodel.forms.escalation import escalate_unseen
from onmodel.forms.models import SafetyText, Sitting, StaffDevice
from onmodel.monitoring.run import look
from onmodel.patient_access.models import PatientAccess
from onmodel.patients.models import Treatment
from onmodel.signals.actions import acknowledge, close
from onmodel.signals.models import Signal
from tests.cast import PASSWORD
from tests.factories import AssignmentFactory, PatientFactory, TreatmentFactory
from tests.integration.forms.conftest import ITEMS, url

pytestmark = pytest.mark.django_db


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def entry(form) -> str:
    return reverse("form-enter", args=[form.treatment_id, form.pk])


def typed(**values: str) -> dict[str, str]:
    about = {"channel": "paper", "answered_on": "2025-02-03", "note": "Came by post."}
    return about | {f"answer-{item}": value for item, value in values.items()}


# --- the unit's tablet ---
def test_the_tablet_is_for_one_patients_forms_and_nothing_else(cast, form):
    tablet = signed_in(cast.therapist)
    assert tablet.post(reverse("tablet", args=[cast.treatment.pk])).url == reverse("my-start")
    start = tablet.get(reverse("my-start"))
    assert "Give the tablet back" in start.text
    assert reverse("my-treatment") not in start.text
    for name in ("my-treatment", "my-access-log", "home"):
        assert tablet.get(reverse(name)).url == reverse("my-start"), name
    back = tablet.get(reverse("treatment", args=[cast.treatment.pk]))
    assert back.status_code == 302
    assert reverse("sign-in") in back.url
    tablet.post(url("", form))
    assert Sitting.objects.get().channel == "kiosk"


def test_handed_back_nothing_is_open(cast, form):
    tablet = signed_in(cast.therapist)
    tablet.post(reverse("tablet", args=[cast.treatment.pk]))
    assert tablet.post(reverse("my-hand-back")).url == reverse("patient-handed-back")
    assert "Please give the tablet back" in tablet.get(reverse("patient-handed-back")).text
    assert tablet.get(reverse("my-start")).url == reverse("patient-sign-in")
    assert tablet.get("/").status_code == 302


def test_the_tablet_stays_with_a_patient_for_two_hours_at_most(cast):
    tablet = signed_in(cast.therapist)
    tablet.post(reverse("tablet", args=[cast.treatment.pk]))
    now = timezone.now()
    PatientAccess.objects.update(made_at=now - datetime.timedelta(hours=3), expires_at=now)
    assert tablet.get(reverse("my-start")).url == reverse("patient-sign-in")


def test_what_opened_the_tablet_opens_nothing_else(cast):
    signed_in(cast.therapist).post(reverse("tablet", args=[cast.treatment.pk]))
    assert not PatientAccess.objects.usable().exists()
    page = signed_in(cast.manager).get(reverse("patient-access", args=[cast.treatment.pk]))
    assert "Tablet of the unit" in page.text


# --- typing it in ---
def test_a_form_on_paper_is_typed_in(cast, form):
    client = signed_in(cast.assistant)
    assert "I felt low" in client.get(entry(form)).text
    values = dict.fromkeys(ITEMS, "1") | {"risk": "0"}
    assert client.post(entry(form), typed(**values)).status_code == 302
    form.refresh_from_db()
    sitting = Sitting.objects.get()
    assert (form.status, form.recorded_by) == ("answered", cast.assistant)
    assert form.answered_on == datetime.date(2025, 2, 3)
    assert (sitting.channel, sitting.by, sitting.note) == ("paper", cast.assistant, "Came by post.")


def test_each_answer_is_kept_as_it_is_typed(cast, form):
    client = signed_in(cast.assistant)
    body = json.dumps({"channel": "interview", "answers": [{"item": "low", "value": "2"}]})
    kept = client.post(entry(form), body, content_type="application/json").json()
    assert kept == {"kept": ["low"], "problems": {}, "finished": False}
    assert Sitting.objects.get().channel == "interview"
    assert 'value="2"' in client.get(entry(form)).text
    wrong = json.dumps({"answers": [{"item": "daily", "value": "7"}]})
    refused = client.post(entry(form), wrong, content_type="application/json").json()
    assert "7 is not an answer" in refused["problems"]["daily"]


def test_out_of_range_is_said_and_the_rest_kept(cast, form):
    page = signed_in(cast.assistant).post(entry(form), typed(low="5", daily="1"))
    assert page.status_code == 422
    assert "5 is not an answer from 0.0 to 4.0" in page.text
    assert form.drafts.get().item == "daily"


def test_a_day_that_has_not_come(cast, form):
    page = signed_in(cast.assistant).post(entry(form), typed(low="1") | {"answered_on": "2999-01-01"})
    assert page.status_code == 422
    assert "has not come yet" in page.text


def test_without_the_wording_staff_go_by_item_number(cast):
    form = AssignmentFactory(treatment=cast.treatment, instrument="bsi")
    page = signed_in(cast.assistant).get(entry(form))
    assert "go by the item numbers" in page.text
    assert "Item 53" in page.text


def test_of_a_form_whose_key_is_not_public_the_scores(cast):
    form = AssignmentFactory(treatment=cast.treatment, instrument="sipp118")
    client = signed_in(cast.assistant)
    assert "type the scores of its scales" in client.get(entry(form)).text
    scale = cast.programme.definitions.instruments["sipp118"].scales[0].id
    assert client.post(entry(form), typed(**{scale: "x"})).status_code == 422
    assert client.post(entry(form), typed()).status_code == 422
    client.post(entry(form), typed(**{scale: "5,5"}))
    form.refresh_from_db()
    assert form.scores.get(scale=scale).value == 5.5


def test_a_finished_form_is_not_typed_in_again(cast, form):
    client = signed_in(cast.assistant)
    client.post(entry(form), typed(low="1"))
    assert client.get(entry(form)).status_code == 302


def test_a_therapist_types_in_no_answers_that_may_not_reach_him(cast):
    form = AssignmentFactory(treatment=cast.treatment, instrument="wai_sr")
    assert signed_in(cast.therapist).get(entry(form)).status_code == 404
    assert signed_in(cast.assistant).get(entry(form)).status_code == 200


# --- on paper ---
def test_the_empty_form_as_a_pdf_knows_only_the_pseudonym(cast, form):
    pdf = signed_in(cast.assistant).get(reverse("form-paper", args=[cast.treatment.pk, form.pk]))
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF")


def test_no_paper_without_the_wording(cast):
    form = AssignmentFactory(treatment=cast.treatment, instrument="bsi")
    address = reverse("form-paper", args=[cast.treatment.pk, form.pk])
    assert signed_in(cast.assistant).get(address).status_code == 404


# --- the safety text ---
def test_each_change_is_a_new_version(cast):
    client, address = signed_in(cast.manager), reverse("safety", args=[cast.programme.slug])
    assert "without your numbers" in client.get(address).text
    for hours in (4, 2):
        sent = {"english": f"Call us within {hours}", "dutch": "Bel ons", "hours": hours}
        assert client.post(address, sent).status_code == 302
    assert list(SafetyText.objects.values_list("version", "hours")) == [(2, 2), (1, 4)]
    assert SafetyText.objects.current(cast.programme).in_("nl") == "Bel ons"


@pytest.mark.parametrize("wrong", [{"hours": "0"}, {"hours": "1000"}, {"english": " "}, {"dutch": ""}])
def test_no_empty_text_and_no_endless_wait(cast, wrong):
    sent = {"english": "Call", "dutch": "Bel", "hours": "4"} | wrong
    page = signed_in(cast.manager).post(reverse("safety", args=[cast.programme.slug]), sent)
    assert page.status_code == 422
    assert not SafetyText.objects.exists()


# --- escalation ---
@pytest.fixture
def alarm(form) -> Signal:
    """A risk answer of five hours ago that nobody has seen."""
    sitting = open_sitting(assignment=form, channel="link", by=None)
    save_answers(sitting=sitting, given=[Given(item="risk", value=3)], by=None)
    Signal.objects.update(opened_at=timezone.now() - datetime.timedelta(hours=5))
    return Signal.objects.get()


def test_unseen_it_reaches_the_whole_team_once(cast, alarm):
    other = Treatment.objects.get(pk=alarm.treatment_id)
    other.team = cast.other_team  # that of the colleague, who does not treat the patient
    other.save()
    assert not Signal.objects.visible_to(cast.colleague).exists()
    cast.colleague.email = "colleague@example.org"
    cast.colleague.save()
    assert [escalate_unseen(programme=cast.programme) for _time in range(2)] == [1, 0]
    assert Signal.objects.visible_to(cast.colleague).get() == alarm
    assert not Treatment.objects.visible_to(cast.colleague).exists()
    (message,) = mail.outbox
    assert message.to == ["colleague@example.org"]
    assert cast.patient.pseudonym not in message.subject + message.body
    page = signed_in(cast.colleague).get(reverse("signal", args=[alarm.pk]))
    assert "passed on to the whole team" in page.text


def test_nobody_of_another_programme_is_told(cast, alarm):
    cast.outsider.email = "outsider@example.org"
    cast.outsider.save()
    escalate_unseen(programme=cast.programme)
    assert mail.outbox == []
    assert not Signal.objects.visible_to(cast.outsider).exists()


def test_seen_in_time_it_stays_where_it_is(cast, alarm):
    acknowledge(signal=alarm, by=cast.therapist)
    assert escalate_unseen(programme=cast.programme) == 0


def test_the_programme_says_how_long(cast, alarm):
    SafetyText.objects.create(
        programme=cast.programme, version=1, english="e", dutch="d", hours=6, set_by=cast.manager
    )
    assert escalate_unseen(programme=cast.programme) == 0
    later = timezone.now() + datetime.timedelta(hours=2)
    assert escalate_unseen(programme=cast.programme, now=later) == 1


def test_the_nightly_look_escalates_too_and_finds_the_same_signal(cast, alarm):
    outcome = look(programme=cast.programme)
    assert outcome.escalated == 1
    assert Signal.objects.filter(rule="risk_answer").count() == 1


def test_what_somebody_closed_the_nightly_look_does_not_open_again(cast, form):
    sitting = open_sitting(assignment=form, channel="link", by=None)
    save_answers(sitting=sitting, given=[Given(item="risk", value=3)], by=None)
    signed_in(cast.therapist).post(entry(form), typed(low="1", risk="3", daily="1"))
    form.answered_on = timezone.localdate()
    form.save()
    close(signal=Signal.objects.get(rule="risk_answer"), note="Spoken with.", by=cast.therapist)
    look(programme=cast.programme)
    assert Signal.objects.get(rule="risk_answer").state == "closed"


# --- whose browser ---
def test_a_form_filled_at_a_therapists_device_is_known_as_such(cast, form):
    browser = Client()
    browser.post("/sign-in/", {"login": "therapist", "password": PASSWORD})
    assert browser.cookies["device"]["httponly"]
    assert StaffDevice.objects.get(user=cast.therapist)
    browser.post(reverse("tablet", args=[cast.treatment.pk]))
    browser.post(url("", form))
    assert Sitting.objects.at_staff_devices().get().channel == "kiosk"


def test_the_patients_own_browser_is_not(phone, form):
    phone.post(url("", form))
    assert not Sitting.objects.at_staff_devices().exists()


def test_two_patients_at_one_tablet_see_nothing_of_each_other(cast, form):
    second = TreatmentFactory(
        programme=cast.programme,
        team=cast.team,
        patient=PatientFactory(organisation=cast.organisation, pseudonym="P-2002"),
    )
    theirs = AssignmentFactory(treatment=second, instrument="weekly_check")
    tablet = Client()
    for treatment in (cast.treatment, second):
        tablet.force_login(cast.manager)
        tablet.post(reverse("tablet", args=[treatment.pk]))
        tablet.post(url("", form if treatment == cast.treatment else theirs))
    assert tablet.get(url("", form)).status_code == 404
    assert cast.patient.pseudonym not in tablet.get(reverse("my-start")).text
