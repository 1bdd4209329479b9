"""Tests of two groups or two moments: t, chi-square, Fisher, McNemar, Wald for shares."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onmodel.inference.cautions import Caution
from onmodel.inference.columns import Floats
from onmodel.inference.distributions import chi_square_p, critical, normal_two_sided_p, t_two_sided_p


@dataclass(frozen=True, slots=True)
class Comparison:
    """A difference or ratio with its interval, and the test. Unknown is None.

    coef: mean or share of the first less that of the second (t, Wald, McNemar: later less earlier), the odds
    ratio (Fisher), or None (chi-square). n: as many as were compared, by group (McNemar, paired t: pairs).
    """

    coef: float | None
    se: float | None
    ci: tuple[float, float] | None
    statistic: float | None
    df: float | None
    p: float | None
    n: tuple[int, ...]
    method: str
    warnings: tuple[Caution, ...] = ()


def _few(least: float) -> tuple[Caution, ...]:
    if least >= 5:
        return ()
    return (Caution("few_expected", "fewer than 5 are expected in a cell: take Fisher's exact test"),)


def t_test(
    first: Sequence[float], second: Sequence[float], *, pooled: bool = False, level: float = 0.95
) -> Comparison:
    """Difference of two means: Welch's test (1947, Biometrika 34:28-35), or Student's with `pooled` variance.

    Groups of one, or without any spread, have no test.

    >>> found = t_test([4.0, 6.0, 8.0], [1.0, 2.0, 3.0])
    >>> found.coef, round(found.p, 4)
    (4.0, 0.0548)
    """
    a, b = _values(first), _values(second)
    method = "Student's t test, pooled variance" if pooled else "Welch's t test"
    n = (len(a), len(b))
    if min(n) < 2:
        return _untested(float(a.mean() - b.mean()) if min(n) else None, n, method)
    va, vb = float(a.var(ddof=1)) / len(a), float(b.var(ddof=1)) / len(b)
    if va + vb <= 0:
        return _untested(float(a.mean() - b.mean()), n, method)
    if pooled:
        df = float(len(a) + len(b) - 2)
        spread = (va * len(a) * (len(a) - 1) + vb * len(b) * (len(b) - 1)) / df
        se = math.sqrt(spread * (1 / len(a) + 1 / len(b)))
    else:
        df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
        se = math.sqrt(va + vb)
    return _by_t(float(a.mean() - b.mean()), se, df, n, method, level)


def paired_t_test(earlier: Sequence[float], later: Sequence[float], *, level: float = 0.95) -> Comparison:
    """Mean change of the same patients; pairs with a missing value do not count.

    >>> round(paired_t_test([30.0, 26.0, 34.0], [20.0, 22.0, 18.0]).coef, 6)
    -10.0
    """
    if len(earlier) != len(later):
        raise ValueError("a paired test needs as many values before as after")
    change = np.asarray(later, dtype=float) - np.asarray(earlier, dtype=float)
    change = change[np.isfinite(change)]
    method, n = "paired t test", (len(change),)
    if len(change) < 2 or float(change.std(ddof=1)) == 0:
        return _untested(float(change.mean()) if len(change) else None, n, method)
    se = float(change.std(ddof=1)) / math.sqrt(len(change))
    return _by_t(float(change.mean()), se, float(len(change) - 1), n, method, level)


def _values(values: Sequence[float]) -> Floats:
    numbers = np.asarray(values, dtype=float)
    return np.asarray(numbers[np.isfinite(numbers)], dtype=np.float64)


def _untested(coef: float | None, n: tuple[int, ...], method: str) -> Comparison:
    said = Caution("too_few", "too few values, or none that differ: there is no test")
    return Comparison(coef, None, None, None, None, None, n, method, (said,))


def _by_t(coef: float, se: float, df: float, n: tuple[int, ...], method: str, level: float) -> Comparison:
    reach = critical(level, df) * se
    p = t_two_sided_p(coef / se, df)
    return Comparison(coef, se, (coef - reach, coef + reach), coef / se, df, p, n, method)


def wald_shares(first: tuple[int, int], second: tuple[int, int], *, level: float = 0.95) -> Comparison:
    """Difference of two independent shares (events, patients), by its unpooled standard error, as S.

    >>> found = wald_shares((30, 40), (20, 40))
    >>> found.coef, round(found.p, 4)
    (0.25, 0.0168)
    """
    (a, n), (b, m) = _share(first), _share(second)
    method = "Wald test of two independent shares"
    if min(n, m) == 0:
        return _untested(None, (n, m), method)
    coef = a / n - b / m
    se = math.sqrt(a * (n - a) / n**3 + b * (m - b) / m**3)
    if se == 0:
        return _untested(coef, (n, m), method)
    reach = critical(level) * se
    least = min(a, n - a, b, m - b)
    return Comparison(
        coef, se, (coef - reach, coef + reach), coef / se, None, normal_two_sided_p(coef / se),
        (n, m), method, _few(least),
    )  # fmt: skip


def _share(pair: tuple[int, int]) -> tuple[int, int]:
    events, n = pair
    if not 0 <= events <= n:
        raise ValueError(f"{events} of {n} is not a share")
    return events, n


def mcnemar(
    only_earlier: int, only_later: int, n: int, *, exact: bool | None = None, level: float = 0.95
) -> Comparison:
    """A yes/no in the same `n` patients at two moments: those who changed, in either direction.

    Exact (binomial) by default when fewer than 25 changed, else McNemar's chi-square without correction
    (1947, Psychometrika 12:153-157). coef: share later less share earlier, with its Wald interval.

    >>> round(mcnemar(15, 5, 80, exact=False).statistic, 3), round(mcnemar(15, 5, 80).p, 4)
    (5.0, 0.0414)
    """
    if min(only_earlier, only_later) < 0 or only_earlier + only_later > n:
        raise ValueError(f"{only_earlier} and {only_later} who changed do not fit among {n}")
    changed, gap = only_earlier + only_later, only_later - only_earlier
    if changed == 0:
        return _untested(0.0 if n else None, (n,), "McNemar's test")
    coef = gap / n
    se = math.sqrt(max(changed - gap**2 / n, 0.0)) / n
    reach = critical(level) * se
    ci = (coef - reach, coef + reach)
    if exact if exact is not None else changed < 25:
        p = _binomial_two_sided(min(only_earlier, only_later), changed)
        return Comparison(coef, se, ci, None, None, p, (n,), "McNemar's exact test")
    statistic = gap**2 / changed
    return Comparison(coef, se, ci, statistic, 1.0, chi_square_p(statistic, 1), (n,), "McNemar's test")


def _binomial_two_sided(fewer: int, n: int) -> float:
    """Twice the smaller tail at one half."""
    from scipy import special

    return min(1.0, 2 * float(special.betainc(n - fewer, fewer + 1, 0.5)))


def chi_square(table: Sequence[Sequence[int]], *, correction: bool = False) -> Comparison:
    """Whether rows and columns of a table of counts are independent (Pearson 1900).

    Rows and columns without anyone are left out; `correction`: Yates's, of a 2 x 2 table.

    >>> round(chi_square([[30, 10], [20, 20]]).statistic, 3)
    5.333
    """
    counts = _counts(table)
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    if counts.size == 0:
        return _untested(None, (0,), "chi-square test")
    n = int(counts.sum())
    df = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    if df < 1:
        return _untested(None, (n,), "chi-square test")
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / n
    gap = np.abs(counts - expected)
    if correction and counts.shape == (2, 2):
        gap = np.maximum(gap - min(0.5, float(gap.min())), 0.0)
    statistic = float((gap**2 / expected).sum())
    p = chi_square_p(statistic, df)
    least = float(expected.min())
    return Comparison(None, None, None, statistic, float(df), p, (n,), "chi-square test", _few(least))


def _counts(table: Sequence[Sequence[int]]) -> Floats:
    counts = np.asarray(table, dtype=float)
    if counts.ndim != 2 or (counts < 0).any() or (counts != np.floor(counts)).any():
        raise ValueError("a table of counts is needed: rows of whole numbers, none below 0")
    return counts


def fisher(table: Sequence[Sequence[int]]) -> Comparison:
    """Fisher's exact test of a 2 x 2 table: all tables as unlikely as this one, or more so.

    coef: the sample odds ratio, None when a cell is empty.

    >>> round(fisher([[3, 1], [1, 3]]).p, 4)
    0.4857
    """
    from scipy import special

    counts = _counts(table)
    if counts.shape != (2, 2):
        raise ValueError("Fisher's test needs a 2 x 2 table")
    (a, b), (c, d) = counts
    row, column, n = a + b, a + c, a + b + c + d
    low, high = max(0.0, row + column - n), min(row, column)
    first = np.arange(low, high + 1)

    def log_choose(top: float, k: Floats) -> Floats:
        return np.asarray(special.gammaln(top + 1) - special.gammaln(k + 1) - special.gammaln(top - k + 1))

    log = log_choose(row, first) + log_choose(n - row, column - first)
    chance = np.exp(log - log.max())
    chance /= chance.sum()
    p = min(1.0, float(chance[chance <= chance[int(a - low)] * (1 + 1e-7)].sum()))
    ratio = float(a * d / (b * c)) if min(a, b, c, d) > 0 else None
    return Comparison(ratio, None, None, None, None, p, (int(row), int(n - row)), "Fisher's exact test")
