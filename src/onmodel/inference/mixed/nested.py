"""Patients within programmes: how far programmes truly differ, and each programme's shrunken effect.

y = X b + Z_i u_i + Z_g w_g + e: patients differ as in the one-level model, and programmes on top of that,
in level or in level and slope. With V_0 the covariance of the one-level model, V = V_0 + Z_g K Z_g', and
Woodbury applies a second time: Z_g'V_0^-1 Z_g = sum of the patients' H and Z_g'V_0^-1 M = sum of their F
(criterion.py) play the parts that Z'Z and Z'M play for a patient. So each evaluation passes over the patients
once and then over the programmes with the same 2 x 2 algebra.
Shrinkage: Goldstein and Spiegelhalter 1996, JRSS A 159:385.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import codes
from onmodel.inference.distributions import critical
from onmodel.inference.mixed.criterion import inverse_of_one_plus_ad, times, z_v_z
from onmodel.inference.mixed.crossproducts import Floats, Ints, Sums
from onmodel.inference.mixed.fit import fit_mixed
from onmodel.inference.mixed.model import Model
from onmodel.inference.mixed.optimise import FREE, SINGULAR, covariance
from onmodel.inference.mixed.result import MixedFit, VarianceComponents

Between = Literal["intercept", "slope", "uncorrelated"]


@dataclass(frozen=True, slots=True)
class ProgrammeEffect:
    """How far a programme lies from the mean course, shrunken: level at month 0, and slope per month.

    se: of the prediction error, the fixed effects' uncertainty included. The slope is None where programmes
    differ in level only. n: its patients.
    """

    programme: str
    n: int
    intercept: float
    intercept_se: float
    intercept_lower: float
    intercept_upper: float
    slope: float | None
    slope_se: float | None


@dataclass(frozen=True, slots=True, eq=False)
class NestedFit:
    """A two-level fit: patients within programmes. `one_level` is the fit without programmes."""

    one_level: MixedFit
    between: Between
    programme: str
    names: tuple[str, ...]
    estimates: Floats
    vcov: Floats
    variance: VarianceComponents
    programmes: VarianceComponents
    effects: tuple[ProgrammeEffect, ...]
    criterion: float
    n_parameters: int
    n_programmes: int
    converged: bool
    singular: bool
    warnings: tuple[Caution, ...]

    @property
    def coef(self) -> dict[str, float]:
        return dict(zip(self.names, self.estimates.tolist(), strict=True))

    @property
    def se(self) -> dict[str, float]:
        return dict(zip(self.names, np.sqrt(np.diag(self.vcov)).tolist(), strict=True))

    @property
    def share_of_programmes(self) -> float | None:
        """Variance of programmes as a share of the variance of outcomes at month 0 (an ICC)."""
        patients, programmes = self.variance.total(0.0), self.programmes.intercept
        if patients is None or programmes is None:
            return None
        return programmes / (patients + programmes)


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """One evaluation: value, and what estimates and effects follow from."""

    value: float
    sigma2: float
    beta: Floats
    factor: Floats
    a: Floats
    f: Floats
    d: Floats


def fit_nested(
    frame: pl.DataFrame, model: Model, *, programme: str, between: Between = "intercept"
) -> NestedFit:
    """Fit `model` with random effects of the column `programme` above those of patients.

    Raises DataError when a patient stands in two programmes, when there is one programme only, or when the
    one-level model cannot be fitted.

    >>> scores = [20.0, 12, 30, 18, 30, 22, 40, 28, 40, 32, 50, 38]
    >>> table = pl.DataFrame({"id": [i // 2 for i in range(12)], "month": [0, 12] * 6, "bdi": scores,
    ...                       "programme": list("ppppqqqqrrrr")})
    >>> fit = fit_nested(table, Model("id", "month", "bdi", random="intercept"), programme="programme")
    >>> first = fit.effects[0]  # 84 / (84 + 32 / 2) of -10
    >>> round(fit.programmes.intercept, 2), first.programme, round(first.intercept, 2)
    (84.0, 'p', -8.4)
    """
    complete = frame.filter(pl.col(programme).is_not_null()) if programme in frame.columns else frame
    if programme not in frame.columns:
        raise DataError(f"there is no column '{programme}'; the columns are: {', '.join(frame.columns)}")
    one_level = fit_mixed(complete, model)
    if one_level.criterion is None or one_level.random == "none":
        raise DataError(f"no programmes can be compared: {' '.join(map(str, one_level.warnings))}")
    labels, index = _programmes(complete, one_level, programme)
    problem = _Problem(one_level, index, len(labels), between)
    x, converged = problem.solve()
    return _result(problem, x, converged, labels, programme)


def _programmes(frame: pl.DataFrame, fit: MixedFit, programme: str) -> tuple[list[str], Ints]:
    """The programmes' names, and each patient's programme as a code."""
    name = fit.model.patient
    pairs = frame.select(name, programme).drop_nulls().unique()
    twice = pairs.group_by(name).len().filter(pl.col("len") > 1)
    if len(twice):
        raise DataError(
            f"patient '{twice[name].sort()[0]}' stands in more than one '{programme}'; each must be in one",
            column=programme,
        )
    mine = pl.DataFrame({name: fit.kernel.rows.patients}).join(
        pairs, on=name, how="left", maintain_order="left"
    )
    index, count = codes(mine[programme])
    if count < 2:
        raise DataError(f"'{programme}' has one value only; there is nothing to compare", column=programme)
    return [str(value) for value in mine[programme].unique().sort()], index


class _Problem:
    """The criterion as a function of the free entries of two triangles: patients' T and programmes' S."""

    def __init__(self, fit: MixedFit, index: Ints, count: int, between: Between) -> None:
        order = np.argsort(index, kind="stable")
        patients = fit.kernel.patients
        self.fit, self.between, self.count = fit, between, count
        self.sums = replace(
            patients,
            a=patients.a[:, order],
            determinant=patients.determinant[order],
            b=np.ascontiguousarray(patients.b[:, :, order]),
        )
        self.starts = np.searchsorted(index[order], np.arange(count))
        self.sizes = np.bincount(index, minlength=count)
        self.reml = fit.method == "reml"
        self.free = (list(FREE[fit.random]), list(FREE[between]))
        self.evaluations = 0

    def triangles(self, x: Floats) -> tuple[Floats, Floats]:
        t, s = np.zeros(3), np.zeros(3)
        t[self.free[0]], s[self.free[1]] = x[: len(self.free[0])], x[len(self.free[0]) :]
        return t, s

    def evaluate(self, x: Floats) -> _State:
        """Sums over patients, then the same algebra over programmes."""
        self.evaluations += 1
        t, s = self.triangles(x)
        sums, d, k = self.sums, covariance(t), covariance(s)
        determinant, inverse = inverse_of_one_plus_ad(sums, d)
        products = times(inverse, sums.b)
        p = sums.p
        cross = np.diag(np.append(np.ones(p), sums.residual)) - _explained(sums.b, products, d)
        a = np.add.reduceat(z_v_z(sums.a, inverse), self.starts, axis=1)
        f = np.add.reduceat(products, self.starts, axis=2)
        upper = Sums(a, a[0] * a[2] - a[1] ** 2, np.ones(self.count), f, 0.0, sums.n)
        determinant2, inverse2 = inverse_of_one_plus_ad(upper, k)
        cross -= _explained(f, times(inverse2, f), k)
        factor = np.asarray(np.linalg.cholesky(cross[:p, :p]), dtype=np.float64)
        half = np.linalg.solve(factor, cross[:p, p])
        m = sums.n - p if self.reml else sums.n
        r = float(cross[p, p] - half @ half)
        value = float(np.log(determinant).sum() + np.log(determinant2).sum())
        value += m * (1 + math.log(2 * math.pi * r / m))
        if self.reml:
            value += float(2 * np.log(np.diag(factor)).sum()) + self.fit.kernel.log_determinant
        return _State(value, r / m, np.linalg.solve(factor.T, half), factor, a, f, d)

    def solve(self) -> tuple[Floats, bool]:
        """Quasi-Newton from the one-level fit, from small and from large programme effects."""
        from scipy.optimize import minimize

        def objective(x: Floats) -> float:
            return self.evaluate(x).value

        t = self.fit.kernel.t[self.free[0]]
        best = None
        for size in (0.05, 0.5):
            start = np.append(t, np.array([size, 0.0, size])[self.free[1]])
            found = minimize(objective, start, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-6})
            polished = minimize(objective, found.x, method="BFGS", options={"gtol": 1e-5})
            lower = polished if polished.fun <= found.fun else found
            if best is None or lower.fun < best.fun:
                best = lower
        assert best is not None
        x = np.where(np.abs(best.x) < SINGULAR, 0.0, best.x)
        x = x if objective(x) <= best.fun + 1e-6 else best.x
        gradient = self._gradient(x)
        return x, bool(np.abs(gradient).max() < 1e-2 * max(1.0, abs(best.fun) * 1e-4))

    def _gradient(self, x: Floats) -> Floats:
        step = 1e-5
        shifts = np.eye(len(x)) * step
        return np.array(
            [(self.evaluate(x + e).value - self.evaluate(x - e).value) / (2 * step) for e in shifts]
        )


def _explained(b: Floats, products: Floats, d: Floats) -> Floats:
    result = b[0] @ (d[0, 0] * products[0] + d[0, 1] * products[1]).T
    result += b[1] @ (d[0, 1] * products[0] + d[1, 1] * products[1]).T
    symmetric: Floats = (result + result.T) / 2
    return symmetric


def _result(problem: _Problem, x: Floats, converged: bool, labels: list[str], programme: str) -> NestedFit:
    fit, state = problem.fit, problem.evaluate(x)
    kernel = fit.kernel
    t, s = problem.triangles(x)
    kept = list(kernel.kept)
    half = np.linalg.solve(state.factor, kernel.inverse.T)
    zero = bool(np.abs(s[[0, 2]][[0] if problem.between == "intercept" else [0, 1]]).min() < SINGULAR)
    warnings = [caution for caution in fit.warnings if not caution.code.startswith("singular")]
    if zero:
        warnings.append(
            Caution("singular_programmes", "Singular fit: programmes vary less than chance would make them.")
        )
    if problem.count < 10:
        message = f"Only {problem.count} programmes: how much programmes differ is rough."
        warnings.append(Caution("few_programmes", message))
    if not converged:
        warnings.append(Caution("not_converged", "The search for the best fit did not settle."))
    return NestedFit(
        one_level=fit,
        between=problem.between,
        programme=programme,
        names=tuple(fit.names[j] for j in kept),
        estimates=kernel.start + kernel.inverse @ state.beta,
        vcov=half.T @ half * state.sigma2,
        variance=_components(covariance(t) * state.sigma2, state.sigma2, fit.random, kernel.scale),
        programmes=_components(covariance(s) * state.sigma2, None, problem.between, kernel.scale),
        effects=_effects(problem, state, covariance(s), labels),
        criterion=state.value,
        n_parameters=fit.n_parameters + len(problem.free[1]),
        n_programmes=problem.count,
        converged=converged,
        singular=zero or bool(np.abs(t[[0] if fit.random == "intercept" else [0, 2]]).min() < SINGULAR),
        warnings=tuple(warnings),
    )


def _components(d: Floats, residual: float | None, structure: str, scale: float) -> VarianceComponents:
    has_slope = structure != "intercept"
    return VarianceComponents(
        float(d[0, 0]),
        float(d[1, 1]) / scale**2 if has_slope else None,
        float(d[0, 1]) / scale if structure == "slope" else None,
        residual,
    )


def _effects(
    problem: _Problem, state: _State, k: Floats, labels: list[str], level: float = 0.95
) -> tuple[ProgrammeEffect, ...]:
    """K (I + AK)^-1 (f_y - f_X b), with the variance of its error (Henderson 1975, Biometrics 31:423)."""
    a = state.a[np.array([[0, 1], [1, 2]])].transpose(2, 0, 1)
    w = k @ np.linalg.inv(np.eye(2) + a @ k)
    rest = np.append(-state.beta, 1.0) @ state.f
    u = np.einsum("gij,jg->gi", w, rest)
    through = np.linalg.solve(state.factor, np.einsum("gij,jpg->gpi", w, state.f[:, :-1]))
    spread = state.sigma2 * (w + np.einsum("gpi,gpj->gij", through, through))
    se = np.sqrt(np.maximum(np.einsum("gii->gi", spread), 0.0))
    reach, scale = critical(level), problem.fit.kernel.scale
    sloped = problem.between != "intercept"
    return tuple(
        ProgrammeEffect(
            label,
            int(problem.sizes[g]),
            float(u[g, 0]),
            float(se[g, 0]),
            float(u[g, 0] - reach * se[g, 0]),
            float(u[g, 0] + reach * se[g, 0]),
            float(u[g, 1]) / scale if sloped else None,
            float(se[g, 1]) / scale if sloped else None,
        )
        for g, label in enumerate(labels)
    )
