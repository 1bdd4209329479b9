"""The signs of trouble that a pack lists: each counted over days from the record. The page, the signals
and the report all count here."""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Callable
from dataclasses import dataclass

from onmodel.inference.climate import Kind
from onmodel.process.course.records import Referral
from onmodel.staffing.occupancy import occupied
from onmodel.staffing.positions import needed_roles
from onmodel.staffing.record import DAYS_A_YEAR, Record, days_within, in_force
from onmodel.supervision.models import Meeting

DAYS_A_QUARTER = DAYS_A_YEAR / 4
#: The list of the signs in a pack.
SIGNS = "indicators_of_trouble"


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What was counted in some days. `value` is for people, in `unit`; None with `why` where unknown.

    Events of `size` (patient-years, quarters) for a count, of `n` for a proportion; a score stands alone.
    """

    kind: Kind
    unit: str
    value: float | None = None
    events: int = 0
    size: float = 0.0
    n: int | None = None
    why: str = ""


Days = tuple[datetime.date, datetime.date]
Sign = Callable[[Record, datetime.date, datetime.date], Counted]


def turnover(record: Record, start: datetime.date, end: datetime.date) -> Counted:
    """The share of the therapists at work in these days who left the programme in them."""
    therapists = [m for m in record.of_role("therapist") if days_within(m, start, end)]
    people = {m.user_id for m in therapists}
    gone = {m.user_id for m in therapists if m.ends_on is not None and m.ends_on <= end}
    after = end + datetime.timedelta(days=1)
    still = {m.user_id for m in in_force(record.memberships, after)}
    return _share(len(gone - still), len(people))


def sickness_absence(record: Record, start: datetime.date, end: datetime.date) -> Counted:
    """The share of the staff's days that somebody was sick; unknown where absences are not kept."""
    if not record.absences:
        return Counted(kind="score", unit="percent", why="absences")
    staff = record.of_role("therapist", "supervisor")
    days = {m.user_id: 0 for m in staff}
    for membership in staff:
        days[membership.user_id] = max(days[membership.user_id], days_within(membership, start, end))
    sick = sum(
        days_within(one, start, end)
        for one in record.absences
        if one.kind == one.Kind.SICKNESS and days.get(one.person_id)
    )
    there = sum(days.values())
    value = 100 * min(sick, there) / there if there else None
    people = sum(held > 0 for held in days.values())
    return Counted(kind="score", unit="percent", value=value, n=people, why="" if there else "nothing")


def vacancies(record: Record, start: datetime.date, end: datetime.date) -> Counted:
    """How many places fell open in these days; unknown where vacancies are not kept."""
    if not record.vacancies:
        return Counted(kind="count", unit="vacancies", why="vacancies")
    opened = sum(start <= one.starts_on <= end for one in record.vacancies)
    return _count(opened, _quarters(start, end), "vacancies")


def under_capacity(record: Record, start: datetime.date, end: datetime.date) -> Counted:
    """The share of the groups' places that was taken, over the days; unknown without places kept."""
    taken, places = occupied(record, start, end)
    if not places:
        return Counted(kind="score", unit="percent_taken", why="places")
    value, n = 100 * taken / places, round(places / ((end - start).days + 1))
    return Counted(kind="score", unit="percent_taken", value=value, n=n)


def waiting_time(record: Record, start: datetime.date, end: datetime.date) -> Counted:
    """Median weeks from referral to start, of the treatments started in these days."""
    weeks = [
        (t.started_on - t.referred_on).days / 7
        for t in record.treatments
        if t.started_on and t.referred_on and start <= t.started_on <= end
    ]
    if not weeks:
        return Counted(kind="score", unit="weeks", n=0, why="starts")
    return Counted(kind="score", unit="weeks", value=statistics.median(weeks), n=len(weeks))


def wrong_referrals(record: Record, start: datetime.date, end: datetime.date) -> Counted:
    """The share of the referrals decided in these days that were declined."""
    decided = [one.decision for one in record.referrals if start <= one.decided_on <= end]
    return _share(sum(one == Referral.Decision.DECLINED for one in decided), len(decided))


