"""Shares over time: how many of those asked had the event, by moment and group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import polars as pl

from onmodel.inference.columns import complete_rows, labels
from onmodel.inference.glm import outcome_of
from onmodel.inference.proportions import Proportion, proportion


@dataclass(frozen=True, slots=True)
class ShareAt:
    """The share with the event at `time` in `group` (None: not grouped)."""

    time: float
    group: str | None
    share: Proportion


def shares_over_time(
    frame: pl.DataFrame,
    *,
    time: str,
    outcome: str,
    group: str | None = None,
    level: float = 0.95,
    method: Literal["wilson", "exact"] = "wilson",
) -> tuple[ShareAt, ...]:
    """Share of 1 among 0 and 1 at each moment, in order; rows without an answer do not count.

    Raises DataError for a column that is missing, or an outcome that is neither 0 nor 1.

    >>> table = pl.DataFrame({"month": [0, 0, 0, 12, 12], "harm": [1, 1, 0, 0, 1]})
    >>> found = shares_over_time(table, time="month", outcome="harm")
    >>> [(s.time, s.share.successes, s.share.n) for s in found]
    [(0.0, 2, 3), (12.0, 1, 2)]
    """
    columns = [time, outcome, *([group] if group else [])]
    table, _ = complete_rows(frame, columns, {time, outcome})
    outcome_of(table, outcome, "binary")
    by = [group, time] if group else [time]
    found = table.group_by(by).agg(pl.col(outcome).sum().alias("#yes"), pl.len().alias("#n")).sort(by)
    names: list[str | None] = labels(found[group]).to_list() if group else [None] * len(found)
    return tuple(
        ShareAt(float(at), name, proportion(int(yes), int(n), level=level, method=method))
        for name, at, yes, n in zip(names, found[time], found["#yes"], found["#n"], strict=True)
    )
