"""Several weak signs at once: each could be chance, all of them together less so."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

Kind = Literal["count", "proportion", "score"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Climate:
    """Of `looked_at` signs `weak` were weak or worse; `needed` make a climate (None: too few are known).

    false_alarm: the chance of `needed` or more in a period in which nothing changed, at most: signs taken as
    independent, each weak with chance `chance`.
    """

    looked_at: int
    weak: int
    needed: int | None
    chance: float
    false_alarm: float | None

    @property
    def is_climate(self) -> bool:
        return self.needed is not None and self.weak >= self.needed


def climate(*, looked_at: int, weak: int, chance: float, most: float) -> Climate:
    """How many weak signs are needed for the false alarm rate to stay at or below `most`, and are they there?

    ValueError for chances that are none, or more weak signs than signs.

    >>> found = climate(looked_at=12, weak=4, chance=0.1, most=0.03)
    >>> found.needed, round(found.false_alarm, 4), found.is_climate  # 1 - (.2824 + .3766 + .2301 + .0852)
    (4, 0.0256, True)
    """
    if not 0 <= weak <= looked_at or not 0 < chance < 1 or not 0 < most < 1:
        raise ValueError(f"{weak} weak signs of {looked_at} at chance {chance:g}, {most:g}: this cannot be")
    for needed in range(2, looked_at + 1):
        tail = at_least(needed, looked_at, chance)
        if tail <= most:
            return Climate(looked_at=looked_at, weak=weak, needed=needed, chance=chance, false_alarm=tail)
    return Climate(looked_at=looked_at, weak=weak, needed=None, chance=chance, false_alarm=None)


def at_least(count: int, n: int, chance: float) -> float:
    """The chance of `count` or more of `n`, each with the same chance (binomial).

    >>> at_least(2, 2, 0.5)
    0.25
    """
    from scipy.special import betainc

    return 1.0 if count <= 0 else 0.0 if count > n else float(betainc(count, n - count + 1, chance))


def chance_of_more(
    kind: Kind, value: float, size: float, before: Sequence[tuple[float, float]], *, high_is_bad: bool = True
) -> float | None:
    """The chance of a value as bad or worse, were it of the same process as those `before` (value, size).

    Exact, and honest about a short past. Counts: given the total, the share of this period is binomial.
    Proportions: hypergeometric (Fisher's). Scores: the t distribution of a next one from a normal process
    with spread not known. None where the past does not tell: nothing of size, or fewer than three scores.

    >>> round(chance_of_more("count", 4, 1, [(1, 1), (0, 1), (1, 1)]), 4)  # 4 or more of 6 at 1/4: 154 / 4096
    0.0376
    """
    if kind == "score":
        return _of_score(value, [one for one, _size in before], high_is_bad)
    events, exposure = sum(one for one, _ in before), sum(one for _, one in before)
    if exposure <= 0 or size <= 0:
        return None
    total = int(value + events)
    if kind == "count":
        share = size / (size + exposure)
        more = at_least(int(value), total, share)
        return more if high_is_bad else 1.0 - at_least(int(value) + 1, total, share)
    return _hypergeometric(int(value), int(size), total, int(size + exposure), high_is_bad)


def _of_score(value: float, before: Sequence[float], high_is_bad: bool) -> float | None:
    from scipy.special import stdtr

    if len(before) < 3:
        return None
    mean, sd = float(np.mean(before)), float(np.std(before, ddof=1))
    if sd == 0:
        return None
    distance = (value - mean) / (sd * math.sqrt(1 + 1 / len(before)))
    return float(stdtr(len(before) - 1, -distance if high_is_bad else distance))


def _hypergeometric(value: int, n: int, marked: int, everything: int, high_is_bad: bool) -> float:
    """`value` or more (or fewer) marked ones among n drawn from `everything`, `marked` of them marked."""
    from scipy.special import gammaln

    def log_choose(a: int, b: int) -> float:
        return float(gammaln(a + 1) - gammaln(b + 1) - gammaln(a - b + 1))

    low, high = max(0, n - (everything - marked)), min(n, marked)
    wanted = range(max(value, low), high + 1) if high_is_bad else range(low, min(value, high) + 1)
    whole = log_choose(everything, n)
    chances = [
        math.exp(log_choose(marked, k) + log_choose(everything - marked, n - k) - whole) for k in wanted
    ]
    return min(1.0, sum(chances))
