"""Patients' own deviations and courses, shrunken towards the mean (empirical Bayes)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.mixed.crossproducts import Floats
from onmodel.inference.mixed.optimise import covariance
from onmodel.inference.mixed.result import MixedFit


@dataclass(frozen=True, slots=True, eq=False)
class PatientEffects:
    """Deviations from the mean course, best linear unbiased predictions (Laird and Ware 1982).

    intercept, slope (per month): (patients,). given_fixed (patients, 2, 2): their covariance given the data,
    the fixed effects taken as known (lme4's condVar). All nan when the fit has no random effects.
    """

    patients: pl.Series
    intercept: Floats
    slope: Floats
    given_fixed: Floats


def patient_effects(fit: MixedFit) -> PatientEffects:
    """D (I + A D)^-1 (Z'y - Z'X b) for every patient."""
    kernel, n = fit.kernel, fit.n_patients
    if fit.random == "none" or fit.variance.residual is None:
        nothing = np.full(n, np.nan)
        return PatientEffects(kernel.rows.patients, nothing, nothing, np.full((n, 2, 2), np.nan))
    d, sums = covariance(kernel.t), kernel.patients
    a = sums.a[np.array([[0, 1], [1, 2]])].transpose(2, 0, 1)
    beta = np.linalg.solve(kernel.inverse, fit.estimates[list(kernel.kept)] - kernel.start)
    rest = np.append(-beta, 1.0) @ sums.b
    w = d @ np.linalg.inv(np.eye(2) + a @ d)
    b = np.einsum("nij,jn->ni", w, rest)
    units = np.array([1.0, 1 / kernel.scale])
    spread = w * fit.variance.residual * np.outer(units, units)
    return PatientEffects(kernel.rows.patients, b[:, 0], b[:, 1] * units[1], spread)


def patient_course(fit: MixedFit, patient: str | int | float, months: Sequence[float]) -> Floats:
    """Expected outcome of one patient at each month: the mean course for the patient's group and
    covariates, plus the patient's own deviation. (months,)

    Raises KeyError for a patient that is not in the fit.
    """
    index = index_of(fit, patient)
    kept = list(fit.kernel.kept)
    effects = patient_effects(fit)
    own = effects.intercept[index] + effects.slope[index] * np.asarray(months, dtype=float)
    course: Floats = patient_design(fit, index, months)[:, kept] @ fit.estimates[kept] + own
    return course


def index_of(fit: MixedFit, patient: str | int | float) -> int:
    """Where a patient stands among the fit's. Raises KeyError."""
    found = fit.kernel.rows.patients.index_of(patient)
    if found is None:
        raise KeyError(patient)
    return found


def patient_design(fit: MixedFit, index: int, months: Sequence[float]) -> Floats:
    """Design rows of a patient at chosen months, (months, p). Other columns stay as in the first row."""
    rows = fit.kernel.rows
    values = rows.attributes.row(index, named=True) if rows.attributes.width else {}
    return np.stack([rows.design.row(month, values) for month in months])
