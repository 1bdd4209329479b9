"""The profiled deviance of the mixed model and its first two derivatives, over all patients at once.

With D the covariance of the random effects divided by the residual variance and V_i = I + Z_i D Z_i',

    ML:   sum log|V_i| + n (1 + log(2 pi r / n))
    REML: sum log|V_i| + log|X'V^-1 X| + (n - p) (1 + log(2 pi r / (n - p)))

where r is the generalised residual sum of squares at the best fixed effects (Bates et al. 2015, J Stat Softw
67(1), eqs 34 and 41). By Woodbury everything follows from (I + A_i D)^-1, a 2 x 2 matrix per patient:
log|V_i| = log|I + A_i D|; Z'V^-1 Z = H = (I + AD)^-1 A; Z'V^-1 M = F = (I + AD)^-1 Z'M. Derivatives along a
symmetric direction E: d log|V| = tr(E H); d r = -u'E u with u = Z'V^-1 (y - X b); d log|X'V^-1 X| =
-tr(E F (X'V^-1 X)^-1 F').
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onmodel.inference.mixed.crossproducts import Floats, Sums

#: The directions 11, 12 (= 21) and 22 in which D can move.
DIRECTIONS: Floats = np.array([[[1.0, 0], [0, 0]], [[0, 1.0], [1.0, 0]], [[0, 0], [0, 1.0]]])
#: Where the entries 11, 12, 22 stand in a 2 x 2 matrix.
_FULL = np.array([[0, 1], [1, 2]])


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The criterion at one D. Gradients: (3,), Hessians: (3, 3), along DIRECTIONS.

    `log_*` belong to the determinants, `r_*` to the residual sum of squares r. beta: (p,) and factor: (p, p),
    the lower Cholesky factor of X~'V^-1 X~, are in the orthonormal basis.
    """

    d: Floats
    reml: bool
    m: int
    log_term: float
    r: float
    beta: Floats
    factor: Floats
    log_gradient: Floats
    log_hessian: Floats
    r_gradient: Floats
    r_hessian: Floats

    @property
    def value(self) -> float:
        """The deviance but for log|R'R|, which does not depend on D."""
        return self.log_term + self.m * (1 + float(np.log(2 * np.pi * self.r / self.m)))

    @property
    def gradient(self) -> Floats:
        return self.log_gradient + self.m / self.r * self.r_gradient

    @property
    def hessian(self) -> Floats:
        ratio = self.r_gradient / self.r
        return self.log_hessian + self.m * (self.r_hessian / self.r - np.outer(ratio, ratio))

    @property
    def sigma2(self) -> float:
        return self.r / self.m


def evaluate(sums: Sums, d: Floats, reml: bool) -> Point:
    """The criterion at relative covariance d (2, 2), positive semi-definite."""
    determinant, k = _inverse_of_one_plus_ad(sums, d)
    f = _times(k, sums.b)
    factor, beta, r = _least_squares(sums, d, f)
    p = sums.p
    log_term = float(sums.weight @ np.log(determinant))
    if reml:
        log_term += float(2 * np.log(np.diag(factor)).sum())
    h = _z_v_z(sums.a, k)
    u = f @ np.append(-beta, 1.0)
    white = _whiten(f[:, :, :p], factor)
    return Point(
        d,
        reml,
        sums.n - p if reml else sums.n,
        log_term,
        r,
        beta,
        factor,
        *_derivatives(sums, h, u, white, reml),
    )


def _inverse_of_one_plus_ad(sums: Sums, d: Floats) -> tuple[Floats, Floats]:
    """|I + A D| (m,) and (I + A D)^-1 (2, 2, m)."""
    a11, a12, a22 = sums.a
    ad11, ad12 = a11 * d[0, 0] + a12 * d[0, 1], a11 * d[0, 1] + a12 * d[1, 1]
    ad21, ad22 = a12 * d[0, 0] + a22 * d[0, 1], a12 * d[0, 1] + a22 * d[1, 1]
    # the sum and not the product of the diagonals: no cancellation when D is nearly singular
    spread = max(d[0, 0] * d[1, 1] - d[0, 1] ** 2, 0.0)
    determinant = 1 + ad11 + ad22 + sums.determinant * spread
    inverse = np.array([[1 + ad22, -ad12], [-ad21, 1 + ad11]]) / determinant
    return determinant, inverse


