"""The fitted course at chosen months, and how large the change since the start is."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from onmodel.inference.distributions import critical, normal_two_sided_p, t_two_sided_p
from onmodel.inference.mixed.crossproducts import Floats
from onmodel.inference.mixed.degrees import degrees_of_freedom
from onmodel.inference.mixed.design import CATEGORICAL
from onmodel.inference.mixed.result import MixedFit, known


@dataclass(frozen=True, slots=True)
class Estimate:
    """A linear function of the fixed effects: of a group (None: the model has none) at `month`.

    None where the data cannot say. df: Satterthwaite's degrees of freedom, None for the normal distribution.
    p: two-sided, that it is 0.
    """

    month: float
    group: str | None
    estimate: float | None
    se: float | None
    lower: float | None
    upper: float | None
    df: float | None = None

    @property
    def p(self) -> float | None:
        if self.estimate is None or not self.se:
            return None
        ratio = self.estimate / self.se
        return normal_two_sided_p(ratio) if self.df is None else t_two_sided_p(ratio, self.df)


@dataclass(frozen=True, slots=True)
class EffectSize:
    """Cohen's d: (estimate at `month` - estimate at `start`) / sd. Negative when the score falls."""

    month: float
    start: float
    group: str | None
    change: float | None
    sd: float | None
    d: float | None
    se: float | None
    lower: float | None
    upper: float | None


def groups_of(fit: MixedFit) -> tuple[str | None, ...]:
    """The levels of the model's group, reference first; (None,) without one.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3, 4, 4], "month": [0, 12] * 4, "arm": list("aaaabbbb"),
    ...                       "bdi": [40.0, 36, 28, 20, 44, 28, 28, 16]})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", group="arm", random="intercept"))
    >>> groups_of(fit)
    ('a', 'b')
    """
    part = fit.kernel.rows.design.parts.get(fit.model.group or "")
    return part.levels if part is not None and part.levels else (None,)


def start_of(fit: MixedFit) -> float:
    """Month 0; the first month measured where that is later or where months without 0 are categories.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> start_of(fit)
    0.0
    """
    time = fit.kernel.rows.time
    first = float(time.min())
    categorical = CATEGORICAL in fit.kernel.rows.design.parts
    return first if first > 0 or (categorical and not np.any(time == 0)) else 0.0


def estimates_at(
    fit: MixedFit,
    months: Iterable[float],
    *,
    at: Mapping[str, float | str] | None = None,
    level: float = 0.95,
    satterthwaite: bool = False,
) -> tuple[Estimate, ...]:
    """The mean outcome at each month, for each group; covariates at `at` or else at the patients' average.

    `satterthwaite`: t intervals, which are honest about few patients (see mixed.degrees).

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> [(found.month, round(found.estimate, 3)) for found in estimates_at(fit, [0, 6, 12])]
    [(0, 30.0), (6, 25.0), (12, 20.0)]
    """
    return tuple(
        linear_function(fit, row_at(fit, month, group, at), month, group, level, satterthwaite)
        for group in groups_of(fit)
        for month in months
    )


def changes_at(
    fit: MixedFit,
    months: Iterable[float],
    *,
    start: float | None = None,
    level: float = 0.95,
    satterthwaite: bool = False,
) -> tuple[Estimate, ...]:
    """Change of the mean since `start` (start_of()), for each group; `satterthwaite` as in estimates_at.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> [(round(found.estimate, 3), round(found.se, 3)) for found in changes_at(fit, [12])]
    [(-10.0, 3.464)]
    """
    start = start_of(fit) if start is None else start
    return tuple(
        linear_function(
            fit, row_at(fit, m, group) - row_at(fit, start, group), m, group, level, satterthwaite
        )
        for group in groups_of(fit)
        for m in months
    )


