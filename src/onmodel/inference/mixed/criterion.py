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
#: A residual sum of squares below this share of least squares' is rounding.
LOST = 1e-14
#: Where the entries 11, 12, 22 stand in a 2 x 2 matrix.
_FULL = np.array([[0, 1], [1, 2]])


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """The criterion at one D. Gradients: (3,), Hessians: (3, 3), along DIRECTIONS.

    `log_*` belong to the determinants, `r_*` to the residual sum of squares r. beta: (p,) and factor: (p, p),
    the lower Cholesky factor L of X~'V^-1 X~, are in the orthonormal basis; so are pieces (3, p, p), minus
    the derivatives of that matrix, between L^-1 and its transpose.
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
    pieces: Floats

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
    """The criterion at relative covariance d (2, 2), positive semi-definite.

    LinAlgError so far out that rounding leaves nothing of X'V^-1 X or of the residual.
    """
    blocks = list(sums.blocks())
    inverses = [inverse_of_one_plus_ad(block, d) for block in blocks]
    products = [times(k, block.b) for block, (_, k) in zip(blocks, inverses, strict=True)]
    factor, beta, r = _least_squares(sums, blocks, products, d)
    log_term = sum(
        float(block.weight @ np.log(determinant))
        for block, (determinant, _) in zip(blocks, inverses, strict=True)
    )
    if reml:
        log_term += float(2 * np.log(np.diag(factor)).sum())
    parts = Derivatives()
    for block, (_, k), f in zip(blocks, inverses, products, strict=True):
        parts.add(block, k, f, beta, factor, reml)
    m = sums.n - sums.p if reml else sums.n
    return Point(d, reml, m, log_term, r, beta, factor, *parts.finished(reml))


def inverse_of_one_plus_ad(sums: Sums, d: Floats) -> tuple[Floats, Floats]:
    """|I + A D| (m,) and (I + A D)^-1 (2, 2, m)."""
    a11, a12, a22 = sums.a
    ad11, ad12 = a11 * d[0, 0] + a12 * d[0, 1], a11 * d[0, 1] + a12 * d[1, 1]
    ad21, ad22 = a12 * d[0, 0] + a22 * d[0, 1], a12 * d[0, 1] + a22 * d[1, 1]
    # the sum and not the product of the diagonals: no cancellation when D is nearly singular
    spread = max(d[0, 0] * d[1, 1] - d[0, 1] ** 2, 0.0)
    determinant = 1 + ad11 + ad22 + sums.determinant * spread
    inverse = np.array([[1 + ad22, -ad12], [-ad21, 1 + ad11]]) / determinant
    return determinant, inverse


def times(k: Floats, b: Floats) -> Floats:
    """A 2 x 2 matrix per patient times its columns: k (2, 2, m), b (2, c, m) -> (2, c, m)."""
    result = np.empty(b.shape)
    for s in (0, 1):
        np.multiply(k[s, 0], b[0], out=result[s])
        result[s] += k[s, 1] * b[1]
    return result


def _least_squares(
    sums: Sums, blocks: list[Sums], products: list[Floats], d: Floats
) -> tuple[Floats, Floats, float]:
    """Factor of X~'V^-1 X~, best fixed effects, residual sum of squares."""
    p = sums.p
    explained = np.zeros((p + 1, p + 1))
    for block, f in zip(blocks, products, strict=True):
        explained += block.b[0] @ (d[0, 0] * f[0] + d[0, 1] * f[1]).T
        explained += block.b[1] @ (d[0, 1] * f[0] + d[1, 1] * f[1]).T
    cross = np.diag(np.append(np.ones(p), sums.residual)) - (explained + explained.T) / 2
    factor = np.asarray(np.linalg.cholesky(cross[:p, :p]), dtype=np.float64)
    half = np.linalg.solve(factor, cross[:p, p])
    beta = np.linalg.solve(factor.T, half)
    r = float(cross[p, p] - half @ half)
    if r <= LOST * sums.residual:
        raise np.linalg.LinAlgError("no residual is left")
    return factor, beta, r


