"""What is past its period: found for each organisation, and erased.

Dutch law asks to keep a treatment record for 20 years after its last change (WGBO, art. 7:454 of the
Civil Code). For recordings and for files that wait to be imported no law sets a number: a recording
serves supervision, a file one import; the short defaults are ours, and each organisation sets its own.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import DateField, Max, Q, Value
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.outcomes.actions import forget_file
from onmodel.outcomes.models import ImportRun
from onmodel.patients.models import Patient
from onmodel.programmes.changes import refuse_stale, stamp
from onmodel.programmes.models import Organisation
from onmodel.requirements.actions import months_later
from onmodel.rights.actions import erase_patient
from onmodel.rights.models import RetentionPeriod
from onmodel.sessions.actions import erase_recording
from onmodel.sessions.models import Session
from onmodel.supervision.actions import erase_meeting_recording
from onmodel.supervision.models import Meeting

Kind = RetentionPeriod.Kind
DEFAULT_MONTHS = {Kind.RECORD: 20 * 12, Kind.SESSION_RECORDING: 6, Kind.IMPORT_FILE: 1}
LONGEST = 100 * 12
REASON = "past its retention period"
WITHDRAWN = "a patient who was there does not allow it any more"
NEVER = datetime.date(1, 1, 1)


@dataclass(frozen=True, kw_only=True)
class Past:
    """Something whose period is over, or that its patients allow no more (`months` is None then).

    `what` is a pseudonym, or the number of an import, a session or a meeting.
    """

    organisation: str
    kind: str
    what: str
    last: datetime.date
    months: int | None


def months_of(organisation: Organisation, kind: str) -> int:
    own = RetentionPeriod.objects.filter(organisation=organisation, kind=kind).first()
    return own.months if own else DEFAULT_MONTHS[Kind(kind)]


def period_stamp(organisation: Organisation, kind: str) -> str:
    found = RetentionPeriod.objects.filter(organisation=organisation, kind=kind).first()
    return stamp(found, ("months", "reason"))


@transaction.atomic
def set_period(
    *,
    organisation: Organisation,
    kind: str,
    months: int,
    reason: str,
    by: User | None,
    seen: str | None = None,
) -> RetentionPeriod:
    """An organisation's own period; it holds from the next run.

    ChangedMeanwhileError where it was set after the person saw `seen` (`period_stamp`).
    """
    if not 1 <= months <= LONGEST or not reason.strip():
        wrong = {"longest": LONGEST}
        raise ValidationError(_("A period is 1 to %(longest)s months, and has a reason.") % wrong)
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    earlier = RetentionPeriod.objects.filter(organisation=organisation, kind=kind).first()
    refuse_stale(earlier, period_stamp(organisation, kind), seen)
    before = months_of(organisation, kind)
    values = {"months": months, "reason": reason.strip(), "set_by": by, "set_at": timezone.now()}
    period, _made = RetentionPeriod.objects.update_or_create(
        organisation=organisation, kind=Kind(kind), defaults=values
    )
    record(
        by=by,
        verb="retention period set",
        subject=period,
        why=period.reason,
        kind=kind,
        months=months,
        before=before,
    )
    return period


def past_period(day: datetime.date) -> list[Past]:
    """Everything of every organisation that is past its period on that day."""
    return [past for one in Organisation.objects.order_by("slug") for past in past_of(one, day)]


def past_of(organisation: Organisation, day: datetime.date) -> list[Past]:
    """The same of one organisation."""
    records = [_past_record(patient, organisation) for patient in _patients(organisation, day)]
    files = [_past_file(run, organisation) for run in _files(organisation, day)]
    months = months_of(organisation, Kind.SESSION_RECORDING)
    old = [_past_recording(one, organisation, months) for one in _old_recordings(organisation, day)]
    withdrawn = [_past_recording(one, organisation, None) for one in _withdrawn(organisation, day)]
    met = [_past_meeting(one, organisation, months) for one in _old_meetings(organisation, day)]
    shown = [_past_meeting(one, organisation, None) for one in _withdrawn_meetings(organisation, day)]
    return records + files + old + withdrawn + met + shown


def erase_past(day: datetime.date, *, by: User | None) -> list[Past]:
    """Erase it all, each with its event; what was erased."""
    found = past_period(day)
    for organisation in Organisation.objects.all():
        for patient in _patients(organisation, day):
            erase_patient(patient=patient, reason=REASON, by=by)
        for run in _files(organisation, day):
            _erase_file(run, by)
        for session in _old_recordings(organisation, day):
            erase_recording(session=session, reason=REASON, by=by)
        for session in _withdrawn(organisation, day):
            erase_recording(session=session, reason=WITHDRAWN, by=by)
        for meeting in _old_meetings(organisation, day):
            erase_meeting_recording(meeting=meeting, reason=REASON, by=by)
        for meeting in _withdrawn_meetings(organisation, day):
            erase_meeting_recording(meeting=meeting, reason=WITHDRAWN, by=by)
    return found


def _patients(organisation: Organisation, day: datetime.date) -> list[Patient]:
    """Those with no treatment under way or waited for, whose record last changed before the period."""
    months = months_of(organisation, Kind.RECORD)
    before = months_later(day, -months)
    known = Patient.objects.filter(organisation=organisation)
    known = known.exclude(treatments__started_on__isnull=False, treatments__ended_on__isnull=True)
    return list(with_last_contact(known).filter(last_contact__lt=before, last_contact__gt=NEVER))


def with_last_contact(patients):
    """Annotate the last day that anything of a patient was recorded on."""
    days = (
        "treatments__referred_on",
        "treatments__started_on",
        "treatments__ended_on",
        "treatments__assignments__answered_on",
        "treatments__plans__made_on",
        "treatments__assessment_entries__assessed_on",
        "treatments__incidents__happened_on",
        "consents__decided_on",
    )
    latest = [_or_never(Max(day)) for day in days]
    return patients.annotate(last_contact=Greatest(*latest, output_field=DateField()))


def _or_never(expression):

    return Coalesce(expression, Value(NEVER), output_field=DateField())


def _files(organisation: Organisation, day: datetime.date) -> list[ImportRun]:
    before = months_later(day, -months_of(organisation, Kind.IMPORT_FILE))
    kept = ImportRun.objects.filter(programme__organisation=organisation).exclude(Q(file="") | Q(file=None))
    return list(kept.filter(started_at__date__lt=before))


def _past_record(patient: Patient, organisation: Organisation) -> Past:
    months = months_of(organisation, Kind.RECORD)
    return Past(
        organisation=organisation.slug,
        kind=Kind.RECORD,
        what=patient.pseudonym,
        last=patient.last_contact,
        months=months,
    )


def _past_file(run: ImportRun, organisation: Organisation) -> Past:
    months = months_of(organisation, Kind.IMPORT_FILE)
    return Past(
        organisation=organisation.slug,
        kind=Kind.IMPORT_FILE,
        what=str(run.pk),
        last=run.started_at.date(),
        months=months,
    )


@transaction.atomic
def _erase_file(run: ImportRun, by: User | None) -> None:
    record(by=by, verb="import file erased", subject=run, why=REASON)
    forget_file(run)


def _recordings(organisation: Organisation):
    return Session.objects.with_recording().filter(programme__organisation=organisation)


def _old_recordings(organisation: Organisation, day: datetime.date) -> list[Session]:
    before = months_later(day, -months_of(organisation, Kind.SESSION_RECORDING))
    return list(_recordings(organisation).filter(held_on__lt=before))


def _withdrawn(organisation: Organisation, day: datetime.date) -> list[Session]:
    """Those within their period that not every patient who was there allows any more."""
    old = [session.pk for session in _old_recordings(organisation, day)]
    allowed = Session.objects.allowed_by_all().values("pk")
    return list(_recordings(organisation).exclude(pk__in=old).exclude(pk__in=allowed))


def _past_recording(session: Session, organisation: Organisation, months: int | None) -> Past:
    return Past(
        organisation=organisation.slug,
        kind=Kind.SESSION_RECORDING,
        what=str(session.pk),
        last=session.held_on,
        months=months,
    )


def _recorded_meetings(organisation: Organisation):
    return Meeting.objects.filter(programme__organisation=organisation).exclude(recording="")


def _old_meetings(organisation: Organisation, day: datetime.date) -> list[Meeting]:
    """Supervision that was recorded longer ago than sessions are kept."""
    before = months_later(day, -months_of(organisation, Kind.SESSION_RECORDING))
    return list(_recorded_meetings(organisation).filter(day__lt=before))


def _withdrawn_meetings(organisation: Organisation, day: datetime.date) -> list[Meeting]:
    """Those within their period in which a session was looked at that its patients allow no more."""
    old = [meeting.pk for meeting in _old_meetings(organisation, day)]
    allowed = Session.objects.allowed_by_all().values("pk")
    kept = _recorded_meetings(organisation).filter(session__isnull=False).exclude(pk__in=old)
    return list(kept.exclude(session__in=allowed))


def _past_meeting(meeting: Meeting, organisation: Organisation, months: int | None) -> Past:
    return Past(
        organisation=organisation.slug,
        kind=Kind.SESSION_RECORDING,
        what=str(meeting.pk),
        last=meeting.day,
        months=months,
    )
