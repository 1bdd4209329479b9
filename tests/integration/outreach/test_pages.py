"""The pages of contacts, schedules and reminders, as people use them."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from onmodel.assessments.models import Assignment
from onmodel.nightly.models import Run
from onmodel.outreach.actions import plan_reminders
from onmodel.outreach.models import Contact, ReminderPlan, ReminderText, Sending
from onmodel.patients.models import Identity
from onmodel.scheduling.models import Enrolment, ProgrammeSchedule
from tests.factories import InvolvementFactory, MembershipFactory, TreatmentFactory
from tests.integration.outreach.conftest import NOON

pytestmark = pytest.mark.django_db
TODAY = NOON.date()


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_contact_with_note_and_next_day_is_kept_and_struck(due):
    client, url = client_of(due.therapist), reverse("contacts", args=[due.treatment.pk])
    said = {
        "kind": "letter",
        "outcome": "sent",
        "happened_on": TODAY,
        "note": "By post.",
        "next_on": "2025-07-20",
    }
    assert client.post(url, said).url == url
    contact = Contact.objects.get()
    assert (contact.kind, contact.note, contact.next_on) == ("letter", "By post.", datetime.date(2025, 7, 20))
    assert "By post." in client.get(url).content.decode()
    assert client.post(url, {**said, "happened_on": "2030-01-01"}).status_code == 422
    strike = reverse("contact-strike", args=[due.treatment.pk, contact.pk])
    assert client.post(strike).url == url
    assert "struck" in client.get(url).content.decode()
    assert client.post(reverse("contact-strike", args=[due.treatment.pk, contact.pk + 1])).status_code == 404


def test_staff_stop_and_start_reminders_and_set_wishes(due):
    client, url = client_of(due.assistant), reverse("reminder-wish", args=[due.treatment.pk])
    client.post(url, {"what": "stop"})
    due.patient.refresh_from_db()
    assert due.patient.reminder_wish.stopped_by == due.assistant
    page = client.get(reverse("contacts", args=[due.treatment.pk])).content.decode()
    assert "Reminders were stopped" in page
    client.post(url, {"what": "start"})
    client.post(url, {"what": "wish", "language": "nl", "channel": ""})
    due.patient.reminder_wish.refresh_from_db()
    assert (due.patient.reminder_wish.stopped_at, due.patient.reminder_wish.language) == (None, "nl")
    assert client.post(url, {"what": "wish", "language": "fr"}).status_code == 400


def test_a_schedule_for_every_patient_and_its_end(due):
    client, url = client_of(due.manager), reverse("schedules", args=[due.programme.slug])
    assert client.post(url, {"for_all": "1", "schedule": "weekly_check", "since": "2025-07-01"}).url == url
    assert Enrolment.objects.filter(schedule="weekly_check").count() == 1
    assert (
        client.post(url, {"for_all": "1", "schedule": "weekly_check", "since": "2025-07-01"}).status_code
        == 422
    )
    assert "Weekly check" in client.get(url).content.decode()
    client.post(reverse("schedule-end", args=[due.programme.slug, "weekly_check"]))
    assert ProgrammeSchedule.objects.get(schedule="weekly_check").ended_at is not None
    again = reverse("schedule-end", args=[due.programme.slug, "weekly_check"])
    assert client.post(again).status_code == 404


def test_many_at_once_within_ones_own_team(due):
    elsewhere = TreatmentFactory(programme=due.programme, team=due.other_team)
    client, url = client_of(due.supervisor), reverse("schedules", args=[due.programme.slug])
    asked = {"for_some": "1", "schedule": "weekly_check", "since": "2025-07-01", "state": "active"}
    page = client.post(url, asked, follow=True).content.decode()
    assert "1 patient follows it now." in page
    assert not elsewhere.enrolments.filter(schedule="weekly_check").exists()
    for_all = {"for_all": "1", "schedule": "weekly_check", "since": "2025-07-01"}
    assert client.post(url, for_all).status_code == 422
    assert client.post(reverse("schedule-end", args=[due.programme.slug, "minimal_set"])).status_code == 403
    everywhere = client_of(due.manager).post(url, {**asked, "team": due.other_team.pk}, follow=True)
    assert "1 patient follows it now." in everywhere.content.decode()


def test_one_patients_schedule_skip_catch_up_and_end(due):
    client, url = client_of(due.supervisor), reverse("treatment-schedule", args=[due.treatment.pk])
    forms = Assignment.objects.filter(treatment=due.treatment)
    assert client.post(url, {"what": "skip", "moment": "minimal_set:m12"}).status_code == 422  # no reason
    assert client.post(url, {"what": "skip", "moment": "minimal_set:m12", "reason": "Abroad."}).url == url
    assert set(forms.filter(moment="m12").values_list("status", flat=True)) == {"not_applicable"}
    again = client.post(url, {"what": "skip", "moment": "minimal_set:m12", "reason": "Abroad."})
    assert again.status_code == 422
    forms.filter(moment="m06").update(status="missed")
    assert client.post(url, {"what": "catch-up"}).url == url
    assert set(forms.filter(moment="m06").values_list("status", flat=True)) == {"open"}
    assert client.post(url, {"what": "assign", "schedule": "weekly_check", "since": TODAY}).url == url
    enrolment = Enrolment.objects.get(schedule="weekly_check")
    assert client.post(url, {"what": f"end-{enrolment.pk}", "reason": "Too much."}).url == url
    enrolment.refresh_from_db()
    assert enrolment.end_reason == "Too much."
    assert client.post(url, {"what": "end-99999999", "reason": "x"}).status_code == 404
    assert client.post(url, {"what": "end-" + "9" * 5_000, "reason": "x"}).status_code == 404
    assert client.post(url, {"what": "nonsense"}).status_code == 422
    therapist = client_of(due.therapist)
    assert therapist.get(url).status_code == 200
    assert (
        therapist.post(url, {"what": "assign", "schedule": "weekly_check", "since": TODAY}).status_code == 422
    )


def test_two_roles_do_not_add_up_to_schedules_of_others(due):
    """Who leads one team, and treats in another or in the whole programme, assigns in the own team only."""
    elsewhere = TreatmentFactory(
        programme=due.programme, team=due.other_team, primary_clinician=due.supervisor
    )
    InvolvementFactory(treatment=elsewhere, therapist=due.supervisor)
    MembershipFactory(user=due.supervisor, programme=due.programme, role="therapist")
    client, assigned = client_of(due.supervisor), {"schedule": "weekly_check", "since": TODAY}
    one = reverse("treatment-schedule", args=[elsewhere.pk])
    assert client.get(one).status_code == 200
    assert client.post(one, {"what": "assign", **assigned}).status_code == 422
    everybody = reverse("schedules", args=[due.programme.slug])
    assert client.post(everybody, {"for_all": "1", **assigned}).status_code == 422
    assert not Enrolment.objects.filter(schedule="weekly_check").exists()


def test_no_name_in_the_files_is_a_formula(due, time_machine):
    due.therapist.name = '=HYPERLINK("http://evil.example/")'
    due.therapist.save()
    for name in ("worklist-file", "completeness-file"):
        file = client_of(due.manager).get(reverse(name, args=[due.programme.slug])).content.decode()
        assert "'=HYPERLINK" in file
        time_machine.move_to(NOON + datetime.timedelta(days=300))  # when the forms count as not filled in


def test_how_the_programme_reminds(due):
    client, url = client_of(due.assistant), reverse("reminders", args=[due.programme.slug])
    said = {
        "is_on": "on",
        "by_sms": "on",
        "language": "nl",
        "days_between": 4,
        "quiet_from": "21:00",
        "quiet_until": "08:30",
        "time_zone": "Europe/Brussels",
    }
    assert client.post(url, said).url == url
    plan = ReminderPlan.objects.get()
    assert (plan.channels(), plan.days_between, plan.quiet_until) == (["sms"], 4, datetime.time(8, 30))
    assert client.post(url, {**said, "time_zone": "Mars/Olympus"}).status_code == 422
    assert client.post(url, {**said, "by_sms": ""}).status_code == 422
    plan.refresh_from_db()
    assert plan.time_zone == "Europe/Brussels"


def test_failed_messages_are_seen_and_tried_again(due):
    Identity.objects.update(sealed={})
    plan_reminders(programme=due.programme, now=NOON)
    client, url = client_of(due.assistant), reverse("reminders", args=[due.programme.slug])
    for query in ({}, {"state": "failed"}):
        page = client.get(url, query).content.decode()
        assert "1 message was not sent" in page
        assert "no usable mail address" in page
    client.post(reverse("reminders-again", args=[due.programme.slug]))
    assert Sending.objects.get().state == "planned"


def test_words_are_versioned(due):
    url = reverse("reminder-text", args=[due.programme.slug, "reminder", "mail", "nl"])
    client = client_of(due.manager)
    assert "Uw vragen staan nog klaar" in client.get(url).content.decode()
    assert client.post(url, {"subject": "Hallo", "body": "geen link"}).status_code == 422
    for version in (1, 2):
        client.post(url, {"subject": f"Hallo {version}", "body": "{link} {stop}"})
    assert list(ReminderText.objects.values_list("version", "subject")) == [(2, "Hallo 2"), (1, "Hallo 1")]
    page = client.get(url).content.decode()
    assert "Hallo 1" in page
    assert 'value="Hallo 2"' in page
    sms = reverse("reminder-text", args=[due.programme.slug, "invitation", "sms", "en"])
    client.post(sms, {"body": "{link} {stop}"})
    assert ReminderText.objects.filter(channel="sms").exists()
    wrong = reverse("reminder-text", args=[due.programme.slug, "reminder", "pigeon", "nl"])
    assert client.get(wrong).status_code == 404


@pytest.mark.parametrize(
    ("who", "told"),
    [("assistant", True), ("therapist", True), ("administrator", True), ("stakeholder", False)],
)
def test_a_night_that_did_not_happen_is_told_to_whom_it_matters(due, who, told):
    def home() -> str:
        return client_of(getattr(due, who)).get("/").content.decode()

    assert ("never run" in home()) is told
    Run.objects.create(outcome="good", started_at=NOON - datetime.timedelta(hours=27), ended_at=NOON)
    assert ("did not happen" in home()) is told
    Run.objects.create(
        outcome="failed", started_at=NOON, ended_at=NOON, steps=[{"step": "signals", "error": "x"}]
    )
    assert ("not all done" in home()) is told
    Run.objects.create(outcome="good", started_at=NOON, ended_at=NOON)
    Run.objects.filter(outcome="failed").delete()
    assert "night-trouble" not in home()
