"""How many patients a provider needs before a difference would show."""

from __future__ import annotations

import math

import numpy as np

from onmodel.inference.columns import Floats
from onmodel.inference.distributions import normal_quantile
from onmodel.inference.funnel.limits import binomial_cdf, binomial_limits, poisson_cdf, poisson_limits, tails
from onmodel.inference.funnel.result import Kind

MOST = 1_000_000


def n_to_detect(
    kind: Kind,
    target: float,
    truth: float,
    *,
    sd: float | None = None,
    level: float = 0.95,
    power: float = 0.8,
) -> int:
    """The patients (units of exposure, for a rate) from which on a provider whose true value is `truth`
    falls outside the limits about `target` with probability `power`.

    Exact for proportions and rates: from this n on the power does not fall below `power` again. `sd` is
    needed for a mean. ValueError when truth equals target, or lies outside what the kind allows.

    >>> n_to_detect("proportion", 0.70, 0.50)
    54
    >>> n_to_detect("mean", 0.0, 0.5, sd=1.0)
    32
    """
    rough = _normal_n(kind, target, truth, sd, level, power)
    if kind == "mean":
        return math.ceil(rough)
    n = np.arange(1, min(int(4 * rough) + 50, MOST) + 1, dtype=float)
    enough = _power(kind, n, target, truth, level) >= power
    return int(n[-1]) if not enough[-1] else int(np.flatnonzero(~enough).max(initial=-1)) + 2


def _normal_n(kind: Kind, target: float, truth: float, sd: float | None, level: float, power: float) -> float:
    """By the normal approximation. ValueError for values that make no sense."""
    inside = {
        "proportion": 0 < target < 1 and 0 <= truth <= 1,
        "rate": target > 0 and truth >= 0,
        "mean": True,
    }
    if target == truth or not inside[kind] or not 0 < power < 1:
        raise ValueError(f"no n tells a {kind} of {truth} from {target} with power {power}")
    if kind == "mean" and not (sd and sd > 0):
        raise ValueError("the n for a mean needs the SD between patients, above 0")
    spread = _spread(kind, target, sd), _spread(kind, truth, sd)
    reach = normal_quantile(tails(level)[1]) * spread[0] + normal_quantile(power) * spread[1]
    return max(1.0, (reach / (truth - target)) ** 2)


def _spread(kind: Kind, value: float, sd: float | None) -> float:
    """SD of one patient's outcome where the true value is `value`."""
    if kind == "mean":
        return sd or 0.0
    return math.sqrt(value * (1 - value) if kind == "proportion" else value)


def _power(kind: Kind, n: Floats, target: float, truth: float, level: float) -> Floats:
    """The probability of a count outside the limits, on either side."""
    if kind == "proportion":
        lower, upper = (limit * n for limit in binomial_limits(n, target, level))
        below = binomial_cdf(np.ceil(lower) - 1, n, truth)
        return below + 1 - binomial_cdf(np.floor(upper), n, truth)
    lower, upper = poisson_limits(n * target, level)
    return poisson_cdf(np.ceil(lower) - 1, n * truth) + 1 - poisson_cdf(np.floor(upper), n * truth)
