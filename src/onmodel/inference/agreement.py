"""Do raters agree? Intraclass correlations, weighted kappa, Krippendorff's alpha.

Ratings come as a matrix (subjects, raters), nan where a rating is missing.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from onmodel.inference.cautions import DataError
from onmodel.inference.columns import Floats
from onmodel.inference.distributions import critical

Metric = Literal["nominal", "ordinal", "interval", "ratio"]
Weights = Literal["none", "linear", "quadratic"]


@dataclass(frozen=True, slots=True)
class IntraclassCorrelation:
    """One of Shrout and Fleiss's six. kind: ICC1, ICC2, ICC3 of a single rating; with k of the mean."""

    kind: str
    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class IntraclassCorrelations:
    """All six, from `n` subjects rated by each of `raters`; `n_dropped` subjects lacked a rating."""

    n: int
    n_dropped: int
    raters: int
    single_any: IntraclassCorrelation
    single_absolute: IntraclassCorrelation
    single_consistency: IntraclassCorrelation
    mean_any: IntraclassCorrelation
    mean_absolute: IntraclassCorrelation
    mean_consistency: IntraclassCorrelation


@dataclass(frozen=True, slots=True)
class Kappa:
    """Agreement beyond chance of two raters. None where chance alone explains everything."""

    estimate: float | None
    se: float | None
    lower: float | None
    upper: float | None
    n: int
    weights: str


@dataclass(frozen=True, slots=True)
class KrippendorffAlpha:
    """Agreement beyond chance of any number of raters, ratings missing or not; None where ratings never vary.

    lower, upper: from resampling units; None when it was not asked for.
    """

    estimate: float | None
    lower: float | None
    upper: float | None
    units: int
    ratings: int
    metric: str


def intraclass(ratings: ArrayLike, *, level: float = 0.95) -> IntraclassCorrelations:
    """Shrout and Fleiss 1979 (Psychol Bull 86:420), intervals as McGraw and Wong 1996 (Psychol Methods 1:30).

    ICC1: each subject has raters of its own; ICC2: the same raters, of whom others might have served, so that
    their severity counts; ICC3: exactly these raters, severity aside. Subjects without all ratings are left
    out. Raises DataError for fewer than two subjects or raters, or ratings that never vary.

    >>> found = intraclass([[1, 2], [3, 4], [5, 6]])  # the second rater gives one point more
    >>> round(found.single_absolute.estimate, 3), round(found.single_consistency.estimate, 3)
    (0.889, 1.0)
    """
    x, dropped = _complete(ratings)
    n, k = x.shape
    mean = x.mean()
    between = k * float(((x.mean(axis=1) - mean) ** 2).sum()) / (n - 1)
    raters = n * float(((x.mean(axis=0) - mean) ** 2).sum()) / (k - 1)
    total = float(((x - mean) ** 2).sum())
    within = (total - between * (n - 1)) / (n * (k - 1))
    error = (total - between * (n - 1) - raters * (k - 1)) / ((n - 1) * (k - 1))
    if total == 0:
        raise DataError("the ratings never vary; there is nothing to agree on")
    any_ = _one_way(between, within, n, k, n * (k - 1), "ICC1", level)
    consistency = _one_way(between, error, n, k, (n - 1) * (k - 1), "ICC3", level)
    absolute = _absolute(between, raters, error, n, k, level)
    return IntraclassCorrelations(
        n, dropped, k, any_[0], absolute[0], consistency[0], any_[1], absolute[1], consistency[1]
    )


def _complete(ratings: ArrayLike) -> tuple[Floats, int]:
    x = np.asarray(ratings, dtype=float)
    if x.ndim != 2:
        raise DataError("ratings are needed as a matrix: a row a subject, a column a rater")
    kept = x[~np.isnan(x).any(axis=1)]
    if len(kept) < 2 or x.shape[1] < 2:
        raise DataError(
            f"{len(kept)} subjects with all of {x.shape[1]} ratings: two of both are needed at least"
        )
    return kept, len(x) - len(kept)


