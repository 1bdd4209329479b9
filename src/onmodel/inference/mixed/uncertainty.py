"""How sure the variance components are: from the observed information of the deviance."""

from __future__ import annotations

import numpy as np

from onmodel.inference.mixed.criterion import Point
from onmodel.inference.mixed.crossproducts import Floats
from onmodel.inference.mixed.model import Structure
from onmodel.inference.mixed.optimise import FREE, curvature, jacobian

#: A direction in which the deviance bends less than this share of its steepest bend says nothing.
FLAT = 1e-8


def t_covariance(point: Point, t: Floats, structure: Structure) -> Floats:
    """Asymptotic covariance of (t11, t21, t22, residual variance), (4, 4); 0 for what is not free.

    Twice the inverse Hessian of the deviance, not profiled: log-determinants + m log s + r / s in s, the
    residual variance. Directions in which the deviance is flat (at a singular fit) are left out.
    """
    free, size, scaled = _information(point, t, structure)
    values, vectors = np.linalg.eigh(scaled)
    sure = values > FLAT * values.max()
    inverse = vectors[:, sure] / values[sure] @ vectors[:, sure].T
    result = np.zeros((4, 4))
    result[np.ix_(free, free)] = 2 * inverse / np.outer(size, size)
    return result


def is_flat(point: Point, t: Floats, structure: Structure) -> bool:
    """Whether some change of the variance parameters leaves the deviance as it is."""
    values = np.linalg.eigvalsh(_information(point, t, structure)[2])
    return bool(values.min() <= FLAT * values.max())


def _information(point: Point, t: Floats, structure: Structure) -> tuple[list[int], Floats, Floats]:
    """The free parameters, their scale, and the Hessian of the deviance in units of that scale."""
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
    return free, size, hessian[np.ix_(free, free)] / np.outer(size, size)


def variance_covariance(
    point: Point, t: Floats, t_vcov: Floats, structure: Structure, scale: float
) -> Floats:
    """Covariance of the estimates of (intercept variance, covariance, slope variance, residual variance).

    By the delta method from t_covariance; in months where time was scaled by `scale`. (4, 4).
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
