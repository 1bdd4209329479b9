"""Generalised estimating equations: means of repeated measures, with errors that hold up when the assumed
correlation is wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Floats, Ints, codes, complete_rows
from onmodel.inference.distributions import chi_square_p, critical
from onmodel.inference.glm import (
    LINKS,
    Family,
    Link,
    by_name,
    exposures,
    fit_matrix,
    outcome_of,
    wald_intervals,
    wald_p,
)
from onmodel.inference.regressors import independent, is_factor, regressors

Working = Literal["exchangeable", "independent"]
STEPS = 100
#: Log-odds and log rates are not followed further than this.
EXTREME = 30.0
#: Robust errors are too small with fewer patients than this.
FEW_PATIENTS = 40


@dataclass(frozen=True, slots=True, eq=False)
class GeeFit:
    """Coefficients (units of the outcome, log-odds, log rates) with robust standard errors.

    `estimates` (p,), `vcov` (p, p) follow `names`, nan where the data do not say. `correlation`: between two
    measurements of a patient, as estimated (0 when independent); `scale`: mean squared Pearson residual.
    """

    family: Family
    working: Working
    names: tuple[str, ...]
    estimates: Floats
    vcov: Floats
    correlation: float
    scale: float
    n_observations: int
    n_patients: int
    n_dropped: int
    converged: bool
    method: str
    warnings: tuple[Caution, ...]

    @property
    def n(self) -> int:
        return self.n_observations

    @property
    def coef(self) -> dict[str, float | None]:
        return by_name(self.names, self.estimates)

    @property
    def se(self) -> dict[str, float | None]:
        return by_name(self.names, np.sqrt(np.maximum(np.diag(self.vcov), 0.0)))

    @property
    def p(self) -> dict[str, float | None]:
        """Two-sided Wald p values (normal)."""
        return wald_p(self.coef, self.se)

    @property
    def ci(self) -> dict[str, tuple[float, float] | None]:
        """95 % Wald intervals; confidence() takes another level."""
        return self.confidence()

    def confidence(self, level: float = 0.95) -> dict[str, tuple[float, float] | None]:
        return wald_intervals(self.coef, self.se, critical(level))

    def wald_test(self, names: Sequence[str]) -> tuple[float, int, float] | None:
        """Statistic, degrees of freedom and p that all these coefficients are 0; None where one is unknown.

        Raises KeyError for a name that is not in the model.
        """
        unknown = [name for name in names if name not in self.names]
        if unknown:
            raise KeyError(unknown[0])
        at = [self.names.index(name) for name in names]
        part = self.vcov[np.ix_(at, at)]
        if np.isnan(part).any() or np.isnan(self.estimates[at]).any():
            return None
        statistic = float(self.estimates[at] @ np.linalg.pinv(part, hermitian=True) @ self.estimates[at])
        return statistic, len(at), chi_square_p(statistic, len(at))


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Rows by patient: `code` (n,) from 0, `sizes` (k,)."""

    code: Ints
    sizes: Ints

    def sums(self, values: Floats) -> Floats:
        """Sums by patient of (n,) to (k,) or (n, p) to (k, p)."""
        if values.ndim == 2 and values.shape[1] == 0:
            return np.zeros((len(self.sizes), 0))
        if values.ndim == 1:
            return np.bincount(self.code, weights=values, minlength=len(self.sizes)).astype(np.float64)
        return np.stack([self.sums(column) for column in values.T], axis=1)


def fit_gee(
    frame: pl.DataFrame,
    *,
    patient: str,
    outcome: str,
    time: str | None = None,
    covariates: Sequence[str] = (),
    family: Family = "continuous",
    working: Working = "exchangeable",
    exposure: str | None = None,
    reference: Mapping[str, str] | None = None,
) -> GeeFit:
    """Mean outcome by moment and covariates, averaged over patients.

    `time`: moments as indicators against the first ("month=6", ...), as D ch. 4; leave it out and put a
    column of months under `covariates` for a straight line. Numbers stand as they are, text as indicators.
    Liang and Zeger 1986, Biometrika 73:13-22; the correlation is the mean product of Pearson residuals over
    all pairs of a patient's measurements, divided by their mean square, until all settle.

    Raises DataError for a column that is missing or wrong.

    >>> scores = [30.0, 20, 26, 22, 34, 18]
    >>> frame = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 6] * 3, "bdi": scores})
    >>> fit = fit_gee(frame, patient="id", outcome="bdi", time="month")
    >>> round(fit.coef["month=6"], 6), round(fit.se["month=6"], 3)
    (-10.0, 2.828)
    """
    columns = [*([time] if time else []), *covariates]
    numbers = {outcome, *([exposure] if exposure else []), *([time] if time else [])}
    numbers |= {name for name in covariates if name in frame.columns and not is_factor(frame[name])}
    wanted = [patient, outcome, *columns, *([exposure] if exposure else [])]
    table, dropped = complete_rows(frame, wanted, numbers)
    if len(table) == 0:
        raise DataError("no row has a value in every column that is needed", column=outcome)
    y = outcome_of(table, outcome, family)
    design = regressors(table, columns, reference=reference, factors=[time] if time else [])
    offset = np.log(exposures(table, exposure)) if exposure else np.zeros(len(table))
    code, k = codes(table[patient])
    clusters = Clusters(code, np.bincount(code, minlength=k).astype(np.int64))
    return _fit(design.names, design.matrix, y, offset, clusters, family, working, dropped.total)


