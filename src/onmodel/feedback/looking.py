"""What patient and therapist look at: each domain's scales with course, change, norm and expectation."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass

from onmodel.assessments.models import Assignment, Score
from onmodel.feedback.expecting import (
    Measured,
    Point,
    Settings,
    domains_of,
    expected_points,
    in_the_fit,
    measured_from,
    reference_for,
    rule_of,
    settings_of,
    standing_of,
)
from onmodel.feedback.models import ExpectedCourse
from onmodel.inference.expected import Standing
from onmodel.measurement.change import ChangeCriterion, Outcome, classify_change
from onmodel.measurement.meaning import direction_of, find_norm
from onmodel.outcomes.change import parse_outcome
from onmodel.packs.instruments import Audience, Direction, Instrument, Norm
from onmodel.patients.models import Treatment

#: From so many measurements on, a course is more than two points.
FEW = 3
#: Below this share of the planned measurements, what was answered may be a choice.
SELECTIVE = 0.6
#: Months beyond the last measurement to which the expected course is drawn.
AHEAD = 6.0


@dataclass(frozen=True)
class Seen:
    """One scale of one patient. `missed` are months that passed without a score; `verdict` is None where
    change cannot be judged; `course`, `standing` and `points` are None or empty where nothing is expected.
    """

    instrument: Instrument
    scale: str
    measured: Measured
    missed: tuple[float, ...]
    verdict: Outcome | None
    criterion: ChangeCriterion | None
    norm: Norm | None
    course: ExpectedCourse | None
    others: int
    others_measurements: int
    standing: Standing | None
    points: tuple[Point, ...]

    @property
    def n(self) -> int:
        return len(self.measured.scores)

    @property
    def few(self) -> bool:
        return self.n < FEW

    @property
    def selective(self) -> bool:
        return self.n / (self.n + len(self.missed)) < SELECTIVE


@dataclass(frozen=True)
class Domain:
    """Scales that belong together; `id` is a term of the pack's outcome_domains."""

    id: str
    scales: tuple[Seen, ...]


@dataclass(frozen=True)
class Look:
    """Everything that is seen of a treatment; `main` is the first scale whose change can be judged."""

    domains: tuple[Domain, ...]
    settings: Settings

    @property
    def scales(self) -> tuple[Seen, ...]:
        return tuple(seen for domain in self.domains for seen in domain.scales)

    @property
    def main(self) -> Seen | None:
        known = [seen for seen in self.scales if seen.verdict is not None]
        return next(iter(known or self.scales), None)


def look_at(treatment: Treatment, *, today: datetime.date) -> Look:
    """The scales of the pack's domains that were measured by then. Four queries, whatever was measured."""
    pack = treatment.programme.definitions
    settings = settings_of(rule_of(pack))
    scores, forms = _scores(treatment, today), _forms(treatment, today)
    courses = {(c.instrument, c.scale): c for c in treatment.programme.expected_courses.all()}
    inside = bool(courses) and in_the_fit(treatment.programme).filter(pk=treatment.pk).exists()
    domains = []
    for id_, names in domains_of(pack):
        scales = []
        for name in names:
            instrument_id, scale = parse_outcome(name)
            instrument = pack.instruments.get(instrument_id)
            if instrument is None or instrument.audience is not Audience.TEAM or name not in scores:
                continue
            passed = forms.get(instrument_id, set())
            course = courses.get((instrument_id, scale))
            scales.append(
                _seen(treatment, instrument, scale, scores[name], passed, course, settings, inside=inside)
            )
        if scales:
            domains.append(Domain(id_, tuple(scales)))
    return Look(tuple(domains), settings)


def _scores(treatment: Treatment, today: datetime.date) -> dict[str, Measured]:
    """form.SCALE -> the known scores."""
    rows = Score.objects.known().for_everybody().filter(assignment__treatment=treatment)
    rows = rows.filter(assignment__months__isnull=False, assignment__answered_on__lte=today)
    named = ("assignment__instrument", "scale", "assignment__months", "value", "assignment__answered_on")
    found = defaultdict(list)
    for instrument, scale, months, value, day in rows.order_by("assignment__months").values_list(*named):
        found[f"{instrument}.{scale}"].append((months, value, day))
    return {name: measured_from(points) for name, points in found.items()}


def _forms(treatment: Treatment, today: datetime.date) -> dict[str, set[float]]:
    """Form -> the months at which it was due by today and applied."""
    due = treatment.assignments.filter(months__isnull=False, due_on__lt=today)
    due = due.exclude(status=Assignment.Status.NOT_APPLICABLE)
    found: dict[str, set[float]] = defaultdict(set)
    for instrument, months in due.values_list("instrument", "months"):
        found[instrument].add(months)
    return found


def _seen(
    treatment: Treatment,
    instrument: Instrument,
    scale: str,
    measured: Measured,
    passed: set[float],
    course: ExpectedCourse | None,
    settings: Settings,
    *,
    inside: bool,
) -> Seen:
    change = classify_change(instrument, scale, measured.scores[:1], measured.scores[-1:])
    neutral = direction_of(instrument, scale) is Direction.NEUTRAL
    others = None if course is None or neutral else reference_for(course, measured, inside=inside)
    return Seen(
        instrument=instrument,
        scale=scale,
        measured=measured,
        missed=tuple(sorted(passed - set(measured.months))),
        verdict=change.to_list()[0] if len(measured.scores) > 1 else None,
        criterion=change.criterion(0),
        norm=find_norm(instrument, scale, group=treatment.patient.gender or None),
        course=course if others else None,
        others=others.n_patients if others else 0,
        others_measurements=others.n_measurements if others else 0,
        standing=standing_of(others, instrument, scale, measured, settings) if others else None,
        points=tuple(expected_points(others, measured, until=measured.months[-1] + AHEAD)) if others else (),
    )
