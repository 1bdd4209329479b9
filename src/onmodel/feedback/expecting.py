"""Courses to expect: fitted by the nightly look, kept, and read for one patient."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
from django.db.models import QuerySet
from django.utils import timezone

from onmodel.consent.models import allowed
from onmodel.consent.purposes import Purpose
from onmodel.feedback.models import ExpectedCourse
from onmodel.inference.expected import Reference, Standing, expect, reference_of, standing, without
from onmodel.inference.mixed import Model, fit_mixed
from onmodel.measurement.meaning import direction_of
from onmodel.outcomes.change import parse_outcome
from onmodel.outcomes.course import LOOK_BACK, scores_frame
from onmodel.packs.instruments import Audience, Direction, Instrument
from onmodel.packs.pack import Pack
from onmodel.packs.standards import Rule
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme

#: Points at which the expected course is drawn.
STEPS = 12


@dataclass(frozen=True)
class Settings:
    """What the pack's rule asks of an expected course."""

    minimum_patients: int = 30
    tail: float = 1 / 3
    certainty: float = 0.7
    scales: tuple[str, ...] = ()


@dataclass(frozen=True)
class Measured:
    """A patient's known scores on one scale: month, score, day, and whether the course was fitted on it."""

    months: tuple[float, ...]
    scores: tuple[float, ...]
    days: tuple[datetime.date, ...]


def rule_of(pack: Pack) -> Rule | None:
    return next((rule for rule in pack.all_rules() if rule.detector == "off_track"), None)


def settings_of(rule: Rule | None) -> Settings:
    if rule is None:
        return Settings()
    given = rule.settings
    return Settings(
        minimum_patients=int(float(str(given.get("minimum_patients", 30)))),
        tail=float(str(given.get("tail", 1 / 3))),
        certainty=float(str(given.get("certainty", 0.7))),
        scales=tuple(map(str, given.get("scales", ()))),  # type: ignore[arg-type]
    )


def domains_of(pack: Pack) -> list[tuple[str, list[str]]]:
    """(id of a domain, its scales as form.SCALE), in the order in which they are looked at."""
    listed = pack.terms.get("outcome_domains")
    return [(term.id, list(term.links)) for term in (listed.terms if listed else ())]


def followed_scales(programme: Programme) -> list[tuple[Instrument, str]]:
    """The scales of the domains and of the rule that the programme measures and all may see. One query."""
    pack = programme.definitions
    used = programme.assignments.filter(treatment__isnull=False, months__isnull=False)
    names = set(used.order_by().values_list("instrument", flat=True).distinct()) & set(pack.instruments)
    wanted = [name for _, scales in domains_of(pack) for name in scales] + [
        *settings_of(rule_of(pack)).scales
    ]
    found = {}
    for name in wanted:
        instrument_id, scale = parse_outcome(name)
        if instrument_id in names and pack.instruments[instrument_id].audience is Audience.TEAM:
            found[name] = (pack.instruments[instrument_id], scale)
    return [(i, s) for i, s in found.values() if direction_of(i, s) is not Direction.NEUTRAL]


def fitted(programme: Programme, instrument: Instrument, scale: str, *, until: datetime.date, least: int):
    """The course of the programme's patients up to that day, not saved; None with fewer than `least`."""
    frame = scores_frame(programme, instrument, scale, until=until)
    several = frame.group_by("treatment").len().filter(pl.col("len") > 1)
    if len(several) < least:
        return None
    reference = reference_of(fit_mixed(frame, model_for(frame)))
    if reference is None:
        return None
    numbers = {
        name: value.tolist() if isinstance(value, np.ndarray) else value
        for name, value in asdict(reference).items()
    }
    by_month = frame.group_by("months").len().sort("months").rows()
    pack = programme.definitions
    return ExpectedCourse(
        programme=programme,
        instrument=instrument.id,
        scale=scale,
        pack=pack.id,
        pack_version=pack.version,
        instrument_version=instrument.version,
        fit=numbers,
        by_month=by_month,
        until=until,
        fitted_at=timezone.now(),
    )


def model_for(frame: pl.DataFrame) -> Model:
    """Straight where there are two moments, bent where there are more, as in the programme's report."""
    moments = frame["months"].n_unique()
    return Model(
        patient="treatment",
        time="months",
        outcome="score",
        terms=("linear",) if moments == 2 else ("linear", "quadratic"),
        random="slope" if moments > 2 else "intercept",
    )


def in_the_fit(programme: Programme) -> QuerySet[Treatment]:
    """The treatments whose scores the courses were fitted on."""
    until = programme.expected_courses.values_list("until", flat=True).first()
    if until is None:
        return programme.treatments.none()
    fitting = programme.treatments.filter(started_on__gt=until - LOOK_BACK)
    return fitting.filter(allowed(Purpose.QUALITY_MONITORING, patient="patient"))


def reference_for(course: ExpectedCourse, measured: Measured, *, inside: bool) -> Reference:
    """The course of the others: without this patient, as far as his or her scores were in the fit."""
    if not inside:
        return course.reference
    used = [at for at, day in enumerate(measured.days) if day <= course.until]
    return without(
        course.reference, [measured.months[at] for at in used], [measured.scores[at] for at in used]
    )


def standing_of(
    reference: Reference, instrument: Instrument, scale: str, measured: Measured, settings: Settings
) -> Standing | None:
    return standing(
        reference,
        measured.months,
        measured.scores,
        higher_is_worse=direction_of(instrument, scale) is Direction.WORSE,
        tail=settings.tail,
        sure=settings.certainty,
    )


def certainty_in_words(share: float) -> str:
    """As a percentage; nothing that a model says is wholly certain."""
    return (
        ">\N{NO-BREAK SPACE}99\N{NO-BREAK SPACE}%"
        if share > 0.99
        else f"{100 * share:.0f}\N{NO-BREAK SPACE}%"
    )


@dataclass(frozen=True)
class Point:
    """The expected course at a month, with the band in which 80 % of measurements fall."""

    month: float
    expected: float
    low: float
    high: float


def expected_points(reference: Reference, measured: Measured, *, until: float) -> list[Point]:
    """From the patient's first score on to the month asked for, within what was measured of others."""
    first, last = measured.months[0], min(until, reference.last_month)
    if last <= first:
        return []
    months = np.linspace(first, last, STEPS + 1).tolist()[1:]
    found = expect(reference, [first], [measured.scores[0]], months)
    low, high = found.band(0.8)
    points = zip(months, found.mean.tolist(), low.tolist(), high.tolist(), strict=True)
    return [
        Point(first, measured.scores[0], measured.scores[0], measured.scores[0]),
        *(Point(*p) for p in points),
    ]


def measured_from(rows: Iterable[tuple[float, float, datetime.date]]) -> Measured:
    """From (month, score, day) in order of month."""
    listed: Sequence[tuple[float, float, datetime.date]] = list(rows)
    return Measured(*(tuple(row[at] for row in listed) for at in range(3)))  # type: ignore[arg-type]
