"""Exact limits of a share or a rate, as a smooth function of size.

Spiegelhalter 2005 (Stat Med 24:1185-1202), appendix A.1: with r the smallest count whose cumulative
probability F(r) reaches p, the limit is r - (F(r) - p) / (F(r) - F(r - 1)), not below 0. So the limits do not
jump where the count does.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from onmodel.inference.columns import Floats
from onmodel.inference.distributions import normal_quantile

Cumulative = Callable[[Floats], Floats]


def tails(level: float) -> tuple[float, float]:
    """The cumulative probabilities of both limits; ValueError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not at {level}")
    return (1 - level) / 2, (1 + level) / 2


def binomial_cdf(k: Floats, n: Floats, share: float) -> Floats:
    """P(at most k of n), 0 below 0."""
    from scipy import special

    inside = np.clip(k, 0, n - 1)
    chance = special.betainc(n - inside, inside + 1, 1 - share)
    return np.where(k < 0, 0.0, np.where(k >= n, 1.0, chance))


def poisson_cdf(k: Floats, expected: Floats) -> Floats:
    """P(at most k), 0 below 0."""
    from scipy import special

    return np.where(k < 0, 0.0, special.gammaincc(np.maximum(k, 0) + 1, expected))


def binomial_limits(n: Floats, share: float, level: float = 0.95) -> tuple[Floats, Floats]:
    """Limits of the share observed among n (any shape) where the true share is `share`.

    >>> lower, upper = binomial_limits(np.array([20.0, 200.0]), 0.3)
    >>> lower.round(3), upper.round(3)
    (array([0.081, 0.235]), array([0.487, 0.362]))
    """
    n = np.asarray(n, dtype=float)

    def cumulative(k: Floats) -> Floats:
        return binomial_cdf(k, n, share)

    lower, upper = (
        interpolated(p, cumulative, n * share, np.sqrt(n * share * (1 - share)), n) / n for p in tails(level)
    )
    return lower, upper


def poisson_limits(expected: Floats, level: float = 0.95) -> tuple[Floats, Floats]:
    """Limits of a count (any shape) whose expectation is `expected`; divide by the exposure for a rate.

    >>> lower, upper = poisson_limits(np.array([10.0]))
    >>> lower.round(2), upper.round(2)
    (array([3.78]), array([16.16]))
    """
    expected = np.asarray(expected, dtype=float)

    def cumulative(k: Floats) -> Floats:
        return poisson_cdf(k, expected)

    lower, upper = (
        interpolated(p, cumulative, expected, np.sqrt(expected), np.full(expected.shape, np.inf))
        for p in tails(level)
    )
    return lower, upper


def interpolated(p: float, cumulative: Cumulative, mean: Floats, sd: Floats, most: Floats) -> Floats:
    """The limit with cumulative probability p, between 0 and `most`; mean and sd tell where to begin."""
    count = np.clip(np.ceil(mean + normal_quantile(p) * sd), 0, most)
    while (low := (cumulative(count) < p) & (count < most)).any():
        count = count + low
    while (high := (count > 0) & (cumulative(count - 1) >= p)).any():
        count = count - high
    here = cumulative(count)
    before = cumulative(count - 1)
    return np.maximum(count - (here - p) / np.maximum(here - before, 1e-300), 0.0)


def sum_distribution(probabilities: Floats) -> Floats:
    """P(0), P(1), ..., P(n) for the number of events among patients with unequal chances (n,).

    The Poisson-binomial distribution, by multiplying the patients' generating polynomials pairwise.
    """
    parts = [np.array([1 - p, p]) for p in probabilities] or [np.ones(1)]
    while len(parts) > 1:
        pairs = [np.convolve(a, b) for a, b in zip(parts[::2], parts[1::2], strict=False)]
        parts = pairs + ([parts[-1]] if len(parts) % 2 else [])
    return parts[0]


def sum_limits(distribution: Floats, level: float) -> tuple[float, float]:
    """Limits of the number of events with this distribution, as for the others."""
    cumulative = np.cumsum(distribution)
    found = []
    for p in tails(level):
        count = min(int(np.searchsorted(cumulative, p)), len(distribution) - 1)
        excess = (cumulative[count] - p) / max(distribution[count], 1e-300)
        found.append(max(count - excess, 0.0))
    return float(found[0]), float(found[1])


def mid_p(below: float, here: float) -> float:
    """Two-sided mid-p of a count with P(less) = below and P(equal) = here."""
    tail = min(below, 1 - below - here) + here / 2
    return min(1.0, 2 * max(tail, 0.0)) if not math.isnan(tail) else math.nan
