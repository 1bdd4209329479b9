"""Satterthwaite's degrees of freedom: t tests of fixed effects that hold with few patients.

The variance v of a linear function of the fixed effects is itself estimated; v times chi-square with df
degrees of freedom, df = 2 v^2 / var(v), has the right mean and variance (Satterthwaite 1946, Biometrics
2:110; Giesbrecht and Burns 1985, Biometrics 41:477). var(v) is by the delta method from the covariance of the
variance parameters, as in lmerTest (Kuznetsova et al. 2017, J Stat Softw 82(13)), with exact derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onmodel.inference.distributions import critical, f_p, t_two_sided_p
from onmodel.inference.mixed.crossproducts import Floats
from onmodel.inference.mixed.optimise import jacobian
from onmodel.inference.mixed.result import MixedFit


@dataclass(frozen=True, slots=True)
class CoefficientTest:
    """A fixed effect with its t test. None where the effect could not be estimated."""

    name: str
    estimate: float | None
    se: float | None
    t: float | None
    df: float | None
    p: float | None
    lower: float | None
    upper: float | None


def degrees_of_freedom(fit: MixedFit, row: Floats) -> float | None:
    """For the linear function row @ fixed effects; row: (p,). None when nothing is known of its variance.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> round(degrees_of_freedom(fit, np.array([0.0, 1.0])), 3)
    2.0
    """
    sigma2, kernel = fit.variance.residual, fit.kernel
    if sigma2 is None or fit.criterion is None:
        return None
    w = np.linalg.solve(kernel.factor, kernel.inverse.T @ row[list(kernel.kept)])
    along_d = sigma2 * np.einsum("p,epq,q->e", w, kernel.pieces, w)
    gradient = np.append(jacobian(kernel.t).T @ along_d, w @ w)
    variance = float(gradient @ kernel.t_vcov @ gradient)
    return 2 * float(sigma2 * (w @ w)) ** 2 / variance if variance > 0 else None


def coefficient_tests(fit: MixedFit, *, level: float = 0.95) -> tuple[CoefficientTest, ...]:
    """Each fixed effect against 0, with a t interval.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> found = coefficient_tests(fit)[1]  # with two moments, the paired t test
    >>> found.name, round(found.t, 3), round(found.df, 3), round(found.p, 3)
    ('linear', -2.887, 2.0, 0.102)
    """
    return tuple(_test(fit, index, level) for index in range(len(fit.names)))


@dataclass(frozen=True, slots=True)
class JointTest:
    """Whether several linear functions of the fixed effects are all 0: F with `df` and `df_within`."""

    statistic: float
    df: int
    df_within: float
    p: float


def joint_test(fit: MixedFit, rows: Floats) -> JointTest | None:
    """Rows @ fixed effects all 0? rows: (q, p), estimable and independent; None when that is not known.

    Turned until they are independent of each other, each is a t with Satterthwaite's degrees of freedom; F is
    the mean of their squares, its degrees of freedom those with the right mean (Fai and Cornelius 1996,
    J Stat Comput Simul 54:363-378; as lmerTest's contestMD). They depend a little on the units of the rows.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> found = joint_test(fit, np.array([[0.0, 1.0]]))
    >>> round(found.statistic, 3), found.df, round(found.df_within, 3), round(found.p, 3)
    (8.333, 1, 2.0, 0.102)
    """
    kept = list(fit.kernel.kept)
    variance = rows[:, kept] @ fit.vcov[np.ix_(kept, kept)] @ rows[:, kept].T
    if not len(rows) or not np.isfinite(variance).all():
        return None
    values, vectors = np.linalg.eigh(variance)
    if values[0] <= 1e-10 * values[-1]:
        return None
    turned = vectors.T @ rows
    each = [degrees_of_freedom(fit, row) for row in turned]
    statistic = float(((turned[:, kept] @ fit.estimates[kept]) ** 2 / values).mean())
    within = _df_within([one for one in each if one is not None], len(rows))
    if within is None:
        return None
    return JointTest(statistic, len(rows), within, f_p(statistic, len(rows), within))


def _df_within(each: list[float], q: int) -> float | None:
    """None where one has no degrees of freedom. At 2 and below F has no mean: the fewest then count."""
    if len(each) < q:
        return None
    if q == 1 or min(each) <= 2:
        return min(each)
    mean = sum(one / (one - 2) for one in each)
    return 2 * mean / (mean - q)


def _test(fit: MixedFit, index: int, level: float) -> CoefficientTest:
    name = fit.names[index]
    estimate, se = fit.coef[name], fit.se[name]
    row = np.zeros(len(fit.names))
    row[index] = 1.0
    df = degrees_of_freedom(fit, row) if estimate is not None else None
    if estimate is None or not se or df is None:
        return CoefficientTest(name, estimate, se, None, None, None, None, None)
    reach = critical(level, df) * se
    t = estimate / se
    return CoefficientTest(
        name, estimate, se, t, df, t_two_sided_p(t, df), estimate - reach, estimate + reach
    )
