"""Fit a linear mixed model: rows, cross-products, criterion, optimum, result."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution
from onmodel.inference.mixed.criterion import evaluate
from onmodel.inference.mixed.crossproducts import Floats, Sums
from onmodel.inference.mixed.groundwork import (
    Groundwork,
    compressed,
    groundwork,
    least_squares,
    outcome_sums,
)
from onmodel.inference.mixed.identification import SIMPLER
from onmodel.inference.mixed.model import Model, Rows, Structure, read
from onmodel.inference.mixed.optimise import EXPLODED, FREE, SINGULAR, Optimum, covariance, jacobian, minimise
from onmodel.inference.mixed.remarks import about_optimum, absorbed, why_unfitted
from onmodel.inference.mixed.result import Diagnostics, Kernel, MixedFit, VarianceComponents
from onmodel.inference.mixed.uncertainty import information, variance_covariance

#: A residual sum of squares below this share of the total is rounding.
NOTHING_LEFT = 1e-20


def fit_mixed(frame: pl.DataFrame, model: Model) -> MixedFit:
    """Fit `model` to the complete rows of `frame`, one row a measurement, in any order.

    Raises DataError when a column is missing or wrong or no complete row is left; everything else that can
    be the matter is survived and named in the result's warnings.

    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> {name: round(value, 3) for name, value in fit.coef.items()}
    {'intercept': 30.0, 'linear': -0.833}
    >>> round(fit.variance.intercept, 3), round(fit.variance.residual, 3), fit.n_patients
    (82.0, 18.0, 3)
    """
    return fit_rows(read(frame, model), model)


def fit_rows(rows: Rows, model: Model) -> MixedFit:
    """As fit_mixed, for rows that were read before (model selection fits one set of rows many times).

    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> model = Model("id", "month", "bdi", random="intercept")
    >>> rows = read(table, model)
    >>> [fit_rows(rows, replace(model, method=method)).method for method in ("reml", "ml")]
    ['reml', 'ml']
    """
    return finished(prepared(groundwork(rows, model.random), rows, model))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All of a fit that comes before the search; `hopeless`: there is nothing to search for."""

    model: Model
    structure: Structure
    ground: Groundwork
    kernel: Kernel
    hopeless: bool


def prepared(ground: Groundwork, rows: Rows, model: Model) -> Prepared:
    """Cross-products with the outcome of `rows`, which else are those of the groundwork."""
    outcome = rows.outcome
    start = least_squares(ground, outcome)
    patients = outcome_sums(ground, outcome - ground.x @ start)
    total = float(outcome @ outcome)
    hopeless = patients.n <= patients.p or patients.residual <= NOTHING_LEFT * total or total == 0
    structure = "none" if hopeless else ground.structure
    kernel = Kernel(
        rows, patients, compressed(ground, patients) if structure != "none" else patients,
        ground.basis.kept, ground.basis.inverse, ground.basis.log_determinant, start, np.zeros(3),
        ground.scale, ground.combinations, np.zeros((4, 4)), np.zeros((0, 0)), np.zeros((3, 0, 0)),
    )  # fmt: skip
    return Prepared(model, structure, ground, kernel, hopeless)


def finished(ready: Prepared, optimum: Optimum | None = None) -> MixedFit:
    """The fit; the search is spared where its `optimum` is known."""
    if ready.hopeless:
        return _unfitted(ready)
    cautions = [*ready.ground.design_cautions, *ready.ground.random_cautions]
    return _fitted(ready, ready.structure, cautions, optimum)


