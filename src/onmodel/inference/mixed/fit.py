"""Fit a linear mixed model: rows, cross-products, criterion, optimum, result."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution
from onmodel.inference.mixed.criterion import DIRECTIONS, evaluate
from onmodel.inference.mixed.crossproducts import (
    Basis,
    Floats,
    Sums,
    compressed,
    orthonormal_basis,
    patient_sums,
)
from onmodel.inference.mixed.model import Model, Rows, Structure, read
from onmodel.inference.mixed.optimise import EXPLODED, FREE, SINGULAR, Optimum, covariance, jacobian, minimise
from onmodel.inference.mixed.result import Diagnostics, Kernel, MixedFit, VarianceComponents
from onmodel.inference.mixed.uncertainty import is_flat, t_covariance, variance_covariance

#: Fewer patients than this are too few to say how patients differ.
FEW_PATIENTS = 10
SIMPLER: dict[Structure, Structure] = {"slope": "intercept", "uncorrelated": "intercept", "intercept": "none"}
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
    cautions: list[Caution] = []
    basis = orthonormal_basis(rows.x)
    kept = list(basis.kept)
    x = rows.x if len(kept) == rows.x.shape[1] else rows.x[:, kept]
    start = basis.inverse @ (basis.inverse.T @ (x.T @ rows.outcome))
    e = rows.outcome - x @ start
    scale = float(np.sqrt(np.mean(rows.time**2))) or 1.0
    patients = patient_sums(rows.codes, rows.x, rows.time / scale, e, basis, len(rows.patients))
    cautions += _about_design(rows, basis)
    total = float(np.sum(rows.outcome**2))
    hopeless = patients.n <= patients.p or patients.residual <= NOTHING_LEFT * total or total == 0
    structure = "none" if hopeless else _identified(patients, model.random, cautions)
    sums = compressed(patients) if structure != "none" else patients
    kernel = Kernel(
        rows, patients, sums, basis.kept, basis.inverse, basis.log_determinant, start, np.zeros(3), scale,
        _combinations(rows.x, basis), np.zeros((4, 4)),
        np.zeros((0, 0)), np.zeros((3, 0, 0)),
    )  # fmt: skip
    if hopeless:
        return _unfitted(model, kernel, _why_unfitted(rows, patients), cautions)
    return _fitted(model, structure, kernel, cautions)


def _about_design(rows: Rows, basis: Basis) -> list[Caution]:
    names = rows.design.names
    lost = [name for j, name in enumerate(names) if j not in basis.kept]
    found = []
    if lost:
        found.append(
            Caution("collinear", f"These follow from other terms and were left out: {', '.join(lost)}.")
        )
    constant = [
        part.name for part in rows.design.parts.values() if part.levels is not None and len(part.levels) < 2
    ]
    if constant:
        found.append(
            Caution("one_level", f"These have a single value and say nothing here: {', '.join(constant)}.")
        )
    return found


def _combinations(x: Floats, basis: Basis) -> Floats:
    """How the columns left out follow from those kept: x[:, lost] = x[:, kept] @ C."""
    lost = [j for j in range(x.shape[1]) if j not in basis.kept]
    kept = list(basis.kept)
    if not lost:
        return np.zeros((len(kept), 0))
    result: Floats = basis.inverse @ (basis.inverse.T @ (x[:, kept].T @ x[:, lost]))
    return result


def _identified(sums: Sums, wanted: Structure, cautions: list[Caution]) -> Structure:
    """The richest structure, from `wanted` down, whose variances these data can tell apart."""
    structure = wanted
    if sums.a[0].max() < 2:
        cautions.append(
            Caution(
                "one_observation",
                "Every patient was measured once, so that differences between patients cannot be told from "
                "measurement error: fitted without random effects.",
            )
        )
        return "none"
    if len(sums.weight) < 2:
        cautions.append(
            Caution(
                "one_patient", "There is one patient only: fitted without random effects; no wider meaning."
            )
        )
        return "none"
    while structure != "none" and not _can_tell_apart(sums, structure):
        structure = SIMPLER[structure]
    if structure != wanted:
        cautions.append(
            Caution(
                "unidentified",
                f"These data cannot carry random '{wanted}' (too few moments a patient, or time counted from "
                f"long before the first of them): fitted with '{structure}' instead.",
            )
        )
    if len(sums.weight) < FEW_PATIENTS:
        cautions.append(
            Caution(
                "few_patients",
                f"Only {len(sums.weight)} patients: variances between patients, and intervals, are rough.",
            )
        )
    return structure


def _can_tell_apart(sums: Sums, structure: Structure) -> bool:
    """Whether the matrices Z E Z' (E a free direction of D) and I, stacked over patients, are independent.

    Their Gram matrix has tr(E A G A), tr(E A) and n as entries, summed over patients.
    """
    products = (sums.a * sums.weight) @ sums.a.T
    index = np.array([[0, 1], [1, 2]])
    full = products[index][:, :, index]
    gram = np.empty((4, 4))
    gram[:3, :3] = np.einsum("exa,gbc,abcx->eg", DIRECTIONS, DIRECTIONS, full)
    gram[3, :3] = gram[:3, 3] = np.einsum("eab,ab->e", DIRECTIONS, (sums.a @ sums.weight)[index])
    gram[3, 3] = sums.n
    chosen = [*FREE[structure], 3]
    gram = gram[np.ix_(chosen, chosen)]
    size = np.sqrt(np.diag(gram))
    if np.any(size == 0):
        return False
    return float(np.linalg.eigvalsh(gram / np.outer(size, size))[0]) > 1e-9


def _fitted(model: Model, structure: Structure, kernel: Kernel, cautions: list[Caution]) -> MixedFit:
    reml = model.method == "reml"
    if structure == "none":
        optimum = Optimum(np.zeros(3), evaluate(kernel.sums, np.zeros((2, 2)), reml), 1, True)
    else:
        optimum = _tidied(kernel.sums, minimise(kernel.sums, structure, reml), reml)
    point = optimum.point
    settled = optimum.converged and np.abs(optimum.t).max() < EXPLODED / 10
    if structure != "none" and settled and is_flat(point, optimum.t, structure):
        cautions.append(_absorbed(structure))
        return _fitted(model, SIMPLER[structure], kernel, cautions)
    criterion = point.value + (kernel.log_determinant if reml else 0.0)
    t_vcov = t_covariance(point, optimum.t, structure)
    kernel = replace(kernel, t=optimum.t, t_vcov=t_vcov, factor=point.factor, pieces=point.pieces)
    cautions += _about_optimum(optimum, structure)
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


def _absorbed(structure: Structure) -> Caution:
    return Caution(
        "unidentified",
        f"The fixed effects leave nothing of what random '{structure}' would describe (does a group or "
        f"covariate tell patients apart one by one?): fitted with '{SIMPLER[structure]}' instead.",
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


def _about_optimum(optimum: Optimum, structure: Structure) -> list[Caution]:
    t, found = optimum.t, []
    if not optimum.converged and np.abs(t).max() <= EXPLODED:
        found.append(
            Caution("not_converged", "The search for the best fit did not settle; do not rely on it.")
        )
    if np.abs(t).max() > EXPLODED / 10:
        found.append(
            Caution(
                "no_residual",
                "The patients' own lines leave hardly any residual; variances are not reliable.",
            )
        )
    if structure == "none":
        return found
    if abs(t[0]) < SINGULAR:
        found.append(
            Caution("singular_intercept", "Singular fit: no variance between patients' starts was found.")
        )
    if structure == "intercept":
        return found
    if np.hypot(t[1], t[2]) < SINGULAR:
        found.append(
            Caution("singular_slope", "Singular fit: no variance between patients' slopes was found.")
        )
    elif abs(t[2]) < SINGULAR:
        found.append(
            Caution(
                "singular_correlation",
                "Singular fit: intercepts and slopes correlate perfectly; a simpler random part would do.",
            )
        )
    return found


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


def _why_unfitted(rows: Rows, sums: Sums) -> Caution:
    if np.ptp(rows.outcome) == 0:
        return Caution("constant_outcome", "The outcome never varies: there is nothing to explain.")
    if sums.n <= sums.p:
        return Caution(
            "too_few_observations",
            f"{sums.n} observations cannot carry {sums.p} fixed effects and an error.",
        )
    return Caution(
        "exact_fit", "The fixed effects reproduce the outcome exactly: no variance is left to study."
    )


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
