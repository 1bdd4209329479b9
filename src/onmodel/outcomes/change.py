"""Each patient's change on a scale since the start, and what it is worth."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from uuid import UUID

from onmodel.assessments.models import Score
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme


@dataclass(frozen=True)
class Course:
    """A treatment's known scores on one scale, by month, in order."""

    treatment: UUID
    points: tuple[tuple[float, float], ...]

    @property
    def first(self) -> float:
        return self.points[0][1]

    @property
    def latest(self) -> float:
        return self.points[-1][1]


def parse_outcome(name: str) -> tuple[str, str]:
    """("bsi", "GSI") of "bsi.GSI"."""
    instrument, _, scale = name.partition(".")
    return instrument, scale


def courses(
    programme: Programme, instrument: Instrument, scale: str, *, until: datetime.date | None = None
) -> list[Course]:
    """The course of every treatment with a known score, one query."""
    scores = Score.objects.known().of_scale(instrument.id, scale)
    scores = scores.filter(assignment__programme=programme, assignment__months__isnull=False)
    if until is not None:
        scores = scores.filter(assignment__answered_on__lte=until)
    rows = scores.order_by("assignment__treatment", "assignment__months").values_list(
        "assignment__treatment", "assignment__months", "value"
    )
    points: dict[UUID, list[tuple[float, float]]] = {}
    for treatment, months, value in rows.iterator():
        points.setdefault(treatment, []).append((months, value))
    return [Course(treatment, tuple(values)) for treatment, values in points.items()]
