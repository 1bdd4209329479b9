"""Log contacts, say how and whether to remind, and keep what came of each message."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import Draft, record, record_all
from onmodel.outreach.models import (
    Contact,
    ReminderPlan,
    ReminderText,
    ReminderWish,
    Sending,
    SendingForm,
)
from onmodel.outreach.reminding import Wanted, wanted_reminders
from onmodel.outreach.texts import check_words
from onmodel.patients.models import Patient, Treatment
from onmodel.programmes.models import Programme

State = Sending.State
MOST_ATTEMPTS = 3
#: After a try that failed, the next one; a new link is given once in so long.
NEXT_TRY = datetime.timedelta(minutes=30)
ONE_NEW_LINK_IN = datetime.timedelta(minutes=10)
PLAN_FIELDS = (
    "is_on",
    "by_mail",
    "by_sms",
    "language",
    "quiet_from",
    "quiet_until",
    "time_zone",
    "days_between",
)


# --- contacts ---
@transaction.atomic
def log_contact(
    *,
    treatment: Treatment,
    kind: str,
    outcome: str,
    by: User,
    happened_on: datetime.date | None = None,
    note: str = "",
    next_on: datetime.date | None = None,
) -> Contact:
    """Keep that a patient was called, written to or visited, and what came of it.

    ValidationError for a day in the future, or a next day before it.
    """
    day = happened_on or timezone.localdate()
    if day > timezone.localdate():
        raise ValidationError({"happened_on": _("A contact does not lie in the future.")})
    if next_on is not None and next_on < day:
        raise ValidationError({"next_on": _("The next contact comes after this one.")})
    contact = Contact(
        treatment=treatment,
        kind=kind,
        outcome=outcome,
        happened_on=day,
        by=by,
        note=note.strip(),
        next_on=next_on,
    )
    contact.clean_fields()
    contact.save()
    record(by=by, verb="contact logged", subject=contact, kind=kind, outcome=outcome)
    return contact


@transaction.atomic
def strike_contact(*, contact: Contact, by: User) -> Contact:
    """Say that it was logged by mistake; it stays readable and counts no more."""
    contact = Contact.objects.select_for_update(of=("self",)).select_related("treatment").get(pk=contact.pk)
    if contact.struck_at is None:
        contact.struck_at, contact.struck_by = timezone.now(), by
        contact.save(update_fields=["struck_at", "struck_by"])
        record(by=by, verb="contact struck", subject=contact)
    return contact


# --- how a programme reminds ---
@transaction.atomic
def set_reminder_plan(*, programme: Programme, by: User | None, **values: Any) -> ReminderPlan:
    """Set whether and how a programme reminds; the fields of ReminderPlan by name."""
    plan, _made = ReminderPlan.objects.select_for_update().get_or_create(programme=programme)
    for name in PLAN_FIELDS:
        if name in values:
            setattr(plan, name, values[name])
    if plan.time_zone not in available_timezones():
        raise ValidationError(
            {"time_zone": _("%(zone)s is no time zone; Europe/Amsterdam is one.") % {"zone": plan.time_zone}}
        )
    if plan.is_on and not plan.channels():
        raise ValidationError(_("Choose mail or text messages, or turn the reminders off."))
    plan.changed_by, plan.changed_at = by, timezone.now()
    plan.full_clean(exclude=["programme"])
    plan.save()
    told = {name: str(getattr(plan, name)) for name in PLAN_FIELDS}
    record(by=by, verb="reminders set", subject=programme, **told)
    return plan


@transaction.atomic
def add_reminder_text(
    *, programme: Programme, kind: str, channel: str, language: str, subject: str, body: str, by: User
) -> ReminderText:
    """The programme's own words from now on, as a new version. ValidationError as `check_words`."""
    check_words(subject, body, kind=kind, channel=channel)
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    earlier = programme.reminder_texts.filter(kind=kind, channel=channel, language=language)
    latest = earlier.aggregate(latest=Max("version"))["latest"] or 0
    text = ReminderText(
        programme=programme,
        kind=kind,
        channel=channel,
        language=language,
        version=latest + 1,
        subject=" ".join(subject.split()),
        body=body.replace("\r\n", "\n").strip() + "\n",
        made_by=by,
    )
    text.clean_fields()
    text.save()
    told = {"kind": kind, "channel": channel, "language": language, "version": text.version}
    record(by=by, verb="reminder text added", subject=programme, **told)
    return text


# --- what a patient wants ---
@transaction.atomic
def stop_reminders(*, patient: Patient, how: str, by: User | None) -> ReminderWish:
    """The patient gets no more reminders; a new link can still be asked for."""
    wish = _wish(patient)
    if wish.stopped_at is None:
        wish.stopped_at, wish.stopped_how, wish.stopped_by = timezone.now(), how, by
        wish.save()
        waiting = Sending.objects.filter(treatment__patient=patient, state=State.PLANNED)
        waiting.exclude(kind=ReminderText.Kind.NEW_LINK).update(state=State.CANCELLED)
        record(by=by, verb="reminders stopped", subject=wish, how=how)
    return wish


