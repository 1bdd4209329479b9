"""A patient asks for a new link, or stops reminders, without signing in."""

import logging
import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from onmodel.outreach.actions import plan_reminders, set_reminder_plan, stop_reminders
from onmodel.outreach.links import sending_of, stop_token
from onmodel.outreach.models import ReminderWish, Sending
from onmodel.patient_access.models import PatientAccess
from onmodel.patients.models import Identity
from tests.factories import PatientFactory, TreatmentFactory
from tests.integration.outreach.conftest import MAIL, NOON

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


def ask(address: str):
    return Client().post(reverse("new-link"), {"address": address})


def without_tokens(response) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def test_a_known_and_an_unknown_address_get_the_same_answer(due):
    known, unknown = ask(f" {MAIL.upper()} "), ask("nobody@example.org")
    assert without_tokens(known) == without_tokens(unknown)
    assert known.status_code == unknown.status_code == 200
    (sent,) = mail.outbox
    assert sent.to == [MAIL]
    assert "Did you not ask for it" in sent.body
    assert "List-Unsubscribe" not in sent.extra_headers
    assert PatientAccess.objects.get().treatment == due.treatment


def test_quiet_hours_do_not_hold_for_who_asks(due, time_machine):
    time_machine.move_to(NOON.replace(hour=23), tick=False)
    ask(MAIL)
    assert len(mail.outbox) == 1


def test_who_stopped_reminders_may_ask_for_a_link(due):
    stop_reminders(patient=due.patient, how="link", by=None)
    ask(MAIL)
    assert len(mail.outbox) == 1


def test_only_one_link_in_ten_minutes(due):
    for _ in range(3):
        assert ask(MAIL).status_code == 200
    assert len(mail.outbox) == 1
    assert ask(MAIL).status_code == 429


def test_by_number_where_the_programme_sends_text_messages(due, settings, tmp_path):
    settings.SMS_FILE_PATH = tmp_path / "sms"
    ask("06 1234 5678")
    assert not (tmp_path / "sms").exists()
    set_reminder_plan(programme=due.programme, by_sms=True, by=due.manager)
    ask("0031612345678")
    (written,) = (tmp_path / "sms").iterdir()
    assert "+31612345678" in written.read_text()


def test_the_treatment_under_way_is_opened(due):
    earlier = TreatmentFactory(
        programme=due.programme, patient=due.patient, ended_on="2025-02-01", end_kind="completed"
    )
    ask(MAIL)
    assert Sending.objects.get().treatment == due.treatment != earlier


def test_who_share_an_address_each_get_their_own(due):
    brother = PatientFactory(organisation=due.organisation)
    Identity.objects.create(patient=brother, sealed={"email": MAIL})
    TreatmentFactory(programme=due.programme, patient=brother)
    ask(MAIL)
    assert len(mail.outbox) == 2


@pytest.mark.parametrize("typed", ["", "hello", "12345678", "\0"])
def test_what_is_neither_mail_nor_number_is_asked_again(due, typed):
    assert ask(typed).status_code == 422


def test_neither_log_nor_job_keeps_the_address(due, settings, caplog):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    from django_tasks_db.models import DBTaskResult

    with caplog.at_level(logging.DEBUG):
        ask(MAIL)
    (job,) = DBTaskResult.objects.values()
    assert MAIL not in repr(job)
    assert MAIL not in caplog.text


# --- stop ---
@pytest.fixture
def sending(due):
    return plan_reminders(programme=due.programme, now=NOON)[0]


def stop_page(token: str) -> str:
    return f"/no-reminders/{token}/"


def test_a_link_that_is_opened_asks_and_a_click_stops(due, sending):
    page = stop_page(stop_token(sending))
    assert "no more messages" in Client().get(page).content.decode()
    assert not ReminderWish.objects.exists()
    assert "You get no more" in Client(enforce_csrf_checks=True).post(page).content.decode()
    assert ReminderWish.objects.get().stopped_at is not None
    Client().post(page, {"what": "start"})
    assert ReminderWish.objects.get().stopped_at is None


def test_the_token_says_nothing_of_the_patient_and_only_a_signed_one_counts(due, sending):
    token = stop_token(sending)
    assert str(due.patient.pk) not in token.split(":")[0] or due.patient.pk < 100
    assert sending.pk.hex in token
    assert sending_of(token) == sending
    for wrong in (sending.pk.hex, f"{sending.pk.hex}:x", token[:-1], "x", "é" * 40):
        assert sending_of(wrong) is None
        assert Client().post(stop_page(wrong)).status_code == 404
    assert not ReminderWish.objects.exists()
