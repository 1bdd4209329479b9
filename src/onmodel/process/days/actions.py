"""Keep a day: a whole group at once, risk, reports, calls, incidents, time-outs."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.patients.models import Treatment
from onmodel.process.days.records import Call, RiskCheck, SessionReport, TimeOut
from onmodel.process.days.working import next_working_day
from onmodel.process.models import Incident
from onmodel.process.refusing import (
    refuse_before,
    refuse_few,
    refuse_future,
    refuse_outside,
    refuse_strangers,
)
from onmodel.process.terms import known
from onmodel.programmes.models import Group, Programme
from onmodel.sessions.actions import keep_attendance, keep_session
from onmodel.sessions.models import Session

#: How many of the staff decide on a time-out at least (QM 4.2.3; D ch. 2).
DECIDE_TIME_OUT = 2


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What is kept of one patient of a group on a day."""

    treatment: Treatment
    present: bool
    risk: str = ""
    dropout_risk: str = ""
    done: str = ""
    happened: str = ""
    next_step: str = ""
    goals: Sequence[str] = ()


@transaction.atomic
def keep_group_day(
    *,
    programme: Programme,
    group: Group,
    held_on: datetime.date,
    component: str,
    therapists: Iterable[User],
    entries: Sequence[Entry],
    by: User,
    theme: str = "",
) -> Session:
    """Keep a group session with all that is known of each patient: all of it, or nothing.

    ValidationErrors of one patient name that patient.
    """
    session = keep_session(
        programme=programme,
        held_on=held_on,
        component=component,
        therapists=therapists,
        group=group,
        theme=theme,
        by=by,
    )
    keep_attendance(session=session, present=[one.treatment for one in entries if one.present], by=by)
    for one in entries:
        try:
            _keep_entry(session, one, by)
        except ValidationError as error:
            named = _("%(patient)s: %(problem)s")
            who = one.treatment.patient.pseudonym
            raise ValidationError(
                [named % {"patient": who, "problem": problem} for problem in error.messages]
            ) from error
    return session


def _keep_entry(session: Session, one: Entry, by: User) -> None:
    if one.risk or one.dropout_risk:
        assess_risk(
            treatment=one.treatment,
            checked_on=session.held_on,
            risk=one.risk,
            dropout_risk=one.dropout_risk,
            done=one.done,
            by=by,
        )
    elif one.done.strip():
        raise ValidationError(_("Something was done about a risk: say how high it was."))
    if one.happened.strip():
        report_session(
            session=session,
            treatment=one.treatment,
            happened=one.happened,
            next_step=one.next_step,
            goals=one.goals,
            by=by,
        )
    elif one.next_step.strip() or one.goals:
        raise ValidationError(_("The report lacks its first line: what happened."))


@transaction.atomic
def assess_risk(
    *,
    treatment: Treatment,
    checked_on: datetime.date,
    by: User,
    risk: str = "",
    dropout_risk: str = "",
    done: str = "",
) -> RiskCheck:
    """Keep how high risk and drop-out risk are on a day; said again, it replaces what stood there.

    Where the level asks for action (as the pack says), what was done has to be said.
    """
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    refuse_outside(treatment, checked_on)
    pack = treatment.programme.definitions
    if not risk and not dropout_risk:
        raise ValidationError(_("Say how high the risk is, or the risk of dropping out."))
    levels = [known(pack, "risk_levels", level) for level in (risk, dropout_risk) if level]
    if any(level.values.get("asks_action") for level in levels) and not done.strip():
        raise ValidationError(_("The risk is more than low: say what was done about it."))
    said = {"risk": risk, "dropout_risk": dropout_risk, "done": done.strip()}
    kept, _new = RiskCheck.objects.update_or_create(
        treatment=treatment,
        checked_on=checked_on,
        defaults={**said, "kept_at": timezone.now(), "kept_by": by},
    )
    record(by=by, verb="risk assessed", subject=kept, on=checked_on)
    return kept


@transaction.atomic
def report_session(
    *,
    session: Session,
    treatment: Treatment,
    happened: str,
    by: User,
    next_step: str = "",
    goals: Sequence[str] = (),
) -> SessionReport:
    """Keep two lines about a patient in a session; said again, they replace what stood there."""
    if not session.attendances.filter(treatment=treatment).exists():
        raise ValidationError(_("That patient was not expected at this session."))
    if not happened.strip():
        raise ValidationError(_("The report lacks its first line: what happened."))
    for goal in goals:
        known(treatment.programme.definitions, "treatment_goals", goal)
    said = {"happened": _line(happened), "next_step": _line(next_step), "goals": sorted(set(goals))}
    kept, _new = SessionReport.objects.update_or_create(
        session=session,
        treatment=treatment,
        defaults={**said, "kept_at": timezone.now(), "kept_by": by},
    )
    record(by=by, verb="session reported", subject=kept)
    return kept


