"""What was observed: mean, spread and n, by moment and group, without a model."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from onmodel.inference.columns import as_numbers, complete_rows, labels
from onmodel.inference.distributions import critical


@dataclass(frozen=True, slots=True)
class Summary:
    """n values with mean, standard deviation (n - 1) and t interval of the mean; None where n is small."""

    n: int
    mean: float | None
    sd: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A summary at `month` of `group` (None: not grouped)."""

    month: float
    group: str | None
    summary: Summary


def summarise(values: pl.Series | Sequence[float | None], *, level: float = 0.95) -> Summary:
    """Mean, sd and t interval of what is there; missing values do not count.

    >>> found = summarise([10.0, 20.0, 30.0, None])
    >>> found.n, found.mean, found.sd, round(found.lower, 2), round(found.upper, 2)
    (3, 20.0, 10.0, -4.84, 44.84)
    """
    series = values if isinstance(values, pl.Series) else pl.Series("value", values, dtype=pl.Float64)
    numbers = as_numbers(series).drop_nulls()
    return _summary(len(numbers), numbers.mean(), numbers.std(), level)


def describe(
    frame: pl.DataFrame, *, time: str, outcome: str, group: str | None = None, level: float = 0.95
) -> tuple[Moment, ...]:
    """Observed course: a Moment for each month and group that has a value, in order.

    >>> table = pl.DataFrame({"month": [0, 0, 0, 12, 12], "bdi": [28.0, 30, 32, 19, 21]})
    >>> found = describe(table, time="month", outcome="bdi")
    >>> [(m.month, m.summary.n, m.summary.mean, round(m.summary.sd, 3)) for m in found]
    [(0.0, 3, 30.0, 2.0), (12.0, 2, 20.0, 1.414)]
    """
    columns = [time, outcome, *([group] if group else [])]
    table, _ = complete_rows(frame, columns, {time, outcome})
    by = [group, time] if group else [time]
    found = (
        table.group_by(by)
        .agg(pl.len().alias("#n"), pl.col(outcome).mean().alias("#mean"), pl.col(outcome).std().alias("#sd"))
        .sort(by)
    )
    names: list[str | None] = labels(found[group]).to_list() if group else [None] * len(found)
    return tuple(
        Moment(month, name, _summary(n, mean, sd, level))
        for name, month, n, mean, sd in zip(
            names, found[time], found["#n"], found["#mean"], found["#sd"], strict=True
        )
    )


def _summary(n: int, mean: object, sd: object, level: float) -> Summary:
    if not isinstance(mean, float):
        return Summary(n, None, None, None, None)
    if not isinstance(sd, float) or n < 2:
        return Summary(n, mean, None, None, None)
    reach = critical(level, n - 1) * sd / math.sqrt(n)
    return Summary(n, mean, sd, mean - reach, mean + reach)