def _one_way(
    between: float, error: float, n: int, k: int, df: int, kind: str, level: float
) -> tuple[IntraclassCorrelation, IntraclassCorrelation]:
    """ICC1 and ICC3: both rest on one F ratio, so that their intervals are exact."""
    if error <= 0:
        return IntraclassCorrelation(kind, 1.0, 1.0, 1.0), IntraclassCorrelation(f"{kind}k", 1.0, 1.0, 1.0)
    ratio = between / error
    low, high = ratio / _f_quantile(level, n - 1, df), ratio * _f_quantile(level, df, n - 1)

    def single(f: float) -> float:
        return (f - 1) / (f + k - 1)

    def mean(f: float) -> float:
        return 1 - 1 / f if f > 0 else -math.inf

    return (
        IntraclassCorrelation(kind, single(ratio), single(low), single(high)),
        IntraclassCorrelation(f"{kind}k", mean(ratio), mean(low), mean(high)),
    )


def _absolute(
    between: float, raters: float, error: float, n: int, k: int, level: float
) -> tuple[IntraclassCorrelation, IntraclassCorrelation]:
    """ICC2: severity counts as error; its interval uses Satterthwaite's degrees of freedom."""
    estimate = (between - error) / (between + (k - 1) * error + k * (raters - error) / n)
    mean = (between - error) / (between + (raters - error) / n)
    if error <= 0:
        return IntraclassCorrelation("ICC2", estimate, estimate, estimate), IntraclassCorrelation(
            "ICC2k", mean, mean, mean
        )
    severity = raters / error
    a = n * (1 + (k - 1) * estimate) - k * estimate
    df = (k - 1) * (n - 1) * (k * estimate * severity + a) ** 2
    df /= (n - 1) * k**2 * estimate**2 * severity**2 + a**2
    above, below = _f_quantile(level, n - 1, df), _f_quantile(level, df, n - 1)
    rest = k * raters + (k * n - k - n) * error
    lower = n * (between - above * error) / (above * rest + n * between)
    upper = n * (below * between - error) / (rest + n * below * between)

    def averaged(value: float) -> float:
        return value * k / (1 + value * (k - 1))

    return (
        IntraclassCorrelation("ICC2", estimate, lower, upper),
        IntraclassCorrelation("ICC2k", mean, averaged(lower), averaged(upper)),
    )


def _f_quantile(level: float, df1: float, df2: float) -> float:
    from scipy import special

    return float(special.fdtri(df1, df2, (1 + level) / 2))


def weighted_kappa(
    one: ArrayLike, two: ArrayLike, *, weights: Weights = "quadratic", level: float = 0.95
) -> Kappa:
    """Cohen's kappa (1960, 1968), standard error by Fleiss, Cohen and Everitt 1969 (Psychol Bull 72:323).

    one, two: the ratings of two raters in order of subjects, numbers or (weights "none") labels; pairs with
    a missing rating (nan, None, "") are left out. Weights run over the categories in order, not over their
    values. Raises DataError for different lengths or no pair.

    >>> found = weighted_kappa([0, 1, 2, 2], [0, 1, 2, 1])
    >>> round(found.estimate, 6), found.n
    (0.8, 4)
    """
    first, second = _pairs(one, two)
    categories, codes = np.unique(np.concatenate([first, second]), return_inverse=True)
    k, n = len(categories), len(first)
    table = np.zeros((k, k))
    np.add.at(table, (codes[:n], codes[n:]), 1 / n)
    distance = np.abs(np.subtract.outer(np.arange(k), np.arange(k))) / max(k - 1, 1)
    w = {"none": (distance == 0).astype(float), "linear": 1 - distance, "quadratic": 1 - distance**2}[weights]
    rows, columns = table.sum(axis=1), table.sum(axis=0)
    agreed, chance = float((w * table).sum()), float(rows @ w @ columns)
    if 1 - chance < 1e-12:
        return Kappa(None, None, None, None, n, weights)
    kappa = (agreed - chance) / (1 - chance)
    mean_w = (w @ columns)[:, None] + (rows @ w)[None, :]
    spread = float((table * (w - mean_w * (1 - kappa)) ** 2).sum()) - (kappa - chance * (1 - kappa)) ** 2
    se = math.sqrt(max(spread, 0.0) / n) / (1 - chance)
    reach = critical(level) * se
    return Kappa(kappa, se, max(kappa - reach, -1.0), min(kappa + reach, 1.0), n, weights)


