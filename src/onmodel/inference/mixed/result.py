"""What a fit gives: frozen, complete, and honest about what it does not know (None, nan in arrays)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from onmodel.inference.cautions import Caution
from onmodel.inference.distributions import critical, normal_two_sided_p
from onmodel.inference.mixed.crossproducts import Floats, Sums
from onmodel.inference.mixed.model import Model, Rows, Structure


@dataclass(frozen=True, slots=True)
class VarianceComponents:
    """Variances of intercepts and slopes (per month) between patients, their covariance, the residual's.

    None: not in the model, or not to be told from these data.
    """

    intercept: float | None
    slope: float | None
    covariance: float | None
    residual: float | None

    @property
    def correlation(self) -> float | None:
        """Of intercept and slope; None when either does not vary."""
        if self.intercept is None or self.slope is None or self.covariance is None:
            return None
        product = self.intercept * self.slope
        return max(-1.0, min(1.0, self.covariance / math.sqrt(product))) if product > 0 else None

    def total(self, time: float) -> float | None:
        """The variance of an outcome at `time` months that the model implies."""
        if self.residual is None:
            return None
        slope, covariance = self.slope or 0.0, self.covariance or 0.0
        return (self.intercept or 0.0) + 2 * time * covariance + time**2 * slope + self.residual


@dataclass(frozen=True, slots=True)
class Diagnostics:
    """How the fit was reached. `rows` are the cross-product rows the criterion ran over."""

    evaluations: int
    rows: int
    gradient: float | None
    observations_per_patient: tuple[int, float, int]
    requested_random: str


@dataclass(frozen=True, slots=True, eq=False)
class Kernel:
    """What later questions (patient curves, profiles, degrees of freedom) need of a fit; not for display.

    t: the factor of the relative covariance in scaled time; scale: months per unit of scaled time; factor,
    pieces: of the criterion at the optimum (mixed.criterion.Point).
    """

    rows: Rows
    patients: Sums
    sums: Sums
    kept: tuple[int, ...]
    inverse: Floats
    log_determinant: float
    start: Floats
    t: Floats
    scale: float
    combinations: Floats
    t_vcov: Floats
    factor: Floats
    pieces: Floats


@dataclass(frozen=True, slots=True, eq=False)
class MixedFit:
    """A fitted linear mixed model.

    estimates (p,) and vcov (p, p) follow `names`; a column that could not be estimated holds nan.
    `criterion`: minus twice the (restricted) log-likelihood. `variance_vcov` (4, 4): the covariance of the
    estimates (intercept, covariance, slope, residual) of the variance components.
    """

    model: Model
    random: Structure
    names: tuple[str, ...]
    estimates: Floats
    vcov: Floats
    n_observations: int
    n_patients: int
    n_dropped: int
    dropped_by_column: dict[str, int]
    variance: VarianceComponents
    variance_vcov: Floats
    criterion: float | None
    n_parameters: int
    converged: bool
    singular: bool
    warnings: tuple[Caution, ...]
    diagnostics: Diagnostics
    kernel: Kernel = field(repr=False)

    @property
    def method(self) -> str:
        return self.model.method

    @property
    def coef(self) -> dict[str, float | None]:
        return {name: known(value) for name, value in zip(self.names, self.estimates, strict=True)}

    @property
    def se(self) -> dict[str, float | None]:
        errors = np.sqrt(np.diag(self.vcov))
        return {name: known(value) for name, value in zip(self.names, errors, strict=True)}

    @property
    def p(self) -> dict[str, float | None]:
        """Two-sided Wald p values (normal)."""
        return {
            name: normal_two_sided_p(estimate / error) if estimate is not None and error else None
            for (name, estimate), error in zip(self.coef.items(), self.se.values(), strict=True)
        }

    @property
    def ci(self) -> dict[str, tuple[float, float] | None]:
        """95 % Wald intervals; confidence() takes another level."""
        return self.confidence()

    def confidence(self, level: float = 0.95) -> dict[str, tuple[float, float] | None]:
        reach = critical(level)
        return {
            name: (estimate - reach * error, estimate + reach * error)
            if estimate is not None and error is not None
            else None
            for (name, estimate), error in zip(self.coef.items(), self.se.values(), strict=True)
        }

    @property
    def sigma(self) -> float | None:
        """Residual standard deviation."""
        return None if self.variance.residual is None else math.sqrt(self.variance.residual)

    @property
    def loglik(self) -> float | None:
        return None if self.criterion is None else -self.criterion / 2

    @property
    def aic(self) -> float | None:
        return None if self.criterion is None else self.criterion + 2 * self.n_parameters

    @property
    def bic(self) -> float | None:
        """With the number of observations, as lme4 counts."""
        if self.criterion is None:
            return None
        return self.criterion + self.n_parameters * math.log(self.n_observations)


def known(value: float) -> float | None:
    """A number, or None for nan."""
    return None if math.isnan(value) else float(value)
