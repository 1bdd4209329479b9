"""Patients' own deviations and courses, shrunken towards the mean (empirical Bayes)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.distributions import critical
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
    """D (I + A D)^-1 (Z'y - Z'X b) for every patient.

    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> patient_effects(fit).intercept.round(2).tolist()  # 82 / (82 + 18 / 2) of 10, -1 and -9
    [9.01, -0.9, -8.11]
    """
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


@dataclass(frozen=True, slots=True)
class CoursePoint:
    """A patient's own course at `month`: expected outcome with interval; where a new outcome would fall.

    The interval allows for what is not known of the fixed effects and of this patient; `predicted_*` for the
    residual of a single measurement too. Variance components count as known.
    """

    month: float
    estimate: float
    se: float
    lower: float
    upper: float
    predicted_lower: float
    predicted_upper: float


def patient_course(fit: MixedFit, patient: str | int | float, months: Sequence[float]) -> Floats:
    """Expected outcome of one patient at each month: the mean course for the patient's group and
    covariates, plus the patient's own deviation. (months,)

    Raises KeyError for a patient that is not in the fit.

    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> patient_course(fit, 1, [0, 12]).round(2).tolist()
    [39.01, 29.01]
    """
    index = index_of(fit, patient)
    kept = list(fit.kernel.kept)
    effects = patient_effects(fit)
    own = effects.intercept[index] + effects.slope[index] * np.asarray(months, dtype=float)
    course: Floats = patient_design(fit, index, months)[:, kept] @ fit.estimates[kept] + own
    return course


def patient_prediction(
    fit: MixedFit, patient: str | int | float, months: Sequence[float], *, level: float = 0.95
) -> tuple[CoursePoint, ...]:
    """As patient_course, with intervals. Empty when the fit has no random effects.

    The error of x'b + z'u has variance s (z'Wz + k'(X'V^-1 X)^-1 k) with W = D (I + AD)^-1 and k = x minus
    the part of it that the patient's own data carry, X'V^-1 Z D z (Henderson 1975, Biometrics 31:423).

    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> found = patient_prediction(fit, 1, [12])[0]
    >>> round(found.estimate, 2), round(found.lower, 2), round(found.predicted_lower, 2)
    (29.01, 22.39, 18.38)
    """
    sigma2 = fit.variance.residual
    if fit.random == "none" or sigma2 is None:
        return ()
    index, kernel, kept = index_of(fit, patient), fit.kernel, list(fit.kernel.kept)
    d = covariance(kernel.t)
    a = kernel.patients.a[:, index][np.array([[0, 1], [1, 2]])]
    inverse = np.linalg.inv(np.eye(2) + a @ d)
    z = np.column_stack([np.ones(len(months)), np.asarray(months, dtype=float) / kernel.scale])
    f = inverse @ kernel.patients.b[:, :-1, index]
    k = patient_design(fit, index, months)[:, kept] @ kernel.inverse - z @ d @ f
    half = np.linalg.solve(kernel.factor, k.T)
    variance = sigma2 * (np.einsum("mi,ij,mj->m", z, d @ inverse, z) + (half**2).sum(axis=0))
    estimates, reach = patient_course(fit, patient, months), critical(level)
    return tuple(
        CoursePoint(
            month, e, math.sqrt(v), e - reach * math.sqrt(v), e + reach * math.sqrt(v),
            e - reach * math.sqrt(v + sigma2), e + reach * math.sqrt(v + sigma2),
        )
        for month, e, v in zip(months, estimates.tolist(), variance.tolist(), strict=True)
    )  # fmt: skip


def residuals(fit: MixedFit) -> pl.DataFrame:
    """For each row used, in the table's order: patient, time, outcome, mean, fitted, residual, standardised.

    `mean` is the fixed part, `fitted` the patient's own course; `residual` is the outcome minus `fitted`,
    `standardised` that by sigma (nan where sigma is unknown).

    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> residuals(fit).select(pl.col("mean", "fitted", "residual").round(2)).row(0)
    (30.0, 39.01, 0.99)
    """
    rows, kept = fit.kernel.rows, list(fit.kernel.kept)
    mean = rows.x[:, kept] @ fit.estimates[kept]
    fitted = mean
    if fit.random != "none":
        effects = patient_effects(fit)
        fitted = mean + effects.intercept[rows.codes] + effects.slope[rows.codes] * rows.time
    rest = rows.outcome - fitted
    return pl.DataFrame(
        {
            "patient": rows.patients.gather(pl.Series(rows.codes)),
            "time": rows.time,
            "outcome": rows.outcome,
            "mean": mean,
            "fitted": fitted,
            "residual": rest,
            "standardised": rest / fit.sigma if fit.sigma else np.full(len(rest), np.nan),
        }
    )


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
