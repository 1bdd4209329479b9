"""Which step comes next for a patient who stays away, and by when. Values in, values out."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from onmodel.process.days.working import next_working_day

Day = datetime.date
#: Steps as terms of absence_steps; a letter is no attempt to speak with the patient.
CALL, LETTER, VISIT, REVIEW = "telephone", "letter", "visit", "review"


@dataclass(frozen=True, slots=True)
class Run:
    """The days of sessions that were missed in a row; `again` is when the patient came, if that was."""

    days: tuple[Day, ...]
    again: Day | None = None

    @property
    def since(self) -> Day:
        return self.days[0]


@dataclass(frozen=True, slots=True)
class Tried:
    """A step that was taken; `spoken` says that the patient was spoken with."""

    step: str
    day: Day
    spoken: bool


@dataclass(frozen=True, slots=True)
class Rungs:
    """After how many missed sessions a call and a review follow, and the days to letter and visit."""

    call_after: int
    review_after: int
    letter_days: int
    visit_days: int


@dataclass(frozen=True, slots=True)
class Next:
    """The step to take and its last day; `missed` is how many sessions were missed in a row."""

    step: str
    due_on: Day
    missed: int
    since: Day


def runs(
    rows: Iterable[tuple[object, Day, bool]], away: Mapping[object, Sequence[tuple[Day, Day | None]]]
) -> Iterator[tuple[object, Run]]:
    """Each stretch of sessions missed in a row, from rows (key, day, present) in order of key and day.

    A session within a time-out (`away`) is neither missed nor attended.
    """
    key, missed = None, []
    for of, day, present in rows:
        if of != key:
            if missed:
                yield key, Run(tuple(missed))
            key, missed = of, []
        if present:
            if missed:
                yield key, Run(tuple(missed), day)
            missed = []
        elif not any(start <= day and (end is None or day <= end) for start, end in away.get(of, ())):
            missed.append(day)
    if missed:
        yield key, Run(tuple(missed))


def next_step(run: Run, tried: Sequence[Tried], rungs: Rungs) -> Next | None:
    """None where the patient came again, was spoken with, or missed too few sessions for a call."""
    if run.again is not None:
        return None
    since = sorted((one for one in tried if one.day >= run.since), key=lambda one: one.day)
    spoken = max((one.day for one in since if one.spoken), default=None)
    missed = [day for day in run.days if spoken is None or day > spoken]
    after = [one for one in since if spoken is None or one.day > spoken]
    if not after and len(missed) < rungs.call_after:
        return None
    step, due = _next(missed, after, rungs)
    return Next(step, due, len(run.days), run.since)


def _next(missed: Sequence[Day], tried: Sequence[Tried], rungs: Rungs) -> tuple[str, Day]:
    letter = max((one.day for one in tried if one.step == LETTER), default=None)
    visit = max((one.day for one in tried if one.step == VISIT), default=None)
    if not tried:
        return CALL, next_working_day(missed[rungs.call_after - 1])
    if visit is not None and (letter is None or visit >= letter):
        return REVIEW, visit + datetime.timedelta(days=rungs.visit_days)
    if letter is not None:
        return VISIT, letter + datetime.timedelta(days=rungs.visit_days)
    return LETTER, tried[0].day + datetime.timedelta(days=rungs.letter_days)
