"""Staffing and capacity in figures: each with what it rests on, its period, and the standard where the pack
has one."""

from __future__ import annotations

import datetime
import statistics
from collections import Counter
from dataclasses import dataclass

from onmodel.packs.standards import Limit
from onmodel.programmes.models import Membership
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import within
from onmodel.staffing.occupancy import on_day
from onmodel.staffing.record import Record, in_force
from onmodel.staffing.signs import sickness_absence, turnover, waiting_time

YEAR = datetime.timedelta(days=365)
#: Years of the picture of hours.
YEARS_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class StaffFigure:
    """`name` is known to the page, which words it; `period` in days up to the day, 0 for the day itself."""

    name: str
    value: float | None
    unit: str
    n: int | None = None
    period: int = 0
    limit: Limit | None = None
    why: str = ""

    @property
    def inside(self) -> bool | None:
        """Whether it is within the standard; None where either is not known."""
        if self.limit is None or self.value is None:
            return None
        return within(self.value, self.limit)


@dataclass(frozen=True, kw_only=True)
class Load:
    """One member of the staff today: hours (None: not known), patients in treatment and in follow-up."""

    name: str
    team: str
    position: str
    training: str
    hours: float | None
    active: int
    follow_up: int
    is_away: bool


def figures(record: Record, day: datetime.date) -> list[StaffFigure]:
    start, programme = day - YEAR, record.programme
    picture = Picture(programme, day)
    standards = {s.measure: s for s in reversed(programme.definitions.all_standards()) if s.measure}

    def limit(measure: str) -> Limit | None:
        return programme.limit_of(standards[measure]) if measure in standards else None

    found = [
        _hours("therapist_hours", picture.therapists, limit("therapist_hours_per_week")),
        _hours("supervisor_hours", picture.with_role("supervisor"), limit("supervisor_hours_per_week")),
        _caseload(picture, limit("active_caseload")),
        _open_vacancies(record, day),
        _direct_contact(record, limit("direct_contact_percent")),
        _occupancy(record, day),
        _inflow(record, start, day, "referrals"),
        _inflow(record, start, day, "starts"),
    ]
    for name, sign in (
        ("turnover", turnover),
        ("sickness", sickness_absence),
        ("waiting_time", waiting_time),
    ):
        counted = sign(record, start, day)
        found.append(
            StaffFigure(
                name=name,
                value=counted.value,
                unit=counted.unit,
                n=counted.n,
                period=YEAR.days,
                why=counted.why,
            )
        )
    return found


def _hours(name: str, memberships: list[Membership], limit: Limit | None) -> StaffFigure:
    """The median of the persons' hours; those whose hours are not known are left out and not in n."""
    hours: dict[int, float] = {}
    for one in memberships:
        if one.hours_per_week is not None:
            hours[one.user_id] = hours.get(one.user_id, 0.0) + float(one.hours_per_week)
    value = statistics.median(hours.values()) if hours else None
    return StaffFigure(
        name=name, value=value, unit="hours_per_week", n=len(hours), limit=limit, why="" if hours else "hours"
    )


def _caseload(picture: Picture, limit: Limit | None) -> StaffFigure:
    active = [load for load, _follow_up in picture.caseloads.values()]
    return StaffFigure(
        name="caseload",
        value=float(max(active)) if active else None,
        unit="patients",
        n=len(active),
        limit=limit,
        why="" if active else "clinicians",
    )


def _open_vacancies(record: Record, day: datetime.date) -> StaffFigure:
    if not record.vacancies:
        return StaffFigure(name="vacant_hours", value=None, unit="hours_per_week", why="vacancies")
    still = open_on(record, day)
    hours = float(sum(one.hours_per_week for one in still))
    return StaffFigure(name="vacant_hours", value=hours, unit="hours_per_week", n=len(still))


def open_on(record: Record, day: datetime.date) -> list:
    """The vacancies open on a day: on the day that it is filled one is open no more."""
    return [v for v in record.vacancies if v.starts_on <= day and (v.ends_on is None or v.ends_on > day)]


