"""Many outcomes of many programmes at once: a design is read once a programme, optima are sought together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from onmodel.inference.cautions import DataError
from onmodel.inference.columns import Dropped, Floats, Ints, as_numbers, labels
from onmodel.inference.mixed.fit import Prepared, finished, prepared
from onmodel.inference.mixed.groundwork import Groundwork, groundwork
from onmodel.inference.mixed.model import Model, Rows, read
from onmodel.inference.mixed.optimise import FREE, Optimum
from onmodel.inference.mixed.result import MixedFit
from onmodel.inference.mixed.stacked import minimise_many


@dataclass(frozen=True, slots=True, eq=False)
class BatchFit:
    """One fit of a batch. `fit` is None where `refused` says why there is none."""

    part: str | None
    outcome: str
    fit: MixedFit | None
    refused: str | None


def fit_many(
    frame: pl.DataFrame, model: Model, outcomes: Sequence[str], *, by: str | None = None
) -> tuple[BatchFit, ...]:
    """`model` with each of `outcomes` in its place, in each part of `frame` that column `by` tells apart.

    The same fits as fit_mixed one by one, in order of parts, then outcomes; but covariates that a prediction
    leaves open stand at the average of all patients of the part, whether they have this outcome or not. A
    part or outcome that cannot be fitted is refused in its place; DataError is raised only for a column that
    is not there.

    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3,
    ...                       "bdi": [40.0, 30, 26, 22, 24, 8], "gsi": [1.9, 1.5, 1.4, 1.2, 1.5, 0.9]})
    >>> found = fit_many(table, Model("id", "month", "bdi", random="intercept"), ["bdi", "gsi"])
    >>> [(one.outcome, round(one.fit.coef["linear"] * 12, 3)) for one in found]
    [('bdi', -10.0), ('gsi', -0.4)]
    """
    for name in (*outcomes, *([by] if by else [])):
        if name not in frame.columns:
            raise DataError(
                f"there is no column '{name}'; the columns are: {', '.join(frame.columns)}", column=name
            )
    asked = [one for part, table in _parts(frame, by) for one in _prepare_part(part, table, model, outcomes)]
    optima = _searched(
        [ready for _, _, ready in asked if isinstance(ready, Prepared)], model.method == "reml"
    )
    found = []
    for part, outcome, ready in asked:
        fit = None if isinstance(ready, str) else finished(ready, optima.get(id(ready)))
        found.append(BatchFit(part, outcome, fit, ready if isinstance(ready, str) else None))
    return tuple(found)


def _searched(ready: Sequence[Prepared], reml: bool) -> dict[int, Optimum | None]:
    """The optimum of each that could be found together with others."""
    found: dict[int, Optimum | None] = {}
    for structure in FREE:
        alike = [one for one in ready if one.structure == structure and not one.hopeless]
        optima = minimise_many([one.kernel.sums for one in alike], structure, reml)
        found |= dict(zip(map(id, alike), optima, strict=True))
    return found


def _parts(frame: pl.DataFrame, by: str | None) -> list[tuple[str | None, pl.DataFrame]]:
    if by is None:
        return [(None, frame)]
    known = frame.filter(pl.col(by).is_not_null()).sort(by, maintain_order=True)
    tables = known.partition_by(by, maintain_order=True)
    return [(labels(table[by].head(1))[0], table) for table in tables]


def _prepare_part(
    part: str | None, table: pl.DataFrame, model: Model, outcomes: Sequence[str]
) -> list[tuple[str | None, str, Prepared | str]]:
    """Each outcome made ready to be fitted, or why it cannot be."""
    row = "#row"
    try:
        # the row's number stands in for the outcome, so that no row is dropped for want of one
        rows = read(table.with_row_index(row), replace(model, outcome=row))
    except DataError as error:
        return [(part, outcome, str(error)) for outcome in outcomes]
    kept = rows.outcome.astype(np.int64)
    grounds: dict[bytes, Groundwork] = {}
    found: list[tuple[str | None, str, Prepared | str]] = []
    for outcome in outcomes:
        try:
            values = as_numbers(table[outcome]).to_numpy()[kept]
            found.append((part, outcome, _prepare(grounds, rows, replace(model, outcome=outcome), values)))
        except DataError as error:
            found.append((part, outcome, str(error)))
    return found


def _prepare(grounds: dict[bytes, Groundwork], rows: Rows, model: Model, values: Floats) -> Prepared:
    """Outcomes that the same rows have share the groundwork. values: (n,), nan where missing."""
    there = ~np.isnan(values)
    missing = len(values) - int(there.sum())
    if missing == len(values):
        raise DataError(f"no row has a value of '{model.outcome}'", column=model.outcome)
    key = there.tobytes()
    if key not in grounds:
        grounds[key] = groundwork(_with_rows(rows, there) if missing else rows, model.random)
    by_column = rows.dropped.by_column | ({model.outcome: missing} if missing else {})
    dropped = Dropped(rows.dropped.total + missing, by_column)
    own = replace(grounds[key].rows, outcome=values[there] if missing else values, dropped=dropped)
    return prepared(grounds[key], own, model)


def _with_rows(rows: Rows, there: NDArray[np.bool_]) -> Rows:
    """Some of the rows; patients without any are left out."""
    patients, codes = np.unique(rows.codes[there], return_inverse=True)
    return replace(
        rows,
        patients=rows.patients.gather(pl.Series(patients)),
        codes=codes.astype(np.int64),
        time=rows.time[there],
        outcome=rows.outcome[there],
        x=rows.x[there],
        attributes=_gathered(rows.attributes, patients),
    )


def _gathered(attributes: pl.DataFrame, patients: Ints) -> pl.DataFrame:
    return attributes[pl.Series(patients)] if attributes.width else attributes