def effect_sizes(
    fit: MixedFit,
    months: Iterable[float],
    *,
    start: float | None = None,
    sd: float | Literal["start", "pooled"] = "start",
    level: float = 0.95,
) -> tuple[EffectSize, ...]:
    """Cohen's d of the change since `start` (start_of()), for each group and month.

    The SD is that of single outcomes which the model implies, its uncertainty in the interval (delta method;
    fixed effects and variances are asymptotically independent). "start": at the start, where that is month 0
    sqrt(intercept variance + residual variance). "pooled": the root of the mean of the variances at the start
    and at the month, as D ch. 5 and 8 divide. A number divides as it is, taken as known.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> [(round(found.change, 3), round(found.sd, 3), round(found.d, 3)) for found in effect_sizes(fit, [12])]
    [(-10.0, 10.0, -1.0)]
    """

    since = start_of(fit) if start is None else start

    def divisor(month: float) -> tuple[float | None, float]:
        if isinstance(sd, str):
            return model_sd(fit, since) if sd == "start" else model_sd(fit, since, month)
        return sd, 0.0

    return tuple(
        _effect_size(change, since, *divisor(change.month), level)
        for change in changes_at(fit, months, start=since, level=level)
    )


def model_sd(fit: MixedFit, *months: float) -> tuple[float | None, float]:
    """SD of an outcome at month 0, or pooled over `months`, that the model implies.

    With it the variance of its logarithm. (None, 0) where the variance is not known.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> round(model_sd(fit)[0], 3)  # sqrt(82 between patients + 18 residual)
    10.0
    """
    at = months or (0.0,)
    totals = [fit.variance.total(month) for month in at]
    total = math.fsum(value for value in totals if value is not None) / len(at)
    if None in totals or total <= 0:
        return None, 0.0
    weights = np.mean([[1.0, 2 * month, month**2, 1.0] for month in at], axis=0)
    return math.sqrt(total), float(weights @ fit.variance_vcov @ weights) / (4 * total**2)


def _effect_size(
    change: Estimate, start: float, sd: float | None, relative: float, level: float
) -> EffectSize:
    if change.estimate is None or change.se is None or not sd:
        return EffectSize(change.month, start, change.group, change.estimate, sd, None, None, None, None)
    d = change.estimate / sd
    se = math.sqrt((change.se / sd) ** 2 + d**2 * relative)
    reach = critical(level) * se
    return EffectSize(change.month, start, change.group, change.estimate, sd, d, se, d - reach, d + reach)


def row_at(
    fit: MixedFit, month: float, group: str | None, at: Mapping[str, float | str] | None = None
) -> Floats:
    """The design row of the average patient of a group at a month, (p,)."""
    values = dict(at or {})
    if group is not None and fit.model.group is not None:
        values[fit.model.group] = group
    return fit.kernel.rows.design.row(month, values)


def linear_function(
    fit: MixedFit, row: Floats, month: float, group: str | None, level: float, satterthwaite: bool = False
) -> Estimate:
    """row @ fixed effects, with standard error; unknown where the data do not determine it."""
    if not estimable(fit, row):
        return Estimate(month, group, None, None, None, None)
    kept = list(fit.kernel.kept)
    estimate = float(row[kept] @ fit.estimates[kept])
    variance = float(row[kept] @ fit.vcov[np.ix_(kept, kept)] @ row[kept])
    se = known(math.sqrt(max(variance, 0.0)) if not math.isnan(variance) else variance)
    if se is None:
        return Estimate(month, group, estimate, None, None, None)
    df = degrees_of_freedom(fit, row) if satterthwaite and se > 0 else None
    reach = critical(level, df) * se
    return Estimate(month, group, estimate, se, estimate - reach, estimate + reach, df)


def estimable(fit: MixedFit, row: Floats) -> bool:
    """Whether the columns that were left out follow in this row too from the columns kept."""
    kept = list(fit.kernel.kept)
    lost = [j for j in range(len(row)) if j not in kept]
    implied = row[kept] @ fit.kernel.combinations
    return bool(
        np.allclose(row[lost], implied, rtol=1e-6, atol=1e-6 * (1 + float(np.abs(row).max(initial=0))))
    )