def _fit(
    names: tuple[str, ...], matrix: Floats, y: Floats, offset: Floats, clusters: Clusters, family: Family,
    working: Working, n_dropped: int,
) -> GeeFit:  # fmt: skip
    start = fit_matrix(names, matrix, y, family, offset=offset)
    said = [c for c in start.warnings if c.code != "not_converged"]
    kept, _ = independent(names, matrix)
    kept = [j for j in kept if not math.isnan(start.estimates[j])]
    link, beta, x = LINKS[family], start.estimates[kept], matrix[:, kept]
    if any(c.code == "separated" for c in said):
        offset = _linear(family, start.fitted) - x @ beta  # what runs away is held where it stands
    beta, rho, converged = _settle(x, y, offset, clusters, link, working, beta)
    resid, z = _scaled(x, y, offset, link, beta)
    scale = float((resid**2).mean())
    bread, scores = _equations(z, resid, clusters, rho)
    inverse = np.linalg.pinv(bread, hermitian=True)
    vcov = inverse @ (scores.T @ scores) @ inverse
    estimates, square = np.full(len(names), math.nan), np.full((len(names), len(names)), math.nan)
    estimates[kept], square[np.ix_(kept, kept)] = beta, vcov
    return GeeFit(
        family, working, names, estimates, square, rho, scale, len(y), len(clusters.sizes), n_dropped,
        converged, f"GEE, {working} correlation, robust standard errors",
        (*said, *_cautions(clusters, converged, rho, scale)),
    )  # fmt: skip


def _linear(family: Family, mean: Floats) -> Floats:
    """The linear predictor of a fitted mean."""
    if family == "continuous":
        return mean
    return np.asarray(np.log(mean) - (np.log1p(-mean) if family == "binary" else 0.0), dtype=np.float64)


def _settle(
    x: Floats, y: Floats, offset: Floats, clusters: Clusters, link: Link, working: Working, beta: Floats
) -> tuple[Floats, float, bool]:
    """Coefficients and correlation in turn until neither moves."""
    rho = 0.0
    for _ in range(STEPS):
        resid, z = _scaled(x, y, offset, link, beta)
        old = rho
        if working == "exchangeable":
            rho = _correlation(resid, clusters)
        bread, scores = _equations(z, resid, clusters, rho)
        step = np.linalg.pinv(bread, hermitian=True) @ scores.sum(axis=0)
        beta = np.asarray(beta + step, dtype=np.float64)
        moved = float(np.max(np.abs(x @ step), initial=0.0)) / (1 + float(np.max(np.abs(x @ beta))))
        if moved < 1e-10 and abs(rho - old) < 1e-10:
            return beta, rho, True
    return beta, rho, False


def _scaled(x: Floats, y: Floats, offset: Floats, link: Link, beta: Floats) -> tuple[Floats, Floats]:
    """Pearson residuals (n,), and the derivative of the mean over its SD, (n, p)."""
    eta = x @ beta + offset
    mean = link.mean(eta if link is LINKS["continuous"] else np.clip(eta, -EXTREME, EXTREME))
    sd = np.sqrt(np.maximum(link.variance(mean), 1e-13))
    return (y - mean) / sd, x * (link.slope(mean) / sd)[:, None]


def _correlation(resid: Floats, clusters: Clusters) -> float:
    """Of all pairs of a patient; kept where such a correlation can exist."""
    pairs = float((clusters.sizes * (clusters.sizes - 1)).sum())
    square = float((resid**2).sum())
    if pairs == 0 or square <= 0:
        return 0.0
    products = float((clusters.sums(resid) ** 2).sum()) - square
    lowest = -1 / (int(clusters.sizes.max()) - 1)
    return min(max((products / pairs) / (square / len(resid)), lowest + 1e-6), 1 - 1e-6)


def _equations(z: Floats, resid: Floats, clusters: Clusters, rho: float) -> tuple[Floats, Floats]:
    """Sensitivity (p, p) and each patient's score (k, p), by the closed inverse of an exchangeable matrix:
    (I - rho / (1 + (m - 1) rho) J) / (1 - rho)."""
    share = rho / (1 + (clusters.sizes - 1) * rho)
    z_sum, r_sum = clusters.sums(z), clusters.sums(resid)
    bread = (z.T @ z - (z_sum * share[:, None]).T @ z_sum) / (1 - rho)
    scores = (clusters.sums(z * resid[:, None]) - z_sum * (share * r_sum)[:, None]) / (1 - rho)
    return bread, scores


def _cautions(clusters: Clusters, converged: bool, rho: float, scale: float) -> list[Caution]:
    said = []
    k = len(clusters.sizes)
    if k < FEW_PATIENTS:
        message = f"{k} patients; robust standard errors are too small with fewer than about {FEW_PATIENTS}"
        said.append(Caution("few_patients", message))
    if not converged:
        said.append(Caution("not_converged", "the estimating equations did not settle"))
    if scale < 1e-12:
        said.append(Caution("exact_fit", "the model fits every value: there is nothing to tell errors from"))
    elif abs(rho) > 1 - 1e-5:
        said.append(
            Caution("extreme_correlation", "the correlation between measurements stands at its bound")
        )
    return said
