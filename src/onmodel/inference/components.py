"""Variance components of crossed and nested random factors around a common mean, by REML.

y = mean + sum over factors of Z_k u_k + e, any balance, any crossing. The criterion is profiled over the mean
and the residual variance (Bates et al. 2015, J Stat Softw 67(1), eq. 41), with its gradient; one dense
Cholesky factor of the size of all levels together, so for some thousands of levels at most.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onmodel.inference.cautions import DataError
from onmodel.inference.columns import Floats, Ints

#: So many levels in all take seconds; beyond, minutes.
MOST_LEVELS = 6000


@dataclass(frozen=True, slots=True)
class VarianceComponentsFit:
    """Variance of each factor and of the residual; `criterion` is the REML criterion."""

    mean: float
    mean_se: float
    variances: tuple[float, ...]
    residual: float
    criterion: float
    converged: bool


def variance_components(y: Floats, factors: list[Ints]) -> VarianceComponentsFit:
    """y: (n,); factors: codes (n,) from 0 of each random factor.

    Raises DataError when y never varies, a factor has as many levels as rows (it is the residual), or there
    are too many levels.
    """
    sizes = [int(codes.max()) + 1 for codes in factors]
    if np.ptp(y) == 0:
        raise DataError("the scores never vary; there is no variance to divide")
    if any(size >= len(y) for size in sizes):
        raise DataError("a factor has a level for each score; it cannot be told from the residual")
    if sum(sizes) > MOST_LEVELS:
        raise DataError(f"{sum(sizes)} levels of all factors together are too many; {MOST_LEVELS} at most")
    problem = _Problem(y, factors, sizes)
    return problem.solve()


class _Problem:
    def __init__(self, y: Floats, factors: list[Ints], sizes: list[int]) -> None:
        self.n, self.sizes = len(y), sizes
        self.centre = float(y.mean())
        e = y - self.centre
        offsets = np.concatenate([[0], np.cumsum(sizes)])
        columns = [codes + offset for codes, offset in zip(factors, offsets, strict=False)]
        q = int(offsets[-1])
        self.zz = np.zeros((q, q))
        for left in columns:
            for right in columns:
                np.add.at(self.zz, (left, right), 1.0)
        self.zx = sum((np.bincount(c, minlength=q) for c in columns), np.zeros(q)).astype(float)
        self.zy = sum((np.bincount(c, weights=e, minlength=q) for c in columns), np.zeros(q))
        self.yy = float(e @ e)
        self.block = np.repeat(np.arange(len(sizes)), sizes)

    def evaluate(self, theta: NDArray[np.float64]) -> tuple[float, Floats, tuple[float, float, float]]:
        """Criterion, gradient, (residual variance, mean, X'V^-1 X)."""
        from scipy.linalg import cho_solve, cholesky

        scale = theta[self.block]
        a = self.zz * np.outer(scale, scale)
        a[np.diag_indices_from(a)] += 1
        factor = cholesky(a, lower=True)
        t = cho_solve((factor, True), scale * self.zx)
        w = cho_solve((factor, True), scale * self.zy)
        information = self.n - float((scale * self.zx) @ t)
        mean = -float((scale * self.zx) @ w) / information
        m = self.n - 1
        r = self.yy - float((scale * self.zy) @ w) - information * mean**2
        value = 2 * float(np.log(np.diag(factor)).sum()) + math.log(information)
        value += m * (1 + math.log(2 * math.pi * r / m))
        u = w - mean * t
        diagonal = np.diag(cho_solve((factor, True), np.eye(len(a))))
        pieces = 2 * (1 - diagonal) - 2 * t**2 / information - 2 * m / r * u**2
        gradient = np.bincount(self.block, weights=pieces, minlength=len(self.sizes)) / np.maximum(
            theta, 1e-12
        )
        return value, gradient, (r / m, mean, information)

    def solve(self) -> VarianceComponentsFit:
        from scipy.optimize import minimize

        def objective(theta: NDArray[np.float64]) -> tuple[float, Floats]:
            value, gradient, _ = self.evaluate(theta)
            return value, gradient

        best = None
        for size in (0.7, 0.1):
            found = minimize(
                objective,
                np.full(len(self.sizes), size),
                jac=True,
                method="L-BFGS-B",
                bounds=[(1e-8, 1e4)] * len(self.sizes),
                options={"ftol": 1e-14, "gtol": 1e-7, "maxiter": 500},
            )
            if best is None or found.fun < best.fun:
                best = found
        assert best is not None
        theta = np.where(best.x < 1e-4, 0.0, best.x)
        value, _, (residual, mean, information) = self.evaluate(theta)
        return VarianceComponentsFit(
            self.centre + mean,
            math.sqrt(residual / information),
            tuple(float(size) for size in theta**2 * residual),
            residual,
            value,
            bool(best.success),
        )
