"""Find the relative covariance D = T T' of the random effects that minimises the criterion.

T is lower triangular with entries (t11, t21, t22), of which a structure leaves some free. The criterion is
smooth in T everywhere, also where D is singular, so Newton steps with the exact Hessian serve; its
eigenvalues are taken absolute, which turns away from saddle points. At the answer the derivative with
respect to D must have no negative direction (the condition of optimality on the cone of covariances);
where one is found the search goes on along it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onmodel.inference.mixed.criterion import Point, evaluate
from onmodel.inference.mixed.crossproducts import Floats, Sums

#: Entries of (t11, t21, t22) that each structure of the random effects leaves free.
FREE: dict[str, tuple[int, ...]] = {"intercept": (0,), "uncorrelated": (0, 2), "slope": (0, 1, 2)}
MAXIMUM_STEPS = 100
#: An entry of T below this is a variance (or a free direction) of zero, as in lme4's isSingular.
SINGULAR = 1e-4
#: Where the search begins, in units of the residual's SD and of time's root mean square.
START: Floats = np.array([1.0, 0.0, 0.5])
NEAR_THE_EDGE: tuple[Floats, ...] = (
    np.array([0.3, 0.0, 0.03]),
    np.array([0.03, 0.0, 0.3]),
    np.array([2.0, 0, 0.05]),
)
#: Within so many standard errors of zero a variance leaves room for a second valley.
DOUBT = 2.0
#: The structure with one variance less.
LESS = {"slope": "uncorrelated", "uncorrelated": "intercept"}
#: A step must fall by this share of what the slope promises.
ENOUGH = 0.05
#: An entry of T above this means that hardly any residual variance is left.
EXPLODED = 1e4


@dataclass(frozen=True, slots=True, eq=False)
class Optimum:
    """Where the search ended: t (3,), the criterion there, evaluations made, whether it is a minimum."""

    t: Floats
    point: Point
    evaluations: int
    converged: bool


def covariance(t: Floats) -> Floats:
    """D = T T'."""
    triangle = np.array([[t[0], 0.0], [t[1], t[2]]])
    product: Floats = triangle @ triangle.T
    return product


def jacobian(t: Floats) -> Floats:
    """Derivatives of (d11, d12, d22) with respect to (t11, t21, t22): (3, 3)."""
    return np.array([[2 * t[0], 0, 0], [t[1], t[0], 0], [0, 2 * t[1], 2 * t[2]]])


def curvature(gradient: Floats) -> Floats:
    """What the bending of D in T adds to a Hessian, given the gradient along (d11, d12, d22): (3, 3)."""
    g11, g12, g22 = gradient
    return np.array([[2 * g11, g12, 0], [g12, 2 * g22, 0], [0, 0, 2 * g22]])


def minimise(sums: Sums, structure: str, reml: bool, near: Floats | None = None) -> Optimum:
    """The best D for a structure of FREE; the search begins at `near` when a T close to it is known."""
    free = np.array(FREE[structure])
    if near is not None:
        # away from 0, where the criterion is level in T although it may fall in D
        return _checked(sums, _newton(sums, near + 0.01 * START, free, reml), free, reml)
    best = _newton(sums, START, free, reml)
    if not best.converged or doubtful(best.point, best.t, free):
        # there may be a better valley: look from the simpler models too
        starts = (
            (*NEAR_THE_EDGE, minimise(sums, LESS[structure], reml).t) if structure in LESS else NEAR_THE_EDGE
        )
        others = [_newton(sums, start, free, reml) for start in starts]
        evaluations = sum(one.evaluations for one in (best, *others))
        lowest = min((best, *others), key=lambda one: one.point.value)
        best = Optimum(lowest.t, lowest.point, evaluations, lowest.converged)
    return _checked(sums, best, free, reml)


def _checked(sums: Sums, best: Optimum, free: np.ndarray, reml: bool) -> Optimum:
    """Go on where the derivative in D still leads down."""
    for _ in range(3):
        push = way_down(best.point, free)
        if push is None:
            return best
        further = _newton(sums, push, free, reml)
        evaluations = best.evaluations + further.evaluations
        if further.point.value >= best.point.value - 1e-9:
            return Optimum(best.t, best.point, evaluations, best.converged)
        best = Optimum(further.t, further.point, evaluations, further.converged)
    return best


