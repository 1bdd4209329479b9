"""Whom the ladder wants reminded now, of which forms, by which channel, at which hour. Only reads."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from onmodel.assessments.models import Assignment
from onmodel.outreach.addresses import addresses_of
from onmodel.outreach.ladder import Step, ladder, step_reached
from onmodel.outreach.models import Contact, ReminderPlan, ReminderWish, Sending, SendingForm
from onmodel.outreach.quiet import next_allowed
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One message. Without a `channel` there is no address to send it to."""

    treatment: Treatment
    step: Step
    forms: tuple[UUID, ...]
    channel: str
    first_channel: str
    language: str
    planned_for: datetime.datetime


def wanted_reminders(programme: Programme, plan: ReminderPlan, now: datetime.datetime) -> list[Wanted]:
    """One message a treatment: the furthest step that its forms have reached, with all that reached one."""
    day = now.astimezone(ZoneInfo(plan.time_zone)).date()
    due = _due(programme, plan, day)
    if not due:
        return []
    treatments = Treatment.objects.filter(pk__in=due).select_related("patient__reminder_wish")
    found = list(treatments.order_by("id"))
    addresses = addresses_of(treatment.patient_id for treatment in found)
    moment = next_allowed(now, plan.quiet_from, plan.quiet_until, plan.time_zone)
    return [_wanted(t, due[t.pk], plan, addresses.get(t.patient_id, {}), moment) for t in found]


def _due(
    programme: Programme, plan: ReminderPlan, day: datetime.date
) -> dict[UUID, tuple[Step, tuple[UUID, ...]]]:
    """Treatment -> the step and its forms."""
    steps = tuple(step for step in ladder(programme.definitions) if step.automatic)
    reached: dict[UUID, list[tuple[Step, UUID]]] = defaultdict(list)
    said = _already(programme, day)
    rows = _open_forms(programme, plan, day).values_list("treatment_id", "id", "opens_on", "due_on")
    for treatment, form, opens_on, due_on in rows:
        step = step_reached(steps, opens_on, due_on, day)
        if step is not None and (form, step.id) not in said:
            reached[treatment].append((step, form))
    order = {step.id: place for place, step in enumerate(steps)}
    return {
        treatment: (max((step for step, _ in pairs), key=lambda s: order[s.id]), tuple(f for _, f in pairs))
        for treatment, pairs in reached.items()
    }


def _already(programme: Programme, day: datetime.date) -> set[tuple[UUID, str]]:
    """(form, step) of messages planned or sent; a later step counts for those before it."""
    steps = [step.id for step in ladder(programme.definitions) if step.automatic]
    still = Assignment.objects.filter(programme=programme).fillable(day)
    said = SendingForm.objects.filter(assignment__in=still).values_list("assignment", "step")
    return {
        (form, earlier)
        for form, step in said
        for earlier in (steps[: steps.index(step) + 1] if step in steps else [])
    }


def _open_forms(programme: Programme, plan: ReminderPlan, day: datetime.date):
    """Forms that patients can fill, of whom nothing holds a reminder back."""
    lately = datetime.datetime.combine(
        day - datetime.timedelta(days=plan.days_between - 1), datetime.time(), ZoneInfo(plan.time_zone)
    )
    forms = Assignment.objects.filter(programme=programme, respondent="patient", treatment__isnull=False)
    stopped = ReminderWish.objects.filter(stopped_at__isnull=False).values("patient")
    reminded = Sending.objects.begun().filter(planned_for__gte=lately).exclude(kind="new_link")
    agreed = Contact.objects.counted().filter(next_on__gt=day)
    return (
        forms.fillable(day)
        .filter(opens_on__lte=day)
        .exclude(treatment__patient__in=stopped)
        .exclude(treatment__in=reminded.values("treatment"))
        .exclude(treatment__in=agreed.values("treatment"))
    )


def _wanted(
    treatment: Treatment,
    due: tuple[Step, tuple[UUID, ...]],
    plan: ReminderPlan,
    addresses: dict[str, str],
    moment: datetime.datetime,
) -> Wanted:
    wish = getattr(treatment.patient, "reminder_wish", None)
    channels = plan.channels()
    if wish is not None and wish.channel in channels:
        channels.sort(key=lambda channel: channel != wish.channel)
    step, forms = due
    return Wanted(
        treatment=treatment,
        step=step,
        forms=forms,
        channel=next((channel for channel in channels if channel in addresses), ""),
        first_channel=channels[0],
        language=(wish.language if wish is not None else "") or plan.language,
        planned_for=moment,
    )
