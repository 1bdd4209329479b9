"""Signals about patients whose course is otherwise than expected."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from onmodel.assessments.models import Score
from onmodel.feedback.expecting import (
    Measured,
    certainty_in_words,
    in_the_fit,
    measured_from,
    reference_for,
    settings_of,
    standing_of,
)
from onmodel.feedback.models import ExpectedCourse
from onmodel.inference.expected import Reference, Standing, Track
from onmodel.packs.instruments import Instrument
from onmodel.packs.standards import Rule
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding
from onmodel.signals.models import Signal


def off_track(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """Treatments under way whose latest measurement stands off the expected course.

    A finding that a person closed comes back only with a new measurement.
    """
    settings = settings_of(rule)
    active = {treatment.pk: treatment for treatment in programme.treatments.active_on(day)}
    settled = _settled(programme, rule)
    inside = set(in_the_fit(programme).values_list("pk", flat=True))
    for course in ExpectedCourse.objects.filter(programme=programme):
        name = f"{course.instrument}.{course.scale}"
        instrument = programme.definitions.instruments.get(course.instrument)
        if name not in settings.scales or instrument is None:
            continue
        for treatment, measured in _measured(programme, active, instrument, course.scale, day):
            reference = reference_for(course, measured, inside=treatment.pk in inside)
            found = standing_of(reference, instrument, course.scale, measured, settings)
            if found is None or found.status is not Track.OFF:
                continue
            if found.month > settled.get((treatment.pk, name), -1.0):
                evidence = _evidence(instrument, course, reference, found)
                yield Finding(rule=rule, treatment=treatment, key=name, evidence=evidence)


def _settled(programme: Programme, rule: Rule) -> dict[tuple[object, str], float]:
    """Treatment and scale -> the latest month of a signal that was closed."""
    closed = Signal.objects.filter(programme=programme, rule=rule.id, state=Signal.State.CLOSED)
    rows = closed.values_list("treatment", "key", "latest_evidence")
    found: dict[tuple[object, str], float] = {}
    for treatment, key, evidence in rows:
        found[treatment, key] = max(found.get((treatment, key), -1.0), float(evidence.get("month", -1.0)))
    return found


def _measured(
    programme: Programme,
    active: dict[object, Treatment],
    instrument: Instrument,
    scale: str,
    day: datetime.date,
) -> Iterator[tuple[Treatment, Measured]]:
    """Each treatment's known scores, one query."""
    scores = Score.objects.known().of_scale(instrument.id, scale)
    rows = scores.filter(
        assignment__treatment__in=programme.treatments.active_on(day),
        assignment__months__isnull=False,
        assignment__answered_on__lte=day,
    ).order_by("assignment__treatment", "assignment__months")
    named = ("assignment__treatment", "assignment__months", "value", "assignment__answered_on")
    by_treatment: dict[object, list[tuple[float, float, datetime.date]]] = {}
    for treatment, months, value, answered_on in rows.values_list(*named):
        by_treatment.setdefault(treatment, []).append((months, value, answered_on))
    for treatment, points in by_treatment.items():
        if treatment in active:
            yield active[treatment], measured_from(points)


def _evidence(
    instrument: Instrument, course: ExpectedCourse, others: Reference, found: Standing
) -> dict[str, object]:
    return {
        "scale": f"{instrument.abbreviation} {course.scale}",
        "month": found.month,
        "latest": round(found.latest, 2),
        "expected": round(found.expected, 2),
        "at_least": round(found.low, 2),
        "at_most": round(found.high, 2),
        "certainty": certainty_in_words(found.certainty),
        "n": found.n,
        "peers": others.n_patients,
        "peer_measurements": others.n_measurements,
        "fitted_on": course.until.isoformat(),
        "source": f"{course.pack} {course.pack_version}",
    }