def z_v_z(a: Floats, k: Floats) -> Floats:
    """Z'V^-1 Z = (I + AD)^-1 A, entries 11, 12, 22: (3, m)."""
    return np.stack(
        [
            k[0, 0] * a[0] + k[0, 1] * a[1],
            k[0, 0] * a[1] + k[0, 1] * a[2],
            k[1, 0] * a[1] + k[1, 1] * a[2],
        ]
    )


def _outer(left: Floats) -> Floats:
    """Entries 11, 12, 22 of left left' per patient; left: (2, c, m) -> (3, m)."""
    return np.stack([np.einsum("cm,cm->m", left[s], left[t]) for s, t in ((0, 0), (0, 1), (1, 1))])


class Derivatives:
    """Sums over patients from which gradients and Hessians follow, added up block by block."""

    def __init__(self) -> None:
        self.weighted_h, self.uu, self.q = np.zeros(3), np.zeros(3), np.zeros(3)
        self.h_h, self.h_uu, self.h_q = np.zeros((3, 3)), np.zeros((3, 3)), np.zeros((3, 3))
        self.moved: Floats | float = 0.0
        self.pieces: Floats | float = 0.0

    def add(self, block: Sums, k: Floats, f: Floats, beta: Floats, factor: Floats, reml: bool) -> None:
        """One block: u = Z'V^-1 (y - X b), and F (X'V^-1 X)^-1 F' as a product of F L^-T with itself."""
        h = z_v_z(block.a, k)
        coefficients = np.append(-beta, 1.0)[None, :]
        u = np.stack([coefficients @ f[0], coefficients @ f[1]])
        half = np.linalg.inv(factor)
        white = np.stack([half @ f[0, :-1], half @ f[1, :-1]])
        uu = _outer(u)
        self.weighted_h += h @ block.weight
        self.h_h += (h * block.weight) @ h.T
        self.uu += uu.sum(axis=1)
        self.h_uu += h @ uu.T
        self.moved += np.stack(
            [white[0] @ u[0, 0], white[0] @ u[1, 0] + white[1] @ u[0, 0], white[1] @ u[1, 0]]
        )
        mixed = white[0] @ white[1].T
        self.pieces += np.stack([white[0] @ white[0].T, mixed + mixed.T, white[1] @ white[1].T])
        if reml:
            q = _outer(white)
            self.q += q.sum(axis=1)
            self.h_q += h @ q.T

    def finished(self, reml: bool) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        """Gradient and Hessian of the log-determinants, then of r, along DIRECTIONS; pieces of X'V^-1 X."""
        moved = np.asarray(self.moved)
        r_hessian = 2 * _along_two(self.h_uu) - 2 * moved @ moved.T
        log_gradient, log_hessian = _along(self.weighted_h), -_along_two(self.h_h)
        if reml:
            pieces = np.asarray(self.pieces).reshape(3, -1)
            log_gradient = log_gradient - _along(self.q)
            log_hessian = log_hessian + 2 * _along_two(self.h_q) - pieces @ pieces.T
        return log_gradient, log_hessian, -_along(self.uu), r_hessian, np.asarray(self.pieces)


def _along(entries: Floats) -> Floats:
    """tr(E M) for each direction E, M given by its entries 11, 12, 22."""
    return np.array([entries[0], 2 * entries[1], entries[2]])


def _along_two(products: Floats) -> Floats:
    """sum over patients of tr(E L G M), symmetrised, for directions E and G.

    products: (3, 3), the sums over patients of the entries 11, 12, 22 of L times those of M.
    """
    full = products[_FULL][:, :, _FULL]
    result = np.einsum("exa,gbc,abcx->eg", DIRECTIONS, DIRECTIONS, full)
    symmetric: Floats = (result + result.T) / 2
    return symmetric
