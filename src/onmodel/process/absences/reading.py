"""Who stays away, and which step comes next, read from the record."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from onmodel.patients.models import Treatment
from onmodel.process.absences.ladder import REVIEW, Next, Run, Rungs, Tried, next_step, runs
from onmodel.process.absences.records import AbsenceStep
from onmodel.process.days.records import TimeOut
from onmodel.process.terms import entry
from onmodel.programmes.models import Programme
from onmodel.sessions.models import Attendance

#: How far back absences are looked for.
LOOKED_BACK = datetime.timedelta(days=184)
STEPS = "absence_steps"
LETTER_STANDARD = "clock_letter_when_not_reached"


def rungs_of(programme: Programme) -> Rungs | None:
    """The pack's steps, the letter by the programme's own limit; None where the pack has no ladder."""
    pack = programme.definitions
    said = {name: entry(pack, STEPS, name) for name in ("telephone", "letter", "visit", REVIEW)}
    if any(term is None for term in said.values()):
        return None
    values = {name: term.values for name, term in said.items() if term is not None}
    standard = next((one for one in pack.all_standards() if one.id == LETTER_STANDARD), None)
    limit = programme.limit_of(standard) if standard else None
    letter = limit.at_most if limit and limit.at_most is not None else values["letter"]["days"]
    return Rungs(
        call_after=int(values["telephone"]["missed"]),
        review_after=int(values[REVIEW]["missed"]),
        letter_days=int(letter),
        visit_days=int(values["visit"]["days"]),
    )


def away_of(time_outs: Iterable[tuple]) -> Mapping[object, list[tuple[datetime.date, datetime.date | None]]]:
    """Treatment -> its time-outs, from rows (treatment, start, end)."""
    found: dict[object, list[tuple[datetime.date, datetime.date | None]]] = defaultdict(list)
    for key, start, end in time_outs:
        found[key].append((start, end))
    return found


def last_runs(treatments: Collection[UUID], day: datetime.date) -> dict[object, Run]:
    """Treatment -> the last stretch of sessions missed by that day, of those who missed any; two queries."""
    held = Attendance.objects.filter(
        treatment__in=treatments, session__held_on__range=(day - LOOKED_BACK, day)
    )
    rows = held.order_by("treatment", "session__held_on", "present")
    away = TimeOut.objects.filter(treatment__in=treatments).order_by()
    return dict(
        runs(
            rows.values_list("treatment", "session__held_on", "present"),
            away_of(away.values_list("treatment", "starts_on", "ends_on")),
        )
    )


def next_steps(programme: Programme, treatments: Collection[UUID], day: datetime.date) -> dict[object, Next]:
    """Treatment -> the step that comes next, of those who stay away; at most three queries."""
    rungs = rungs_of(programme)
    found = last_runs(treatments, day) if rungs and treatments else {}
    staying = {key: run for key, run in found.items() if run.again is None}
    if rungs is None or not staying:
        return {}
    tried: dict[object, list[Tried]] = defaultdict(list)
    for step in AbsenceStep.objects.filter(treatment__in=list(staying), happened_on__lte=day).order_by():
        tried[step.treatment_id].append(Tried(step.step, step.happened_on, step.spoken))
    steps = {key: next_step(run, tried[key], rungs) for key, run in staying.items()}
    return {key: step for key, step in steps.items() if step is not None}


def unreviewed(treatment: Treatment, day: datetime.date) -> Run | None:
    """Sessions missed in a row up to that day, so many that a review follows, and none was held since."""
    rungs = rungs_of(treatment.programme)
    run = last_runs([treatment.pk], day).get(treatment.pk) if rungs else None
    if rungs is None or run is None or run.again is not None or len(run.days) < rungs.review_after:
        return None
    since = run.days[rungs.review_after - 1]
    held = treatment.reviews.held().filter(held_on__range=(since, day))
    return None if held.exists() else run
