"""Each patient's outcome in a line: the course on the programme's main outcome and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from onmodel.assessments.models import Score
from onmodel.measurement.change import classify_change
from onmodel.outcomes.change import Course
from onmodel.packs.instruments import Audience, Instrument
from onmodel.programmes.models import Programme


@dataclass(frozen=True)
class MainOutcome:
    """The outcome by which a programme's patients are shown in lists."""

    instrument: Instrument
    scale: str

    @property
    def name(self) -> str:
        return f"{self.instrument.abbreviation} {self.scale}"


@dataclass(frozen=True)
class PatientLine:
    """`verdict` is recovered, improved, unchanged, deteriorated, or None where that is unknown."""

    course: Course
    verdict: str | None


def main_outcome(programme: Programme) -> MainOutcome | None:
    """The first outcome of the report template that the programme measures, else the first form it uses."""
    definitions = programme.definitions
    used = programme.assignments.filter(treatment__isnull=False, months__isnull=False)
    names = list(used.values_list("instrument", flat=True).distinct())
    template = definitions.reports.get("pir")
    for shown in template.outcomes if template else ():
        if shown.instrument in names:
            return MainOutcome(definitions.instruments[shown.instrument], shown.scale)
    for name in sorted(names):
        instrument = definitions.instruments.get(name)
        if instrument is not None and instrument.audience is Audience.TEAM:
            return MainOutcome(instrument, instrument.main_scale)
    return None


def patient_lines(outcome: MainOutcome, treatments: list[UUID]) -> dict[UUID, PatientLine]:
    """The line of each of these treatments that has a known score; one query."""
    scores = Score.objects.known().of_scale(outcome.instrument.id, outcome.scale)
    rows = scores.filter(assignment__treatment__in=treatments, assignment__months__isnull=False)
    points: dict[UUID, list[tuple[float, float]]] = {}
    ordered = rows.order_by("assignment__treatment", "assignment__months")
    for treatment, months, value in ordered.values_list(
        "assignment__treatment", "assignment__months", "value"
    ):
        points.setdefault(treatment, []).append((months, value))
    courses = [Course(treatment, tuple(values)) for treatment, values in points.items()]
    return {
        course.treatment: PatientLine(course, verdict)
        for course, verdict in zip(courses, _verdicts(outcome, courses), strict=True)
    }


def _verdicts(outcome: MainOutcome, courses: list[Course]) -> list[str | None]:
    """From the score at the start to the latest; unknown with one score only."""
    change = classify_change(
        outcome.instrument, outcome.scale, [c.first for c in courses], [c.latest for c in courses]
    )
    return [
        verdict.value if verdict and len(course.points) > 1 else None
        for course, verdict in zip(courses, change.to_list(), strict=True)
    ]