@transaction.atomic
def resume_reminders(*, patient: Patient, how: str, by: User | None) -> ReminderWish:
    """The patient gets reminders again."""
    wish = _wish(patient)
    if wish.stopped_at is not None:
        wish.stopped_at, wish.stopped_how, wish.stopped_by = None, "", None
        wish.save()
        record(by=by, verb="reminders resumed", subject=wish, how=how)
    return wish


@transaction.atomic
def set_wish(*, patient: Patient, language: str, channel: str, by: User) -> ReminderWish:
    """In which language and by which channel the patient is written to; empty as the programme does."""
    wish = _wish(patient)
    wish.language, wish.channel = language, channel
    wish.clean_fields()
    wish.save()
    record(by=by, verb="reminder wish set", subject=wish, language=language, channel=channel)
    return wish


def _wish(patient: Patient) -> ReminderWish:
    wish, _made = ReminderWish.objects.select_for_update().get_or_create(patient=patient)
    return wish


# --- reminders ---
@transaction.atomic
def plan_reminders(
    *, programme: Programme, now: datetime.datetime | None = None, by: User | None = None
) -> list[Sending]:
    """Plan the messages that the ladder asks for now: one a treatment, for all its forms together.

    Each form is in one message a step at most, whoever plans and how often; the database refuses another.
    Who cannot be reached is kept as a failed sending, so that somebody sees it.
    """
    moment = now or timezone.now()
    plan = ReminderPlan.objects.select_for_update().filter(programme=programme, is_on=True).first()
    if plan is None:
        return []
    wanted = wanted_reminders(programme, plan, moment)
    sendings = [_sending(one, moment) for one in wanted]
    Sending.objects.bulk_create(sendings, batch_size=500)
    SendingForm.objects.bulk_create(
        [
            SendingForm(sending=sending, assignment_id=form, step=one.step.id)
            for one, sending in zip(wanted, sendings, strict=True)
            for form in one.forms
        ],
        batch_size=500,
    )
    if sendings:
        patients = [one.treatment.patient_id for one in wanted]
        detail = {"messages": len(sendings)}
        draft = Draft(verb="reminders planned", subject=programme, patients=patients, detail=detail)
        record_all([draft], by=by)
    return sendings


def _sending(one: Wanted, moment: datetime.datetime) -> Sending:
    sending = Sending(
        treatment=one.treatment,
        kind=one.step.text,
        channel=one.channel or one.first_channel,
        language=one.language,
        planned_for=one.planned_for,
    )
    if not one.channel:
        sending.state, sending.error, sending.tried_at = State.FAILED, "no address", moment
    return sending


@transaction.atomic
def ask_new_link(*, treatment: Treatment, channel: str, language: str) -> Sending | None:
    """Plan a message with a new link at once; None where one was given a few minutes ago."""
    lately = timezone.now() - ONE_NEW_LINK_IN
    kind = ReminderText.Kind.NEW_LINK
    Treatment.objects.select_for_update().get(pk=treatment.pk)
    if Sending.objects.filter(treatment=treatment, kind=kind, made_at__gte=lately).exists():
        return None
    sending = Sending.objects.create(
        treatment=treatment, kind=kind, channel=channel, language=language, planned_for=timezone.now()
    )
    record(by=None, verb="new link asked for", subject=sending, channel=channel)
    return sending


@transaction.atomic
def keep_result(
    *, sending: Sending, state: str, error: str = "", text_version: str = "", final: bool = False
) -> Sending:
    """What came of a try: sent, failed, cancelled. A failed one is tried again, unless it is `final`."""
    now = timezone.now()
    sending.error, sending.text_version = error, text_version or sending.text_version
    sending.state, verb = state, "reminder sent"
    if state == State.SENT:
        sending.sent_at = now
    elif state == State.FAILED:
        verb = "reminder failed"
        if not final and sending.attempts < MOST_ATTEMPTS:
            sending.state, sending.planned_for = State.PLANNED, now + NEXT_TRY * sending.attempts
    else:
        verb = "reminder not needed"
    sending.save(update_fields=["state", "sent_at", "error", "text_version", "planned_for"])
    record(
        by=None, verb=verb, subject=sending, channel=sending.channel, attempts=sending.attempts, error=error
    )
    return sending


@transaction.atomic
def send_again(*, sendings: Sequence[Sending], by: User) -> int:
    """Try failed messages once more, as soon as the hours allow; how many."""
    asked = Sending.objects.select_for_update(of=("self",)).filter(
        pk__in=[sending.pk for sending in sendings]
    )
    again = list(asked.failed().select_related("treatment"))
    for sending in again:
        sending.state, sending.attempts, sending.planned_for = State.PLANNED, 0, timezone.now()
        sending.error = ""
    Sending.objects.bulk_update(again, ["state", "attempts", "planned_for", "error"], batch_size=500)
    record_all([Draft(verb="reminder tried again", subject=sending) for sending in again], by=by)
    return len(again)
