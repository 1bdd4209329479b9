"""Generalised linear models for independent rows: what adjusts, scores and tests elsewhere rest on.

A fit by iterated weighted least squares of a few columns, without a modelling library's start-up time.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Floats, complete_rows
from onmodel.inference.distributions import critical, normal_two_sided_p, t_two_sided_p
from onmodel.inference.regressors import independent, is_factor, regressors

Family = Literal["continuous", "binary", "count"]

STEPS = 60
#: Steps in which a linear predictor may overshoot before it is taken to run away.
SETTLING = 8
#: A linear predictor this far from 0 says that a binary outcome is foretold without error.
SEPARATED = 18.0
#: So much log-odds per SD of a column, as a standard error, is no knowledge of its coefficient.
UNKNOWN_SE = 30.0


@dataclass(frozen=True, slots=True)
class Link:
    """Mean of the linear predictor, derivative of that mean by its own value, variance of the mean."""

    mean: Callable[[Floats], Floats]
    slope: Callable[[Floats], Floats]
    variance: Callable[[Floats], Floats]


def expit(eta: Floats) -> Floats:
    """1 / (1 + exp(-eta)), without overflow."""
    result: Floats = 0.5 * (1 + np.tanh(eta / 2))
    return result


def _identity(values: Floats) -> Floats:
    return values


def _exp(eta: Floats) -> Floats:
    result: Floats = np.exp(np.clip(eta, -700, 700))
    return result


def _bernoulli(mean: Floats) -> Floats:
    return np.maximum(mean * (1 - mean), 1e-300)


def _poisson(mean: Floats) -> Floats:
    return np.maximum(mean, 1e-300)


#: Identity, logit and log link, each with its own variance (canonical: slope = variance).
LINKS: dict[str, Link] = {
    "continuous": Link(_identity, np.ones_like, np.ones_like),
    "binary": Link(expit, _bernoulli, _bernoulli),
    "count": Link(_exp, _poisson, _poisson),
}


@dataclass(frozen=True, slots=True, eq=False)
class GlmFit:
    """Coefficients (log-odds, log rates or units of the outcome) with standard errors.

    `estimates` (p,) and `vcov` (p, p) follow `names`, nan where the data do not say. `scale` is the residual
    variance of a continuous outcome and 1 otherwise; `df` the residual degrees of freedom. p values and
    intervals use t for a continuous outcome, else the normal distribution.
    """

    family: Family
    names: tuple[str, ...]
    estimates: Floats
    vcov: Floats
    n: int
    n_dropped: int
    deviance: float
    scale: float | None
    df: int
    converged: bool
    method: str
    warnings: tuple[Caution, ...]
    fitted: Floats = field(repr=False)

    @property
    def coef(self) -> dict[str, float | None]:
        return by_name(self.names, self.estimates)

    @property
    def se(self) -> dict[str, float | None]:
        return by_name(self.names, np.sqrt(np.diag(self.vcov)))

    @property
    def p(self) -> dict[str, float | None]:
        return wald_p(self.coef, self.se, self._df)

    @property
    def ci(self) -> dict[str, tuple[float, float] | None]:
        """95 % Wald intervals; confidence() takes another level."""
        return self.confidence()

    def confidence(self, level: float = 0.95) -> dict[str, tuple[float, float] | None]:
        return wald_intervals(self.coef, self.se, critical(level, self._df))

    @property
    def _df(self) -> int | None:
        return self.df if self.family == "continuous" and self.df > 0 else None


def by_name(names: Sequence[str], values: Floats) -> dict[str, float | None]:
    """Values by name, None for nan."""
    return {n: None if math.isnan(v) else float(v) for n, v in zip(names, values, strict=True)}


def wald_p(
    coef: Mapping[str, float | None], se: Mapping[str, float | None], df: int | None = None
) -> dict[str, float | None]:
    """Two-sided p that each coefficient is 0."""

    def of(name: str) -> float | None:
        estimate, error = coef[name], se[name]
        if estimate is None or not error:
            return None
        z = estimate / error
        return normal_two_sided_p(z) if df is None else t_two_sided_p(z, df)

    return {name: of(name) for name in coef}


def wald_intervals(
    coef: Mapping[str, float | None], se: Mapping[str, float | None], reach: float
) -> dict[str, tuple[float, float] | None]:
    """Estimate plus and minus `reach` standard errors."""

    def of(name: str) -> tuple[float, float] | None:
        estimate, error = coef[name], se[name]
        return (
            None
            if estimate is None or error is None
            else (estimate - reach * error, estimate + reach * error)
        )

    return {name: of(name) for name in coef}


def fit_glm(
    frame: pl.DataFrame,
    *,
    outcome: str,
    covariates: Sequence[str] = (),
    family: Family = "continuous",
    exposure: str | None = None,
    reference: Mapping[str, str] | None = None,
    factors: Sequence[str] = (),
) -> GlmFit:
    """A linear, logistic or Poisson regression of `outcome` on `covariates`; rows are independent.

    `exposure` (counts only) is the time or number that a count arose from: the model is then of its rate.
    Raises DataError for a column that is missing or wrong, or an outcome that does not fit the family.

    >>> frame = pl.DataFrame({"y": [1.0, 3.0, 5.0, 6.0], "x": [0.0, 1.0, 2.0, 3.0]})
    >>> fit = fit_glm(frame, outcome="y", covariates=["x"])
    >>> round(fit.coef["x"], 2), round(fit.se["x"], 3)
    (1.7, 0.173)
    """
    numbers = [outcome, *([exposure] if exposure else [])]
    numbers += [c for c in covariates if c in frame.columns and c not in factors and not is_factor(frame[c])]
    wanted = [outcome, *covariates, *([exposure] if exposure else [])]
    table, dropped = complete_rows(frame, wanted, numbers)
    if len(table) == 0:
        raise DataError("no row has a value in every column that is needed", column=outcome)
    y = outcome_of(table, outcome, family)
    columns = regressors(table, covariates, reference=reference, factors=factors)
    offset = np.log(exposures(table, exposure)) if exposure else np.zeros(len(table))
    return fit_matrix(columns.names, columns.matrix, y, family, offset=offset, n_dropped=dropped.total)


def outcome_of(table: pl.DataFrame, outcome: str, family: Family) -> Floats:
    """The outcome's numbers; DataError unless binary is 0/1, and a count whole and not negative."""
    y = table[outcome].to_numpy().astype(float)
    if family == "binary":
        _refuse(outcome, y, ~np.isin(y, (0.0, 1.0)), "is neither 0 nor 1")
    if family == "count":
        _refuse(outcome, y, (y < 0) | (y != np.floor(y)), "is not a count (0, 1, 2, ...)")
    return y


