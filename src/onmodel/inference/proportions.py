"""A share of patients, with an interval that holds up near 0 and 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from onmodel.inference.distributions import critical


@dataclass(frozen=True, slots=True)
class Proportion:
    """`successes` of `n`; estimate and interval are None when n is 0."""

    successes: int
    n: int
    estimate: float | None
    lower: float | None
    upper: float | None
    level: float
    method: str


def proportion(
    successes: int, n: int, *, level: float = 0.95, method: Literal["wilson", "exact"] = "wilson"
) -> Proportion:
    """A proportion with Wilson's score interval (Wilson 1927, JASA 22:209), or Clopper and Pearson's.

    Raises ValueError unless 0 <= successes <= n.

    >>> found = proportion(8, 10)
    >>> found.estimate, round(found.lower, 3), round(found.upper, 3)
    (0.8, 0.49, 0.943)
    """
    if not 0 <= successes <= n:
        raise ValueError(f"{successes} successes of {n} is not a proportion")
    if n == 0:
        return Proportion(0, 0, None, None, None, level, method)
    lower, upper = wilson(successes, n, level) if method == "wilson" else exact(successes, n, level)
    return Proportion(successes, n, successes / n, lower, upper, level, method)


def wilson(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """The proportions that a score test at 1 - level does not reject.

    >>> [round(limit, 4) for limit in wilson(0, 10)]  # 3.8415 / 13.8415
    [0.0, 0.2775]
    """
    z2 = critical(level) ** 2
    share = successes / n
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return (0.0 if successes == 0 else middle - half), (1.0 if successes == n else middle + half)


def exact(successes: int, n: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper and Pearson 1934 (Biometrika 26:404): never covers less than `level`, often more.

    >>> [round(limit, 4) for limit in exact(0, 10)]  # 1 - 0.025 ** (1 / 10)
    [0.0, 0.3085]
    """
    from scipy import special

    tail = (1 - level) / 2
    lower = float(special.betaincinv(successes, n - successes + 1, tail)) if successes else 0.0
    upper = float(special.betaincinv(successes + 1, n - successes, 1 - tail)) if successes < n else 1.0
    return lower, upper
