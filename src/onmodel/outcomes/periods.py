"""Two groups of one programme's treatments to compare: before and after a date, or two cohorts.

When a treatment took place relative to a reorganisation decides what it can say of it (D ch. 8): one that had
ended by the date was given wholly before, one that started on the date or later wholly after. What to do with
a treatment that spans the date is a choice, `Spanning`.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from django.db.models import QuerySet

from onmodel.patients.models import Treatment

FIRST, SECOND = "first", "second"
GROUPS = (FIRST, SECOND)


class Spanning(StrEnum):
    """What becomes of treatments that started before the date and were under way on it."""

    AFTER = "after"  # the new circumstances reached them, as D ch. 8 counted
    OUT = "out"
    START = "start"  # by their start alone, and so before


@dataclass(frozen=True)
class ByDate:
    date: datetime.date
    spanning: Spanning = Spanning.AFTER


@dataclass(frozen=True)
class ByCohort:
    first: str
    second: str


Split = ByDate | ByCohort


@dataclass(frozen=True)
class Member:
    """A treatment in one of the two groups; age in years at the start, as far as a birth year tells."""

    treatment: UUID
    group: str
    started_on: datetime.date
    age: float | None
    gender: str


@dataclass(frozen=True)
class Allocation:
    """Who is in which group. `spanning`, `nominal` and `elsewhere` count what asks for an explanation:
    treatments under way on the date, those without a real start date (left out), those of neither cohort.
    """

    split: Split
    members: tuple[Member, ...]
    spanning: int = 0
    nominal: int = 0
    elsewhere: int = 0

    def size(self, group: str) -> int:
        return sum(member.group == group for member in self.members)

    def of(self, group: str) -> tuple[Member, ...]:
        return tuple(member for member in self.members if member.group == group)

    def starts(self, group: str) -> tuple[datetime.date, datetime.date] | None:
        """The first and last start of a group."""
        days = [member.started_on for member in self.members if member.group == group]
        return (min(days), max(days)) if days else None


def allocate(treatments: QuerySet[Treatment], split: Split, *, until: datetime.date) -> Allocation:
    """Divide the treatments that had started by `until`. One query."""
    started = treatments.filter(started_on__lte=until).order_by("started_on", "id")
    rows = started.values_list(
        "id", "started_on", "ended_on", "start_is_nominal", "cohort",
        "patient__year_of_birth", "patient__gender",
    )  # fmt: skip
    members, left_out = [], Counter[str]()
    for id_, began, ended, nominal, cohort, born, gender in rows:
        if isinstance(split, ByDate):
            place = "nominal" if nominal else _side(split, began, ended)
        else:
            place = {split.first: FIRST, split.second: SECOND}.get(cohort, "elsewhere")
        group = _resolved(split, place)
        left_out[place] += 1
        if group is not None:
            age = float(began.year - born) if born and not nominal else None
            members.append(Member(id_, group, began, age, gender))
    counts = {name: left_out[name] for name in ("spanning", "nominal", "elsewhere")}
    return Allocation(split, tuple(members), **counts)


def _side(split: ByDate, began: datetime.date, ended: datetime.date | None) -> str:
    if began >= split.date:
        return SECOND
    return FIRST if ended is not None and ended <= split.date else "spanning"


def _resolved(split: Split, place: str) -> str | None:
    """The group of a place; None where the treatment is left out."""
    if place == "spanning" and isinstance(split, ByDate):
        return {Spanning.AFTER: SECOND, Spanning.START: FIRST, Spanning.OUT: None}[split.spanning]
    return place if place in GROUPS else None


def cohorts(treatments: QuerySet[Treatment]) -> list[str]:
    """The cohorts that the programme's treatments name. One query."""
    named = treatments.exclude(cohort="").filter(started_on__isnull=False)
    return list(named.values_list("cohort", flat=True).distinct().order_by("cohort"))