def _line(words: str) -> str:
    """One line. ValidationError for one that is too long."""
    line = " ".join(words.split())
    longest = SessionReport._meta.get_field("happened").max_length
    if len(line) > longest:
        wrong = {"n": len(line), "longest": longest}
        raise ValidationError(
            _("A line of a report has at most %(longest)s characters; this has %(n)s.") % wrong
        )
    return line


@transaction.atomic
def note_call(*, treatment: Treatment, came_on: datetime.date, by: User, about: str = "") -> Call:
    """Keep that a patient left a message; it is to be answered on the next working day."""
    refuse_outside(treatment, came_on)
    call = Call.objects.create(
        treatment=treatment,
        came_on=came_on,
        due_on=next_working_day(came_on),
        about=about.strip(),
        kept_by=by,
    )
    record(by=by, verb="call noted", subject=call, due=call.due_on)
    return call


@transaction.atomic
def return_call(*, call: Call, returned_on: datetime.date, by: User, result: str = "") -> Call:
    """Keep that a message was answered."""
    current = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if current.returned_on is not None:
        raise ValidationError(_("This call was returned already."))
    refuse_future(returned_on)
    refuse_before(returned_on, current.came_on, _("the message"))
    current.returned_on, current.returned_by, current.result = returned_on, by, result.strip()
    current.save(update_fields=["returned_on", "returned_by", "result"])
    record(by=by, verb="call returned", subject=current)
    return current


@transaction.atomic
def keep_incident(
    *,
    treatment: Treatment,
    kind: str,
    happened_on: datetime.date,
    by: User,
    note: str = "",
    minutes: int | None = None,
    plan_used: bool | None = None,
) -> Incident:
    """Keep an incident or a crisis; `plan_used` says whether the crisis plan was used in it.

    An appointment longer than the pack allows for its kind is kept all the same: it happened.
    """
    known(treatment.programme.definitions, "incident_kinds", kind)
    refuse_outside(treatment, happened_on)
    if minutes is not None and not 1 <= minutes <= 1_440:
        raise ValidationError(_("%(n)s minutes: give a number from 1 to 1440.") % {"n": minutes})
    incident = Incident.objects.create(
        programme=treatment.programme,
        treatment=treatment,
        kind=kind,
        happened_on=happened_on,
        note=note.strip(),
        minutes=minutes,
        plan_used=plan_used,
        kept_by=by,
    )
    record(by=by, verb="incident kept", subject=incident, kind=kind, on=happened_on)
    return incident


@transaction.atomic
def review_incident(*, incident: Incident, reviewed_on: datetime.date, review: str, by: User) -> Incident:
    """Keep what the team made of an incident, and when."""
    current = Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    if current.reviewed_on is not None:
        raise ValidationError(_("This incident was reviewed already."))
    if not review.strip():
        raise ValidationError(_("Say what the team made of it, and what it will do."))
    refuse_future(reviewed_on)
    refuse_before(reviewed_on, current.happened_on, _("the incident"))
    current.reviewed_on, current.review = reviewed_on, review.strip()
    current.save(update_fields=["reviewed_on", "review"])
    record(by=by, verb="incident reviewed", subject=current, kind=current.kind)
    return current


@transaction.atomic
def give_time_out(
    *,
    treatment: Treatment,
    starts_on: datetime.date,
    reason: str,
    decided_by: Collection[User],
    by: User,
    ends_on: datetime.date | None = None,
) -> TimeOut:
    """Keep a time-out that two of the staff at least decided on."""
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    refuse_outside(treatment, starts_on)
    if ends_on is not None:
        refuse_before(ends_on, starts_on, _("the start of the time-out"))
    if not reason.strip():
        raise ValidationError(_("Say why."))
    refuse_few(decided_by, DECIDE_TIME_OUT)
    refuse_strangers(decided_by, treatment.programme, starts_on)
    if treatment.time_outs.in_force(starts_on).exists():
        raise ValidationError(_("There is a time-out on that day already."))
    given = TimeOut.objects.create(
        treatment=treatment, starts_on=starts_on, ends_on=ends_on, reason=reason.strip(), kept_by=by
    )
    given.decided_by.set(decided_by)
    record(by=by, verb="time-out given", subject=given, on=starts_on, people=len(decided_by))
    return given


@transaction.atomic
def end_time_out(*, time_out: TimeOut, ends_on: datetime.date, by: User) -> TimeOut:
    """Keep the day on which a time-out ended: the patient comes again."""
    current = TimeOut.objects.select_for_update(of=("self",)).get(pk=time_out.pk)
    refuse_future(ends_on)
    refuse_before(ends_on, current.starts_on, _("the start of the time-out"))
    current.ends_on = ends_on
    current.save(update_fields=["ends_on"])
    record(by=by, verb="time-out ended", subject=current)
    return current
