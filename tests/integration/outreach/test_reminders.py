"""Reminders: one mail for several forms, never twice, never at night, with what came of it."""

import datetime
import smtplib

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse

from onmodel.assessments.models import Assignment
from onmodel.audit.models import Event
from onmodel.outreach import delivering
from onmodel.outreach.actions import (
    add_reminder_text,
    log_contact,
    plan_reminders,
    send_again,
    set_reminder_plan,
    set_wish,
    stop_reminders,
)
from onmodel.outreach.delivering import send_due
from onmodel.outreach.models import Sending, SendingForm
from onmodel.patient_access.actions import open_access
from onmodel.patients.models import Identity
from tests.factories import AssignmentFactory
from tests.integration.outreach.conftest import MAIL, NOON

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def remind(cast, now=NOON):
    plan_reminders(programme=cast.programme, now=now)
    return send_due(now=now)


def test_one_mail_for_several_forms(due):
    assert remind(due).sent == 1
    (sent,) = mail.outbox
    assert sent.to == [MAIL]
    assert "(2 in all)" in sent.body
    assert "1 Sep 2025" in sent.body  # the windows close 60 days after 3 July
    sending = Sending.objects.get()
    assert (sending.state, sending.kind, sending.attempts, sending.error) == ("sent", "reminder", 1, "")
    assert sending.forms.count() == 2
    assert sending.text_version == "reminder_texts 1.0.0"
    assert Event.objects.filter(verb="reminder sent").exists()


def test_the_mail_names_neither_patient_nor_treatment(due):
    remind(due)
    whole = mail.outbox[0].message().as_string()
    for word in ("Pia", "P-1001", "Day hospital", "Riverside", "BSI", str(due.treatment.pk)):
        assert word not in whole


def test_the_link_opens_the_treatment_and_nothing_of_it_is_kept(due):
    remind(due)
    link = next(line for line in mail.outbox[0].body.splitlines() if "#" in line)
    code = link.partition("#")[2]
    assert link.startswith("http://127.0.0.1:8000" + reverse("patient-sign-in"))
    assert open_access(code=code).access.treatment == due.treatment
    assert code not in repr(list(Sending.objects.values())) + repr(list(Event.objects.values()))


def test_nobody_gets_the_same_reminder_twice(due):
    remind(due)
    for later in (NOON, NOON + datetime.timedelta(hours=5), NOON + DAY, NOON + 6 * DAY):
        assert plan_reminders(programme=due.programme, now=later) == []
    assert remind(due, NOON + 7 * DAY).sent == 1  # the second reminder's day
    assert remind(due, NOON + 20 * DAY).sent == 0
    assert len(mail.outbox) == 2


def test_the_database_refuses_a_second_message_of_a_step(due):
    remind(due)
    one = SendingForm.objects.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        SendingForm.objects.create(sending=one.sending, assignment=one.assignment, step=one.step)


def test_an_invitation_when_the_window_opens(due):
    Assignment.objects.filter(treatment=due.treatment, months=6).update(
        opens_on=NOON.date(), due_on=NOON.date() + 30 * DAY
    )
    remind(due)
    assert mail.outbox[0].subject == "Questions are ready for you"


def test_quiet_hours_put_a_message_off(due):
    night = NOON.replace(hour=23)
    assert remind(due, night).sent == 0
    sending = Sending.objects.get()
    assert sending.planned_for == datetime.datetime(2025, 7, 4, 7, tzinfo=datetime.UTC)  # 9:00 there
    assert send_due(now=night + datetime.timedelta(hours=6)).sent == 0
    assert send_due(now=sending.planned_for).sent == 1


def test_a_message_that_is_late_waits_for_the_morning(due):
    """Planned by day, but nobody sent it before the evening."""
    plan_reminders(programme=due.programme, now=NOON)
    told = send_due(now=NOON.replace(hour=20))
    assert (told.sent, told.put_off) == (0, 1)
    assert send_due(now=NOON.replace(hour=7) + DAY).sent == 1


def test_answered_meanwhile(due):
    plan_reminders(programme=due.programme, now=NOON)
    due.treatment.assignments.update(status="answered")
    told = send_due(now=NOON)
    assert (told.sent, told.not_needed) == (0, 1)
    assert Sending.objects.get().state == "cancelled"


def test_between_two_messages_days_pass(due):
    remind(due)
    fresh = AssignmentFactory(
        treatment=due.treatment,
        instrument="phq9",
        months=6.1,
        opens_on=NOON.date() + DAY,
        due_on=NOON.date() + DAY,
    )
    assert plan_reminders(programme=due.programme, now=NOON + DAY) == []
    assert plan_reminders(programme=due.programme, now=NOON + 2 * DAY) == []
    (sending,) = plan_reminders(programme=due.programme, now=NOON + 3 * DAY)
    assert [link.assignment for link in sending.forms.all()] == [fresh]


def test_who_agreed_on_a_day_is_left_alone_until_then(due):
    log_contact(
        treatment=due.treatment,
        kind="telephone",
        outcome="reached",
        next_on=NOON.date() + 4 * DAY,
        by=due.assistant,
    )
    assert plan_reminders(programme=due.programme, now=NOON) == []
    assert len(plan_reminders(programme=due.programme, now=NOON + 4 * DAY)) == 1


def test_no_reminder_where_the_programme_sends_none_or_the_patient_wants_none(due):
    set_reminder_plan(programme=due.programme, is_on=False, by=due.manager)
    assert plan_reminders(programme=due.programme, now=NOON) == []
    set_reminder_plan(programme=due.programme, is_on=True, by=due.manager)
    stop_reminders(patient=due.patient, how="staff", by=due.assistant)
    assert plan_reminders(programme=due.programme, now=NOON) == []


