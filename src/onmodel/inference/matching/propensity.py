"""The chance of being in one group rather than the other, given what was known at the start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Floats, complete_rows, labels
from onmodel.inference.glm import GlmFit, fit_matrix
from onmodel.inference.matching.balance import Bools
from onmodel.inference.regressors import is_factor, regressors


@dataclass(frozen=True, slots=True, eq=False)
class Propensity:
    """`rows` (n,): which rows of the table were complete; `treated` and `scores` (n,) of those rows.

    overlap: share of the treated whose score lies within the range of the others'.
    """

    rows: np.ndarray[tuple[int], np.dtype[np.int64]]
    treated: Bools
    scores: Floats
    fit: GlmFit
    overlap: float
    n_dropped: int
    warnings: tuple[Caution, ...]


def propensity_scores(
    frame: pl.DataFrame,
    *,
    group: str,
    treated: str,
    covariates: Sequence[str],
    reference: Mapping[str, str] | None = None,
) -> Propensity:
    """Scores by logistic regression of the group on the covariates (Rosenbaum and Rubin 1983, Biometrika
    70:41-55). `treated` is the value of `group` whose chance is scored; all other values are the others.

    Raises DataError for a column that is missing or wrong, or a group without members.

    >>> frame = pl.DataFrame({"arm": ["m", "m", "m", "o", "o", "o"], "age": [20.0, 30, 25, 28, 40, 22]})
    >>> propensity_scores(frame, group="arm", treated="m", covariates=["age"]).scores.round(2)
    array([0.73, 0.41, 0.57, 0.47, 0.15, 0.67])
    """
    numbers = {name for name in covariates if name in frame.columns and not is_factor(frame[name])}
    table, dropped = complete_rows(frame.with_row_index("#row"), ["#row", group, *covariates], numbers)
    chosen = _chosen(table[group], treated)
    design = regressors(table, covariates, reference=reference)
    fit = fit_matrix(design.names, design.matrix, chosen.astype(float), "binary", n_dropped=dropped.total)
    overlap = _overlap(fit.fitted, chosen)
    said = list(fit.warnings)
    if overlap < 0.9:
        message = f"{100 * overlap:.0f} % of the scores of '{treated}' lie within the range of the others"
        said.append(Caution("little_overlap", message))
    return Propensity(
        table["#row"].to_numpy().astype(np.int64),
        chosen,
        fit.fitted,
        fit,
        overlap,
        dropped.total,
        tuple(said),
    )


def _chosen(column: pl.Series, treated: str) -> Bools:
    """DataError where one of the groups has no row."""
    chosen: Bools = (labels(column) == treated).to_numpy()
    if not chosen.any() or chosen.all():
        raise DataError(
            f"{int(chosen.sum())} of {len(chosen)} complete rows have '{treated}' in column '{column.name}'; "
            "both groups are needed",
            column=column.name,
            value=treated,
        )
    return chosen


def _overlap(scores: Floats, chosen: Bools) -> float:
    """The share of the treated whose score lies within the range of the others."""
    others = scores[~chosen]
    inside = (scores[chosen] >= others.min()) & (scores[chosen] <= others.max())
    return float(inside.mean())
