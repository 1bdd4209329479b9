"""Events of reviews and absences, for clocks."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from onmodel.clocks.record import Found, Record, event
from onmodel.process.absences.ladder import Run, runs
from onmodel.process.absences.reading import LOOKED_BACK, away_of
from onmodel.process.models import AbsenceStep, Review, TimeOut
from onmodel.sessions.models import Attendance

CRISIS_PLAN = "crisis_plan"


@event()
def review_held(record: Record, kind: str) -> Found:
    """A review of that kind; of any kind where none is named."""
    return ((key, day) for key, found, day, *_said in _reviews(record) if not kind or found == kind)


@event()
def outcome_reviewed(record: Record, _term: str) -> Found:
    """A review in which outcome data were used."""
    return ((key, day) for key, _kind, day, used, _said in _reviews(record) if used)


@event()
def crisis_plan_reviewed(record: Record, _term: str) -> Found:
    """A review in which something was said about the crisis plan."""
    return ((key, day) for key, _kind, day, _used, said in _reviews(record) if said)


def _reviews(record: Record) -> Iterable[tuple]:
    """Treatment, kind, day, whether outcome was used, what was said about the crisis plan.

    Of some treatments they are read once; of a whole programme as far as they are asked for.
    """
    held = Review.objects.filter(record.those("treatment__"), held_on__lte=record.day)
    named = ("treatment", "kind", "held_on", "outcome_used", f"discussed__{CRISIS_PLAN}")
    if record.only is None:
        return record.rows(held, *named)
    return record.read("reviews", lambda: record.rows(held, *named))


@event()
def absence_step(record: Record, step: str) -> Found:
    """A step after missed sessions, whatever came of it; any step where none is named."""
    taken = AbsenceStep.objects.filter(record.those("treatment__"), happened_on__lte=record.day)
    return record.rows(taken.filter(step=step) if step else taken, "treatment", "happened_on")


@event()
def missed_in_a_row(record: Record, times: str) -> Iterator[tuple[object, datetime.date]]:
    """The day on which so many sessions in a row had been missed, once for each such stretch."""
    n = int(times)
    yield from ((key, run.days[n - 1]) for key, run in _runs(record) if len(run.days) >= n)


@event()
def came_again(record: Record, times: str) -> Iterator[tuple[object, datetime.date]]:
    """The first session after so many missed in a row to which the patient came."""
    for key, run in _runs(record):
        if run.again is not None and len(run.days) >= int(times):
            yield key, run.again


def _runs(record: Record) -> list[tuple[object, Run]]:
    """Treatment and stretch of missed sessions; those within a time-out are not missed."""
    since = record.day - LOOKED_BACK
    held = Attendance.objects.filter(
        record.those("treatment__"), session__held_on__range=(since, record.day)
    ).order_by("treatment", "session__held_on", "present")
    away = TimeOut.objects.filter(record.those("treatment__"))

    def find() -> Iterator[tuple[object, Run]]:
        rows = held.values_list("treatment", "session__held_on", "present").iterator(chunk_size=5_000)
        yield from runs(rows, away_of(record.rows(away, "treatment", "starts_on", "ends_on")))

    return record.read("runs", find)
