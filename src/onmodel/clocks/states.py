"""Days in, the state of a clock out. No records, no settings, no clock of the machine."""

from __future__ import annotations

import bisect
import datetime
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from onmodel.packs.standards import Limit

Day = datetime.date
#: Units of a length of time -> days; a month is a twelfth of 365.25 days.
LENGTHS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12}
#: Units of a rate -> the days of its period.
PERIODS = {"per_year": 365.25, "per_month": 365.25 / 12, "per_week": 7.0}
WORKING_DAYS = "working_days"
SATURDAY = 5


class State(StrEnum):
    """How a clock stands on a day."""

    UNKNOWN = "unknown"  # the record does not hold what it needs
    RUNNING = "running"
    DUE = "due"  # soon, or today
    OVERDUE = "overdue"
    MET = "met"
    LATE = "late"  # met, after its day
    STOPPED = "stopped"  # nobody waits for it any more


class Counts(StrEnum):
    """How often something has to happen."""

    ONCE = "once"  # within so long after its beginning
    EVERY = "every"  # again and again, from its beginning on
    EACH = "each"  # within so long after each of several beginnings


@dataclass(frozen=True, slots=True)
class Allowed:
    """How long it may take, in days or in working days, and how long before it is told."""

    days: int
    working: bool = False
    warn: int = 0

    def after(self, since: Day) -> Day:
        """The last day on which it is in time. Working days are Monday to Friday; holidays are not known."""
        if not self.working:
            return since + datetime.timedelta(days=self.days)
        due = since
        for _ in range(self.days):
            due += datetime.timedelta(days=1)
            while due.weekday() >= SATURDAY:
                due += datetime.timedelta(days=1)
        return due


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock. `done_on` is the day on which it was met, or None."""

    since: Day
    due_on: Day
    state: State
    done_on: Day | None = None


def allowed_by(limit: Limit, *, warn: int = 0) -> Allowed:
    """The longest time that keeps the limit: its upper bound, or the period over its lower bound.

    A rate is rounded up to whole days: four times a year is 92 days, the longest quarter.
    Raises ValueError for a limit that is neither a length of time nor a rate.
    """
    if limit.unit == WORKING_DAYS and limit.at_most is not None:
        return Allowed(int(limit.at_most), working=True, warn=warn)
    if limit.unit in LENGTHS and limit.at_most is not None:
        return Allowed(math.floor(limit.at_most * LENGTHS[limit.unit]), warn=warn)
    if limit.unit in PERIODS and limit.at_least:
        return Allowed(math.ceil(PERIODS[limit.unit] / limit.at_least), warn=warn)
    raise ValueError(f"{limit.id}: {limit.at_least} to {limit.at_most} {limit.unit} sets no clock")


def once(begins: Sequence[Day], done: Sequence[Day], allowed: Allowed, day: Day, stop: Day | None) -> Run:
    """From the first beginning to the first time that it is done, be it before the beginning."""
    since = begins[0]
    done_on = done[0] if done and done[0] <= day else None
    return _run(since, done_on, allowed, day, stop)


def every(begins: Sequence[Day], done: Sequence[Day], allowed: Allowed, day: Day, stop: Day | None) -> Run:
    """The present run: since it was done last, or since the beginning."""
    place = bisect.bisect_right(done, day)
    since = max(begins[0], done[place - 1]) if place else begins[0]
    return _run(since, None, allowed, day, stop)


def each(begins: Sequence[Day], done: Sequence[Day], allowed: Allowed, day: Day, stop: Day | None) -> Run:
    """The earliest run that waits; the latest one where none does."""
    run = None
    for since in begins[: bisect.bisect_right(begins, day)]:
        place = bisect.bisect_left(done, since)
        done_on = done[place] if place < len(done) and done[place] <= day else None
        run = _run(since, done_on, allowed, day, stop)
        if done_on is None:
            break
    return run if run is not None else _run(begins[0], None, allowed, day, stop)


def _run(since: Day, done_on: Day | None, allowed: Allowed, day: Day, stop: Day | None) -> Run:
    due_on = allowed.after(since)
    return Run(since, due_on, _state(due_on, done_on, allowed.warn, day, stop), done_on)


def _state(due_on: Day, done_on: Day | None, warn: int, day: Day, stop: Day | None) -> State:
    if done_on is not None:
        return State.MET if done_on <= due_on else State.LATE
    if stop is not None and stop <= day:
        return State.STOPPED
    if day > due_on:
        return State.OVERDUE
    return State.DUE if day >= due_on - datetime.timedelta(days=warn) else State.RUNNING


Reader = Callable[[Sequence[Day], Sequence[Day], Allowed, Day, Day | None], Run]
READERS: dict[Counts, Reader] = {Counts.ONCE: once, Counts.EVERY: every, Counts.EACH: each}


def read(
    counts: Counts,
    begins: Sequence[Day],
    done: Sequence[Day],
    allowed: Allowed,
    *,
    day: Day,
    stop: Day | None = None,
) -> Run | None:
    """How the clock stands on `day`; None before it begins, and where its beginning is not known.

    `begins` and `done` are in order of time; `stop` is the day from which nobody waits for it.
    """
    if not begins or begins[0] > day:
        return None
    return READERS[counts](begins, done, allowed, day, stop)