def _pairs(one: ArrayLike, two: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    first, second = np.asarray(one), np.asarray(two)
    if first.shape != second.shape or first.ndim != 1:
        raise DataError(f"two raters rated {first.shape} and {second.shape}; the same subjects are needed")

    def there(x: np.ndarray) -> np.ndarray:
        if x.dtype.kind == "f":
            return np.asarray(~np.isnan(x))
        return np.array(
            [value is not None and value != "" and value == value for value in x.tolist()], dtype=bool
        )

    both = there(first) & there(second)
    if not both.any():
        raise DataError("no subject was rated by both raters")
    return first[both], second[both]


def krippendorff(
    ratings: ArrayLike,
    *,
    metric: Metric = "interval",
    resamples: int = 0,
    seed: int = 0,
    level: float = 0.95,
) -> KrippendorffAlpha:
    """1 - observed / expected disagreement (Krippendorff 2019, Content Analysis, ch. 12).

    ratings: (units, raters) numbers, nan where missing; units with one rating do not count. The interval,
    when `resamples` > 0, is the percentile bootstrap over units with the generator seeded by `seed`. Raises
    DataError when no unit has two ratings.

    >>> nan = float("nan")
    >>> found = krippendorff([[1, 1, nan], [1, nan, 1], [2, 2, nan], [nan, 2, 1]], metric="nominal")
    >>> round(found.estimate, 3), found.units, found.ratings
    (0.533, 4, 8)
    """
    x = np.asarray(ratings, dtype=float)
    x = x[(~np.isnan(x)).sum(axis=1) >= 2] if x.ndim == 2 else x[:0, None]
    if not len(x):
        raise DataError("no unit has two ratings; there is no agreement to look at")
    values, codes = np.unique(x[~np.isnan(x)], return_inverse=True)
    counts = np.zeros((len(x), len(values)))
    np.add.at(counts, (np.nonzero(~np.isnan(x))[0], codes), 1.0)
    alpha = _alpha(counts, values, metric)
    lower = upper = None
    if resamples and not math.isnan(alpha):
        random = np.random.default_rng(seed)
        draws = [
            _alpha(counts[random.integers(0, len(counts), len(counts))], values, metric)
            for _ in range(resamples)
        ]
        lower, upper = (float(q) for q in np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2]))
    estimate = None if math.isnan(alpha) else alpha
    return KrippendorffAlpha(estimate, lower, upper, len(x), int(counts.sum()), metric)


def _alpha(counts: Floats, values: Floats, metric: Metric) -> float:
    """From units x values counts; nan when all ratings are one value."""
    sizes = counts.sum(axis=1)
    coincidences = (counts / (sizes - 1)[:, None]).T @ counts - np.diag(
        (counts / (sizes - 1)[:, None]).sum(axis=0)
    )
    totals = coincidences.sum(axis=1)
    distance = DISTANCES[metric](values, totals)
    expected = float(totals @ distance @ totals) / (float(totals.sum()) - 1)
    return 1 - float((coincidences * distance).sum()) / expected if expected > 0 else math.nan


def _nominal(values: Floats, totals: Floats) -> Floats:
    return 1 - np.eye(len(values))


def _ordinal(values: Floats, totals: Floats) -> Floats:
    """Ratings between two values, halves of both included, squared."""
    upto = np.cumsum(totals) - totals / 2
    result: Floats = np.subtract.outer(upto, upto) ** 2
    return result


def _interval(values: Floats, totals: Floats) -> Floats:
    result: Floats = np.subtract.outer(values, values) ** 2
    return result


def _ratio(values: Floats, totals: Floats) -> Floats:
    total = np.add.outer(values, values)
    share = np.divide(np.subtract.outer(values, values), total, out=np.zeros_like(total), where=total != 0)
    result: Floats = share**2
    return result


DISTANCES: dict[Metric, Callable[[Floats, Floats], Floats]] = {
    "nominal": _nominal,
    "ordinal": _ordinal,
    "interval": _interval,
    "ratio": _ratio,
}
