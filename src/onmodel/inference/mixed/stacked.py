"""The search of mixed.optimise from its first start, for several data sets at once.

Data sets with the same number of fixed effects stand in one array, padded with rows that weigh nothing, so
that one call of a library does for all what it would do for each. The formulas are those of mixed.criterion,
the steps those of mixed.optimise. A search that ends anywhere but at a plain minimum gives no answer here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from onmodel.inference.mixed.criterion import DIRECTIONS, LOST, Point
from onmodel.inference.mixed.crossproducts import Floats, Ints, Sums
from onmodel.inference.mixed.optimise import (
    ENOUGH,
    EXPLODED,
    FREE,
    MAXIMUM_STEPS,
    START,
    Optimum,
    doubtful,
    way_down,
)

Truths = NDArray[np.bool_]

_FULL = np.array([[0, 1], [1, 2]])
#: A step that was halved so often is left to the search one by one.
SHORTEST = 2.0**-6
#: With all entries of T above this, nothing falls in D where nothing falls in T.
NEAR = 0.01
#: Patients that are worked on together, so that their numbers stay in a processor's cache.
CHUNK = 16384


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """Sums of k data sets: a (k, 3, m), determinant and weight (k, m), b (k, 2, p + 1, m), others (k,)."""

    a: Floats
    determinant: Floats
    weight: Floats
    b: Floats
    residual: Floats
    n: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """As Point, with an axis of data sets in front. `lost`: there is no value there."""

    d: Floats
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
    lost: Truths

    def one(self, i: int, reml: bool) -> Point:
        return Point(
            self.d[i], reml, int(self.m[i]), float(self.log_term[i]), float(self.r[i]), self.beta[i],
            self.factor[i], self.log_gradient[i], self.log_hessian[i], self.r_gradient[i],
            self.r_hessian[i], self.pieces[i],
        )  # fmt: skip

    @property
    def value(self) -> Floats:
        known = self.log_term + self.m * (1 + np.log(2 * np.pi * self.r / self.m))
        return np.asarray(np.where(self.lost, np.inf, known), dtype=np.float64)


Many = TypeVar("Many", Stack, Points)


def _chosen(many: Many, which: Ints) -> Many:
    return type(many)(*(getattr(many, field.name)[which] for field in fields(many)))


def _either(which: Truths, one: Points, other: Points) -> Points:
    """`one` where `which` holds, else `other`."""
    if which.all():
        return one
    places = np.flatnonzero(which)
    values = {field.name: getattr(other, field.name).copy() for field in fields(other)}
    for name, value in values.items():
        value[places] = getattr(one, name)[places]
    return Points(**values)


def minimise_many(sums: Sequence[Sums], structure: str, reml: bool) -> list[Optimum | None]:
    """minimise() for each of `sums`; None where it has to look further than from its first start.

    After the first chunk a search begins at the median of the answers so far.
    """
    found: list[Optimum | None] = [None] * len(sums)
    start = START
    for members in _chunks(sums):
        ends = _newton(_stacked([sums[i] for i in members]), np.array(FREE[structure]), reml, start)
        for i, end in zip(members, ends, strict=True):
            found[i] = end
        start = _typical(found)
    return found


def _typical(found: Sequence[Optimum | None]) -> Floats:
    """The median T, away from the edge."""
    known = [one.t for one in found if one is not None]
    if not known:
        return START
    # T and T with a column's sign turned are the same covariance
    turned = np.array([t * np.array([np.sign(t[0]), np.sign(t[0]), np.sign(t[2])]) for t in known])
    middle = np.median(turned, axis=0)
    return np.array([max(middle[0], 0.1), middle[1], max(middle[2], 0.05)])


def _chunks(sums: Sequence[Sums]) -> Iterator[list[int]]:
    """Places of data sets with equal p and like sizes that together fit a processor's cache."""
    members: list[int] = []
    for i in sorted(range(len(sums)), key=lambda i: (sums[i].p, len(sums[i].weight))):
        size = (len(members) + 1) * len(sums[i].weight)
        if members and (size > CHUNK or sums[i].p != sums[members[0]].p):
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
    """The criterion of each data set at its own d (k, 2, 2)."""
    k, _, width, rows = stack.b.shape
    p = width - 1
    d11, d12, d22 = d[:, 0, 0, None], d[:, 0, 1, None], d[:, 1, 1, None]
    a11, a12, a22 = stack.a[:, 0], stack.a[:, 1], stack.a[:, 2]
    first, second = 1 + a11 * d11 + a12 * d12, 1 + a12 * d12 + a22 * d22
    determinant = first + second - 1 + stack.determinant * np.maximum(d11 * d22 - d12**2, 0.0)
    inverse = np.stack([second, -(a11 * d12 + a12 * d22), -(a12 * d11 + a22 * d12), first], 1)
    inverse /= determinant[:, None]
    f = np.empty_like(stack.b)
    for s in (0, 1):
        np.multiply(inverse[:, 2 * s, None], stack.b[:, 0], out=f[:, s])
        f[:, s] += inverse[:, 2 * s + 1, None] * stack.b[:, 1]
    flat = f.reshape(k, 2 * width, rows)
    factor, beta, r, lost = _least_squares(stack, flat, d)
    log_term = (stack.weight * np.log(determinant)).sum(1)
    if reml:
        log_term = log_term + 2 * np.log(np.diagonal(factor, axis1=1, axis2=2)).sum(1)
    h = _z_v_z(stack.a, inverse)
    m = stack.n - p if reml else stack.n
    return Points(
        d, m, log_term, r, beta, factor, *_derivatives(stack.weight, h, f, beta, factor, reml), lost
    )


