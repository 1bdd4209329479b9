"""Send what is due. A message is claimed first, in a transaction of its own, so that none goes out twice.

Where the program is stopped in the middle of sending nobody knows whether the message went; it is kept
as broken off and not sent again by itself. Nothing of a patient comes into the log or into an error.
"""

from __future__ import annotations

import datetime
import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation

from onmodel.assessments.models import Assignment
from onmodel.outreach.actions import keep_result
from onmodel.outreach.addresses import addresses_of
from onmodel.outreach.links import patient_link, stop_link
from onmodel.outreach.models import Channel, ReminderPlan, ReminderText, ReminderWish, Sending
from onmodel.outreach.quiet import next_allowed
from onmodel.outreach.sms import SmsError, sender
from onmodel.outreach.texts import words_in_force
from onmodel.patient_access.actions import make_access
from onmodel.wording.numbers import date_written

State = Sending.State
BROKEN_OFF_AFTER = datetime.timedelta(hours=1)


@dataclass
class Delivered:
    """How many messages were sent, failed, put off or not needed any more."""

    sent: int = 0
    failed: int = 0
    put_off: int = 0
    not_needed: int = 0


def send_due(*, now: datetime.datetime | None = None) -> Delivered:
    """Send every message whose time has come."""
    moment = now or timezone.now()
    Sending.objects.filter(state=State.SENDING, tried_at__lt=moment - BROKEN_OFF_AFTER).update(
        state=State.UNCLEAR, error="broken off"
    )
    told = Delivered()
    due = Sending.objects.filter(state=State.PLANNED, planned_for__lte=moment).order_by("planned_for", "id")
    for key in list(due.values_list("pk", flat=True)):
        what = deliver(key, moment)
        setattr(told, what, getattr(told, what) + 1)
    return told


def deliver(key: object, moment: datetime.datetime) -> str:
    """Try one message; the name of what came of it in `Delivered`."""
    sending = _claim(key, moment)
    if sending is None:
        return "put_off"
    if not _needed(sending, timezone.localdate(moment)):
        keep_result(sending=sending, state=State.CANCELLED)
        return "not_needed"
    try:
        version = _send(sending)
    except (smtplib.SMTPException, SmsError, OSError, ValidationError) as error:
        keep_result(sending=sending, state=State.FAILED, error=said_of(error), final=_is_final(error))
        return "failed"
    keep_result(sending=sending, state=State.SENT, text_version=version)
    return "sent"


def _claim(key: object, moment: datetime.datetime) -> Sending | None:
    """The message, marked as being sent; None where another has it, or the hours are quiet."""
    with transaction.atomic():
        rows = Sending.objects.select_for_update(of=("self",)).filter(pk=key, state=State.PLANNED)
        sending = rows.select_related("treatment__programme__organisation", "treatment__patient").first()
        if sending is None:
            return None
        allowed = _allowed(sending, moment)
        if allowed > moment:
            Sending.objects.filter(pk=key).update(planned_for=allowed)
            return None
        sending.state, sending.tried_at, sending.attempts = State.SENDING, moment, sending.attempts + 1
        sending.save(update_fields=["state", "tried_at", "attempts"])
        return sending


def _allowed(sending: Sending, moment: datetime.datetime) -> datetime.datetime:
    """Quiet hours hold for reminders; a link that was asked for goes at once."""
    plan = ReminderPlan.objects.filter(programme=sending.treatment.programme_id).first()
    if plan is None or sending.kind == ReminderText.Kind.NEW_LINK:
        return moment
    return next_allowed(moment, plan.quiet_from, plan.quiet_until, plan.time_zone)


def _needed(sending: Sending, day: datetime.date) -> bool:
    """Whether reminders are still wanted and one of its forms still waits."""
    if sending.kind == ReminderText.Kind.NEW_LINK:
        return True
    patient = sending.treatment.patient_id
    stopped = ReminderWish.objects.filter(patient=patient, stopped_at__isnull=False).exists()
    return not stopped and _forms(sending).fillable(day).exists()


def _forms(sending: Sending):
    return Assignment.objects.filter(reminders__sending=sending)


def _send(sending: Sending) -> str:
    """Write and send it; the version of its words. Errors of the mail server or gateway go up."""
    address = addresses_of([sending.treatment.patient_id]).get(sending.treatment.patient_id, {})
    if sending.channel not in address:
        raise NoAddressError
    programme = sending.treatment.programme
    words = words_in_force(programme, sending.kind, sending.channel, sending.language)
    _access, code = make_access(treatment=sending.treatment, kind="link", by=None)
    subject, body = words.filled(_values(sending, patient_link(code)))
    if sending.channel == Channel.SMS:
        sender().send(address[Channel.SMS], " ".join(body.split()))
    else:
        mail(address[Channel.MAIL], subject, body, sending).send(fail_silently=False)
    return words.version


class NoAddressError(ValidationError):
    """Nothing to send it to."""

    def __init__(self) -> None:
        super().__init__("no address")


def mail(address: str, subject: str, body: str, sending: Sending) -> EmailMessage:
    """With the headers by which mail programs show a button to stop (RFC 8058)."""
    headers = {"Auto-Submitted": "auto-generated"}
    if sending.kind != ReminderText.Kind.NEW_LINK:
        headers["List-Unsubscribe"] = f"<{stop_link(sending)}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return EmailMessage(
        " ".join(subject.split()), body, settings.DEFAULT_FROM_EMAIL, [address], headers=headers
    )


def _values(sending: Sending, link: str) -> dict[str, object]:
    waiting = _forms(sending).fillable(timezone.localdate())
    closes = waiting.order_by("closes_on").values_list("closes_on", flat=True).first()
    with translation.override(sending.language):
        until = date_written(closes) if closes else "–"
    return {
        "link": link,
        "stop": stop_link(sending),
        "number": waiting.count(),
        "until": until,
        "programme": sending.treatment.programme.name,
        "organisation": sending.treatment.programme.organisation.name,
    }


def said_of(error: Exception) -> str:
    """What went wrong, without the address that servers like to repeat."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = sorted({str(code) for code, _ in error.recipients.values()})
        return f"the mail server refused the address ({', '.join(codes)})"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"the mail server answered {error.smtp_code}"
    if isinstance(error, SmsError):
        return str(error)
    if isinstance(error, NoAddressError):
        return "no address"
    if isinstance(error, ValidationError):
        return "no birth date, which the programme asks for"
    return f"the mail server was not reached ({type(error).__name__})"


def _is_final(error: Exception) -> bool:
    """Trying again would not help."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return isinstance(error, ValidationError)