def exposures(table: pl.DataFrame, exposure: str) -> Floats:
    """What counts arose from; DataError unless above 0."""
    values = table[exposure].to_numpy().astype(float)
    _refuse(exposure, values, values <= 0, "is not above 0")
    return values


def _refuse(column: str, values: Floats, bad: np.ndarray[tuple[int], np.dtype[np.bool_]], why: str) -> None:
    if bad.any():
        value = float(values[int(np.argmax(bad))])
        raise DataError(f"column '{column}' holds {value:g}, which {why}", column=column, value=value)


def fit_matrix(
    names: Sequence[str],
    matrix: Floats,
    y: Floats,
    family: Family,
    *,
    offset: Floats | None = None,
    weights: Floats | None = None,
    n_dropped: int = 0,
) -> GlmFit:
    """As fit_glm, of a design (n, p) and an outcome (n,) without missing values.

    `weights` (n,): how many patients a row stands for; a binary outcome is then their share.
    McCullagh and Nelder 1989, *Generalized Linear Models*, section 2.5.
    """
    shift = np.zeros(len(y)) if offset is None else offset
    kept, cautions = independent(names, matrix)
    x = matrix[:, kept]
    times = np.ones(len(y)) if weights is None else weights
    beta, converged = iterate(x, y, shift, times, LINKS[family])
    eta = x @ beta + shift
    mean = LINKS[family].mean(eta)
    df = len(y) - len(kept)
    residual = float((times * (y - mean) ** 2).sum())
    scale = 1.0 if family != "continuous" else (residual / df if df > 0 else math.nan)
    information = x.T @ (x * (times * LINKS[family].slope(mean))[:, None])
    vcov: Floats = np.asarray(np.linalg.pinv(information, hermitian=True) * scale, dtype=np.float64)
    unknown, more = _doubts(family, x, eta, vcov, converged)
    beta, vcov = _blank(beta, vcov, unknown)
    everywhere, square = _spread(len(names), kept, beta, vcov)
    return GlmFit(
        family, tuple(names), everywhere, square, len(y), n_dropped, _deviance(family, y, mean, times),
        None if math.isnan(scale) else scale, df, converged,
        f"{ {'continuous': 'linear', 'binary': 'logistic', 'count': 'Poisson'}[family] } regression",
        (*cautions, *more), mean,
    )  # fmt: skip


