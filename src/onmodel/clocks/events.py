"""The events of the record that clocks begin and end with, by the names that a pack's rules use.

`reviewed` has those of reviews and absences.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import Max, Min, Q

from onmodel.adherence.models import counted
from onmodel.agreements.kinds import criterion_of
from onmodel.agreements.standing import reviewed_on
from onmodel.assessments.models import Assignment
from onmodel.clocks.record import Found, Record, event
from onmodel.outreach.models import Contact
from onmodel.patients.models import Phase
from onmodel.process.absences.reading import LOOKED_BACK
from onmodel.process.models import AbsenceStep, Call, Incident, Plan, RiskCheck
from onmodel.programmes.models import Membership
from onmodel.requirements.models import Attestation
from onmodel.sessions.models import Attendance, Recording, SessionTherapist

QUARTER = datetime.timedelta(days=92)
FOUR_WEEKS = datetime.timedelta(days=28)
PSYCHIATRIST = "psychiatrist"
CRITERIA_FORM = "quality_criteria"
REACHED = (Contact.Outcome.REACHED, Contact.Outcome.DECLINED)
NOT_REACHED = (Contact.Outcome.NO_ANSWER, Contact.Outcome.MESSAGE_LEFT, Contact.Outcome.WRONG_DETAILS)
#: What came of a step about absence -> what that is as the outcome of a contact.
OUTCOME_OF_STEP = {
    AbsenceStep.Result.REACHED: Contact.Outcome.REACHED,
    AbsenceStep.Result.COMES: Contact.Outcome.REACHED,
    AbsenceStep.Result.SENT: Contact.Outcome.SENT,
    AbsenceStep.Result.MESSAGE: Contact.Outcome.MESSAGE_LEFT,
    AbsenceStep.Result.NOT_REACHED: Contact.Outcome.NO_ANSWER,
}
#: What reaches nobody at once: it is neither an attempt to speak with the patient nor an answer.
WRITTEN = (Contact.Kind.LETTER, Contact.Kind.MAIL, Contact.Kind.SMS)


# --- of a treatment ---
def _own_days(record: Record, name: str) -> Found:
    return ((key, getattr(treatment, name)) for key, treatment in record.treatments.items())


@event(always=True)
def referred(record: Record, _term: str) -> Found:
    return _own_days(record, "referred_on")


@event()
def oriented(record: Record, _term: str) -> Found:
    return _own_days(record, "oriented_on")


@event()
def started(record: Record, _term: str) -> Found:
    return _own_days(record, "started_on")


@event()
def ended(record: Record, _term: str) -> Found:
    return _own_days(record, "ended_on")


@event()
def plan_agreed(record: Record, kind: str) -> Found:
    return ((key, agreed) for key, found, agreed in _plans(record) if found == kind)


def _plans(record: Record) -> list[tuple]:
    """Treatment, kind, and the day on which a version was agreed."""
    plans = Plan.objects.filter(record.those("treatment__"), agreed_on__lte=record.day)
    return record.read("plans", lambda: record.rows(plans, "treatment", "kind", "agreed_on"))


@event()
def phase_begun(record: Record, kind: str) -> Found:
    return ((key, begun) for key, found, begun, _ended in _phases(record) if found == kind)


@event()
def phase_ended(record: Record, kind: str) -> Found:
    return ((key, ended) for key, found, _begun, ended in _phases(record) if found == kind)


def _phases(record: Record) -> list[tuple]:
    phases = Phase.objects.filter(record.those("treatment__"))
    return record.read("phases", lambda: record.rows(phases, "treatment", "kind", "starts_on", "ends_on"))


@event()
def contact_made(record: Record, kind: str) -> Found:
    """A contact of that kind, whatever came of it: a letter, a visit."""
    return ((key, day) for key, found, _outcome, day in _contacts(record) if found == kind)


@event()
def reached(record: Record, _term: str) -> Iterator[tuple[object, datetime.date]]:
    """The patient was spoken with, or, of those whom somebody tried to reach, was there at a session."""
    yield from ((key, day) for key, _kind, outcome, day in _contacts(record) if outcome in REACHED)
    called = Contact.objects.counted().filter(outcome__in=NOT_REACHED)
    steps = AbsenceStep.objects.exclude(result__in=AbsenceStep.SPOKEN)
    tried = Q(treatment__in=called.values("treatment")) | Q(treatment__in=steps.values("treatment"))
    there = _attended(record).filter(tried, present=True)
    yield from record.rows(there, "treatment", "session__held_on")


@event()
def not_reached(record: Record, _term: str) -> Iterator[tuple[object, datetime.date]]:
    """The first vain attempt to speak with the patient since (s)he was last reached."""
    days: dict[object, list[tuple[datetime.date, bool]]] = defaultdict(list)
    for key, kind, outcome, day in _contacts(record):
        if outcome in NOT_REACHED and kind not in WRITTEN:
            days[key].append((day, False))
    if not days:
        return
    for key, there in record.days("reached").items():
        if key in days:
            days[key] += [(day, True) for day in there]
    for key, both in days.items():
        yield from ((key, day) for day in _firsts(both))


@event()
def letter_unanswered(record: Record, _term: str) -> Iterator[tuple[object, datetime.date]]:
    """A letter to a patient who had not been reached since the first vain attempt."""
    vain = record.days("not_reached")
    there = record.days("reached") if vain else {}
    for key, kind, _outcome, day in _contacts(record):
        if kind == Contact.Kind.LETTER and key in vain:
            since = max((tried for tried in vain[key] if tried <= day), default=None)
            if since is not None and not any(since < seen <= day for seen in there.get(key, ())):
                yield key, day


def _contacts(record: Record) -> list[tuple]:
    """Treatment, kind, outcome and day of each contact about forms that counts, and about absence."""
    made = Contact.objects.counted().filter(record.those("treatment__"), happened_on__lte=record.day)
    steps = AbsenceStep.objects.filter(record.those("treatment__"), happened_on__lte=record.day)

    def find() -> Iterator[tuple]:
        yield from record.rows(made, "treatment", "kind", "outcome", "happened_on")
        for key, step, result, day in record.rows(steps, "treatment", "step", "result", "happened_on"):
            yield key, step, OUTCOME_OF_STEP[result], day

    return record.read("contacts", find)


def _firsts(days: Iterable[tuple[datetime.date, bool]]) -> Iterator[datetime.date]:
    """The first day of each stretch that is False; on one day, being reached counts."""
    reached_before = True
    for day, there in sorted(days, key=lambda one: (one[0], not one[1])):
        if not there and reached_before:
            yield day
        reached_before = there


def _attended(record: Record):
    since = record.day - LOOKED_BACK
    return Attendance.objects.filter(record.those("treatment__"), session__held_on__range=(since, record.day))


@event()
def treatment_day(record: Record, _term: str) -> Found:
    """A day of the last four weeks on which the patient was there for a session."""
    held = Q(session__held_on__gt=record.day - FOUR_WEEKS, session__held_on__lte=record.day)
    there = Attendance.objects.filter(record.those("treatment__"), held, present=True)
    return record.rows(there, "treatment", "session__held_on")


@event()
def risk_judged(record: Record, _term: str) -> Found:
    return ((key, day) for key, day, risk, _dropout in _risk_checks(record) if risk)


@event()
def dropout_risk_judged(record: Record, _term: str) -> Found:
    return ((key, day) for key, day, _risk, dropout in _risk_checks(record) if dropout)


def _risk_checks(record: Record) -> list[tuple]:
    """Treatment, day, risk and risk of drop-out; either may be empty."""
    since = record.day - LOOKED_BACK
    checks = RiskCheck.objects.filter(record.those("treatment__"), checked_on__range=(since, record.day))
    named = ("treatment", "checked_on", "risk", "dropout_risk")
    return record.read("risk_checks", lambda: record.rows(checks, *named))


@event()
def call_waiting(record: Record, _term: str) -> Found:
    """When a message came that nobody has answered."""
    waiting = Q(returned_on__isnull=True) | Q(returned_on__gt=record.day)
    calls = Call.objects.filter(record.those("treatment__"), waiting, came_on__lte=record.day)
    return record.rows(calls, "treatment", "came_on")


@event()
def crisis_plan_used(record: Record, _term: str) -> Found:
    used = Incident.objects.filter(record.those("treatment__"), plan_used=True, happened_on__lte=record.day)
    return record.rows(used, "treatment", "happened_on")


# --- of a therapist ---
@event()
def works_as(record: Record, role: str) -> Found:
    """The beginning of the membership, of those who work here on the day; psychiatrists are left out."""
    working = Membership.objects.in_force(record.day).of_programme(record.programme).filter(role=role)
    return record.rows(working.exclude(position=PSYCHIATRIST), "user", "starts_on")


@event()
def gives(record: Record, kind: str) -> Found:
    """A therapist's first session of that kind here, of those who gave one in the last quarter."""
    given = SessionTherapist.objects.filter(
        session__programme=record.programme, session__kind=kind, session__held_on__lte=record.day
    )
    working = Membership.objects.in_force(record.day).of_programme(record.programme).filter(role="therapist")
    grouped = given.filter(therapist__in=working.values("user")).order_by().values("therapist")
    spans = grouped.annotate(first=Min("session__held_on"), last=Max("session__held_on"))
    recent = spans.filter(last__gt=record.day - QUARTER)
    return recent.values_list("therapist", "first")


