"""The search of mixed.optimise from its first start, for several data sets at once.

Data sets with the same number of fixed effects stand in one array, padded with rows that weigh nothing, so
that one call of a library does for all what it would do for each. The formulas are those of mixed.criterion,
the steps those of mixed.optimise. A search that ends anywhere but at a plain minimum gives no answer here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from onmodel.inference.mixed.criterion import DIRECTIONS, Point
from onmodel.inference.mixed.crossproducts import BLOCK, Floats, Ints, Sums
from onmodel.inference.mixed.optimise import (
    ENOUGH,
    EXPLODED,
    FREE,
    MAXIMUM_STEPS,
    SINGULAR,
    START,
    Optimum,
    way_down,
)

_FULL = np.array([[0, 1], [1, 2]])


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Sums of k data sets: a (k, 3, m), determinant and weight (k, m), b (k, 2, p + 1, m), others (k,)."""

    a: Floats
    determinant: Floats
    weight: Floats
    b: Floats
    residual: Floats
    n: Ints

    def take(self, which: Ints) -> Stack:
        return Stack(
            self.a[which],
            self.determinant[which],
            self.weight[which],
            self.b[which],
            self.residual[which],
            self.n[which],
        )


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """As Point, with an axis of data sets in front."""

    d: Floats
    reml: bool
    m: Ints
    log_term: Floats
    r: Floats
    beta: Floats
    factor: Floats
    log_gradient: Floats
    log_hessian: Floats
    r_gradient: Floats
    r_hessian: Floats
    pieces: Floats

    def __getitem__(self, i: int) -> Point:
        return Point(
            self.d[i], self.reml, int(self.m[i]), float(self.log_term[i]), float(self.r[i]), self.beta[i],
            self.factor[i], self.log_gradient[i], self.log_hessian[i], self.r_gradient[i],
            self.r_hessian[i], self.pieces[i],
        )  # fmt: skip

    @property
    def value(self) -> Floats:
        result: Floats = self.log_term + self.m * (1 + np.log(2 * np.pi * self.r / self.m))
        return result


def minimise_many(sums: Sequence[Sums], structure: str, reml: bool) -> list[Optimum | None]:
    """minimise() for each of `sums`; None where it has to look further than from its first start."""
    found: list[Optimum | None] = [None] * len(sums)
    for members in _chunks(sums):
        try:
            ends = _newton(_stacked([sums[i] for i in members]), np.array(FREE[structure]), reml)
        except np.linalg.LinAlgError:
            continue
        for i, end in zip(members, ends, strict=True):
            found[i] = end
    return found


def _chunks(sums: Sequence[Sums]) -> Iterator[list[int]]:
    """Places of data sets with equal p and like sizes that together fit a processor's cache."""
    members: list[int] = []
    for i in sorted(range(len(sums)), key=lambda i: (sums[i].p, len(sums[i].weight))):
        size = (len(members) + 1) * len(sums[i].weight)
        if members and (size > 2 * BLOCK or sums[i].p != sums[members[0]].p):
            yield members
            members = []
        members.append(i)
    if members:
        yield members


def _stacked(sums: Sequence[Sums]) -> Stack:
    k, width, m = len(sums), sums[0].p + 1, max(len(one.weight) for one in sums)
    stack = Stack(
        np.zeros((k, 3, m)), np.zeros((k, m)), np.zeros((k, m)), np.zeros((k, 2, width, m)),
        np.array([one.residual for one in sums]), np.array([one.n for one in sums]),
    )  # fmt: skip
    for i, one in enumerate(sums):
        size = len(one.weight)
        stack.a[i, :, :size], stack.b[i, :, :, :size] = one.a, one.b
        stack.determinant[i, :size], stack.weight[i, :size] = one.determinant, one.weight
    return stack


