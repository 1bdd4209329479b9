"""Answers to an instrument out of a table: which column is which item, and which cells cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from onmodel.library.tables import BadCell, Table
from onmodel.measurement import ColumnMatch, check_answers, match_columns, outside_limits, scored_items
from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import EnteredScale


@dataclass(frozen=True)
class FileAnswers:
    """Answers (n, k) in the order of `instrument.all_items()` and entered scores by scale id.

    `match` says which columns were found, `bad` has every cell that is no answer, by line. Score
    only when `complete`: then no column is missing or doubled, and no cell is bad.
    """

    values: np.ndarray
    entered: Mapping[str, np.ndarray]
    match: ColumnMatch
    bad: tuple[BadCell, ...]

    @property
    def complete(self) -> bool:
        return not (self.bad or self.match.missing or self.match.doubled)


def read_answers(
    table: Table, instrument: Instrument, prefix: str | None = None, missing: Iterable[str] = ()
) -> FileAnswers:
    """Take the answers to `instrument` from the table; `missing` are cells that mean no answer.

    Items that no scale rests on are not looked for. What is a scale of its own (an entered score, a
    single item) may do without a column and stays unknown; where there is nothing else, one of them
    must be there.
    """
    items, scales = scored_items(instrument), entered_scales(instrument)
    match = find_columns(table, instrument, items, scales, prefix)
    places = {item.id: column for column, item in enumerate(instrument.all_items())}
    values = np.full((len(table), len(places)), np.nan)
    entered: dict[str, np.ndarray] = {}
    bad: list[BadCell] = []
    for key, column in match.columns.items():
        numbers = table.numbers(column, missing)
        bad += numbers.bad
        if key in places and key in items:
            values[:, places[key]] = numbers.values
        else:
            entered[key] = numbers.values
            bad += outside_scale(table, column, scales[key], numbers.values)
    for problem in check_answers(instrument, values):
        name = match.columns[problem.item]
        bad.append(BadCell(int(table.lines[problem.row]), name, f"{problem.value:g}", problem.expected))
    order = {name: at for at, name in enumerate(table.columns)}
    bad.sort(key=lambda cell: (cell.line, order[cell.column]))
    return FileAnswers(values, entered, match, tuple(bad))


def entered_scales(instrument: Instrument) -> dict[str, EnteredScale]:
    return {scale.id: scale for scale in instrument.scales if isinstance(scale, EnteredScale)}


def find_columns(
    table: Table, instrument: Instrument, items: tuple[str, ...], scales: Iterable[str], prefix: str | None
) -> ColumnMatch:
    """The columns of items and entered scales, with as missing only those that must be there."""
    keys = tuple(dict.fromkeys((*items, *scales)))
    match = match_columns(instrument, keys, table.columns, prefix)
    joint = set(scored_items(instrument, joint=True))
    needed = tuple(key for key in match.missing if key in joint)
    nothing = not joint and not match.columns and not match.doubled
    return ColumnMatch(match.columns, match.missing if nothing else needed, match.doubled)


def outside_scale(table: Table, column: str, scale: EnteredScale, values: np.ndarray) -> list[BadCell]:
    """The entered scores beyond the scale's minimum or maximum."""
    outside, expected = outside_limits(scale, values)
    rows = np.flatnonzero(outside)
    return [BadCell(int(table.lines[row]), column, f"{values[row]:g}", expected) for row in rows]
