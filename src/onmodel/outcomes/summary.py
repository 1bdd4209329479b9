"""Each patient's outcome in a line: the course on the programme's main outcome and what it is worth."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists

from onmodel.assessments.models import Assignment, Score
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


def measured_instruments(programme: Programme) -> list[Instrument]:
    """The forms of the pack that a programme's patients have at planned moments, by id. One query.

    Only those whose scores reach all who see the treatment.

    Asks of each form whether there is one, which an index answers at once, however many there are.
    """
    instruments = {
        name: instrument
        for name, instrument in programme.definitions.instruments.items()
        if instrument.audience is Audience.TEAM
    }
    at_moments = Assignment.objects.filter(programme=programme, treatment__isnull=False, months__isnull=False)
    asked = {f"has_{name}": Exists(at_moments.filter(instrument=name)) for name in instruments}
    found = Programme.objects.filter(pk=programme.pk).values(**asked).get()
    return [instruments[name] for name in sorted(instruments) if found[f"has_{name}"]]


def main_outcome(programme: Programme) -> MainOutcome | None:
    """The first outcome of the report template that the programme measures, else the first form it uses."""
    measured = {instrument.id: instrument for instrument in measured_instruments(programme)}
    template = programme.definitions.reports.get("pir")
    for shown in template.outcomes if template else ():
        if shown.instrument in measured:
            return MainOutcome(measured[shown.instrument], shown.scale)
    first = next(iter(measured.values()), None)
    return MainOutcome(first, first.main_scale) if first else None


def patient_lines(outcome: MainOutcome, treatments: list[UUID]) -> dict[UUID, PatientLine]:
    """The line of each of these treatments that has a known score.

    Two queries, of the forms and of their scores: asked at once, SQLite looks through every score.
    """
    forms = Assignment.objects.filter(
        treatment__in=treatments, instrument=outcome.instrument.id, months__isnull=False
    )
    ordered = forms.order_by("treatment", "months").values_list("pk", "treatment", "months")
    moments = {form: (treatment, months) for form, treatment, months in ordered}
    scores = Score.objects.known().filter(assignment__in=list(moments), scale=outcome.scale)
    values = dict(scores.values_list("assignment", "value"))
    points: dict[UUID, list[tuple[float, float]]] = {}
    for form, (treatment, months) in moments.items():
        if form in values:
            points.setdefault(treatment, []).append((months, values[form]))
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
