"""Columns of a file as typed values; each cell that cannot be read becomes a problem, none stops the rest."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import polars as pl
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from onmodel.library.tables import MISSING_WORDS, Table, TableError, read_table
from onmodel.outcomes.importing.mapping import Dates, FileOptions
from onmodel.outcomes.importing.problems import ImportRefusedError, Problem

Floats = NDArray[np.float64]

#: What a date looks like: pattern, the order of its parts, an example for the message.
DATES: dict[Dates, tuple[re.Pattern[str], tuple[int, int, int], str]] = {
    "iso": (re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{2}:\d{2}.*)?"), (0, 1, 2), "2024-03-31"),
    "day_first": (re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})"), (2, 1, 0), "31-03-2024"),
    "month_first": (re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})"), (2, 0, 1), "03/31/2024"),
}


class Source:
    """A file's table, read column by column; `problems` grows as columns are read."""

    def __init__(self, table: Table, options: FileOptions) -> None:
        self.table = table
        self.options = options
        self.problems: list[Problem] = []
        self.lines: list[int] = [int(line) for line in table.lines]
        self._codes = tuple(_plain(code) for code in options.missing)
        self._absent = MISSING_WORDS | {code.casefold() for code in self._codes}

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def columns(self) -> list[str]:
        return list(self.table.frame.columns)

    def problem(self, row: int, column: str, value: object, reason: str, wanted: str = "") -> None:
        self.problems.append(Problem(self.lines[row], column, _plain(value), reason, wanted))

    def numbers(self, column: str) -> Floats:
        """(n,), NaN where nothing stands or no number does (then with a problem)."""
        read = self.table.numbers(column, self._codes)
        reason = _("this is not a number")
        self.problems += [Problem(c.line, c.column, _plain(c.value), reason, c.expected) for c in read.bad]
        return read.values

    def texts(self, column: str, *, labelled: bool = False) -> list[str]:
        """Cells as text, "" where missing; `labelled` gives the words of a coded SPSS value."""
        words = self._value_labels(column) if labelled else {}
        cells = [_plain(words.get(value, value)) for value in self.table.frame[column].to_list()]
        return ["" if cell.casefold() in self._absent else cell for cell in cells]

    def dates(self, column: str) -> list[datetime.date | None]:
        """Days, None where missing or where no date stands (then with a problem)."""
        series = self.table.frame[column]
        if series.dtype == pl.Date:
            return series.to_list()
        if isinstance(series.dtype, pl.Datetime):
            return series.dt.date().to_list()
        days: dict[str, datetime.date | None] = {"": None}
        found = []
        for row, cell in enumerate(self.texts(column)):
            if cell not in days:
                days[cell] = to_date(cell, self.options.dates)
            if cell and days[cell] is None:
                self.problem(row, column, cell, _("this is not a date"), self._date_wanted(cell))
            found.append(days[cell])
        return found

    def _date_wanted(self, cell: str) -> str:
        example = DATES[self.options.dates][2]
        others = [kind for kind in DATES if kind != self.options.dates and to_date(cell, kind)]
        if not others:
            return example
        hint = _("%(example)s; or say in the map, under [file]: dates = “%(kind)s”")
        return hint % {"example": example, "kind": _("” or “").join(others)}

    def _value_labels(self, column: str) -> Mapping[object, str]:
        return self.table.value_labels.get(column, {})


def to_date(cell: str, kind: Dates) -> datetime.date | None:
    """The day that a cell says in this style; None when it says none."""
    pattern, order, _example = DATES[kind]
    match = pattern.fullmatch(cell)
    if not match:
        return None
    year, month, day = (int(match[1 + part]) for part in order)
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def _plain(value: object) -> str:
    """A cell as people write it: whole numbers without ".0", nothing for None."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\x00", "").strip()


def read_source(path: Path, options: FileOptions, *, name: str = "") -> Source:
    """Read the file. Raises ImportRefusedError where it is no table; `name` is the file's name for people."""
    try:
        table = read_table(path, options.delimiter)
    except TableError as error:
        told = str(error).replace(f"{path}: ", "")
        raise ImportRefusedError([Problem(None, name or path.name, "", told)]) from error
    return Source(table, options)


def missing_columns(source: Source, named: Iterable[tuple[str, str]]) -> list[Problem]:
    """A problem for each column that the map names and the file does not have."""
    import difflib

    there = set(source.columns)
    problems = []
    for key, column in dict.fromkeys(named):
        if column in there:
            continue
        near = difflib.get_close_matches(column, source.columns, n=1, cutoff=0.7)
        wanted = _("did you mean “%(near)s”?") % {"near": near[0]} if near else _listed(source.columns)
        problems.append(Problem(None, key, column, _("the file has no such column"), wanted))
    return problems


def _listed(names: Sequence[str], most: int = 12) -> str:
    more = _(" and %(n)d more") % {"n": len(names) - most} if len(names) > most else ""
    return _("it has: %(names)s") % {"names": ", ".join(names[:most])} + more
