"""Counts of events over a time: the rate and its exact interval."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rate:
    """`events` in `exposure` units of time; the rate per unit with its interval."""

    events: int
    exposure: float
    rate: float
    lower: float
    upper: float
    level: float


def rate(events: int, exposure: float, *, level: float = 0.95) -> Rate:
    """A Poisson rate with the exact interval of Garwood (1936, Biometrika 28:437-442).

    The bounds are chi-square quantiles: lower = Q(a/2; 2x) / 2, upper = Q(1 - a/2; 2x + 2) / 2, per
    unit of exposure. ValueError for a negative count, no exposure, or a level not between 0 and 1.

    >>> found = rate(5, exposure=10)
    >>> found.rate, round(found.lower, 3), round(found.upper, 3)
    (0.5, 0.162, 1.167)
    """
    if events < 0 or exposure <= 0 or not 0 < level < 1:
        raise ValueError(f"{events} events in {exposure} at level {level} have no rate")
    from scipy.special import gammaincinv

    tail = (1 - level) / 2
    lower = float(gammaincinv(events, tail)) if events else 0.0
    upper = float(gammaincinv(events + 1, 1 - tail))
    return Rate(events, exposure, events / exposure, lower / exposure, upper / exposure, level)
