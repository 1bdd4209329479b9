"""Whether a level fell and stayed down, held against a short baseline; and whether it came back.

A one-sided CUSUM (Page 1954, Biometrika 41:100-115) on points after the baseline, in SDs of a point, with
half of the fall that matters as slack. The baseline's mean is itself uncertain, and so is the SD: with a
threshold from tables a chart on eight points alarms several times as often as promised (Jensen et al. 2006,
J Qual Technol 38:349-364). Here the threshold is the one at which the rate of false alarms, averaged over
what the baseline might have been, is the promised one. After an alarm the same sum runs the other way: the
fall has ended when as much evidence says that the level is back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from onmodel.inference.cautions import DataError
from onmodel.inference.columns import Floats
from onmodel.inference.control.run_length import cusum_one_side
from onmodel.inference.distributions import critical

#: Nodes over the error of the baseline's mean and of the SD.
MEANS, SPREADS = 9, 5
#: Between these lie the thresholds that make sense, in SDs of a point.
LOWEST, HIGHEST = 0.2, 40.0
#: Run lengths beyond this are not told apart: the equation has no more digits.
NEVER = 1e10


@dataclass(frozen=True, slots=True)
class Fall:
    """`first`: the point at which the lower level began by the sum's last zero; `signalled`: at which it was
    noticed; `ended`: at which the level was found back, None while it is not."""

    first: int
    signalled: int
    ended: int | None


@dataclass(frozen=True, slots=True)
class Amount:
    """The mean since the fall began (of `n` points) against the baseline's. That the beginning was chosen
    by the same data is not in the interval: it makes the fall look a little larger than it is."""

    before: float
    since: float
    change: float
    lower: float
    upper: float
    n: int


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """Points in order of time, the first `n_baseline` of them the baseline.

    sums (n,): the evidence for a fall at each point, and for a return while there is one; 0 in the baseline.
    run_length: points between false alarms, over what the baseline might have been; to_notice: points until
    a lasting fall of `fall` is noticed on average (`points_to_notice`).
    """

    values: Floats
    centre: float
    sd: float
    df: float
    n_baseline: int
    fall: float
    threshold: float
    run_length: float
    to_notice: float
    sums: Floats
    falls: tuple[Fall, ...]

    @property
    def now(self) -> Fall | None:
        """The fall that has not ended."""
        return self.falls[-1] if self.falls and self.falls[-1].ended is None else None

    def amount(self, fall: Fall, level: float = 0.95) -> Amount:
        """How far the level lies under the baseline since the fall began, until it ended if it did."""
        values = self.values[fall.first : fall.ended]
        since = float(values.mean())
        se = self.sd * math.sqrt(1 / self.n_baseline + 1 / len(values))
        reach = critical(level, max(int(self.df), 1)) * se
        change = since - self.centre
        return Amount(self.centre, since, change, change - reach, change + reach, len(values))


def watch_for_fall(
    values: Sequence[float], *, baseline: int, sd: float, df: float, fall: float, run_length: float
) -> Watch:
    """values: one a session, in order of time; the first `baseline` are what later ones are held against.

    sd: of a point around an unchanged level, estimated from elsewhere with `df` degrees of freedom; fall: the
    size that matters, in the units of the values; run_length: points between false alarms. Raises DataError
    for fewer than 2 points of baseline, fewer values than that, or numbers that are none.

    >>> scores = [5, 6, 5, 6, 5, 6, 5, 6, 5, 6, 4, 3, 4, 3, 4]
    >>> found = watch_for_fall(scores, baseline=8, sd=0.6, df=40, fall=1.0, run_length=200)
    >>> found.centre, found.now.first, found.now.signalled
    (5.5, 10, 11)
    >>> round(found.amount(found.now).change, 2)
    -1.9
    """
    y = np.asarray(values, dtype=float)
    _check(y, baseline, sd, df, fall)
    centre = float(y[:baseline].mean())
    shift = fall / sd
    limit = fall_threshold(round(shift, 2), baseline, round(df), run_length)
    z = np.where(np.arange(len(y)) < baseline, np.nan, (y - centre) / sd)
    sums, falls = _run(z, shift / 2, limit)
    return Watch(
        y, centre, sd, df, baseline, fall, limit, run_length,
        points_to_notice(round(shift, 2), limit, round(df)), sums, falls,
    )  # fmt: skip


def _check(y: Floats, baseline: int, sd: float, df: float, fall: float) -> None:
    if baseline < 2 or len(y) < baseline:
        raise DataError(f"a baseline of {baseline} points cannot be had from {len(y)}; it needs at least 2")
    if not np.isfinite(y).all():
        raise DataError("every point needs a value")
    if not (sd > 0 and df >= 1 and fall > 0):
        raise DataError(f"SD {sd:g}, degrees of freedom {df:g} and fall {fall:g} must be above 0")


def _run(z: Floats, slack: float, limit: float) -> tuple[Floats, tuple[Fall, ...]]:
    """Downwards until an alarm, then upwards until the level is back, and again."""
    sums, falls = np.zeros(len(z)), list[Fall]()
    total, first, fallen = 0.0, 0, False
    for i, value in enumerate(z):
        if math.isnan(value):
            first = i + 1
            continue
        step = value + slack if fallen else -value - slack
        total = max(0.0, total + step)
        sums[i] = total
        if total == 0.0 and not fallen:
            first = i + 1
        if total <= limit:
            continue
        if fallen:
            falls[-1] = Fall(falls[-1].first, falls[-1].signalled, i)
            first = i + 1
        else:
            falls.append(Fall(first, i, None))
        total, fallen = 0.0, not fallen
    return sums, tuple(falls)


@lru_cache(maxsize=512)
def fall_threshold(shift: float, baseline: int, df: int, run_length: float) -> float:
    """The threshold (SDs) at which false alarms come once in `run_length` points; slack is half the shift.

    Raises DataError where no threshold gives that.

    >>> fall_threshold(1.0, 8, 40, 200) > fall_threshold(1.0, 100_000, 100_000, 200)
    True
    """
    from scipy.optimize import brentq

    def over(log_threshold: float) -> float:
        found = fall_run_length(shift / 2, math.exp(log_threshold), baseline=baseline, df=df)
        return math.log(found / run_length)

    low, high = math.log(LOWEST), math.log(HIGHEST)
    if over(low) > 0 or over(high) < 0:
        raise DataError(f"no threshold gives one false alarm in {run_length:g} points")
    return float(math.exp(brentq(over, low, high, xtol=1e-4)))


def fall_run_length(slack: float, threshold: float, *, baseline: int, df: float, shift: float = 0.0) -> float:
    """Points between alarms of a watch for falls, when the level lies `shift` SDs lower than it did.

    The reciprocal of the mean rate over the errors of the baseline's mean, N(0, 1 / baseline), and of the
    SD, chi-square with df degrees of freedom.

    >>> round(fall_run_length(0.5, 4.0, baseline=10**9, df=10**6), 0)  # half of both sides' 167.7
    335.0
    """
    errors, spreads, weights = _uncertainty(baseline, df)
    lengths = cusum_one_side(slack * spreads, threshold * spreads, shift + errors)
    return float(1 / (weights / _possible(lengths)).sum())


@lru_cache(maxsize=512)
def points_to_notice(shift: float, threshold: float, df: int) -> float:
    """Points, on average, from a lasting fall of `shift` SDs until the alarm, when the baseline's mean was
    right; it takes longer, now and then much longer, where that happened to be low."""
    _errors, spreads, weights = _uncertainty(10**9, df)
    lengths = cusum_one_side(shift / 2 * spreads, threshold * spreads, np.array([shift]))
    return float((weights * _possible(lengths)).sum())


def _possible(lengths: Floats) -> Floats:
    """Where the run is so long that the equation loses its digits it may come out negative."""
    kept: Floats = np.where((lengths >= 1) & (lengths < NEVER), lengths, NEVER)
    return kept


@lru_cache(maxsize=512)
def _uncertainty(baseline: int, df: float) -> tuple[Floats, Floats, Floats]:
    """Errors of the mean (in SDs) and of the SD (as a ratio) with their weights, (MEANS x SPREADS,)."""
    from scipy.special import roots_genlaguerre

    x, of_mean = np.polynomial.hermite_e.hermegauss(MEANS)
    u, of_spread = roots_genlaguerre(SPREADS, df / 2 - 1) if df < 300 else (np.array([df / 2]), np.ones(1))
    weights = np.outer(of_mean / of_mean.sum(), of_spread / of_spread.sum())
    errors = np.repeat(x / math.sqrt(baseline), len(u))
    return errors, np.tile(np.sqrt(2 * u / df), MEANS), weights.ravel()
