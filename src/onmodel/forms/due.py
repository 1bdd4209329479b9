"""What a patient has to fill, and what can be filled here."""

from __future__ import annotations

import datetime
import math
import statistics
from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils import timezone

from onmodel.assessments.models import Assignment
from onmodel.forms.models import DraftAnswer, Sitting
from onmodel.forms.wording import can_be_asked, questions
from onmodel.packs.instruments import Instrument
from onmodel.patients.models import Treatment

Status = Assignment.Status
#: How long a form takes is told from so many sittings of the programme on, at most these; before, by
#: the pack's word, else by a rule of thumb of ours.
ENOUGH, LATEST = 5, 200
SECONDS_A_QUESTION = 9.0


@dataclass(frozen=True, kw_only=True)
class Due:
    """A form that waits for the patient. Without `asked` it comes on paper: its words are not here."""

    assignment: Assignment
    instrument: Instrument
    questions: int
    answered: int
    minutes: int
    asked: bool

    @property
    def begun(self) -> bool:
        return self.answered > 0


def waiting(assignments: QuerySet[Assignment], day: datetime.date | None = None) -> QuerySet[Assignment]:
    """Those that can be filled on that day (today): open, and neither finished nor closed."""
    day = day or timezone.localdate()
    opened = Q(status__in=[Status.OPEN, Status.PARTIAL]) | Q(status=Status.PLANNED, opens_on__lte=day)
    still = Q(closes_on__isnull=True) | Q(closes_on__gte=day)
    return assignments.filter(opened, still, answered_on__isnull=True)


def own_forms(treatment: Treatment) -> QuerySet[Assignment]:
    """The forms that the patient of the treatment fills."""
    return Assignment.objects.filter(treatment=treatment, respondent="patient")


def due_to_patient(treatment: Treatment, language: str) -> list[Due]:
    """What waits, the soonest due first."""
    instruments = treatment.programme.definitions.instruments
    rows = [
        row
        for row in waiting(own_forms(treatment)).order_by("due_on", "months", "instrument")
        if row.instrument in instruments
    ]
    answered = Counter(DraftAnswer.objects.filter(assignment__in=rows).values_list("assignment", flat=True))
    taken = _seconds_taken(treatment, {row.instrument for row in rows}) if rows else {}
    return [
        _due(row, instruments[row.instrument], answered[row.pk], taken, treatment.programme.is_simulated)
        for row in rows
    ]


def _due(
    row: Assignment, instrument: Instrument, answered: int, taken: dict[str, float], simulated: bool
) -> Due:
    asked = len(questions(instrument, "en"))
    left = (asked - answered) / asked if asked else 0.0
    return Due(
        assignment=row,
        instrument=instrument,
        questions=asked,
        answered=answered,
        minutes=max(1, math.ceil(left * _seconds(instrument, asked, taken) / 60)),
        asked=can_be_asked(instrument, simulated=simulated),
    )


def _seconds(instrument: Instrument, asked: int, taken: dict[str, float]) -> float:
    if instrument.id in taken:
        return taken[instrument.id]
    return 60 * instrument.minutes if instrument.minutes else asked * SECONDS_A_QUESTION


def _seconds_taken(treatment: Treatment, instruments: set[str]) -> dict[str, float]:
    """The median time of the programme's own patients, by instrument, where enough of them are known."""
    timed = (
        Sitting.objects.by_patients()
        .finished()
        .filter(assignment__programme=treatment.programme, assignment__instrument__in=instruments)
        .filter(active_seconds__isnull=False)
    )
    found: dict[str, list[float]] = {}
    latest = timed.order_by("-finished_at").values_list("assignment__instrument", "active_seconds")[:LATEST]
    for instrument, seconds in latest:
        found.setdefault(instrument, []).append(seconds)
    return {name: statistics.median(times) for name, times in found.items() if len(times) >= ENOUGH}
