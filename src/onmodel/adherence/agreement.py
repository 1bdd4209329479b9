"""How raters agree with each other and with a reference, from the programme's own ratings."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onmodel.adherence.models import Rating
from onmodel.assessments.models import Answer
from onmodel.inference.agreement import IntraclassCorrelation, intraclass
from onmodel.inference.cautions import DataError
from onmodel.inference.describe import Summary, summarise
from onmodel.packs.instruments import Instrument, ItemKind
from onmodel.programmes.models import Programme

#: Below this an intraclass correlation is noise.
FEWEST_PAIRS = 5
FEWEST_FOR_DRIFT = 4
ONE_POINT = 1.0
DAYS_A_YEAR = 365.25


@dataclass(frozen=True, kw_only=True)
class ItemAgreement:
    """Of `n` sessions rated by two people on an item: how far apart they were on average, the share at most
    a point apart, and ICC(1) of a single rating with its interval; None where there are too few."""

    item: str
    n: int
    apart: float
    within_one: float
    icc: IntraclassCorrelation | None


@dataclass(frozen=True, kw_only=True)
class Calibrated:
    """A rater against the references: mean difference over items a session, how it changed a year."""

    rater: str
    n: int
    bias: Summary
    apart: float
    slope: float | None
    slope_lower: float | None
    slope_upper: float | None


Values = dict[str, float]


def _answers(ratings: Sequence[Rating]) -> dict[int, Values]:
    """Assignment's id -> item -> value."""
    found: dict[int, Values] = defaultdict(dict)
    rows = Answer.objects.filter(
        assignment__in=[one.assignment_id for one in ratings], value__isnull=False
    ).values_list("assignment", "item", "value")
    for assignment, item, value in rows:
        found[assignment][item] = value
    return found


def _ratings(programme: Programme, instrument: Instrument, purposes: Sequence[str]) -> list[Rating]:
    found = Rating.objects.opened().filter(
        programme=programme, assignment__instrument=instrument.id, purpose__in=purposes
    )
    return list(found.select_related("rater", "session").order_by("submitted_at", "pk"))


def by_item(programme: Programme, instrument: Instrument) -> list[ItemAgreement]:
    """Of sessions that two people rated blind, the first two to submit; items never rated twice lack."""
    together: dict[tuple[object, int], list[Rating]] = defaultdict(list)
    for rating in _ratings(programme, instrument, Rating.COUNTED):
        together[(rating.session_id, rating.therapist_id)].append(rating)
    pairs = [ratings[:2] for ratings in together.values() if len(ratings) > 1]
    answers = _answers([one for pair in pairs for one in pair])
    found = []
    for item in instrument.all_items():
        if item.kind is not ItemKind.CHOICE:
            continue
        both = [[answers[one.assignment_id].get(item.id, np.nan) for one in pair] for pair in pairs]
        agreement = item_agreement(item.id, np.array(both, dtype=float).reshape(-1, 2))
        if agreement:
            found.append(agreement)
    return found


def item_agreement(item: str, pairs: np.ndarray) -> ItemAgreement | None:
    """pairs: (sessions, 2), nan where not rated."""
    known = pairs[~np.isnan(pairs).any(axis=1)]
    if not len(known):
        return None
    apart = np.abs(known[:, 0] - known[:, 1])
    return ItemAgreement(
        item=item,
        n=len(known),
        apart=float(apart.mean()),
        within_one=float((apart <= ONE_POINT).mean()),
        icc=_icc(known),
    )


def _icc(pairs: np.ndarray) -> IntraclassCorrelation | None:
    if len(pairs) < FEWEST_PAIRS:
        return None
    try:
        return intraclass(pairs).single_any
    except DataError:
        return None


def calibrated(programme: Programme, instrument: Instrument) -> list[Calibrated]:
    """Each rater who took part in calibrations that have a reference, by name."""
    references = {
        (one.session_id, one.therapist_id): one
        for one in _ratings(programme, instrument, [Rating.Purpose.REFERENCE])
    }
    practice = [
        one
        for one in _ratings(programme, instrument, [Rating.Purpose.CALIBRATION])
        if (one.session_id, one.therapist_id) in references
    ]
    answers = _answers([*references.values(), *practice])
    by_rater: dict[str, list[tuple[datetime.date, float, float]]] = defaultdict(list)
    for one in practice:
        reference = answers[references[(one.session_id, one.therapist_id)].assignment_id]
        own = answers[one.assignment_id]
        items = {item.id for item in instrument.all_items() if item.kind is ItemKind.CHOICE}
        both = [own[item] - reference[item] for item in items & own.keys() & reference.keys()]
        if both:
            mean, apart = float(np.mean(both)), float(np.mean(np.abs(both)))
            by_rater[one.rater.name].append((one.submitted_at.date(), mean, apart))
    return [against_reference(rater, rows) for rater, rows in sorted(by_rater.items())]


def against_reference(rater: str, rows: Sequence[tuple[datetime.date, float, float]]) -> Calibrated:
    """rows: day, mean difference from the reference, mean distance from it; one a session."""
    slope = _slope([day for day, _mean, _apart in rows], [mean for _day, mean, _apart in rows])
    return Calibrated(
        rater=rater,
        n=len(rows),
        bias=summarise([mean for _day, mean, _apart in rows]),
        apart=float(np.mean([apart for _day, _mean, apart in rows])),
        slope=slope[0] if slope else None,
        slope_lower=slope[1] if slope else None,
        slope_upper=slope[2] if slope else None,
    )


def _slope(days: Sequence[datetime.date], values: Sequence[float]) -> tuple[float, float, float] | None:
    """A year's change by least squares with its 95 % interval (t with n - 2 degrees of freedom)."""
    from scipy import stats

    x = np.array([(day - days[0]).days / DAYS_A_YEAR for day in days])
    if len(x) < FEWEST_FOR_DRIFT or np.ptp(x) == 0:
        return None
    fit = stats.linregress(x, np.asarray(values, dtype=float))
    reach = float(stats.t.ppf(0.975, len(x) - 2)) * float(fit.stderr)
    return float(fit.slope), float(fit.slope) - reach, float(fit.slope) + reach