def evaluate_many(stack: Stack, d: Floats, reml: bool) -> Points:
    """The criterion of each data set at its own d (k, 2, 2). LinAlgError when one has no value there."""
    p = stack.b.shape[2] - 1
    d11, d12, d22 = d[:, 0, 0, None], d[:, 0, 1, None], d[:, 1, 1, None]
    a11, a12, a22 = stack.a[:, 0], stack.a[:, 1], stack.a[:, 2]
    first, second = 1 + a11 * d11 + a12 * d12, 1 + a12 * d12 + a22 * d22
    spread = np.maximum(d11 * d22 - d12**2, 0.0)
    determinant = first + second - 1 + stack.determinant * spread
    k = (
        np.stack([second, -(a11 * d12 + a12 * d22), -(a12 * d11 + a22 * d12), first], 1)
        / determinant[:, None]
    )
    b0, b1 = stack.b[:, 0], stack.b[:, 1]
    f0 = k[:, 0, None] * b0 + k[:, 1, None] * b1
    f1 = k[:, 2, None] * b0 + k[:, 3, None] * b1
    factor, beta, r = _least_squares(stack, f0, f1, d)
    log_term = (stack.weight * np.log(determinant)).sum(1)
    if reml:
        log_term = log_term + 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(1)
    h = np.stack(
        [k[:, 0] * a11 + k[:, 1] * a12, k[:, 0] * a12 + k[:, 1] * a22, k[:, 2] * a12 + k[:, 3] * a22], 1
    )
    m = stack.n - p if reml else stack.n
    return Points(
        d, reml, m, log_term, r, beta, factor, *_derivatives(stack.weight, h, f0, f1, beta, factor, reml)
    )


def _least_squares(stack: Stack, f0: Floats, f1: Floats, d: Floats) -> tuple[Floats, Floats, Floats]:
    p = f0.shape[1] - 1
    d11, d12, d22 = (d[:, i, j, None, None] for i, j in ((0, 0), (0, 1), (1, 1)))
    explained = stack.b[:, 0] @ _t(d11 * f0 + d12 * f1) + stack.b[:, 1] @ _t(d12 * f0 + d22 * f1)
    cross = -(explained + _t(explained)) / 2
    cross[:, range(p), range(p)] += 1
    cross[:, p, p] += stack.residual
    factor = np.asarray(np.linalg.cholesky(cross[:, :p, :p]), dtype=np.float64)
    half = np.linalg.solve(factor, cross[:, :p, p:])
    beta = np.linalg.solve(_t(factor), half)[..., 0]
    return factor, beta, np.maximum(cross[:, p, p] - (half**2).sum((1, 2)), float(np.finfo(float).tiny))


