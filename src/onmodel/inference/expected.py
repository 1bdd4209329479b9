"""The course to expect of one patient, from the course of comparable patients (empirical Bayes).

Comparable patients give a mixed model: mean course X b, between-patient covariance D of intercept and
slope, residual variance s. For a patient with scores y at months t, and months u to predict,

    V = Z_t D Z_t' + s I,  C = Z_u D Z_t',  K = C V^-1,
    mean = X_u b + K (y - X_t b),
    variance of the true score = Z_u D Z_u' - K C' + R S R',  R = X_u - K X_t,

with S the covariance of the estimates b; a measurement adds s. (Laird and Ware 1982, Biometrics 38:963;
Henderson 1975, Biometrics 31:423.) Variance components count as known. All holds for a patient who is
not in the data of the model; `without` takes one out, the variance components left as they were.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import NormalDist

import numpy as np

from onmodel.inference.cautions import DataError
from onmodel.inference.distributions import critical
from onmodel.inference.mixed.crossproducts import Floats
from onmodel.inference.mixed.design import time_function
from onmodel.inference.mixed.result import MixedFit

NORMAL = NormalDist()
#: Terms of the course that a reference may have.
TERMS = ("linear", "quadratic", "log")


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The course of comparable patients. Times in months since start, scores in units of the scale.

    coefficients (p,): intercept and `terms`; vcov (p, p): their covariance; between (2, 2): covariance of
    patients' intercepts and slopes per month; residual: variance of one measurement around a patient's own
    course. `last_month` is the last month measured: nothing is said beyond it.
    """

    terms: tuple[str, ...]
    coefficients: Floats
    vcov: Floats
    between: Floats
    residual: float
    n_patients: int
    n_measurements: int
    last_month: float


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is expected at `months`, each (m,): mean; variance of the true score; of a measurement."""

    months: Floats
    mean: Floats
    true_variance: Floats
    variance: Floats

    def band(self, level: float = 0.8) -> tuple[Floats, Floats]:
        """Between which a measurement falls with that probability: (low, high), (m,) each."""
        reach = critical(level) * np.sqrt(self.variance)
        return self.mean - reach, self.mean + reach

    def below(self, scores: Sequence[float] | Floats) -> Floats:
        """The probability (m,) that a measurement lies below each score."""
        standard = (np.asarray(scores, dtype=float) - self.mean) / np.sqrt(self.variance)
        return np.array([NORMAL.cdf(value) for value in standard])


class Track(StrEnum):
    """Where a patient stands against the expected course."""

    ON = "on_track"
    UNCERTAIN = "uncertain"
    OFF = "off_track"


@dataclass(frozen=True, slots=True)
class Standing:
    """A patient's standing at the latest measurement, `month`.

    `off` is the probability that the true score lies among the worst `tail` of comparable patients who
    began at the same score; `expected` (with `low`, `high`: where 80 % of their measurements fall) is their
    course. On track when `off` is at most 1 - `sure`, off track from `sure` on. n: the patient's scores.
    """

    status: Track
    off: float
    month: float
    latest: float
    expected: float
    low: float
    high: float
    n: int

    @property
    def certainty(self) -> float:
        """How sure the status is: the probability of the side that it is on."""
        return max(self.off, 1.0 - self.off)


def reference_of(fit: MixedFit) -> Reference | None:
    """What later predictions need of a fit without groups and covariates; None where it tells too little.

    That is: patients cannot be told apart, or the course or the residual variance is not known.
    DataError for a fit with effects other than TERMS.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> found = reference_of(fit_mixed(table, Model("id", "month", "bdi", random="intercept")))
    >>> found.n_patients, found.last_month, found.between.round(3).tolist(), round(found.residual, 3)
    (3, 12.0, [[82.0, 0.0], [0.0, 0.0]], 18.0)
    """
    strange = [effect for effect in fit.model.all_effects if effect not in TERMS]
    if strange:
        raise DataError(f"an expected course has no place for '{strange[0]}'", value=strange[0])
    variance = fit.variance
    if fit.random == "none" or not fit.converged or not variance.residual or variance.intercept is None:
        return None
    if np.isnan(fit.estimates).any() or np.isnan(fit.vcov).any():
        return None
    shared = variance.covariance or 0.0
    return Reference(
        terms=fit.model.all_effects,
        coefficients=fit.estimates.copy(),
        vcov=fit.vcov.copy(),
        between=np.array([[variance.intercept, shared], [shared, variance.slope or 0.0]]),
        residual=variance.residual,
        n_patients=fit.n_patients,
        n_measurements=fit.n_observations,
        last_month=float(fit.kernel.rows.time.max()),
    )


def design(reference: Reference, months: Floats) -> Floats:
    """Rows (m, p) of the mean course."""
    return np.column_stack([np.ones(len(months)), *(time_function(t, months) for t in reference.terms)])


def expect(
    reference: Reference, months: Sequence[float], scores: Sequence[float], at: Sequence[float]
) -> Expected:
    """What is expected at the months `at` of a patient with these scores (n,) at `months` (n,).

    Without scores: of any comparable patient. ValueError when the two are not as long as each other.

    >>> between = np.array([[75.0, 0.0], [0.0, 0.0]])
    >>> others = Reference(("linear",), np.array([30.0, -1.0]), np.zeros((2, 2)), between, 25.0, 50, 150, 24)
    >>> found = expect(others, [0], [40], at=[12])  # three quarters of 40 - 30 stay: 30 - 12 + 7.5
    >>> found.mean.round(3).tolist(), found.true_variance.round(3).tolist(), found.variance.round(3).tolist()
    ([25.5], [18.75], [43.75])
    """
    t, y, u = (np.asarray(values, dtype=float) for values in (months, scores, at))
    if t.shape != y.shape:
        raise ValueError(f"{len(t)} months and {len(y)} scores do not go together")
    x_u, z_u = design(reference, u), np.column_stack([np.ones(len(u)), u])
    d = reference.between
    mean, rest, explained = x_u @ reference.coefficients, x_u, np.zeros(len(u))
    if len(t):
        x_t, z_t = design(reference, t), np.column_stack([np.ones(len(t)), t])
        v = z_t @ d @ z_t.T + reference.residual * np.eye(len(t))
        c = z_u @ d @ z_t.T
        k = np.linalg.solve(v, c.T).T
        mean = mean + k @ (y - x_t @ reference.coefficients)
        rest, explained = x_u - k @ x_t, np.einsum("mn,mn->m", k, c)
    own = np.einsum("mi,ij,mj->m", z_u, d, z_u) - explained
    unsure = np.einsum("mi,ij,mj->m", rest, reference.vcov, rest)
    true = np.maximum(own, 0.0) + unsure
    return Expected(u, mean, true, true + reference.residual)


def without(reference: Reference, months: Sequence[float], scores: Sequence[float]) -> Reference:
    """The reference without a patient whose scores were in its data; exact given the variance components.

    What the patient added to the generalised least squares, X'V^-1 X and X'V^-1 y, is taken away. A
    reference that the others cannot determine stays as it was.

    >>> level = np.array([20.0])  # the mean of ten scores; the one that goes is 29
    >>> ten = Reference((), level, np.array([[10.0]]), np.diag([75.0, 0.0]), 25.0, 10, 10, 0.0)
    >>> nine = without(ten, [0], [29])
    >>> nine.n_patients, nine.coefficients.round(6).tolist()
    (9, [19.0])
    """
    t, y = np.asarray(months, dtype=float), np.asarray(scores, dtype=float)
    if not len(t):
        return reference
    x, z = design(reference, t), np.column_stack([np.ones(len(t)), t])
    weighted = np.linalg.solve(z @ reference.between @ z.T + reference.residual * np.eye(len(t)), x)
    information = np.linalg.inv(reference.vcov)
    rest = information - x.T @ weighted
    units = np.sqrt(np.diag(information))
    if np.linalg.eigvalsh(rest / np.outer(units, units))[0] < 1e-9:
        return reference
    vcov = np.linalg.inv(rest)
    coefficients = vcov @ (information @ reference.coefficients - weighted.T @ y)
    return Reference(
        reference.terms,
        coefficients,
        (vcov + vcov.T) / 2,
        reference.between,
        reference.residual,
        reference.n_patients - 1,
        reference.n_measurements - len(t),
        reference.last_month,
    )


def standing(
    reference: Reference,
    months: Sequence[float],
    scores: Sequence[float],
    *,
    higher_is_worse: bool,
    tail: float = 1 / 3,
    sure: float = 0.7,
) -> Standing | None:
    """Where a patient stands against comparable patients who began at the same score.

    None with fewer than two scores, or when the latest lies beyond the months of the reference.
    ValueError unless 0 < tail < 0.5 and 0.5 < sure < 1.

    >>> between = np.array([[75.0, 0.0], [0.0, 0.0]])
    >>> others = Reference(("linear",), np.array([30.0, -1.0]), np.zeros((2, 2)), between, 25.0, 50, 150, 24)
    >>> found = standing(others, [0, 12], [40, 44], higher_is_worse=True)
    >>> found.status.value, round(found.off, 2), round(found.expected, 3)
    ('off_track', 0.97, 25.5)
    """
    if not (0 < tail < 0.5 < sure < 1):
        raise ValueError(
            f"a tail below a half and a certainty above it are needed, not {tail:g} and {sure:g}"
        )
    if len(months) < 2 or months[-1] > reference.last_month:
        return None
    now = [float(months[-1])]
    peers = expect(reference, months[:1], scores[:1], now)
    own = expect(reference, months, scores, now)
    worse = 1.0 if higher_is_worse else -1.0
    border = peers.mean[0] + worse * critical(1 - 2 * tail) * math.sqrt(peers.true_variance[0])
    off = NORMAL.cdf(worse * float(own.mean[0] - border) / math.sqrt(own.true_variance[0]))
    low, high = peers.band(0.8)
    return Standing(
        status=_status(off, sure),
        off=off,
        month=now[0],
        latest=float(scores[-1]),
        expected=float(peers.mean[0]),
        low=float(low[0]),
        high=float(high[0]),
        n=len(scores),
    )


def _status(off: float, sure: float) -> Track:
    if off >= sure:
        return Track.OFF
    return Track.ON if off <= 1 - sure else Track.UNCERTAIN
