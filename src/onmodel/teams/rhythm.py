"""How often a team is rated and asked: by the schedule of the pack, members by whole calendar months."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import SingleScale
from onmodel.programmes.models import Programme, Team

#: The form about a team that supervisor and members fill, and the one of the consensus factors.
FORM, FACTORS = "team_items", "team_factors"
#: The part of the consensus factors that is about the team.
TEAM_PART = "team"
DAYS_A_MONTH = 365.25 / 12
MONTHS_A_YEAR = 12


@dataclass(frozen=True, kw_only=True)
class Period:
    """First and last day of the calendar months in which members are asked once."""

    starts_on: datetime.date
    ends_on: datetime.date


def every_days(programme: Programme) -> int | None:
    """How often the supervisor rates a team by the pack's schedule; None where none asks for it."""
    for schedule in programme.definitions.schedules.values():
        for repeat in schedule.repeats:
            if repeat.instrument == FORM and repeat.respondent == "supervisor":
                return repeat.every_days
    return None


def due_on(team: Team, last: datetime.date | None) -> datetime.date | None:
    """The day from which the supervisor's next rating is due: at once where there is none yet."""
    days = every_days(team.programme)
    if days is None:
        return None
    return team.starts_on if last is None else last + datetime.timedelta(days=days)


def period_of(programme: Programme, day: datetime.date) -> Period | None:
    """The period of that day: as many whole months as come nearest to the schedule, from January on."""
    days = every_days(programme)
    return None if days is None else months_around(day, max(1, round(days / DAYS_A_MONTH)))


def months_around(day: datetime.date, months: int) -> Period:
    """The period of so many months that holds the day, the first of a year beginning in January.

    Where they do not fill the year, its last period is shorter.

    >>> months_around(datetime.date(2025, 4, 30), 2)
    Period(starts_on=datetime.date(2025, 3, 1), ends_on=datetime.date(2025, 4, 30))
    """
    first = months * ((day.month - 1) // months)
    last = min(first + months, MONTHS_A_YEAR)
    following = datetime.date(day.year + last // MONTHS_A_YEAR, last % MONTHS_A_YEAR + 1, 1)
    return Period(
        starts_on=datetime.date(day.year, first + 1, 1), ends_on=following - datetime.timedelta(days=1)
    )


def form_of(programme: Programme) -> Instrument | None:
    return programme.definitions.instruments.get(FORM)


def asked_items(instrument: Instrument) -> list[str]:
    """The items that make its main scale; words are not asked of members, as they could tell who wrote."""
    scale = instrument.scale(instrument.main_scale)
    return [scale.item] if isinstance(scale, SingleScale) else list(scale.items)


def factor_items(programme: Programme) -> list[str]:
    """The consensus factors at the level of the team; empty where the pack has none."""
    instrument = programme.definitions.instruments.get(FACTORS)
    if instrument is None:
        return []
    return [item.id for item in instrument.all_items() if item.part == TEAM_PART]