def _times(k: Floats, b: Floats) -> Floats:
    """A 2 x 2 matrix per patient times its rows: k (2, 2, m), b (2, m, c) -> (2, m, c)."""
    columns = k[:, :, :, None]
    return np.stack([columns[s, 0] * b[0] + columns[s, 1] * b[1] for s in (0, 1)])


def _least_squares(sums: Sums, d: Floats, f: Floats) -> tuple[Floats, Floats, float]:
    """Factor of X~'V^-1 X~, best fixed effects, residual sum of squares."""
    p = sums.p
    explained = sums.b[0].T @ (d[0, 0] * f[0] + d[0, 1] * f[1])
    explained += sums.b[1].T @ (d[0, 1] * f[0] + d[1, 1] * f[1])
    cross = np.diag(np.append(np.ones(p), sums.residual)) - (explained + explained.T) / 2
    factor = np.linalg.cholesky(cross[:p, :p])
    half = np.linalg.solve(factor, cross[:p, p])
    beta = np.linalg.solve(factor.T, half)
    return factor, beta, max(float(cross[p, p] - half @ half), np.finfo(float).tiny)


def _z_v_z(a: Floats, k: Floats) -> Floats:
    """Z'V^-1 Z = (I + AD)^-1 A, entries 11, 12, 22: (3, m)."""
    return np.stack(
        [
            k[0, 0] * a[0] + k[0, 1] * a[1],
            k[0, 0] * a[1] + k[0, 1] * a[2],
            k[1, 0] * a[1] + k[1, 1] * a[2],
        ]
    )


def _whiten(f: Floats, factor: Floats) -> Floats:
    """F L^-T, so that F (X'V^-1 X)^-1 F' is a product with itself: (2, m, p)."""
    white: Floats = f @ np.linalg.inv(factor).T
    return white


def _outer(left: Floats) -> Floats:
    """Entries 11, 12, 22 of left left' per patient; left: (2, m) or (2, m, p) -> (3, m)."""
    if left.ndim == 2:
        return np.stack([left[0] * left[0], left[0] * left[1], left[1] * left[1]])
    return np.stack([np.einsum("ip,ip->i", left[s], left[t]) for s, t in ((0, 0), (0, 1), (1, 1))])


def _derivatives(sums: Sums, h: Floats, u: Floats, white: Floats, reml: bool) -> tuple[Floats, ...]:
    """Gradient and Hessian of the log-determinants, then of r, along DIRECTIONS."""
    uu = _outer(u)
    log_gradient = _along(h @ sums.weight)
    log_hessian = -_along_two(h, h * sums.weight)
    r_gradient = -_along(uu.sum(axis=1))
    moved = np.stack([white[0].T @ u[0], white[0].T @ u[1] + white[1].T @ u[0], white[1].T @ u[1]])
    r_hessian = 2 * _along_two(h, uu) - 2 * moved @ moved.T
    if reml:
        q = _outer(white)
        log_gradient -= _along(q.sum(axis=1))
        mixed = white[0].T @ white[1]
        pieces = np.stack([white[0].T @ white[0], mixed + mixed.T, white[1].T @ white[1]]).reshape(3, -1)
        log_hessian += 2 * _along_two(h, q) - pieces @ pieces.T
    return log_gradient, log_hessian, r_gradient, r_hessian


def _along(entries: Floats) -> Floats:
    """tr(E M) for each direction E, M given by its entries 11, 12, 22."""
    return np.array([entries[0], 2 * entries[1], entries[2]])


def _along_two(left: Floats, right: Floats) -> Floats:
    """sum over patients of tr(E L G M), symmetrised, for directions E and G; left, right: (3, m)."""
    product = (left @ right.T)[_FULL][:, :, _FULL]
    result = np.einsum("exa,gbc,abcx->eg", DIRECTIONS, DIRECTIONS, product)
    symmetric: Floats = (result + result.T) / 2
    return symmetric
