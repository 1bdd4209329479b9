"""Schedules that hold, reminders that were sent, and calls that were made; and last night's run."""

from __future__ import annotations

import datetime
from collections import defaultdict
from uuid import UUID

import numpy as np
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.assessments.models import Assignment
from onmodel.demonstration.careers import months_before
from onmodel.demonstration.service import MONTHS_BACK
from onmodel.demonstration.staff import StaffedProgramme
from onmodel.nightly.models import Run
from onmodel.outreach.actions import set_reminder_plan, stop_reminders
from onmodel.outreach.ladder import Step, ladder
from onmodel.outreach.models import Contact, Sending, SendingForm
from onmodel.scheduling.actions import choose_schedule

SCHEDULE = "minimal_set"
REFUSED, STOPPED = 0.03, 0.02
#: From so many days after the due day on, people call; what comes of it, and how likely.
CALLED_AFTER = 10
OUTCOMES = {"no_answer": 0.45, "reached": 0.3, "message_left": 0.15, "declined": 0.05, "wrong_details": 0.05}
BATCH = 2_000


def write_outreach(
    staffed: StaffedProgramme, rng: np.random.Generator, assistant: User, today: datetime.date
) -> None:
    """The minimal set holds since the programme began; who has not answered was reminded, and called."""
    programme = staffed.programme
    choose_schedule(
        programme=programme, schedule=SCHEDULE, since=months_before(today, MONTHS_BACK), by=staffed.supervisor
    )
    set_reminder_plan(programme=programme, by=staffed.supervisor, is_on=True, language="nl")
    waiting: dict[UUID, list[Assignment]] = defaultdict(list)
    forms = Assignment.objects.filter(programme=programme, respondent="patient").exclude(schedule="")
    for form in (
        forms.fillable(today).select_related("treatment__patient").order_by("treatment", "instrument")
    ):
        waiting[form.treatment_id].append(form)
    steps = ladder(programme.definitions)
    _remind(rng, list(waiting.values()), steps, today)
    _call(rng, list(waiting.values()), assistant, today)
    for group in waiting.values():
        if rng.random() < STOPPED:
            stop_reminders(patient=group[0].treatment.patient, how="link", by=None)


def _remind(
    rng: np.random.Generator, groups: list[list[Assignment]], steps: tuple[Step, ...], today: datetime.date
) -> None:
    """The messages of each step that was reached, all but a few sent on the morning of its day."""
    sendings, links = [], []
    for group in groups:
        for step in steps:
            day = step.day(group[0].opens_on, group[0].due_on)
            if not step.automatic or day is None or day > today:
                continue
            sending = _message(group[0], step, day, refused=rng.random() < REFUSED)
            sendings.append(sending)
            links += [SendingForm(sending=sending, assignment=form, step=step.id) for form in group]
    Sending.objects.bulk_create(sendings, batch_size=BATCH)
    SendingForm.objects.bulk_create(links, batch_size=BATCH)


def _message(form: Assignment, step: Step, day: datetime.date, *, refused: bool) -> Sending:
    at = datetime.datetime.combine(day, datetime.time(9, 5), timezone.get_current_timezone())
    return Sending(
        treatment=form.treatment,
        kind=step.text,
        channel=step.kind,
        language="nl",
        text_version="reminder_texts 1.0.0",
        state=Sending.State.FAILED if refused else Sending.State.SENT,
        error="the mail server refused the address (550)" if refused else "",
        planned_for=at,
        tried_at=at,
        sent_at=None if refused else at,
        attempts=1,
    )


def _call(
    rng: np.random.Generator, groups: list[list[Assignment]], assistant: User, today: datetime.date
) -> None:
    """One or two calls to those who are late; the later ones may have been written a letter."""
    contacts = []
    for group in groups:
        first = group[0]
        if first.due_on is None or (today - first.due_on).days < CALLED_AFTER:
            continue
        days = sorted(rng.integers(CALLED_AFTER, (today - first.due_on).days + 1, size=rng.integers(0, 3)))
        for number, days_after in enumerate(days):
            day = first.due_on + datetime.timedelta(days=int(days_after))
            outcome = str(rng.choice(list(OUTCOMES), p=list(OUTCOMES.values())))
            agreed = number == len(days) - 1 and outcome == "reached"
            contacts.append(
                Contact(
                    treatment=first.treatment,
                    kind="telephone",
                    outcome=outcome,
                    happened_on=day,
                    by=assistant,
                    note="Simulated: fills it in this week." if agreed else "",
                    next_on=max(day, today + datetime.timedelta(days=2)) if agreed else None,
                )
            )
    Contact.objects.bulk_create(contacts, batch_size=BATCH)


def write_last_night() -> None:
    """A nightly run that did its work."""
    now = timezone.now()
    Run.objects.create(
        started_at=now, ended_at=now, outcome=Run.Outcome.GOOD, steps=[{"step": "simulated", "did": {}}]
    )
