"""The columns that an analysis needs, from a table; refused where one is not there or a cell is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
import polars as pl

from onmodel.cli.refusals import refuse, take_table
from onmodel.inference.cautions import DataError
from onmodel.library.tables import MISSING_WORDS, BadCell, Table

#: So many wrong cells are listed; the rest is counted.
LISTED = 20

FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


def common(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every analysis has."""
    options = [
        click.option(
            "--missing", multiple=True, help="A cell that means not known, such as 999; may be repeated."
        ),
        click.option("--level", type=click.FloatRange(0.5, 0.9999), default=0.95, show_default=True),
        click.option("--json", "as_json", is_flag=True, help="Print everything as JSON."),
    ]
    for option in reversed(options):
        command = option(command)
    return command


class Numbers(click.ParamType):
    """Numbers with commas between them."""

    name = "numbers"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[float, ...]:
        try:
            return tuple(float(part) for part in value.split(","))
        except ValueError:
            self.fail(f"{value!r} is not a list of numbers such as 0,6,12", param, ctx)


@dataclass(frozen=True)
class Source:
    """A table and how it is read."""

    table: Table
    missing: tuple[str, ...]
    as_json: bool

    @classmethod
    def open(cls, file: Path, missing: tuple[str, ...], as_json: bool) -> Source:
        return cls(take_table(file, as_json=as_json), missing, as_json)

    def frame(
        self,
        *,
        numbers: Sequence[str | None] = (),
        words: Sequence[str | None] = (),
        either: Sequence[str] = (),
    ) -> pl.DataFrame:
        """Columns as numbers, as labels, or (`either`) as numbers where all cells are; None is skipped."""
        needed = [name for name in (*numbers, *words, *either) if name is not None]
        for name in needed:
            if name not in self.table.columns:
                every = ", ".join(self.table.columns)
                refuse(
                    f"{self.table.path}: there is no column {name}; the file has: {every}",
                    as_json=self.as_json,
                )
        found: dict[str, pl.Series] = {}
        bad: list[BadCell] = []
        for name in dict.fromkeys(n for n in numbers if n is not None):
            read = self.table.numbers(name, self.missing)
            endless = np.flatnonzero(np.isinf(read.values))
            bad += read.bad
            bad += [
                BadCell(int(self.table.lines[row]), name, str(read.values[row]), "a finite number")
                for row in endless
            ]
            found[name] = pl.Series(name, read.values).fill_nan(None)
        if bad:
            bad.sort(key=lambda cell: cell.line)
            message = f"{self.table.path}: nothing was analysed"
            refuse(message, bad, as_json=self.as_json, place=self.table.place, at_most=LISTED)
        for name in either:
            read = self.table.numbers(name, self.missing)
            whole = not read.bad and not np.isinf(read.values).any()
            found[name] = pl.Series(name, read.values).fill_nan(None) if whole else self.words(name)
        for name in words:
            if name is not None and name not in found:
                found[name] = self.words(name)
        return pl.DataFrame(found)

    def words(self, name: str) -> pl.Series:
        """A column as labels, nothing where the cell means that."""
        absent = MISSING_WORDS | {code.strip().casefold() for code in self.missing}
        cells = [None if cell.casefold() in absent else cell for cell in self.table.cells(name)]
        return pl.Series(name, cells, dtype=pl.String)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """What the data do not allow is said with file, line, column and value, as far as one is to blame."""
        try:
            yield
        except (DataError, ValueError) as error:
            refuse(f"{self.table.path}: {self._where(error)}{error}", as_json=self.as_json)

    def _where(self, error: Exception) -> str:
        column, value = getattr(error, "column", None), getattr(error, "value", None)
        if column not in self.table.columns or not isinstance(value, int | float):
            return ""
        rows = np.flatnonzero(self.table.numbers(column, self.missing).values == value)
        return f"{self.table.place} {int(self.table.lines[rows[0]])}: " if len(rows) else ""
