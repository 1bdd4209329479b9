"""Quantiles and tail probabilities.

The normal ones need the standard library only; the others load scipy.special when first called, which keeps
a small fit on the command line quick (scipy.stats would take longer still).
"""

from __future__ import annotations

import math
from statistics import NormalDist


def normal_quantile(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def normal_two_sided_p(z: float) -> float:
    """P(|Z| >= |z|); nan stays nan."""
    return math.erfc(abs(z) / math.sqrt(2))


def t_quantile(probability: float, df: float) -> float:
    from scipy import special

    return float(special.stdtrit(df, probability))


def t_two_sided_p(t: float, df: float) -> float:
    from scipy import special

    return float(2 * special.stdtr(df, -abs(t)))


def chi_square_p(statistic: float, df: float) -> float:
    """Upper tail of the chi-square distribution."""
    from scipy import special

    return float(special.chdtrc(df, max(statistic, 0.0)))


def f_p(statistic: float, df: float, within: float) -> float:
    """Upper tail of the F distribution."""
    from scipy import special

    return float(special.fdtrc(df, within, max(statistic, 0.0)))


def critical(level: float, df: float | None = None) -> float:
    """How many standard errors a two-sided interval of `level` reaches: normal, or t when `df` is given."""
    if not 0 < level < 1:
        raise ValueError(f"a confidence level lies between 0 and 1, not at {level}")
    upper = (1 + level) / 2
    return normal_quantile(upper) if df is None else t_quantile(upper, df)
