"""What a fit says about its own limits: the design, the optimum, why there is none."""

from __future__ import annotations

import numpy as np

from onmodel.inference.cautions import Caution
from onmodel.inference.mixed.crossproducts import Basis, Sums
from onmodel.inference.mixed.identification import SIMPLER
from onmodel.inference.mixed.model import Rows, Structure
from onmodel.inference.mixed.optimise import EXPLODED, SINGULAR, Optimum


def about_design(rows: Rows, basis: Basis) -> list[Caution]:
    names = rows.design.names
    lost = [name for j, name in enumerate(names) if j not in basis.kept]
    found = []
    if lost:
        found.append(
            Caution("collinear", f"These follow from other terms and were left out: {', '.join(lost)}.")
        )
    constant = [
        part.name for part in rows.design.parts.values() if part.levels is not None and len(part.levels) < 2
    ]
    if constant:
        found.append(
            Caution("one_level", f"These have a single value and say nothing here: {', '.join(constant)}.")
        )
    return found


def about_optimum(optimum: Optimum, structure: Structure) -> list[Caution]:
    t, found = optimum.t, []
    if not optimum.converged and np.abs(t).max() <= EXPLODED:
        found.append(
            Caution("not_converged", "The search for the best fit did not settle; do not rely on it.")
        )
    if np.abs(t).max() > EXPLODED / 10:
        found.append(
            Caution(
                "no_residual",
                "The patients' own lines leave hardly any residual; variances are not reliable.",
            )
        )
    if structure == "none":
        return found
    if abs(t[0]) < SINGULAR:
        found.append(
            Caution("singular_intercept", "Singular fit: no variance between patients' starts was found.")
        )
    if structure == "intercept":
        return found
    if np.hypot(t[1], t[2]) < SINGULAR:
        found.append(
            Caution("singular_slope", "Singular fit: no variance between patients' slopes was found.")
        )
    elif abs(t[2]) < SINGULAR:
        found.append(
            Caution(
                "singular_correlation",
                "Singular fit: intercepts and slopes correlate perfectly; a simpler random part would do.",
            )
        )
    return found


def absorbed(structure: Structure) -> Caution:
    return Caution(
        "unidentified",
        f"The fixed effects leave nothing of what random '{structure}' would describe (does a group or "
        f"covariate tell patients apart one by one?): fitted with '{SIMPLER[structure]}' instead.",
    )


def why_unfitted(rows: Rows, sums: Sums) -> Caution:
    if np.ptp(rows.outcome) == 0:
        return Caution("constant_outcome", "The outcome never varies: there is nothing to explain.")
    if sums.n <= sums.p:
        return Caution(
            "too_few_observations",
            f"{sums.n} observations cannot carry {sums.p} fixed effects and an error.",
        )
    return Caution(
        "exact_fit", "The fixed effects reproduce the outcome exactly: no variance is left to study."
    )
