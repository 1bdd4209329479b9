"""The fixed part of a mixed model: which columns it has and how a row of data becomes a row of them.

An effect is a product of parts written with colons: "linear", "group", "linear:group". A part is a function
of time (TIME_TERMS), "categorical" (each measurement moment its own mean) or a column of the table: a number
as itself, text as indicators against the first level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.cautions import DataError
from onmodel.inference.columns import Floats, label, labels, levels_of

INTERCEPT = "intercept"
CATEGORICAL = "categorical"
TIME_TERMS = ("linear", "quadratic", "log", CATEGORICAL)


@dataclass(frozen=True, slots=True)
class Part:
    """A factor of an effect. `levels` are those of a factor, reference first; None for a number.

    `average` stands for the part where a prediction leaves it open: a number's mean, or the share of each
    level but the first.
    """

    name: str
    levels: tuple[str, ...] | None
    average: tuple[float, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name,) if self.levels is None else tuple(f"{self.name}={v}" for v in self.levels[1:])

    def row(self, value: float | str | None) -> Floats:
        """The part's columns for one value, or its average for None. DataError for an unknown level."""
        if value is None:
            return np.array(self.average)
        if self.levels is None:
            return np.array([float(value)])
        text = label(value)
        if text not in self.levels:
            raise DataError(
                f"'{text}' is not a value of '{self.name}'; its values are: {', '.join(self.levels)}",
                column=self.name,
                value=value,
            )
        return np.array([float(text == level) for level in self.levels[1:]])


@dataclass(frozen=True, slots=True)
class Design:
    """The effects of a model and the parts that they are made of. `names`: the columns, intercept first."""

    effects: tuple[str, ...]
    parts: Mapping[str, Part]

    @property
    def names(self) -> tuple[str, ...]:
        return (INTERCEPT, *(name for effect in self.effects for name in self._columns(effect)))

    def _columns(self, effect: str) -> list[str]:
        names = [""]
        for part in effect.split(":"):
            names = [
                f"{left}:{right}" if left else right for left in names for right in self.parts[part].columns
            ]
        return names

    def columns_of(self, effect: str) -> tuple[int, ...]:
        """Where the columns of an effect stand among `names`."""
        wanted = self._columns(effect)
        return tuple(i for i, name in enumerate(self.names) if name in wanted)

    def matrix(self, table: pl.DataFrame, time: Floats) -> Floats:
        """Rows of data to rows of the design, (n, p), columns contiguous."""
        blocks = {name: _block(part, table, time) for name, part in self.parts.items()}
        columns: list[Floats] = [np.ones(len(time))]
        for effect in self.effects:
            first, *others = effect.split(":")
            product = blocks[first]
            for name in others:
                product = [x * y for x in product for y in blocks[name]]
            columns.extend(product)
        return np.stack(columns).T

    def row(self, time: float, values: Mapping[str, float | str]) -> Floats:
        """The design's row for a patient at `time` with these values; other columns average, (p,)."""
        columns = [1.0]
        for effect in self.effects:
            product = np.ones(1)
            for name in effect.split(":"):
                part = self.parts[name]
                known = _time_row(part, float(time)) if name in TIME_TERMS else part.row(values.get(name))
                product = np.outer(product, known).ravel()
            columns.extend(product)
        return np.array(columns)


def time_function(name: str, time: Floats) -> Floats:
    """Linear t, quadratic t squared, or log(1 + t) for months since the start."""
    if name == "linear":
        return time
    if name == "quadratic":
        return time * time
    return np.log1p(time)


def build(
    table: pl.DataFrame,
    *,
    effects: tuple[str, ...],
    time: str,
    factors: frozenset[str],
    reference: Mapping[str, str],
    patients_first_rows: pl.Series,
) -> Design:
    """Learn levels and averages from complete rows. Averages count each patient once (by the first row).

    Raises DataError for an effect that names no column, or log time at or before month -1.
    """
    parts: dict[str, Part] = {}
    for effect in effects:
        for name in effect.split(":"):
            if name not in parts:
                parts[name] = _learn(table, name, time, factors, reference, patients_first_rows)
    return Design(effects, parts)


def _learn(
    table: pl.DataFrame,
    name: str,
    time: str,
    factors: frozenset[str],
    reference: Mapping[str, str],
    first_rows: pl.Series,
) -> Part:
    if name == CATEGORICAL:
        levels = levels_of(table[time])
        return Part(name, levels, tuple(0.0 for _ in levels[1:]))
    if name in TIME_TERMS:
        lowest = table[time].min()
        if name == "log" and isinstance(lowest, float) and lowest <= -1:
            raise DataError(
                f"column '{time}' holds {lowest:g}; log(1 + months) needs every month to be above -1",
                column=time,
                value=lowest,
            )
        return Part(name, None, (0.0,))
    if name in factors:
        levels = levels_of(table[name], reference.get(name))
        once = labels(table[name].gather(first_rows))
        return Part(name, levels, tuple(float((once == level).sum()) / len(once) for level in levels[1:]))
    return Part(name, None, (float(np.mean(table[name].gather(first_rows).to_numpy())),))


def _block(part: Part, table: pl.DataFrame, time: Floats) -> list[Floats]:
    if part.name == CATEGORICAL:
        return [(time == float(level)).astype(float) for level in (part.levels or ())[1:]]
    if part.name in TIME_TERMS:
        return [time_function(part.name, time)]
    if part.levels is None:
        return [table[part.name].to_numpy()]
    text = labels(table[part.name])
    return [(text == level).to_numpy().astype(float) for level in part.levels[1:]]


def _time_row(part: Part, time: float) -> Floats:
    if part.levels is not None:
        return part.row(time)
    if part.name == "log" and time <= -1:
        raise DataError(f"log(1 + months) has no value at month {time:g}", value=time)
    return time_function(part.name, np.array([time]))