def _z_v_z(a: Floats, k: Floats) -> Floats:
    """As criterion.z_v_z; k: entries 11, 12, 21, 22."""
    h = np.empty_like(a)
    for entry, (row, column) in enumerate(((0, 0), (0, 1), (2, 1))):
        np.multiply(k[:, row], a[:, column], out=h[:, entry])
        h[:, entry] += k[:, row + 1] * a[:, column + 1]
    return h


def _least_squares(stack: Stack, f: Floats, d: Floats) -> tuple[Floats, Floats, Floats, Truths]:
    """f: (k, 2(p + 1), m). Where rounding leaves no value, that of another problem, marked as lost."""
    width = stack.b.shape[2]
    p = width - 1
    products = stack.b.reshape(f.shape) @ _t(f)
    products = products.reshape(len(f), 2, width, 2, width)
    explained = np.einsum("kst,ksitj->kij", d, products)
    cross = -(explained + _t(explained)) / 2
    cross[:, range(p), range(p)] += 1
    cross[:, p, p] += stack.residual
    factor, lost = _factors(cross[:, :p, :p])
    half = np.linalg.solve(factor, cross[:, :p, p:])
    beta = np.asarray(np.linalg.solve(_t(factor), half)[..., 0], dtype=np.float64)
    r = cross[:, p, p] - (half**2).sum((1, 2))
    lost |= r <= LOST * stack.residual
    kept: Floats = np.where(lost, stack.residual, r)
    return factor, beta, kept, lost


def _factors(cross: Floats) -> tuple[Floats, Truths]:
    """Cholesky factors; the unit matrix where there is none."""
    lost = np.zeros(len(cross), dtype=bool)
    try:
        factors = np.linalg.cholesky(cross)
    except np.linalg.LinAlgError:
        lost = np.asarray(np.linalg.eigvalsh(cross)[:, 0] < 1e-14, dtype=bool)
        factors = np.linalg.cholesky(np.where(lost[:, None, None], np.eye(cross.shape[1]), cross))
    return np.asarray(factors, dtype=np.float64), lost