def incidents_of(*kinds: str) -> Sign:
    """How many incidents of these kinds; unknown where a programme records no incidents at all."""

    def sign(record: Record, start: datetime.date, end: datetime.date) -> Counted:
        if not record.incidents:
            return Counted(kind="count", unit="incidents", why="incidents")
        happened = sum(kind in kinds and start <= day <= end for kind, day in record.incidents)
        return _count(happened, record.patient_years(start, end), "incidents")

    return sign


def ended_as(*kinds: str) -> Sign:
    """The share of the treatments ended in these days that ended in one of these ways."""

    def sign(record: Record, start: datetime.date, end: datetime.date) -> Counted:
        ended = [t.end_kind for t in record.treatments if t.ended_on and start <= t.ended_on <= end]
        return _share(sum(kind in kinds for kind in ended), len(ended))

    return sign


def change_of_manager(record: Record, start: datetime.date, end: datetime.date) -> Counted:
    """How many managers came after the first."""
    came = sorted({m.starts_on for m in record.of_role("manager")})
    return _count(sum(start <= day <= end for day in came[1:]), _quarters(start, end), "times")


def events_of(kind: str) -> Sign:
    """How often it is recorded that it happened; unknown where a programme records no events at all."""

    def sign(record: Record, start: datetime.date, end: datetime.date) -> Counted:
        if not record.events:
            return Counted(kind="count", unit="times", why="events")
        happened = sum(one.kind == kind and start <= one.happened_on <= end for one in record.events)
        return _count(happened, _quarters(start, end), "times")

    return sign


def missed_meetings(record: Record, start: datetime.date, end: datetime.date) -> Counted:
    """The share of the meetings of these days, of which it was said, that were not held."""
    told = [state for state, day in record.meetings if start <= day <= end]
    missed = sum(state == Meeting.State.NOT_HELD for state in told)
    return _share(missed, sum(state == Meeting.State.HELD for state in told) + missed)


def unmet_roles(record: Record, start: datetime.date, end: datetime.date) -> Counted:
    """The share of the roles that have to be filled, by team or programme, with nobody in them at the end."""
    working = in_force(record.memberships, end)
    teams = in_force({m.team for m in record.memberships if m.team}, end)
    everywhere = {m.position for m in working if m.team_id is None}
    needed = filled = 0
    for term in needed_roles(record.programme):
        if term.values.get("of") == "team":
            needed += len(teams)
            in_teams = {m.team_id for m in working if m.position == term.id}
            filled += sum(team.pk in in_teams or term.id in everywhere for team in teams)
        else:
            needed += 1
            filled += any(m.position == term.id for m in working)
    return _share(needed - filled, needed)


#: Term of the pack's indicators_of_trouble -> how it is counted.
COUNTS: dict[str, Sign] = {
    "turnover": turnover,
    "sickness_absence": sickness_absence,
    "vacancies": vacancies,
    "under_capacity": under_capacity,
    "waiting_time": waiting_time,
    "wrong_referrals": wrong_referrals,
    "complaints": incidents_of("complaint"),
    "violent_incidents": incidents_of("aggression"),
    "suicide_attempts": incidents_of("suicide_attempt"),
    "crisis_admissions": incidents_of("crisis_admission"),
    "drop_out": ended_as("drop_out"),
    "change_of_manager": change_of_manager,
    "reorganisation": events_of("reorganisation"),
    "missed_meetings": missed_meetings,
    "unmet_roles": unmet_roles,
    "splits": events_of("split"),
}
#: Of this one a low value is bad.
LOW_IS_BAD = frozenset({"under_capacity"})


def _share(count: int, n: int) -> Counted:
    value = 100 * count / n if n else None
    why = "" if n else "nothing"
    return Counted(kind="proportion", unit="percent", value=value, events=count, size=n, n=n, why=why)


def _count(count: int, size: float, unit: str) -> Counted:
    return Counted(kind="count", unit=unit, value=float(count), events=count, size=size)


def _quarters(start: datetime.date, end: datetime.date) -> float:
    """Calendar quarters differ by a day or two; each counts as one."""
    return max(1.0, round(((end - start).days + 1) / DAYS_A_QUARTER))