@event()
def session_recorded(record: Record, kind: str) -> Found:
    made = Recording.objects.filter(session__programme=record.programme, session__kind=kind)
    return record.rows(made, "session__given_by__therapist", "session__held_on")


@event()
def therapist_rated(record: Record, instrument: str) -> Found:
    return _answered(record, instrument, "therapist", "person")


# --- of a team ---
@event()
def team_begun(record: Record, _term: str) -> Found:
    return record.rows(record.programme.teams.in_force(record.day), "pk", "starts_on")


@event()
def team_rated(record: Record, instrument: str) -> Found:
    return _answered(record, instrument, "team", "team")


# --- of the programme ---
@event(always=True)
def programme_opened(record: Record, _term: str) -> Found:
    return [(record.programme.pk, record.programme.opened_on)]


@event()
def programme_rated(record: Record, instrument: str) -> Found:
    return _answered(record, instrument, "programme", "programme")


@event()
def partners_reviewed(record: Record, kind: str) -> Found:
    """When the agreement with such a partner that was left alone longest was last looked at.

    Where none is kept, when the criterion that is about them was attested.
    """
    reviewed = reviewed_on(record.programme, kind, record.day)
    if reviewed is not None:
        return [(record.programme.pk, reviewed)]
    criterion = criterion_of(record.programme, kind)
    return attested(record, criterion.id) if criterion else []


@event()
def programme_audited(record: Record, _term: str) -> Found:
    """An expert scored the quality criteria; a self-assessment is no audit."""
    forms = Assignment.objects.answered().filter(
        programme=record.programme,
        subject_kind="programme",
        instrument=CRITERIA_FORM,
        respondent="expert",
        answered_on__lte=record.day,
    )
    return record.rows(forms, "programme", "answered_on")


@event()
def attested(record: Record, standard: str) -> Found:
    said = Attestation.objects.filter(programme=record.programme, attested_on__lte=record.day)
    known = said.filter(Q(standard=standard) if standard else Q())
    return record.rows(known, "programme", "attested_on")


def _answered(record: Record, instrument: str, kind: str, key: str) -> Found:
    """When forms about such a subject were answered, but own ratings and those made for practice."""
    forms = Assignment.objects.answered().filter(
        counted(), programme=record.programme, subject_kind=kind, instrument=instrument
    )
    return record.rows(forms.filter(answered_on__lte=record.day), key, "answered_on")
