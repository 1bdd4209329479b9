"""Fit a linear mixed model: rows, cross-products, criterion, optimum, result."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution
from onmodel.inference.mixed.criterion import evaluate
from onmodel.inference.mixed.crossproducts import (
    Basis,
    Floats,
    Sums,
    compressed,
    orthonormal_basis,
    patient_sums,
)
from onmodel.inference.mixed.identification import SIMPLER, identified
from onmodel.inference.mixed.model import Model, Rows, Structure, read
from onmodel.inference.mixed.optimise import EXPLODED, FREE, SINGULAR, Optimum, covariance, jacobian, minimise
from onmodel.inference.mixed.remarks import about_design, about_optimum, absorbed, why_unfitted
from onmodel.inference.mixed.result import Diagnostics, Kernel, MixedFit, VarianceComponents
from onmodel.inference.mixed.uncertainty import is_flat, t_covariance, variance_covariance

#: A residual sum of squares below this share of the total is rounding.
NOTHING_LEFT = 1e-20


def fit_mixed(frame: pl.DataFrame, model: Model) -> MixedFit:
    """Fit `model` to the complete rows of `frame`, one row a measurement, in any order.

    Raises DataError when a column is missing or wrong or no complete row is left; everything else that can
    be the matter is survived and named in the result's warnings.
    """
    return fit_rows(read(frame, model), model)


def fit_rows(rows: Rows, model: Model) -> MixedFit:
    """As fit_mixed, for rows that were read before (model selection fits one set of rows many times)."""
    return finished(prepared(rows, model))


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """All of a fit that comes before the search; `hopeless`: there is nothing to search for."""

    model: Model
    structure: Structure
    kernel: Kernel
    cautions: list[Caution]
    hopeless: bool


def prepared(rows: Rows, model: Model) -> Prepared:
    """Cross-products, the structure that they can carry, and what is to be said of the design."""
    cautions: list[Caution] = []
    basis = orthonormal_basis(rows.x)
    kept = list(basis.kept)
    x = rows.x if len(kept) == rows.x.shape[1] else rows.x[:, kept]
    start = basis.inverse @ (basis.inverse.T @ (x.T @ rows.outcome))
    e = rows.outcome - x @ start
    scale = float(np.sqrt(np.mean(rows.time**2))) or 1.0
    patients = patient_sums(rows.codes, rows.x, rows.time / scale, e, basis, len(rows.patients))
    cautions += about_design(rows, basis)
    total = float(np.sum(rows.outcome**2))
    hopeless = patients.n <= patients.p or patients.residual <= NOTHING_LEFT * total or total == 0
    structure = "none" if hopeless else identified(patients, model.random, cautions)
    sums = compressed(patients) if structure != "none" else patients
    kernel = Kernel(
        rows, patients, sums, basis.kept, basis.inverse, basis.log_determinant, start, np.zeros(3), scale,
        _combinations(rows.x, basis), np.zeros((4, 4)),
        np.zeros((0, 0)), np.zeros((3, 0, 0)),
    )  # fmt: skip
    return Prepared(model, structure, kernel, cautions, hopeless)


def finished(ready: Prepared, optimum: Optimum | None = None) -> MixedFit:
    """The fit; the search is spared where its `optimum` is known."""
    model, kernel, cautions = ready.model, ready.kernel, ready.cautions
    if ready.hopeless:
        return _unfitted(model, kernel, why_unfitted(kernel.rows, kernel.patients), cautions)
    return _fitted(model, ready.structure, kernel, cautions, optimum)


def _combinations(x: Floats, basis: Basis) -> Floats:
    """How the columns left out follow from those kept: x[:, lost] = x[:, kept] @ C."""
    lost = [j for j in range(x.shape[1]) if j not in basis.kept]
    kept = list(basis.kept)
    if not lost:
        return np.zeros((len(kept), 0))
    result: Floats = basis.inverse @ (basis.inverse.T @ (x[:, kept].T @ x[:, lost]))
    return result


def _fitted(
    model: Model, structure: Structure, kernel: Kernel, cautions: list[Caution], known: Optimum | None = None
) -> MixedFit:
    reml = model.method == "reml"
    if structure == "none":
        optimum = Optimum(np.zeros(3), evaluate(kernel.sums, np.zeros((2, 2)), reml), 1, True)
    else:
        optimum = _tidied(kernel.sums, known or minimise(kernel.sums, structure, reml), reml)
    point = optimum.point
    settled = optimum.converged and np.abs(optimum.t).max() < EXPLODED / 10
    if structure != "none" and settled and is_flat(point, optimum.t, structure):
        cautions.append(absorbed(structure))
        return _fitted(model, SIMPLER[structure], kernel, cautions)
    criterion = point.value + (kernel.log_determinant if reml else 0.0)
    t_vcov = t_covariance(point, optimum.t, structure)
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
        diagnostics=_diagnostics(
            model, kernel, optimum.evaluations, float(np.abs(gradient[free]).max(initial=0))
        ),
        kernel=kernel,
    )


def _inverse_of(factor: Floats) -> Floats:
    half = np.linalg.inv(factor)
    product: Floats = half.T @ half
    return product


def _spread(kernel: Kernel, values: Floats) -> Floats:
    """Put values of the kept columns among all columns, nan elsewhere."""
    p = kernel.rows.x.shape[1]
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


def _diagnostics(model: Model, kernel: Kernel, evaluations: int, gradient: float | None) -> Diagnostics:
    counts = kernel.patients.a[0]
    spread = (int(counts.min()), float(np.median(counts)), int(counts.max()))
    return Diagnostics(evaluations, len(kernel.sums.weight), gradient, spread, model.random)


def _unfitted(model: Model, kernel: Kernel, why: Caution, cautions: list[Caution]) -> MixedFit:
    """Least-squares coefficients and nothing else: no errors, no variances, no likelihood."""
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
        warnings=(*cautions, why),
        diagnostics=_diagnostics(model, kernel, 0, None),
        kernel=kernel,
    )
