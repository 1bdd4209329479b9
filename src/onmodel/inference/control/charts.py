"""Shewhart, EWMA and CUSUM charts of scores, counts and proportions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onmodel.inference.cautions import Caution
from onmodel.inference.columns import Floats
from onmodel.inference.control.baseline import Kind, Process, process
from onmodel.inference.control.run_length import (
    cusum_run_length,
    ewma_run_length,
    limit_for,
    ratio_cusum_run_length,
    shewhart_run_length,
)
from onmodel.inference.funnel.limits import binomial_limits, poisson_limits

#: A false alarm once in so many points, unless asked otherwise: that of three SDs.
RUN_LENGTH = 370.4

#: Steps up and down, their thresholds, run lengths without and with the shift, and what was done.
Steps = tuple[tuple[Floats, Floats], float, float, tuple[float, float], str]


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a chart. `statistic`: what is held against the limits (the value, the average, or the sum
    above; `statistic_low` the sum below). signal: "above", "below", "run" or None."""

    index: int
    value: float
    size: float
    statistic: float
    statistic_low: float | None
    lower: float
    upper: float
    signal: str | None


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A chart with its limits, and how long it takes to signal on average.

    run_length: points between false alarms; run_length_shift: points until a change of `shift` shows (SDs of
    a point; a ratio for the CUSUM of counts and proportions). first_signal: the point from 0, or None.
    change_point: where the change that was signalled began, by the CUSUM's last zero.
    """

    kind: Kind
    centre: float
    sd: float | None
    points: tuple[Point, ...]
    run_length: float
    run_length_shift: float
    shift: float
    first_signal: int | None
    change_point: int | None
    n_baseline: int
    method: str
    warnings: tuple[Caution, ...]

    @property
    def n(self) -> int:
        return len(self.points)


def shewhart(
    values: Sequence[float],
    *,
    kind: Kind = "score",
    sizes: Sequence[float] | None = None,
    baseline: int | None = None,
    centre: float | None = None,
    sd: float | None = None,
    width: float = 3.0,
    run: int | None = 8,
    shift: float = 1.0,
) -> ControlChart:
    """Each point against limits: large changes show at once.

    Scores: centre and `width` SDs of a point. Counts and proportions: limits with the same chances, exact
    and interpolated (docs: funnel). `run` points in a row on one side signal too (None: not).
    `values` are scores (means of `sizes` patients) or numbers of events among `sizes`.

    >>> chart = shewhart([10, 12, 11, 9, 10, 11, 18], baseline=6)
    >>> chart.first_signal, chart.points[6].signal, round(chart.points[6].upper, 2)
    (6, 'above', 14.22)
    """
    found = process(values, kind=kind, sizes=sizes, baseline=baseline, centre=centre, sd=sd)
    lower, upper = _shewhart_limits(found, width)
    signals = _signals(found.values, lower, upper)
    streaks = _runs(found.values - found.centre, run)
    signals = [s or ("run" if streak else None) for s, streak in zip(signals, streaks, strict=True)]
    rule = f", and runs of {run}" if run else ""
    return _chart(
        found, found.values, None, lower, upper, signals, None, shift,
        (shewhart_run_length(width, run=run), shewhart_run_length(width, shift=shift, run=run)),
        f"Shewhart chart, {'exact limits' if kind != 'score' else f'{width:g} SD limits'}{rule}",
    )  # fmt: skip


def ewma(
    values: Sequence[float],
    *,
    kind: Kind = "score",
    sizes: Sequence[float] | None = None,
    baseline: int | None = None,
    centre: float | None = None,
    sd: float | None = None,
    weight: float = 0.2,
    run_length: float = RUN_LENGTH,
    shift: float = 1.0,
) -> ControlChart:
    """A moving average in which a point counts `weight` and older ones less and less: for slow drift.

    Roberts 1959, Technometrics 1:239-250. The limits have the chosen run length and, at the start, the
    average's own smaller spread. `values` as for shewhart().

    >>> chart = ewma([10, 12, 11, 9, 10, 11, 13, 13, 13, 13], baseline=6)
    >>> chart.first_signal, round(chart.points[0].statistic, 2)
    (8, 10.4)
    """
    if not 0 < weight <= 1:
        raise ValueError(f"a weight lies above 0 and not above 1, not at {weight}")
    found = process(values, kind=kind, sizes=sizes, baseline=baseline, centre=centre, sd=sd)
    width = limit_for(run_length, lambda w: ewma_run_length(weight, w))
    average, spread = _averages(found, weight)
    lower, upper = found.centre - width * spread, found.centre + width * spread
    return _chart(
        found, average, None, lower, upper, _signals(average, lower, upper), None, shift,
        (ewma_run_length(weight, width), ewma_run_length(weight, width, shift=shift)),
        f"EWMA chart, weight {weight:g}, {width:.3f} SD limits",
    )  # fmt: skip


def _averages(found: Process, weight: float) -> tuple[Floats, Floats]:
    """The moving average and its SD at each point, from the centre."""
    average, spread = np.zeros(len(found.values)), np.zeros(len(found.values))
    mean, variance = found.centre, 0.0
    for i, (value, se) in enumerate(zip(found.values, found.se, strict=True)):
        mean = weight * value + (1 - weight) * mean
        variance = weight**2 * se**2 + (1 - weight) ** 2 * variance
        average[i], spread[i] = mean, math.sqrt(variance)
    return average, spread


def cusum(
    values: Sequence[float],
    *,
    kind: Kind = "score",
    sizes: Sequence[float] | None = None,
    baseline: int | None = None,
    centre: float | None = None,
    sd: float | None = None,
    shift: float | None = None,
    run_length: float = RUN_LENGTH,
) -> ControlChart:
    """The sum of what exceeds the centre, never below 0, and the same downwards: for a lasting change.

    Page 1954, Biometrika 41:100-115. Scores: in SDs of a point, less half of the `shift` to be found
    (default 1). Counts and proportions: the log-likelihood ratio of a rate or odds `shift` times as high
    (and as low; default 1.5), as Steiner et al. 2000 (Biostatistics 1:441-452) without their risk model.
    `values` as for shewhart().

    >>> chart = cusum([10, 12, 11, 9, 10, 11, 13, 13, 13, 13, 13], baseline=6)
    >>> chart.first_signal, chart.change_point
    (9, 6)
    """
    found = process(values, kind=kind, sizes=sizes, baseline=baseline, centre=centre, sd=sd)
    size = shift if shift is not None else (1.0 if kind == "score" else 1.5)
    if size <= (0 if kind == "score" else 1):
        raise ValueError(f"a shift of {size:g} is none: give SDs above 0 for scores, else a ratio above 1")
    how = _scores if kind == "score" else _events
    steps, high, low, lengths, method = how(found, size, run_length)
    above, below = _sums(steps[0], high), _sums(steps[1], low)
    signals = [
        "above" if a > high else "below" if b > low else None for a, b in zip(above, below, strict=True)
    ]
    first = next((i for i, signal in enumerate(signals) if signal), None)
    sums = above if first is not None and signals[first] == "above" else below
    start = None if first is None else int(np.flatnonzero(np.r_[True, sums[:first] <= 0]).max())
    k = len(found.values)
    return _chart(
        found, above, below, np.full(k, -low), np.full(k, high), signals, start, size, lengths, method
    )


def _scores(found: Process, size: float, run_length: float) -> Steps:
    z = (found.values - found.centre) / found.se
    limit = limit_for(run_length, lambda h: cusum_run_length(size / 2, h))
    lengths = cusum_run_length(size / 2, limit), cusum_run_length(size / 2, limit, shift=size)
    method = f"CUSUM, slack {size / 2:g}, threshold {limit:.3f}"
    return (z - size / 2, -z - size / 2), limit, limit, lengths, method


def _events(found: Process, size: float, run_length: float) -> Steps:
    steps = _ratios(found, found.values * found.sizes, found.sizes, size)
    high, low, lengths = _ratio_thresholds(found, size, run_length)
    method = f"likelihood-ratio CUSUM, ratio {size:g}, thresholds {high:.3f} above and {low:.3f} below"
    return steps, high, low, lengths, method


def _sums(steps: Floats, threshold: float) -> Floats:
    """Cumulative sums that do not fall below 0."""
    total, sums = 0.0, np.zeros(len(steps))
    for i, step in enumerate(steps):
        total = max(0.0, total + step)
        sums[i] = total
    return sums


def _ratios(found: Process, events: Floats, sizes: Floats, ratio: float) -> tuple[Floats, Floats]:
    """Log-likelihood ratios of each point, for `ratio` times the rate or odds and for 1 / ratio."""

    def of(r: float) -> Floats:
        if found.kind == "count":
            return events * math.log(r) - sizes * found.centre * (r - 1)
        return events * math.log(r) - sizes * math.log1p(found.centre * (r - 1))

    return of(ratio), of(1 / ratio)


def _ratio_thresholds(
    found: Process, ratio: float, run_length: float
) -> tuple[float, float, tuple[float, float]]:
    """Thresholds for which each side alarms falsely once in twice `run_length` points of median size;
    and the run lengths of both sides together, without change and at `ratio`."""
    size = float(np.median(found.sizes))
    if found.kind == "proportion":
        size = max(1.0, round(size))
    events, usual = _distribution(found, size, 1.0)
    changed = _distribution(found, size, ratio)[1] if len(events) else usual
    changed = np.resize(changed, len(events))
    up, down = _ratios(found, events, np.full(len(events), size), ratio)
    high = limit_for(2 * run_length, lambda h: ratio_cusum_run_length(up, usual, h))
    low = limit_for(2 * run_length, lambda h: ratio_cusum_run_length(down, usual, h))

    def both(chances: Floats) -> float:
        return 1 / (
            1 / ratio_cusum_run_length(up, chances, high) + 1 / ratio_cusum_run_length(down, chances, low)
        )

    return high, low, (both(usual), both(changed))


def _distribution(found: Process, size: float, ratio: float) -> tuple[Floats, Floats]:
    """Numbers of events and their chances in a point of `size`, at `ratio` times the rate or odds."""
    from scipy import special

    if found.kind == "proportion":
        odds = ratio * found.centre / (1 - found.centre)
        share = odds / (1 + odds)
        events = np.arange(int(size) + 1, dtype=float)
        log = special.gammaln(size + 1) - special.gammaln(events + 1) - special.gammaln(size - events + 1)
        return events, np.exp(log + events * math.log(share) + (size - events) * math.log1p(-share))
    most = found.centre * size * max(ratio, 2.0)
    events = np.arange(int(most + 10 * math.sqrt(most) + 15), dtype=float)
    mean = found.centre * size * ratio
    return events, np.exp(events * math.log(mean) - mean - special.gammaln(events + 1))


def _shewhart_limits(found: Process, width: float) -> tuple[Floats, Floats]:
    """Normal for scores; for events those that are passed with the same chance."""
    if found.kind == "score":
        return found.centre - width * found.se, found.centre + width * found.se
    level = math.erf(width / math.sqrt(2))
    if found.kind == "proportion":
        return binomial_limits(found.sizes, found.centre, level)
    lower, upper = poisson_limits(found.sizes * found.centre, level)
    return lower / found.sizes, upper / found.sizes


def _signals(statistic: Floats, lower: Floats, upper: Floats) -> list[str | None]:
    return [
        "above" if s > high else "below" if s < low else None
        for s, low, high in zip(statistic, lower, upper, strict=True)
    ]


def _runs(distance: Floats, run: int | None) -> list[bool]:
    """Whether a point ends a run of at least `run` on its side of the centre."""
    lengths, side, length = [], 0.0, 0
    for d in np.sign(distance):
        length = length + 1 if d == side and d != 0 else int(d != 0)
        side = d
        lengths.append(length)
    return [run is not None and length >= run for length in lengths]


def _chart(
    found: Process, statistic: Floats, low: Floats | None, lower: Floats, upper: Floats,
    signals: list[str | None], start: int | None, shift: float, lengths: tuple[float, float], method: str,
) -> ControlChart:  # fmt: skip
    points = tuple(
        Point(
            i, float(found.values[i]), float(found.sizes[i]), float(statistic[i]),
            None if low is None else float(low[i]), float(lower[i]), float(upper[i]), signals[i],
        )
        for i in range(len(found.values))
    )  # fmt: skip
    first = next((i for i, signal in enumerate(signals) if signal), None)
    return ControlChart(
        found.kind, found.centre, found.sd, points, lengths[0], lengths[1], shift, first, start,
        found.n_baseline, method, found.warnings,
    )  # fmt: skip