def test_who_stops_after_it_was_planned_gets_nothing(due):
    plan_reminders(programme=due.programme, now=NOON)
    stop_reminders(patient=due.patient, how="link", by=None)
    assert send_due(now=NOON).sent == 0
    assert Sending.objects.get().state == "cancelled"


@pytest.mark.parametrize("address", ["", "no address", "x@y\nBcc: z@example.org"])
def test_who_has_no_address_is_seen_as_not_reached(due, address):
    Identity.objects.update(sealed={"name": "Pia", "email": address})
    assert remind(due).sent == 0
    sending = Sending.objects.get()
    assert (sending.state, sending.error) == ("failed", "no address")
    assert plan_reminders(programme=due.programme, now=NOON + DAY) == []
    Identity.objects.update(sealed={"name": "Pia", "email": MAIL})
    assert send_again(sendings=[sending], by=due.assistant) == 1
    assert send_due(now=NOON).sent == 1


def test_a_text_message_where_there_is_no_mail_address_or_the_patient_wants_it(due, settings, tmp_path):
    settings.SMS_FILE_PATH = tmp_path
    set_reminder_plan(programme=due.programme, by_sms=True, by=due.manager)
    set_wish(patient=due.patient, language="nl", channel="sms", by=due.assistant)
    assert remind(due).sent == 1
    (written,) = tmp_path.iterdir()
    assert "To: +31612345678" in written.read_text()
    assert "Uw vragen staan nog klaar" in written.read_text()
    assert mail.outbox == []


class Broken:
    """A mail server that fails so."""

    def __init__(self, error):
        self.error = error

    def __call__(self, *_args, **_kwargs):
        raise self.error


def test_a_failure_is_kept_tried_again_and_then_left_to_staff(due, monkeypatch):
    monkeypatch.setattr("django.core.mail.EmailMessage.send", Broken(ConnectionRefusedError(MAIL)))
    assert remind(due).failed == 1
    sending = Sending.objects.get()
    assert sending.state == "planned"
    assert MAIL not in sending.error
    for _ in range(2):
        sending.refresh_from_db()
        assert send_due(now=sending.planned_for).failed == 1
    sending.refresh_from_db()
    assert (sending.state, sending.attempts) == ("failed", 3)
    assert send_due(now=NOON + DAY).failed == 0


def test_a_refused_address_is_not_tried_again(due, monkeypatch):
    refused = smtplib.SMTPRecipientsRefused({MAIL: (550, b"unknown")})
    monkeypatch.setattr("django.core.mail.EmailMessage.send", Broken(refused))
    remind(due)
    sending = Sending.objects.get()
    assert (sending.state, sending.error) == ("failed", "the mail server refused the address (550)")


def test_a_message_that_was_broken_off_is_not_sent_again_by_itself(due, monkeypatch):
    """The program is killed while it sends: nobody knows whether it arrived."""
    plan_reminders(programme=due.programme, now=NOON)
    monkeypatch.setattr(delivering, "_send", Broken(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        send_due(now=NOON)
    assert Sending.objects.get().state == "sending"
    monkeypatch.undo()
    assert send_due(now=NOON + datetime.timedelta(hours=2)).sent == 0
    assert Sending.objects.get().state == "unclear"
    assert list(Sending.objects.failed()) == [Sending.objects.get()]


def test_one_that_another_process_has_is_left_alone(due):
    plan_reminders(programme=due.programme, now=NOON)
    Sending.objects.update(state="sending", tried_at=NOON)
    assert delivering.deliver(Sending.objects.get().pk, NOON) == "put_off"
    assert mail.outbox == []


def test_the_programmes_own_words_hold_from_then_on(due):
    for version in (1, 2):
        text = add_reminder_text(
            programme=due.programme,
            kind="reminder",
            channel="mail",
            language="en",
            subject=f"Version {version}",
            body="{number} at {programme}: {link}\n{stop}",
            by=due.manager,
        )
        assert text.version == version
    remind(due)
    assert mail.outbox[0].subject == "Version 2"
    assert mail.outbox[0].body.startswith("2 at Day hospital: http")
    assert Sending.objects.get().text_version == "day-hospital 2"


def test_a_programme_that_asks_a_birth_date_needs_one(due):
    due.programme.asks_birth_date = True
    due.programme.save()
    remind(due)
    assert Sending.objects.get().error == "no birth date, which the programme asks for"


def test_mail_programs_may_stop_by_one_click(due, client):
    remind(due)
    headers = mail.outbox[0].extra_headers
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    url = headers["List-Unsubscribe"].strip("<>").removeprefix("http://127.0.0.1:8000")
    response = client.post(url, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    due.patient.reminder_wish.refresh_from_db()
    assert due.patient.reminder_wish.stopped_how == "link"


def test_planning_takes_few_statements(due, django_assert_max_num_queries):
    from tests.factories import PatientFactory, TreatmentFactory

    for number in range(30):
        patient = PatientFactory(organisation=due.organisation, pseudonym=f"R-{number}")
        Identity.objects.create(patient=patient, sealed={"email": f"r{number}@example.org"})
        treatment = TreatmentFactory(programme=due.programme, patient=patient)
        AssignmentFactory(treatment=treatment, opens_on=NOON.date(), due_on=NOON.date())
    with django_assert_max_num_queries(16):
        assert len(plan_reminders(programme=due.programme, now=NOON)) == 31