def _fitted(
    ready: Prepared, structure: Structure, cautions: list[Caution], known: Optimum | None = None
) -> MixedFit:
    model, kernel = ready.model, ready.kernel
    reml = model.method == "reml"
    if structure == "none":
        optimum = Optimum(np.zeros(3), evaluate(kernel.sums, np.zeros((2, 2)), reml), 1, True)
    else:
        optimum = _tidied(kernel.sums, known or minimise(kernel.sums, structure, reml), reml)
    point = optimum.point
    settled = optimum.converged and np.abs(optimum.t).max() < EXPLODED / 10
    bends = information(point, optimum.t, structure)
    if structure != "none" and settled and bends.flat:
        cautions.append(absorbed(structure))
        return _fitted(ready, SIMPLER[structure], cautions)
    criterion = point.value + (kernel.log_determinant if reml else 0.0)
    t_vcov = bends.covariance()
    kernel = replace(kernel, t=optimum.t, t_vcov=t_vcov, factor=point.factor, pieces=point.pieces)
    cautions += about_optimum(optimum, structure)
    gradient = jacobian(optimum.t).T @ point.gradient
    free = list(FREE.get(structure, ()))
    return MixedFit(
        model=model,
        random=structure,
        names=kernel.rows.design.names,
        estimates=_spread(kernel, kernel.start + kernel.inverse @ point.beta),
        vcov=_spread(kernel, kernel.inverse @ _inverse_of(point.factor) @ kernel.inverse.T * point.sigma2),
        n_observations=kernel.sums.n,
        n_patients=len(kernel.rows.patients),
        n_dropped=kernel.rows.dropped.total,
        dropped_by_column=kernel.rows.dropped.by_column,
        variance=_components(point.d * point.sigma2, point.sigma2, structure, kernel.scale),
        variance_vcov=variance_covariance(point, optimum.t, t_vcov, structure, kernel.scale),
        criterion=criterion,
        n_parameters=len(kernel.kept) + len(free) + 1,
        converged=optimum.converged,
        singular=_is_singular(optimum.t, structure),
        warnings=tuple(cautions),
        diagnostics=_diagnostics(ready, optimum.evaluations, float(np.abs(gradient[free]).max(initial=0))),
        kernel=kernel,
    )


def _inverse_of(factor: Floats) -> Floats:
    half = np.linalg.inv(factor)
    product: Floats = half.T @ half
    return product


def _spread(kernel: Kernel, values: Floats) -> Floats:
    """Put values of the kept columns among all columns, nan elsewhere."""
    p = kernel.rows.x.shape[1]
    if p == len(kernel.kept):
        return values
    result = np.full((p,) * values.ndim, np.nan)
    result[np.ix_(*[list(kernel.kept)] * values.ndim)] = values
    return result


def _tidied(sums: Sums, optimum: Optimum, reml: bool) -> Optimum:
    """Put entries of T that are zero but for rounding at zero, when the criterion does not mind."""
    t = np.where(np.abs(optimum.t) < SINGULAR, 0.0, optimum.t)
    if np.array_equal(t, optimum.t):
        return optimum
    point = evaluate(sums, covariance(t), reml)
    if point.value > optimum.point.value + 1e-7:
        return optimum
    return Optimum(t, point, optimum.evaluations + 1, optimum.converged)


def _is_singular(t: Floats, structure: Structure) -> bool:
    size = {"slope": (t[0], t[2]), "uncorrelated": (t[0], t[2]), "intercept": (t[0],), "none": ()}[structure]
    return any(abs(value) < SINGULAR for value in size)


def _components(d: Floats, sigma2: float, structure: Structure, scale: float) -> VarianceComponents:
    if structure == "none":
        return VarianceComponents(None, None, None, sigma2)
    has_slope = structure != "intercept"
    return VarianceComponents(
        float(d[0, 0]),
        float(d[1, 1]) / scale**2 if has_slope else None,
        float(d[0, 1]) / scale if structure == "slope" else None,
        sigma2,
    )


def _diagnostics(ready: Prepared, evaluations: int, gradient: float | None) -> Diagnostics:
    spread = ready.ground.observations_per_patient
    return Diagnostics(evaluations, len(ready.kernel.sums.weight), gradient, spread, ready.model.random)


def _unfitted(ready: Prepared) -> MixedFit:
    """Least-squares coefficients and nothing else: no errors, no variances, no likelihood."""
    model, kernel = ready.model, ready.kernel
    p = kernel.rows.x.shape[1]
    return MixedFit(
        model=model,
        random="none",
        names=kernel.rows.design.names,
        estimates=_spread(kernel, kernel.start),
        vcov=np.full((p, p), np.nan),
        n_observations=kernel.sums.n,
        n_patients=len(kernel.rows.patients),
        n_dropped=kernel.rows.dropped.total,
        dropped_by_column=kernel.rows.dropped.by_column,
        variance=VarianceComponents(None, None, None, None),
        variance_vcov=np.full((4, 4), np.nan),
        criterion=None,
        n_parameters=len(kernel.kept) + 1,
        converged=False,
        singular=True,
        warnings=(*ready.ground.design_cautions, why_unfitted(kernel.rows, kernel.patients)),
        diagnostics=_diagnostics(ready, 0, None),
        kernel=kernel,
    )