def _newton(sums: Sums, start: Floats, free: np.ndarray, reml: bool) -> Optimum:
    t = np.zeros(3)
    t[free] = start[free]
    point = evaluate(sums, covariance(t), reml)
    evaluations = 1
    for _ in range(MAXIMUM_STEPS):
        step, promise = _step(point, t, free)
        if promise < 1e-10 + 1e-15 * abs(point.value):
            return Optimum(t, point, evaluations, True)
        new, after, tried = _line_search(sums, t, point, step, reml)
        evaluations += tried
        if new is None or np.abs(t).max() > EXPLODED:
            break
        t, point = new, after
    # when not even a tiny step helps, rounding hides what is left to gain
    return Optimum(t, point, evaluations, bool(promise < 1e-6 * max(1.0, abs(point.value) * 1e-6)))


def doubtful(point: Point, t: Floats, free: np.ndarray) -> bool:
    """Whether a variance at the optimum is that close to zero, or the criterion that level, that another
    optimum may be as good. A deviance bends twice as much as minus the log-likelihood, so errors are
    sqrt(2 / bend).
    """
    hessian = hessian_in_t(point, t)[np.ix_(free, free)]
    values, vectors = np.linalg.eigh(hessian)
    if values[0] <= 1e-8 * max(1.0, values[-1]):
        return True
    errors2 = 2 * (vectors**2 / values).sum(axis=1)
    return bool((t[free] ** 2 < DOUBT**2 * errors2)[free != 1].any())


def hessian_in_t(point: Point, t: Floats) -> Floats:
    """Second derivatives with respect to (t11, t21, t22): (3, 3)."""
    j = jacobian(t)
    bends: Floats = j.T @ point.hessian @ j + curvature(point.gradient)
    return bends


def _step(point: Point, t: Floats, free: np.ndarray) -> tuple[Floats, float]:
    """A Newton step in T that goes down, not longer than T itself, and the fall that it promises."""
    gradient = (jacobian(t).T @ point.gradient)[free]
    hessian = hessian_in_t(point, t)[np.ix_(free, free)]
    values, vectors = np.linalg.eigh(hessian)
    stiffness = np.maximum(np.abs(values), 1e-8 * max(1.0, float(np.abs(values).max())))
    along = -(vectors.T @ gradient) / stiffness
    promise = float(0.5 * (stiffness * along**2).sum())
    step = np.zeros(3)
    step[free] = vectors @ along
    longest = 2 * max(1.0, float(np.linalg.norm(t)))
    length = float(np.linalg.norm(step))
    return step * min(1.0, longest / max(length, 1e-300)), promise


def _line_search(
    sums: Sums, t: Floats, point: Point, step: Floats, reml: bool
) -> tuple[Floats | None, Point, int]:
    """Halve the step until the criterion falls enough; None when it does not."""
    slope = float(point.gradient @ jacobian(t) @ step)
    for tried in range(1, 31):
        new = t + step
        after = _attempt(sums, new, reml)
        if after is not None and after.value <= point.value + ENOUGH * slope:
            return new, after, tried
        step, slope = step / 2, slope / 2
    return None, point, 30


def _attempt(sums: Sums, t: Floats, reml: bool) -> Point | None:
    """The criterion at T; None where it has no value."""
    try:
        return evaluate(sums, covariance(t), reml)
    except np.linalg.LinAlgError:
        return None


def way_down(point: Point, free: np.ndarray) -> Floats | None:
    """A new T where the derivative in D has a negative direction that T could not follow, else None."""
    g11, g12, g22 = point.gradient
    slope = np.array([[g11, g12 / 2], [g12 / 2, g22]])
    if len(free) < 3:
        slope = np.diag(np.diag(slope) if len(free) == 2 else [g11, 0.0])
    values, vectors = np.linalg.eigh(slope)
    tolerance = 1e-5 * max(1.0, point.m**0.5)
    if values[0] > -tolerance:
        return None
    pushed = point.d + 0.05 * max(0.1, float(np.trace(point.d))) * np.outer(vectors[:, 0], vectors[:, 0])
    return _triangle(pushed)


def _triangle(d: Floats) -> Floats:
    """(t11, t21, t22) of a positive semi-definite D."""
    t11 = float(np.sqrt(max(d[0, 0], 0.0)))
    t21 = float(d[0, 1]) / t11 if t11 > 0 else 0.0
    return np.array([t11, t21, np.sqrt(max(float(d[1, 1]) - t21**2, 0.0))])
