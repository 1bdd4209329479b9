"""Columns of a table as numbers, labels and codes; what is not there is dropped and counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from onmodel.inference.cautions import DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Powers of larger numbers do not fit.
LARGEST = 1e60


@dataclass(frozen=True, slots=True)
class Dropped:
    """Rows left out because a value was missing: in all, and by column (a row may miss several)."""

    total: int
    by_column: dict[str, int]


def complete_rows(
    frame: pl.DataFrame, columns: Iterable[str], numbers: Iterable[str]
) -> tuple[pl.DataFrame, Dropped]:
    """The rows of `frame` in which all `columns` have a value; those in `numbers` become Float64.

    Raises DataError for a column that is not there or holds something that is no number.
    """
    names = list(dict.fromkeys(columns))
    for name in names:
        if name not in frame.columns:
            raise DataError(
                f"there is no column '{name}'; the columns are: {', '.join(frame.columns)}", column=name
            )
    wanted = set(numbers)
    table = pl.DataFrame([as_numbers(frame[n]) if n in wanted else blank_to_null(frame[n]) for n in names])
    missing = {name: int(table[name].null_count()) for name in names}
    complete = table.drop_nulls() if any(missing.values()) else table
    return complete, Dropped(len(table) - len(complete), {n: k for n, k in missing.items() if k})


def as_numbers(series: pl.Series) -> pl.Series:
    """The column as Float64, null for what is missing. Raises DataError at what is no number."""
    if series.dtype.is_temporal():
        raise DataError(
            f"column '{series.name}' holds dates or times; numbers are needed", column=series.name
        )
    if not (series.dtype.is_numeric() or series.dtype == pl.Boolean):
        text = blank_to_null(series.cast(pl.String))
        cast = text.cast(pl.Float64, strict=False)
        _refuse_first(text, text.is_not_null() & cast.is_null(), "is not a number")
        series = cast
    values = series.cast(pl.Float64).to_numpy()
    if (np.abs(values) <= LARGEST).all():
        return series.cast(pl.Float64)
    numbers = pl.Series(series.name, values, nan_to_null=True)
    _refuse_first(numbers, pl.Series(np.isinf(values)), "is not finite")
    _refuse_first(numbers, pl.Series(np.abs(values) > LARGEST), f"is beyond {LARGEST:g}")
    return numbers


def blank_to_null(series: pl.Series) -> pl.Series:
    """Empty text and nan become null."""
    if series.dtype in (pl.Float32, pl.Float64):
        return series.fill_nan(None)
    if series.dtype != pl.String:
        return series
    return series.to_frame().select(pl.when(pl.first().str.strip_chars() != "").then(pl.first())).to_series()


def _refuse_first(series: pl.Series, bad: pl.Series, why: str) -> None:
    if not bad.any():
        return
    row = int(bad.arg_true()[0])
    value = series[row]
    raise DataError(
        f"column '{series.name}' holds '{value}', which {why}", column=series.name, row=row, value=value
    )


def labels(series: pl.Series) -> pl.Series:
    """Values as text, whole numbers without a decimal point, others so that they read back the same."""
    if series.dtype not in (pl.Float32, pl.Float64):
        return series.cast(pl.String)
    distinct = series.unique().drop_nulls().to_list()
    return series.replace_strict(
        distinct, [label(value) for value in distinct], return_dtype=pl.String, default=None
    )


def label(value: object) -> str:
    """One value as labels() writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def codes(series: pl.Series) -> tuple[Ints, int]:
    """Each distinct value as a whole number from 0, in order of the values; and how many there are."""
    ranks = series.cast(pl.String) if series.dtype in (pl.Categorical, pl.Enum) else series
    result = ranks.rank("dense").to_numpy().astype(np.int64) - 1
    return result, int(result.max()) + 1 if len(result) else 0


def levels_of(series: pl.Series, first: str | None = None) -> tuple[str, ...]:
    """The distinct labels in order (numbers as numbers), the reference level first.

    Raises DataError when `first` is not among them.
    """
    names: Sequence[str] = labels(series.drop_nulls().unique().sort()).to_list()
    if first is None:
        return tuple(names)
    if first not in names:
        raise DataError(
            f"'{first}' is not a value of '{series.name}'; its values are: {', '.join(names)}",
            column=series.name,
        )
    return (first, *(name for name in names if name != first))
