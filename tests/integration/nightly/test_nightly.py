"""The nightly run: every step for every programme, and a record of it."""

import datetime
import json

import pytest
from click.testing import CliRunner
from django.core import mail
from django.utils import timezone

from onmodel.assessments.models import Assignment
from onmodel.cli.main import main
from onmodel.nightly import run as nightly
from onmodel.nightly.models import Run
from onmodel.outreach.actions import set_reminder_plan
from onmodel.outreach.models import Sending
from onmodel.patients.models import Identity
from onmodel.scheduling.actions import choose_schedule

pytestmark = pytest.mark.django_db


@pytest.fixture
def due(cast):
    """Forms that are due now, of a patient who can be reached at any hour."""
    cast.treatment.started_on = timezone.localdate()
    cast.treatment.save()
    Identity.objects.create(patient=cast.patient, sealed={"email": "pia@example.org"})
    choose_schedule(programme=cast.programme, schedule="minimal_set", by=cast.manager)
    night = datetime.time(0)
    set_reminder_plan(
        programme=cast.programme, is_on=True, quiet_from=night, quiet_until=night, by=cast.manager
    )
    return cast


def test_a_night_does_everything_and_the_next_run_nothing_twice(due):
    found = nightly.run_night()
    assert found.outcome == "good"
    assert [step["step"] for step in found.steps if step["programme"] == "day-hospital"] == list(
        nightly.STEPS
    )
    assert len(mail.outbox) == 1
    forms, sendings = Assignment.objects.count(), Sending.objects.count()
    assert nightly.run_night().outcome == "good"
    assert (Assignment.objects.count(), Sending.objects.count(), len(mail.outbox)) == (forms, sendings, 1)


def test_a_step_that_fails_stops_no_other_and_is_seen(due, monkeypatch):
    def fail(programme):
        if programme == due.programme:
            raise RuntimeError("Pia Patient broke it")
        return {}

    monkeypatch.setitem(nightly.STEPS, "schedules", fail)
    found = nightly.run_night()
    assert found.outcome == "failed"
    assert [(step["programme"], step["step"], step["error"]) for step in found.failures()] == [
        ("day-hospital", "schedules", "RuntimeError")
    ]
    assert "Pia" not in json.dumps(found.steps)
    assert len(mail.outbox) == 1
    watch = nightly.watch()
    assert (watch.trouble, watch.failed) == ("failed", ("schedules",))


def test_the_watch():
    now = timezone.now()
    assert nightly.watch().trouble == "never"
    Run.objects.create(started_at=now - datetime.timedelta(hours=25), ended_at=now, outcome="good")
    assert nightly.watch().trouble == ""
    assert nightly.watch(now + datetime.timedelta(hours=2)).trouble == "late"
    Run.objects.create(started_at=now)  # still running, or killed
    assert nightly.watch().trouble == ""


def test_messages_that_wait_call_the_worker(due):
    from django_tasks_db.models import DBTaskResult

    set_reminder_plan(
        programme=due.programme,
        quiet_from=datetime.time(0),
        quiet_until=datetime.time(23, 59, 59),
        by=due.manager,
    )
    nightly.run_night()
    job = DBTaskResult.objects.get()
    assert job.task_path == "onmodel.outreach.tasks.send_reminders"
    assert abs(job.run_after - Sending.objects.get().planned_for) < datetime.timedelta(minutes=2)


def test_the_command(due, monkeypatch):
    said = CliRunner().invoke(main, ["nightly"])
    assert said.exit_code == 0
    assert "day-hospital: reminders: 1 planned" in said.output
    assert json.loads(CliRunner().invoke(main, ["nightly", "--json"]).output)["outcome"] == "good"
    monkeypatch.setitem(nightly.STEPS, "signals", lambda programme: 1 / 0)
    broken = CliRunner().invoke(main, ["nightly"])
    assert broken.exit_code == 1
    assert "day-hospital: signals: failed (ZeroDivisionError)" in broken.output


def test_sending_by_hand(due):
    nightly.run_night()
    assert "day-hospital: 1 sent" in CliRunner().invoke(main, ["reminders", "status"]).output
    assert CliRunner().invoke(main, ["reminders", "send"]).output.startswith("0 sent")