def _direct_contact(record: Record, limit: Limit | None) -> StaffFigure:
    """Of the last period that was kept."""
    last = max(record.time_spent, key=lambda spent: spent.ends_on, default=None)
    if last is None:
        return StaffFigure(name="direct_contact", value=None, unit="percent", limit=limit, why="time_spent")
    days = (last.ends_on - last.starts_on).days + 1
    return StaffFigure(name="direct_contact", value=last.percent, unit="percent", period=days, limit=limit)


def _occupancy(record: Record, day: datetime.date) -> StaffFigure:
    sized = [(taken, places) for _group, taken, places in on_day(record, day) if places]
    places = sum(one for _taken, one in sized)
    value = 100 * sum(taken for taken, _places in sized) / places if places else None
    return StaffFigure(
        name="occupancy", value=value, unit="percent", n=places or None, why="" if places else "places"
    )


def _inflow(record: Record, start: datetime.date, day: datetime.date, what: str) -> StaffFigure:
    days = [t.referred_on if what == "referrals" else t.started_on for t in record.treatments]
    count = sum(one is not None and start < one <= day for one in days)
    return StaffFigure(name=what, value=float(count), unit="patients", period=YEAR.days)


def training_levels(record: Record, day: datetime.date) -> Counter[str]:
    """Highest level -> how many of the staff that treats or supervises; "" for none."""
    levels: dict[int, str] = {}
    for one in in_force(record.of_role("therapist", "supervisor"), day):
        levels[one.user_id] = max(levels.get(one.user_id, ""), one.training.lower())
    return Counter(levels.values())


def loads(record: Record, day: datetime.date) -> list[Load]:
    """Who treats or supervises today, by team and name; the hours are those of the place."""
    picture = Picture(record.programme, day)
    caseloads = {user.pk: load for user, load in picture.caseloads.items()}
    away = {one.person_id for one in in_force(record.absences, day)}
    working = in_force(record.of_role("therapist", "supervisor"), day)
    return [
        Load(
            name=one.user.name,
            team=one.team.name if one.team else "",
            position=one.position,
            training=one.training,
            hours=None if one.hours_per_week is None else float(one.hours_per_week),
            active=caseloads.get(one.user_id, (0, 0))[0],
            follow_up=caseloads.get(one.user_id, (0, 0))[1],
            is_away=one.user_id in away,
        )
        for one in sorted(working, key=lambda m: (m.team.name if m.team else "", m.user.name))
    ]


@dataclass(frozen=True, kw_only=True)
class TeamMonth:
    """The hours of a team's therapists on the first of a month; `unknown` memberships have none."""

    day: datetime.date
    team: str
    hours: float
    people: int
    unknown: int


def hours_over_time(record: Record, day: datetime.date) -> list[TeamMonth]:
    """Each team's therapists, psychiatrists among them, month by month; sick leave is not taken off."""
    first = max(filter(None, [record.began, day.replace(year=day.year - YEARS_SHOWN, day=1)]), default=day)
    months, teams = (
        _firsts(first, day),
        sorted({m.team for m in record.memberships if m.team}, key=lambda t: t.name),
    )
    found = []
    for month in months:
        working = in_force(record.of_role("therapist"), month)
        for team in in_force(teams, month):
            mine = [m for m in working if m.team_id == team.pk]
            known = [float(m.hours_per_week) for m in mine if m.hours_per_week is not None]
            found.append(
                TeamMonth(
                    day=month,
                    team=team.name,
                    hours=sum(known),
                    people=len({m.user_id for m in mine}),
                    unknown=len(mine) - len(known),
                )
            )
    return found


def _firsts(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """The first of each month from `first` to `last`."""
    month = first.replace(day=1)
    found = []
    while month <= last:
        if month >= first:
            found.append(month)
        month = (month + datetime.timedelta(days=32)).replace(day=1)
    return found
