"""Interrupted time series: what changed at a known date, in level and in trend."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Floats, complete_rows
from onmodel.inference.distributions import critical
from onmodel.inference.glm import (
    Family,
    GlmFit,
    by_name,
    expit,
    exposures,
    fit_matrix,
    outcome_of,
    wald_intervals,
    wald_p,
)

NAMES = ("intercept", "trend", "level_change", "trend_change")
#: Points on a side below which a trend there is hardly to be told.
FEW = 8


@dataclass(frozen=True, slots=True)
class Effect:
    """What the series is expected to be at `time`, what it would have been without the change, and the
    difference on the scale of the model (log-odds, log rate, or units) with its interval."""

    time: float
    expected: float
    without: float
    difference: float
    se: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True, eq=False)
class Interrupted:
    """A segmented regression. Names: intercept (level at the date, without the change), trend per unit of
    time before it, level_change at the date, trend_change after it; log-odds or log rates unless continuous.

    Standard errors allow for autocorrelation up to `lag` points. durbin_watson: about 2 without any.
    """

    estimates: Floats
    vcov: Floats
    at: float
    n: int
    n_before: int
    n_after: int
    n_dropped: int
    lag: int
    autocorrelation: float | None
    durbin_watson: float | None
    family: Family
    method: str
    warnings: tuple[Caution, ...]

    @property
    def coef(self) -> dict[str, float | None]:
        return by_name(NAMES, self.estimates)

    @property
    def se(self) -> dict[str, float | None]:
        variances = np.diag(self.vcov)
        return by_name(NAMES, np.sqrt(np.where(variances > 0, variances, np.nan)))

    @property
    def p(self) -> dict[str, float | None]:
        return wald_p(self.coef, self.se, self._df)

    @property
    def ci(self) -> dict[str, tuple[float, float] | None]:
        """95 % intervals; t when the outcome is continuous."""
        return wald_intervals(self.coef, self.se, critical(0.95, self._df))

    @property
    def _df(self) -> int | None:
        return self.n - len(NAMES) if self.family == "continuous" else None

    def effect_at(self, time: float, level: float = 0.95) -> Effect | None:
        """The effect at a time after the change; None where it was not estimated."""
        if np.isnan(self.estimates).any() or np.isnan(self.vcov).any():
            return None
        since = time - self.at
        change = np.array([0.0, 0.0, 1.0, since])
        difference = float(change @ self.estimates)
        se = math.sqrt(max(float(change @ self.vcov @ change), 0.0))
        base = float(self.estimates[0] + self.estimates[1] * since)
        reach = critical(level, self._df) * se
        return Effect(
            time, self._mean(base + difference), self._mean(base), difference, se,
            difference - reach, difference + reach,
        )  # fmt: skip

    def _mean(self, eta: float) -> float:
        if self.family == "continuous":
            return eta
        return math.exp(eta) if self.family == "count" else float(expit(np.array(eta)))


def interrupted_series(
    frame: pl.DataFrame,
    *,
    time: str,
    outcome: str,
    at: float,
    family: Family = "continuous",
    size: str | None = None,
    lag: int | None = None,
) -> Interrupted:
    """A segmented regression of a series with one row a period; the change happens at time `at`.

    family "continuous": a mean; "count": events, per `size` (exposure) if given; "binary": events among
    `size`. Periods from `at` on count as after. `lag`: points over which neighbours may be alike (default:
    4 (n / 100)^(2/9), Newey and West's rule of thumb). Formulas: Wagner et al. 2002, J Clin Pharm Ther
    27:299-309; standard errors: Newey and West 1987, Econometrica 55:703-708.

    Raises DataError for columns that are missing or wrong, a moment that occurs twice, or fewer than two
    periods on a side.

    >>> table = pl.DataFrame({"month": range(12), "mean": [5.0, 6, 5, 6, 5, 6, 9, 10, 9, 10, 9, 10]})
    >>> found = interrupted_series(table, time="month", outcome="mean", at=6)
    >>> round(found.coef["level_change"], 2)
    3.49
    """
    columns = [time, outcome, *([size] if size else [])]
    table, dropped = complete_rows(frame, columns, columns)
    table = table.sort(time)
    matrix, before, later = _segments(table[time].to_numpy(), at)
    _check(table, time, family, size, before, later)
    y, offset, weights = _outcome(table, outcome, family, size)
    fit = fit_matrix(NAMES, matrix, y, family, offset=offset, weights=weights)
    reach = lag if lag is not None else int(4 * (len(y) / 100) ** (2 / 9))
    residual = (y - fit.fitted) * weights
    vcov = _newey_west(matrix, residual, fit, reach)
    return Interrupted(
        fit.estimates, vcov, at, len(y), before, later, dropped.total, reach,
        *_autocorrelation(residual), family,
        f"segmented {fit.method}, Newey-West standard errors with lag {reach}",
        (*fit.warnings, *_cautions(before, later)),
    )  # fmt: skip


def _segments(moments: Floats, at: float) -> tuple[Floats, int, int]:
    """Columns of NAMES (n, 4), and the numbers of periods before and after."""
    since, after = moments - at, moments >= at
    matrix = np.stack([np.ones(len(since)), since, after.astype(float), since * after], axis=1)
    return matrix, int((~after).sum()), int(after.sum())


def _check(table: pl.DataFrame, time: str, family: Family, size: str | None, before: int, after: int) -> None:
    if family == "binary" and size is None:
        raise DataError("a series of shares needs the column with the number of patients a period")
    twice = table[time].filter(table[time].is_duplicated())
    if len(twice):
        value = twice[0]
        raise DataError(
            f"column '{time}' holds {value:g} more than once; one row a period is needed",
            column=time,
            value=value,
        )
    if before < 2 or after < 2:
        raise DataError(
            f"{before} periods before and {after} after the change: each side needs two or more", column=time
        )


def _outcome(
    table: pl.DataFrame, outcome: str, family: Family, size: str | None
) -> tuple[Floats, Floats, Floats]:
    """Outcome, offset and weights (k,)."""
    ones = np.ones(len(table))
    if size is None or family == "continuous":
        return outcome_of(table, outcome, family), np.log(ones), ones
    sizes = exposures(table, size)
    events = outcome_of(table, outcome, "count")
    if family == "count":
        return events, np.log(sizes), ones
    if (events > sizes).any():
        at = int(np.argmax(events > sizes))
        raise DataError(
            f"column '{outcome}' holds {events[at]:g} events among {sizes[at]:g} in '{size}'",
            column=outcome,
            value=float(events[at]),
        )
    return events / sizes, np.log(ones), sizes


def _newey_west(x: Floats, residual: Floats, fit: GlmFit, lag: int) -> Floats:
    """Bread of the fit, meat of scores that are alike up to `lag` points (Bartlett weights)."""
    scale = fit.scale if fit.scale is not None and fit.scale > 0 else 1.0
    scores = x * residual[:, None]
    meat = scores.T @ scores
    for step in range(1, min(lag, len(x) - 1) + 1):
        product = scores[step:].T @ scores[:-step]
        meat = meat + (1 - step / (lag + 1)) * (product + product.T)
    bread = fit.vcov / scale
    return np.asarray(bread @ meat @ bread, dtype=np.float64)


def _autocorrelation(residual: Floats) -> tuple[float | None, float | None]:
    total = float((residual**2).sum())
    if total <= 0:
        return None, None
    near = float((residual[1:] * residual[:-1]).sum())
    return near / total, float((np.diff(residual) ** 2).sum()) / total


def _cautions(before: int, after: int) -> list[Caution]:
    if min(before, after) >= FEW:
        return []
    message = f"{before} periods before and {after} after; with fewer than {FEW} a trend is hardly to be told"
    return [Caution("short_series", message)]
