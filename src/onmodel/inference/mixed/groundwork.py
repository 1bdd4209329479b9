"""What all outcomes of the same rows have in common: fixed part, patients' designs, what these can carry."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onmodel.inference.cautions import Caution
from onmodel.inference.mixed.crossproducts import (
    Basis,
    Floats,
    Runs,
    Sums,
    design_sums,
    equal_designs,
    merged,
    orthonormal_basis,
    total,
)
from onmodel.inference.mixed.identification import identified
from onmodel.inference.mixed.model import Random, Rows, Structure
from onmodel.inference.mixed.remarks import about_design


@dataclass(frozen=True, slots=True, eq=False)
class Groundwork:
    """Of `rows` all but the outcome. scale: months per unit of scaled time z (n,); x: columns kept, (n, p).

    a (3, m), determinant (m,), zx (2, p, m): as in Sums. runs: patients with equal designs, None where too
    few are. combinations: how the columns left out follow from those kept. `design_cautions` hold always,
    `random_cautions` where something can be fitted.
    """

    rows: Rows
    basis: Basis
    x: Floats
    scale: float
    z: Floats
    a: Floats
    determinant: Floats
    zx: Floats
    runs: Runs | None
    combinations: Floats
    structure: Structure
    design_cautions: tuple[Caution, ...]
    random_cautions: tuple[Caution, ...]
    observations_per_patient: tuple[int, float, int]

    @property
    def p(self) -> int:
        return len(self.basis.kept)


def groundwork(rows: Rows, random: Random) -> Groundwork:
    """Cross-products of the design by patient, and the richest of random effects that they can carry."""
    basis = orthonormal_basis(rows.x)
    scale = float(np.sqrt(np.mean(rows.time**2))) or 1.0
    z, m = rows.time / scale, len(rows.patients)
    x = rows.x if len(basis.kept) == rows.x.shape[1] else rows.x[:, list(basis.kept)]
    a, determinant, zx = design_sums(rows.codes, x, z, basis, m)
    cautions: list[Caution] = []
    structure = identified(a, len(z), random, cautions)
    spread = (int(a[0].min()), float(np.median(a[0])), int(a[0].max()))
    return Groundwork(
        rows, basis, x, scale, z, a, determinant, zx, equal_designs(a, 2 * (len(basis.kept) + 1)),
        _combinations(rows.x, basis), structure, tuple(about_design(rows, basis)), tuple(cautions), spread,
    )  # fmt: skip


def least_squares(ground: Groundwork, outcome: Floats) -> Floats:
    """Coefficients of the kept columns, (p,)."""
    inverse = ground.basis.inverse
    result: Floats = inverse @ (inverse.T @ (ground.x.T @ outcome))
    return result


def outcome_sums(ground: Groundwork, e: Floats) -> Sums:
    """The groundwork's sums with those of the least-squares residual e, (n,)."""
    codes, m = ground.rows.codes, len(ground.determinant)
    b = np.empty((2, ground.p + 1, m))
    b[:, :-1] = ground.zx
    b[0, -1], b[1, -1] = total(codes, e, m), total(codes, e * ground.z, m)
    return Sums(ground.a, ground.determinant, np.ones(m), b, float(e @ e), len(e))


def compressed(ground: Groundwork, sums: Sums) -> Sums:
    """Patients with equal designs together, where many are."""
    return sums if ground.runs is None else merged(sums, ground.runs)


def _combinations(x: Floats, basis: Basis) -> Floats:
    """How the columns left out follow from those kept: x[:, lost] = x[:, kept] @ C."""
    lost = [j for j in range(x.shape[1]) if j not in basis.kept]
    kept = list(basis.kept)
    if not lost:
        return np.zeros((len(kept), 0))
    result: Floats = basis.inverse @ (basis.inverse.T @ (x[:, kept].T @ x[:, lost]))
    return result
