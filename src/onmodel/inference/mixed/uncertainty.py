"""How sure the variance components are: from the observed information of the deviance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onmodel.inference.mixed.criterion import Point
from onmodel.inference.mixed.crossproducts import Floats
from onmodel.inference.mixed.model import Structure
from onmodel.inference.mixed.optimise import FREE, curvature, jacobian

#: A direction in which the deviance bends less than this share of its steepest bend says nothing.
FLAT = 1e-8


@dataclass(frozen=True, slots=True, eq=False)
class Information:
    """The Hessian of the deviance in (t11, t21, t22, residual variance), decomposed.

    free: which of the four are; size: (f,), their units, in which values (f,) and vectors (f, f) stand.
    """

    free: list[int]
    size: Floats
    values: Floats
    vectors: Floats

    @property
    def flat(self) -> bool:
        """Whether some change of the variance parameters leaves the deviance as it is."""
        return bool(self.values[0] <= FLAT * self.values[-1])

    def covariance(self) -> Floats:
        """Asymptotic covariance (4, 4), 0 for what is not free: twice the inverse Hessian.

        Directions in which the deviance is flat (at a singular fit) are left out.
        """
        sure = self.values > FLAT * self.values[-1]
        inverse = self.vectors[:, sure] / self.values[sure] @ self.vectors[:, sure].T
        known: Floats = 2 * inverse / (self.size[:, None] * self.size)
        if len(self.free) == 4:
            return known
        result = np.zeros((4, 4))
        result[np.ix_(self.free, self.free)] = known
        return result


def information(point: Point, t: Floats, structure: Structure) -> Information:
    """Of the deviance, not profiled: log-determinants + m log s + r / s in s, the residual variance."""
    free = [*FREE.get(structure, ()), 3]
    s = point.sigma2
    j = jacobian(t)
    gradient = point.log_gradient + point.r_gradient / s
    hessian = np.empty((4, 4))
    hessian[:3, :3] = j.T @ (point.log_hessian + point.r_hessian / s) @ j + curvature(gradient)
    hessian[3, :3] = hessian[:3, 3] = -(j.T @ point.r_gradient) / s**2
    hessian[3, 3] = point.m / s**2
    # in units in which t is of the order of 1 and s of the order of itself
    size = np.array([1.0, 1.0, 1.0, 1 / s])[free]
    values, vectors = np.linalg.eigh(hessian[free][:, free] / (size[:, None] * size))
    return Information(free, size, values, vectors)


def variance_covariance(
    point: Point, t: Floats, t_vcov: Floats, structure: Structure, scale: float
) -> Floats:
    """Covariance of the estimates of (intercept variance, covariance, slope variance, residual variance).

    By the delta method from t_vcov (Information.covariance); in months where time was scaled. (4, 4).
    """
    units = np.array([1.0, 1 / scale, 1 / scale**2, 1.0])
    step = np.zeros((4, 4))
    step[:3, :3] = point.sigma2 * jacobian(t)
    step[:3, 3] = [point.d[0, 0], point.d[0, 1], point.d[1, 1]]
    step[3, 3] = 1.0
    step *= units[:, None]
    if structure == "none":
        step[:3] = 0.0
    covariance: Floats = step @ t_vcov @ step.T
    return covariance