def iterate(x: Floats, y: Floats, offset: Floats, times: Floats, link: Link) -> tuple[Floats, bool]:
    """Fisher scoring from the data themselves; the coefficients, and whether they settled."""
    beta: Floats = np.zeros(x.shape[1])
    eta: Floats = _start(y, link, offset)
    for step_number in range(STEPS):
        mean = link.mean(eta)
        slope = link.slope(mean)
        weights = times * slope**2 / link.variance(mean)
        working = eta - offset + (y - mean) / slope
        root = np.sqrt(weights)
        new = np.linalg.lstsq(x * root[:, None], working * root, rcond=None)[0]
        step = float(np.max(np.abs(x @ (new - beta)), initial=0.0))
        beta = np.asarray(new, dtype=np.float64)
        eta = np.clip(x @ beta + offset, -700, 700)
        if step < 1e-10 * (1 + float(np.max(np.abs(eta)))):
            return beta, True
        if step_number > SETTLING and float(np.min(_certainty(link, eta))) < -SEPARATED:
            return beta, False
    return beta, False


def _certainty(link: Link, eta: Floats) -> Floats:
    """How far each linear predictor lies towards no event (or, for a binary outcome, either end)."""
    if link is LINKS["continuous"]:
        return np.zeros(1)
    return -np.abs(eta) if link is LINKS["binary"] else eta


def _start(y: Floats, link: Link, offset: Floats) -> Floats:
    """A linear predictor to start from: near the data, and inside what the link allows."""
    if link is LINKS["binary"]:
        share = (y + 0.5) / 2
        return np.asarray(np.log(share / (1 - share)))
    if link is LINKS["count"]:
        return np.asarray(np.log(y + 0.1))
    return y - 0 * offset


def _doubts(
    family: Family, x: Floats, eta: Floats, vcov: Floats, converged: bool
) -> tuple[list[int], list[Caution]]:
    """Which coefficients cannot be known, and why."""
    extreme = _certainty(LINKS[family], eta) < -SEPARATED
    if family != "continuous" and (extreme.any() or not converged):
        spread = np.maximum(x.std(axis=0), 1e-300)
        se = np.sqrt(np.maximum(np.diag(vcov), 0)) * np.where(spread > 1e-12, spread, 1.0)
        unknown = [int(j) for j in np.flatnonzero(se > UNKNOWN_SE)]
        message = "some combination of the covariates foretells the outcome without error (separation)"
        return unknown, [Caution("separated", message)]
    return [], [] if converged else [Caution("not_converged", "the fit did not settle")]


def _blank(beta: Floats, vcov: Floats, unknown: list[int]) -> tuple[Floats, Floats]:
    beta, vcov = beta.copy(), vcov.copy()
    beta[unknown] = math.nan
    vcov[unknown, :] = math.nan
    vcov[:, unknown] = math.nan
    return beta, vcov


def _spread(p: int, kept: list[int], beta: Floats, vcov: Floats) -> tuple[Floats, Floats]:
    """Estimates of the kept columns among all, nan for the others."""
    every, square = np.full(p, math.nan), np.full((p, p), math.nan)
    every[kept] = beta
    square[np.ix_(kept, kept)] = vcov
    return every, square


def _deviance(family: Family, y: Floats, mean: Floats, times: Floats) -> float:
    """Twice the distance in log-likelihood from a model that fits each row (sum of squares if continuous)."""
    from scipy import special

    if family == "continuous":
        return float((times * (y - mean) ** 2).sum())
    if family == "count":
        return float(2 * (times * (special.xlogy(y, y / mean) - (y - mean))).sum())
    miss, gap = 1 - y, np.maximum(1 - mean, 1e-300)
    hit = special.xlogy(y, y / np.maximum(mean, 1e-300))
    return float(2 * (times * (hit + special.xlogy(miss, miss / gap))).sum())
