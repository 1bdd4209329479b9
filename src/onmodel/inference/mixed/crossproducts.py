"""What the mixed model needs of the data, computed once: per-patient cross-products (DESIGN.md).

Patient i has design X_i (n_i x p), random design Z_i = [1, t_i] and outcome y_i. All that the likelihood
uses is A_i = Z_i'Z_i, Z_i'X_i, Z_i'y_i and the totals X'X, X'y, y'y. For the sake of accuracy the columns
of X are first made orthonormal (X = X~ R), y is replaced by its least-squares residual e and t is scaled,
so that X~'X~ = I, X~'e = 0 and only e'e remains as a total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Share of a column's length that must remain after the columns before it, squared; less is collinear.
COLLINEAR = 1e-10
#: Below this share the cross-products lose too many digits and X itself is decomposed.
ILL_CONDITIONED = 1e-5
#: Patients that are worked on together.
BLOCK = 4096
#: Patients that are looked at first to see whether many were measured at the same moments.
SAMPLE = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """The columns of X that are kept, and the triangle R with X[:, kept] = X~ R."""

    kept: tuple[int, ...]
    triangle: Floats
    inverse: Floats

    @property
    def log_determinant(self) -> float:
        """log |X'X| of the kept columns."""
        return float(2 * np.log(np.abs(np.diag(self.triangle))).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Cross-products, a row for each patient (or for a part of a group of patients with equal A).

    a: (3, m), the entries 11, 12, 22 of A; determinant: (m,), of A; weight: (m,), patients that the row
    stands for; b: (2, p + 1, m), Z'[X~, e]; residual: e'e; n: observations.
    """

    a: Floats
    determinant: Floats
    weight: Floats
    b: Floats
    residual: float
    n: int

    @property
    def p(self) -> int:
        return int(self.b.shape[1]) - 1

    def blocks(self) -> Iterator[Sums]:
        """The rows in pieces that fit a processor's cache."""
        for start in range(0, len(self.weight), BLOCK):
            part = slice(start, start + BLOCK)
            yield Sums(
                self.a[:, part],
                self.determinant[part],
                self.weight[part],
                self.b[:, :, part],
                self.residual,
                self.n,
            )


def orthonormal_basis(x: Floats) -> Basis:
    """Keep the columns that are not combinations of earlier ones. x: (n, p), each column finite."""
    gram = x.T @ x
    scale = np.sqrt(np.diag(gram))
    scale[scale == 0] = 1.0
    kept, share = _independent_columns(gram / np.outer(scale, scale))
    if share < ILL_CONDITIONED:
        kept = _independent_by_qr(x / scale)
        triangle = _triangle_of(x[:, kept])
    else:
        triangle = np.linalg.cholesky(gram[np.ix_(kept, kept)]).T.astype(np.float64)
    return Basis(tuple(kept), triangle, np.linalg.inv(triangle).astype(np.float64))


def _independent_columns(correlation: Floats) -> tuple[list[int], float]:
    """Sweep the columns in order; returns those kept and the smallest share kept of any column."""
    rest = correlation.copy()
    kept: list[int] = []
    smallest = 1.0
    for j in range(len(rest)):
        share = float(rest[j, j])
        smallest = min(smallest, share)
        if share < COLLINEAR:
            continue
        kept.append(j)
        rest -= np.outer(rest[:, j], rest[j, :]) / share
    return kept, smallest


def _independent_by_qr(scaled: Floats) -> list[int]:
    """As above, from X itself: the diagonal of R is the length that remains of a column."""
    kept: list[int] = []
    for j in range(scaled.shape[1]):
        rest = _triangle_of(scaled[:, [*kept, j]])
        if len(kept) < len(scaled) and rest[-1, -1] ** 2 > COLLINEAR:
            kept.append(j)
    return kept


def _triangle_of(x: Floats) -> Floats:
    return np.asarray(np.linalg.qr(x).R, dtype=np.float64)


def total(codes: Ints, values: Floats, n_patients: int) -> Floats:
    """Sums by patient. codes: (n,) from 0, in any order; values: (n,)."""
    return np.bincount(codes, weights=values, minlength=n_patients).astype(np.float64, copy=False)


def design_sums(
    codes: Ints, x: Floats, z: Floats, basis: Basis, n_patients: int
) -> tuple[Floats, Floats, Floats]:
    """A (3, m), its determinant (m,) and Z'X~ (2, p, m) by patient. x: (n, p) kept columns; z: (n,)."""
    counts = np.bincount(codes, minlength=n_patients).astype(float)
    a = np.stack([counts, total(codes, z, n_patients), total(codes, z * z, n_patients)])
    centred = z - (a[1] / counts)[codes]
    zx = np.empty((2, x.shape[1], n_patients))
    for j in range(x.shape[1]):
        zx[0, j] = total(codes, x[:, j], n_patients)
        zx[1, j] = total(codes, x[:, j] * z, n_patients)
    return a, counts * total(codes, centred * centred, n_patients), basis.inverse.T @ zx


#: An order of patients in which those with equal A stand together, and where each run starts.
Runs = tuple[Ints, Ints]


def equal_designs(a: Floats, width: int) -> Runs | None:
    """The runs of patients with equal A; None where too few are equal for `merged` to pay.

    With fixed measurement moments a register of any size has a few hundred runs.
    """
    sample = a[:, :SAMPLE]
    if len(_runs(sample)[1]) > sample.shape[1] / 2:
        return None
    order, starts = _runs(a)
    return None if len(starts) * width > len(order) / 2 else (order, starts)


def merged(sums: Sums, runs: Runs) -> Sums:
    """Let patients with equal A stand together: their sums enter the likelihood only as sum of b b'.

    A run of more patients than 2(p + 1) is replaced by the rows of a square root of that sum.
    """
    width = 2 * sums.b.shape[1]
    order, starts = runs
    ends = np.append(starts[1:], len(order))
    flat = sums.b.reshape(width, -1)[:, order].T
    blocks: list[Floats] = []
    for start, end in zip(starts, ends, strict=True):
        block = flat[start:end]
        blocks.append(_square_root(block.T @ block) if len(block) > width else block)
    sizes = np.array([len(block) for block in blocks])
    first = np.repeat(order[starts], sizes)
    weight = np.zeros(len(first))
    weight[np.cumsum(sizes) - sizes] = ends - starts
    rows = np.concatenate(blocks)
    b = np.ascontiguousarray(rows.T).reshape(2, width // 2, -1)
    return Sums(sums.a[:, first], sums.determinant[first], weight, b, sums.residual, sums.n)


def _runs(a: Floats) -> Runs:
    """An order in which columns of `a` that are equal stand together, and where each run starts."""
    order = np.lexsort(a)
    different = np.any(a[:, order[1:]] != a[:, order[:-1]], axis=0)
    return order, np.concatenate([[0], np.flatnonzero(different) + 1])


def _square_root(matrix: Floats) -> Floats:
    """R with R'R = matrix (positive semi-definite, perhaps singular); columns may differ in scale."""
    size = np.sqrt(np.diag(matrix))
    size[size == 0] = 1.0
    values, vectors = np.linalg.eigh(matrix / np.outer(size, size))
    root: Floats = np.sqrt(np.clip(values, 0, None))[:, None] * vectors.T * size
    return root
