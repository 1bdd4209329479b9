"""Covariates as columns of numbers: a number as itself, text as indicators against its first value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution
from onmodel.inference.columns import Floats, labels, levels_of

INTERCEPT = "intercept"


@dataclass(frozen=True, slots=True, eq=False)
class Regressors:
    """`matrix` (n, p) with its column `names`, the intercept first."""

    names: tuple[str, ...]
    matrix: Floats


def is_factor(series: pl.Series) -> bool:
    """Whether a column is read as labels: text, true/false, categories."""
    return not series.dtype.is_numeric()


def regressors(
    table: pl.DataFrame,
    covariates: Sequence[str],
    *,
    reference: Mapping[str, str] | None = None,
    factors: Sequence[str] = (),
) -> Regressors:
    """Columns of a table without missing values; `factors` are taken as labels though they hold numbers.

    Text becomes "sex=M" against the first value, or against `reference["sex"]`.
    Raises DataError for a reference that is no value of its column.
    """
    names, columns = [INTERCEPT], [np.ones(len(table))]
    for name in covariates:
        if name in factors or is_factor(table[name]):
            levels = levels_of(table[name], (reference or {}).get(name))
            text = labels(table[name])
            names += [f"{name}={level}" for level in levels[1:]]
            columns += [(text == level).to_numpy().astype(float) for level in levels[1:]]
        else:
            names.append(name)
            columns.append(table[name].cast(pl.Float64).to_numpy())
    return Regressors(tuple(names), np.stack(columns, axis=1))


def independent(names: Sequence[str], matrix: Floats) -> tuple[list[int], tuple[Caution, ...]]:
    """The columns that add something to those before them, and a caution for the others.

    A column belongs when what the earlier ones leave of it is more than 1e-9 of its length.
    """
    kept: list[int] = []
    basis = np.zeros((len(matrix), 0))
    for j in range(matrix.shape[1]):
        column = matrix[:, j]
        length = float(np.linalg.norm(column))
        rest = column - basis @ (basis.T @ column)
        rest = rest - basis @ (basis.T @ rest)
        left = float(np.linalg.norm(rest))
        if length > 0 and left > 1e-9 * length:
            kept.append(j)
            basis = np.column_stack([basis, rest / left])
    lost = [names[j] for j in range(len(names)) if j not in kept]
    if not lost:
        return kept, ()
    message = f"left out, because it follows from the other columns: {', '.join(lost)}"
    return kept, (Caution("collinear", message),)
