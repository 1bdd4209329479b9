"""Quantiles and tail probabilities, from scipy.special: scipy.stats takes half a second to import."""

from __future__ import annotations

import math

from scipy import special


def normal_quantile(probability: float) -> float:
    return float(special.ndtri(probability))


def normal_two_sided_p(z: float) -> float:
    """P(|Z| >= |z|); nan stays nan."""
    return math.erfc(abs(z) / math.sqrt(2))


def t_quantile(probability: float, df: float) -> float:
    return float(special.stdtrit(df, probability))


def t_two_sided_p(t: float, df: float) -> float:
    return float(2 * special.stdtr(df, -abs(t)))


def chi_square_p(statistic: float, df: float) -> float:
    """Upper tail of the chi-square distribution."""
    return float(special.chdtrc(df, max(statistic, 0.0)))


def critical(level: float, df: float | None = None) -> float:
    """How many standard errors a two-sided interval of `level` reaches: normal, or t when `df` is given."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
    upper = (1 + level) / 2
    return normal_quantile(upper) if df is None else t_quantile(upper, df)