def _derivatives(
    weight: Floats, h: Floats, f0: Floats, f1: Floats, beta: Floats, factor: Floats, reml: bool
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """As criterion.Derivatives."""
    u0, u1 = (f[:, -1] - (beta[:, None] @ f[:, :-1])[:, 0] for f in (f0, f1))
    half = np.linalg.inv(factor)
    w0, w1 = half @ f0[:, :-1], half @ f1[:, :-1]
    uu = np.stack([u0 * u0, u0 * u1, u1 * u1], 1)
    weighted = h * weight[:, None]
    column0, column1 = u0[..., None], u1[..., None]
    moved = np.stack([w0 @ column0, w0 @ column1 + w1 @ column0, w1 @ column1], 1)[..., 0]
    mixed = w0 @ _t(w1)
    pieces = np.stack([w0 @ _t(w0), mixed + _t(mixed), w1 @ _t(w1)], 1)
    log_gradient, log_hessian = _along(weighted.sum(2)), -_along_two(weighted @ _t(h))
    if reml:
        q = np.stack([np.einsum("kcm,kcm->km", x, y) for x, y in ((w0, w0), (w0, w1), (w1, w1))], 1)
        flat = pieces.reshape(len(pieces), 3, -1)
        log_gradient = log_gradient - _along(q.sum(2))
        log_hessian = log_hessian + 2 * _along_two(h @ _t(q)) - flat @ _t(flat)
    r_hessian = 2 * _along_two(h @ _t(uu)) - 2 * moved @ _t(moved)
    return log_gradient, log_hessian, -_along(uu.sum(2)), r_hessian, pieces


def _t(x: Floats) -> Floats:
    return x.swapaxes(-1, -2)


def _along(entries: Floats) -> Floats:
    return np.asarray(entries * np.array([1.0, 2.0, 1.0]), dtype=np.float64)


def _along_two(products: Floats) -> Floats:
    full = products[:, _FULL][..., _FULL]
    result = np.einsum("exa,gbc,kabcx->keg", DIRECTIONS, DIRECTIONS, full)
    return np.asarray((result + _t(result)) / 2)


def _newton(stack: Stack, free: Ints, reml: bool) -> list[Optimum | None]:
    """As optimise._newton, each data set at its own pace."""
    found: list[Optimum | None] = [None] * len(stack.n)
    places = np.arange(len(stack.n))
    t = np.zeros((len(places), 3))
    t[:, free] = START[free]
    now = evaluate_many(stack, _covariance(t), reml)
    for evaluations in range(1, MAXIMUM_STEPS):
        step, slope, promise = _step(now, t, free)
        settled = promise < 1e-10 + 1e-15 * np.abs(now.value)
        for i in np.flatnonzero(settled).tolist():
            found[places[i]] = _plain(t[i], now[i], evaluations, free)
        after = evaluate_many(stack, _covariance(t + step), reml) if not settled.all() else now
        fell = ~settled & (after.value <= now.value + ENOUGH * slope) & (np.abs(t + step).max(1) <= EXPLODED)
        # who would have to shorten a step is left to the search one by one
        left = np.flatnonzero(fell)
        if not len(left):
            break
        t, places = (t + step)[left], places[left]
        now = after if len(left) == len(fell) else evaluate_many(stack.take(left), _covariance(t), reml)
        stack = stack if len(left) == len(fell) else stack.take(left)
    return found


def _plain(t: Floats, point: Point, evaluations: int, free: Ints) -> Optimum | None:
    """The optimum, unless it lies on the edge or the criterion still falls in D."""
    if np.abs(t[free]).min() < SINGULAR or way_down(point, free) is not None:
        return None
    return Optimum(t, point, evaluations, True)


def _covariance(t: Floats) -> Floats:
    triangle = np.zeros((len(t), 2, 2))
    triangle[:, 0, 0], triangle[:, 1, 0], triangle[:, 1, 1] = t.T
    return triangle @ _t(triangle)


def _step(now: Points, t: Floats, free: Ints) -> tuple[Floats, Floats, Floats]:
    """As optimise._step: steps (k, 3), the slope along them and the fall that they promise (k,)."""
    ratio = now.r_gradient / now.r[:, None]
    m = now.m[:, None]
    g = now.log_gradient + m * ratio
    outer = ratio[:, :, None] * ratio[:, None]
    in_d = now.log_hessian + m[:, None] * (now.r_hessian / now.r[:, None, None] - outer)
    zero = np.zeros(len(t))
    j = np.array([[2 * t[:, 0], zero, zero], [t[:, 1], t[:, 0], zero], [zero, 2 * t[:, 1], 2 * t[:, 2]]])
    j = j.transpose(2, 0, 1)
    bend = np.array([[2 * g[:, 0], g[:, 1], zero], [g[:, 1], 2 * g[:, 2], zero], [zero, zero, 2 * g[:, 2]]])
    full = _t(j) @ in_d @ j + bend.transpose(2, 0, 1)
    gradient = (_t(j) @ g[..., None])[:, free, 0]
    values, vectors = np.linalg.eigh(full[:, free[:, None], free])
    size = np.abs(values)
    stiffness = np.maximum(size, 1e-8 * np.maximum(1.0, size.max(1))[:, None])
    along = -(_t(vectors) @ gradient[..., None])[..., 0] / stiffness
    step = np.zeros_like(t)
    step[:, free] = (vectors @ along[..., None])[..., 0]
    longest = 2 * np.maximum(1.0, np.linalg.norm(t, axis=1))
    step *= np.minimum(1.0, longest / np.maximum(np.linalg.norm(step, axis=1), 1e-300))[:, None]
    return step, (gradient * step[:, free]).sum(1), 0.5 * (stiffness * along**2).sum(1)