def _derivatives(
    weight: Floats, h: Floats, f: Floats, beta: Floats, factor: Floats, reml: bool
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """As criterion.Derivatives; f: (k, 2, p + 1, m)."""
    coefficients = np.concatenate([-beta, np.ones((len(beta), 1))], 1)
    u = (coefficients[:, None, None] @ f)[:, :, 0]
    w = np.linalg.inv(factor)[:, None] @ f[:, :, :-1]
    uu = np.stack([u[:, 0] * u[:, 0], u[:, 0] * u[:, 1], u[:, 1] * u[:, 1]], 1)
    k, _, p, rows = w.shape
    squares = w.reshape(k, 2 * p, rows) @ _t(w.reshape(k, 2 * p, rows))
    squares = squares.reshape(k, 2, p, 2, p)
    mixed = squares[:, 0, :, 1]
    pieces = np.stack([squares[:, 0, :, 0], mixed + _t(mixed), squares[:, 1, :, 1]], 1)
    steps = w.reshape(k, 2 * p, rows) @ _t(u)
    moved = np.stack([steps[:, :p, 0], steps[:, :p, 1] + steps[:, p:, 0], steps[:, p:, 1]], 1)
    weighted = h * weight[:, None]
    log_gradient, log_hessian = _along(weighted.sum(2)), -_along_two(weighted @ _t(h))
    if reml:
        q = np.stack([np.einsum("kcm,kcm->km", w[:, s], w[:, t]) for s, t in ((0, 0), (0, 1), (1, 1))], 1)
        flat = pieces.reshape(k, 3, -1)
        log_gradient = log_gradient - _along(q.sum(2))
        log_hessian = log_hessian + 2 * _along_two(h @ _t(q)) - flat @ _t(flat)
    r_hessian = 2 * _along_two(h @ _t(uu)) - 2 * moved @ _t(moved)
    return log_gradient, log_hessian, -_along(uu.sum(2)), r_hessian, pieces


def _t(x: Floats) -> Floats:
    return x.swapaxes(-1, -2)


def _along(entries: Floats) -> Floats:
    return np.asarray(entries * np.array([1.0, 2.0, 1.0]), dtype=np.float64)


#: criterion._along_two as a matrix: from the products of entries, (9,), to the directions, (9,).
_TWO = np.einsum("exa,gbc,abi,cxj->ijeg", DIRECTIONS, DIRECTIONS, np.eye(3)[_FULL], np.eye(3)[_FULL]).reshape(
    9, 9
)


def _along_two(products: Floats) -> Floats:
    result = (products.reshape(len(products), 9) @ _TWO).reshape(-1, 3, 3)
    return np.asarray((result + _t(result)) / 2)


def _newton(stack: Stack, free: Ints, reml: bool, start: Floats) -> list[Optimum | None]:
    """As optimise._newton, each data set at its own pace."""
    found: list[Optimum | None] = [None] * len(stack.n)
    places = np.arange(len(stack.n))
    t = np.zeros((len(places), 3))
    t[:, free] = start[free]
    now, share = evaluate_many(stack, _covariance(t), reml), np.ones(len(places))
    for evaluations in range(1, MAXIMUM_STEPS):
        step, slope, promise = _step(now, t, free)
        settled = promise < 1e-10 + 1e-15 * np.abs(now.value)
        for i in np.flatnonzero(settled & ~now.lost).tolist():
            found[places[i]] = _plain(t[i], now.one(i, reml), evaluations, free)
        going = np.flatnonzero(~settled & ~now.lost & (share > SHORTEST) & (np.abs(t).max(1) < EXPLODED))
        if len(going) < len(t):
            if not len(going):
                break
            stack, now = _chosen(stack, going), _chosen(now, going)
            t, step, slope, share = (x[going] for x in (t, step, slope, share))
            places = places[going]
        reached = t + share[:, None] * step
        after = evaluate_many(stack, _covariance(reached), reml)
        fell = after.value <= now.value + ENOUGH * share * slope
        now, t = _either(fell, after, now), np.where(fell[:, None], reached, t)
        share = np.where(fell, 1.0, share / 2)
    return found


def _plain(t: Floats, point: Point, evaluations: int, free: Ints) -> Optimum | None:
    """The optimum, unless another may be as good or, close to the edge, the criterion still falls in D."""
    near = np.abs(t[free]).min() < NEAR
    if doubtful(point, t, free) or (near and way_down(point, free) is not None):
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
