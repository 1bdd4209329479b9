"""Profile-likelihood intervals: the values of a parameter that a likelihood-ratio test does not reject.

For each value of one parameter the deviance (ML, as in lme4's confint) is minimised over all others; the
interval ends where it has risen by the square of the normal quantile (Bates et al. 2015, section 5.1).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from onmodel.inference.distributions import critical
from onmodel.inference.mixed.criterion import evaluate
from onmodel.inference.mixed.crossproducts import Floats, Sums
from onmodel.inference.mixed.optimise import FREE, Optimum, covariance, minimise
from onmodel.inference.mixed.result import MixedFit

#: Stands for a deviance where rounding leaves none.
FAR = 1e10


@dataclass(frozen=True, slots=True)
class ProfileInterval:
    """ML estimate and interval of a parameter; an end is None where the deviance does not rise enough.

    Names: those of the fixed effects; "sd intercept", "sd slope" (per month), "correlation", "sigma".
    """

    name: str
    estimate: float
    lower: float | None
    upper: float | None


def profile_intervals(
    fit: MixedFit, *, level: float = 0.95, fixed: bool = True, variances: bool = True
) -> tuple[ProfileInterval, ...]:
    """Intervals of the variance parameters, then of the fixed effects. Empty without random effects.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> found = profile_intervals(fit, variances=False)[1]
    >>> found.name, round(found.lower, 2), round(found.upper, 2)
    ('linear', -1.49, -0.18)
    """
    if fit.random == "none" or fit.criterion is None:
        return ()
    optimum = minimise(fit.kernel.sums, fit.random, reml=False)
    found: list[ProfileInterval] = []
    if variances:
        found += _of_variances(fit, optimum.point.d, optimum.point.sigma2, optimum.point.value, level)
    if fixed:
        found += [_of_fixed(fit, k, optimum, level) for k in range(len(fit.kernel.kept))]
    return tuple(found)


def _of_fixed(fit: MixedFit, k: int, optimum: Optimum, level: float) -> ProfileInterval:
    """Turn the basis so that the coefficient of column k has a direction of its own, and fix it."""
    kernel, p = fit.kernel, len(fit.kernel.kept)
    order = [j for j in range(p) if j != k] + [k]
    turn, triangle = np.linalg.qr(np.linalg.inv(kernel.inverse)[:, order])
    b = np.concatenate([turn.T @ kernel.sums.b[:, :p], kernel.sums.b[:, p:]], axis=1)
    turned = replace(kernel.sums, b=b)
    unit = float(triangle[-1, -1])
    point = evaluate(turned, covariance(optimum.t), reml=False)
    centre = float(point.beta[-1])
    se = math.sqrt(point.sigma2 * float(np.linalg.inv(point.factor @ point.factor.T)[-1, -1]))

    def deviance(value: float) -> float:
        return minimise(_with_last_fixed(turned, value), fit.random, False, optimum.t).point.value

    ends = [_end(deviance, centre, sign * se, optimum.point.value, level, None) for sign in (-1, 1)]
    values = sorted(float(kernel.start[k]) + end / unit for end in ends if end is not None)
    name = fit.names[kernel.kept[k]]
    return ProfileInterval(name, float(kernel.start[k]) + centre / unit, values[0], values[-1])


def _with_last_fixed(sums: Sums, value: float) -> Sums:
    """The sums of the problem in which the last basis column has coefficient `value`: orthonormal still."""
    b = np.concatenate([sums.b[:, :-2], sums.b[:, -1:] - value * sums.b[:, -2:-1]], axis=1)
    return replace(sums, b=b, residual=sums.residual + value**2)


def _end(
    deviance: Callable[[float], float],
    centre: float,
    step: float,
    lowest: float,
    level: float,
    bound: float | None,
) -> float | None:
    """Where the deviance has risen by the squared quantile, from `centre` in the direction of `step`."""
    from scipy.optimize import brentq

    target = critical(level)

    def missing(value: float) -> float:
        return math.sqrt(max(deviance(value) - lowest, 0.0)) - target

    near, far = centre, centre + 1.5 * target * step
    for _ in range(20):
        if bound is not None and (far - bound) * step >= 0:
            far = bound
            if missing(far) < 0:
                return None
        if missing(far) >= 0:
            return float(brentq(missing, near, far, xtol=1e-5 * abs(step), rtol=1e-10))
        near, far = far, far + 2 * (far - centre)
    return None


def _of_variances(
    fit: MixedFit, d: Floats, sigma2: float, lowest: float, level: float
) -> list[ProfileInterval]:
    """The parameters sd intercept, correlation, sd slope, sigma, in scaled time within, per month outside."""
    free = [*FREE[fit.random], 3]
    # outcomes in units of sigma, so that the search does not depend on the scale of the score
    sums, unit = fit.kernel.sums, math.sqrt(sigma2)
    b = sums.b.copy()
    b[:, -1] /= unit
    sums = replace(sums, b=b, residual=sums.residual / sigma2)
    lowest -= sums.n * math.log(sigma2)
    sds = np.sqrt(np.diag(d))
    correlation = float(d[0, 1] / math.sqrt(d[0, 0] * d[1, 1])) if d[0, 0] * d[1, 1] > 0 else 0.0
    best = np.array([sds[0], correlation, sds[1], 1.0])
    names = ("sd intercept", "correlation", "sd slope", "sigma")
    units = (unit, 1.0, unit / fit.kernel.scale, unit)
    found = []
    for index in free:
        ends = _variance_ends(sums, best, free, index, lowest, level)
        lower, upper = (None if end is None else end * units[index] for end in ends)
        found.append(ProfileInterval(names[index], float(best[index]) * units[index], lower, upper))
    return found


def _variance_ends(
    sums: Sums, best: Floats, free: list[int], index: int, lowest: float, level: float
) -> tuple[float | None, float | None]:
    """Both ends; where nothing is rejected a standard deviation ends at 0, a correlation at -1 or 1."""
    others = [i for i in free if i != index]
    start = best.copy()

    def deviance(value: float) -> float:
        return _restricted(sums, start, others, index, value)

    step = 0.15 if index == 1 else max(0.1 * float(best[index]), 0.02 * float(best[3]))
    floor, ceiling = (-1.0 + 1e-9, 1.0 - 1e-9) if index == 1 else (0.0, None)
    lower = _end(deviance, float(best[index]), -step, lowest, level, floor)
    upper = _end(deviance, float(best[index]), step, lowest, level, ceiling)
    if index != 1:
        return 0.0 if lower is None else lower, upper
    return -1.0 if lower is None else lower, 1.0 if upper is None else upper


def _restricted(sums: Sums, best: Floats, others: list[int], index: int, value: float) -> float:
    """The lowest deviance with parameter `index` at `value`, over the `others`."""
    from scipy.optimize import minimize

    def objective(x: Floats) -> tuple[float, Floats]:
        parameters = best.copy()
        parameters[others], parameters[index] = x, value
        try:
            deviance, gradient = _deviance(sums, parameters)
        except np.linalg.LinAlgError:
            return FAR, np.zeros(len(others))
        return deviance, gradient[others]

    floor = 1e-2 * float(best[3])
    bounds = [(-0.9999999, 0.9999999) if i == 1 else (floor if i == 3 else 0.0, None) for i in others]
    begin = np.clip(best[others], [b[0] for b in bounds], [np.inf if b[1] is None else b[1] for b in bounds])
    found = minimize(
        objective,
        begin,
        jac=True,
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-14, "gtol": 1e-6, "maxiter": 500},
    )
    return float(found.fun)


def _deviance(sums: Sums, parameters: Floats) -> tuple[float, Floats]:
    """Deviance and gradient in (sd intercept, correlation, sd slope, sigma), not profiled over sigma."""
    one, rho, two, sigma = parameters
    s = sigma**2
    d = np.array([[one * one, rho * one * two], [rho * one * two, two * two]]) / s
    point = evaluate(sums, d, reml=False)
    value = point.log_term + sums.n * math.log(2 * math.pi * s) + point.r / s
    along_d = point.log_gradient + point.r_gradient / s
    to_d = np.array([[2 * one, 0, 0], [rho * two, one * two, rho * one], [0, 0, 2 * two]]) / s
    entries = np.array([d[0, 0], d[0, 1], d[1, 1]])
    along_s = -along_d @ entries / s + sums.n / s - point.r / s**2
    return value, np.append(along_d @ to_d, along_s * 2 * sigma)
