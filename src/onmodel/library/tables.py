"""Tables from outside: CSV in the encodings and conventions of clinics, SPSS, Parquet.

`read_table(path)` gives columns with the line of the file that each row came from. What a
file is, is seen from its content. Text files keep their cells as written; `Table.numbers` reads a
column as numbers, with a decimal point or a decimal comma, and says which cells are none.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:  # polars takes longer to load than to read most files, and text does without
    import polars as pl

#: Cells that say "nothing was answered", in lower case.
MISSING_WORDS = frozenset(
    {"", ".", "-", "na", "n/a", "nan", "null", "none", "#n/a", "#null!", "nvt", "n.v.t.", "missing"}
)
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
POINT = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)([eE][+-]?\d+)?", re.ASCII)
#: More than this the reader of CSV refuses to take for one cell.
LONGEST_CELL = csv.field_size_limit()
#: Bytes that no text holds.
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x19]")
MOST_NAMED = 20  # lines in one message
#: The first bytes of files that people send instead of a table.
OTHER_KINDS = {
    b"PK\x03\x04": "a workbook (Excel or LibreOffice); save it as CSV, or send SPSS or Parquet",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as CSV, or send SPSS or Parquet",
    b"%PDF": "a PDF; a table as CSV, SPSS or Parquet is needed",
    b"\x1f\x8b": "compressed; unpack it first",
}


class TableError(Exception):
    """A file that cannot be read as a table; the message names the file, the place and what is right."""


@dataclass(frozen=True)
class BadCell:
    """A cell that is no number: its line (or row), its column, what stands there, what would be right."""

    line: int
    column: str
    value: str
    expected: str


@dataclass(frozen=True)
class Numbers:
    """A column as numbers (n,), NaN where nothing was answered or the cell is in `bad`."""

    values: np.ndarray
    bad: tuple[BadCell, ...]


@dataclass(frozen=True)
class Table:
    """A table and where it came from.

    `columns` maps name -> cells: text as written (a tuple), or a polars series of a typed file.
    `lines` (n,) is for each row the line of the text file it began on, or its number from 1 where
    a file has no lines (`place` is then "row"). `labels` are the variable labels of an SPSS file,
    `value_labels` the words of each column's codes.
    """

    path: Path
    kind: str  # text, spss, parquet
    columns: Mapping[str, tuple[str, ...] | pl.Series]
    lines: np.ndarray
    place: str = "line"
    encoding: str | None = None
    delimiter: str | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    value_labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def first_line(self) -> int:
        """The line (or row number) of the first row of data."""
        return int(self.lines[0])

    @cached_property
    def frame(self) -> pl.DataFrame:
        """The table as a polars frame: strings for a text file, its own types for another."""
        import polars as pl

        return pl.DataFrame(dict(self.columns))

    def cells(self, column: str) -> tuple[str, ...]:
        """A column as text, "" where nothing stands."""
        cells = self.columns[column]
        return cells if isinstance(cells, tuple) else tuple(as_text(value) for value in cells.to_list())

    def numbers(self, column: str, missing: Iterable[str] = ()) -> Numbers:
        """A column as numbers; `missing` are further cells (codes such as 999) that mean no answer."""
        absent = MISSING_WORDS | {code.strip().casefold() for code in missing}
        cells = self.columns[column]
        if isinstance(cells, tuple) or not holds_numbers(cells):
            return self._from_text(column, absent)
        values = np.array([np.nan if value is None else value for value in cells.to_list()], dtype=float)
        codes = [float(code) for code in absent if POINT.fullmatch(code)]
        values[np.isin(values, codes)] = np.nan
        return Numbers(values, ())

    def _from_text(self, column: str, absent: frozenset[str]) -> Numbers:
        cells = self.cells(column)
        given = {cell for cell in cells if cell.casefold() not in absent}
        commas = any(COMMA.fullmatch(cell) for cell in given)
        points = any("." in cell and POINT.fullmatch(cell) for cell in given)
        known = {cell: to_number(cell, decimal_comma=commas and not points) for cell in given}
        nan = float("nan")
        values = np.array([known.get(cell, nan) for cell in cells], dtype=float)
        wrong = {cell for cell, value in known.items() if value != value}
        return Numbers(values, self._bad_cells(column, cells, wrong, mixed=commas and points))

    def _bad_cells(
        self, column: str, cells: Sequence[str], wrong: set[str], *, mixed: bool
    ) -> tuple[BadCell, ...]:
        """The cells that are no number; `mixed` when the column has decimal points and commas."""
        why = "a number with a decimal point, as elsewhere in this column" if mixed else "a number"
        return tuple(
            BadCell(int(self.lines[row]), column, cell, why)
            for row, cell in enumerate(cells if wrong else ())
            if cell in wrong
        )


def holds_numbers(cells: pl.Series) -> bool:
    """Whether a typed column has numbers, or yes and no."""
    import polars as pl

    return cells.dtype.is_numeric() or cells.dtype == pl.Boolean


def as_text(value: object) -> str:
    """A typed cell as people write it: whole numbers without ".0", nothing for an empty one."""
    if value is None or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def to_number(cell: str, *, decimal_comma: bool = False) -> float:
    """The number that a cell says; NaN when it says none."""
    if POINT.fullmatch(cell):
        return float(cell)
    if decimal_comma and COMMA.fullmatch(cell):
        return float(cell.replace(",", "."))
    return float("nan")


def read_table(path: Path | str, delimiter: str | None = None) -> Table:
    """Read a CSV, SPSS (.sav, .zsav) or Parquet file.

    `delimiter` overrides what is seen from the first line. Raises TableError for a file that is
    not there, empty, ragged, not a table, in mixed encodings, or with a column name twice.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise TableError(f"{file}: cannot be read ({error.strerror})") from error
    for start, kind in OTHER_KINDS.items():
        if content.startswith(start):
            raise TableError(f"{file}: this is {kind}")
    if content.startswith(b"PAR1"):
        return read_parquet(file, content)
    if content.startswith((b"$FL2", b"$FL3")):
        return read_spss(file)
    named = {".sav": "SPSS", ".zsav": "SPSS", ".parquet": "Parquet"}.get(file.suffix.lower())
    if named:
        raise TableError(f"{file}: the name says {named}, but the content is not; export it again")
    return read_text(file, content, delimiter)


def read_parquet(file: Path, content: bytes) -> Table:
    """A Parquet file's table."""
    import polars as pl

    try:
        frame = pl.read_parquet(io.BytesIO(content))
    except (pl.exceptions.PolarsError, OSError) as error:
        raise TableError(f"{file}: the Parquet file is damaged ({first_words(error)})") from error
    return numbered(file, "parquet", frame)


def read_spss(file: Path) -> Table:
    """An SPSS file; answers declared missing there become missing here."""
    import pyreadstat

    try:
        frame, meta = pyreadstat.read_sav(str(file), output_format="polars")
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError, UnicodeError) as error:
        raise TableError(f"{file}: the SPSS file is damaged ({first_words(error)})") from error
    labels = {name: label for name, label in meta.column_names_to_labels.items() if label}
    return replace(numbered(file, "spss", frame, labels), value_labels=meta.variable_value_labels)


def numbered(file: Path, kind: str, frame: pl.DataFrame, labels: Mapping[str, str] | None = None) -> Table:
    """A table whose rows are known by number; TableError when it has none."""
    if frame.height == 0 or frame.width == 0:
        raise TableError(f"{file}: the file has no rows")
    columns = {series.name: series for series in frame}
    rows = np.arange(1, frame.height + 1)
    return Table(file, kind, columns, rows, place="row", labels=labels or {})


def first_words(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__


def read_text(file: Path, content: bytes, delimiter: str | None) -> Table:
    """A CSV file: encoding, delimiter and header from the content, every row of the same length."""
    text, encoding = decode(file, content)
    if not text.strip():
        raise TableError(f"{file}: the file is empty; a line with column names and rows below it are needed")
    declared = re.match(r"\s*sep=(.)\r?\n", text)
    sign = delimiter or (declared.group(1) if declared else find_delimiter(text))
    rows = list(numbered_rows(file, text, sign))
    if declared:
        rows = rows[1:]
    (header_line, header), *body = rows or [(1, [])]
    if not body:
        raise TableError(f"{file}: line {header_line} has column names, but there are no rows below it")
    check_lengths(file, header, header_line, body)
    names, kept = column_names(file, header, header_line, body)
    cells = list(zip(*(row for _, row in body), strict=True))
    columns = {name: cells[at] for name, at in zip(names, kept, strict=True)}
    lines = np.array([line for line, _ in body])
    return Table(file, "text", columns, lines, encoding=encoding, delimiter=sign)


def decode(file: Path, content: bytes) -> tuple[str, str]:
    """The text and its encoding: UTF-8 or UTF-16 by its mark, else UTF-8, else Windows-1252."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return decoded(file, content, "utf-16"), "utf-16"
    if CONTROL.search(content):
        raise TableError(f"{file}: this is not a text file; CSV, SPSS (.sav) or Parquet is needed")
    try:
        return content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        refuse_mixed(file, content)
    return decoded(file, content, "windows-1252"), "windows-1252"


def decoded(file: Path, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TableError(
            f"{file}: line {line} is neither UTF-8 nor Windows-1252 text; "
            "save the file as CSV UTF-8, or send SPSS or Parquet"
        ) from error


def refuse_mixed(file: Path, content: bytes) -> None:
    """TableError when some lines are UTF-8 and others are not: no one reading would be right."""
    utf8, other = [], []
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8-sig")
            utf8.append(number)
        except UnicodeDecodeError:
            other.append(number)
    if utf8 and other:
        raise TableError(
            f"{file}: mixed encodings: line {utf8[0]} is UTF-8, line {other[0]} is not; save it as CSV UTF-8"
        )


def find_delimiter(text: str) -> str:
    """The sign that parts the first line into most cells; a comma where none does."""
    first = next(line for line in text.splitlines() if line.strip())[:LONGEST_CELL]
    counts = {sign: len(next(csv.reader([first], delimiter=sign))) for sign in DELIMITERS}
    return max(counts, key=lambda sign: counts[sign])


def numbered_rows(file: Path, text: str, delimiter: str) -> Iterable[tuple[int, list[str]]]:
    """(line on which the row begins, its cells) for every row that is not blank."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    began = 1
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                yield began, cells
            began = reader.line_num + 1
    except csv.Error as error:
        raise TableError(
            f"{file}: line {began}: the quotes do not close or the row cannot be read ({error})"
        ) from error


def check_lengths(
    file: Path, header: Sequence[str], header_line: int, body: Sequence[tuple[int, Sequence[str]]]
) -> None:
    """TableError for rows with more or fewer cells than the header; names the lines, and counts them."""
    ragged = [(line, len(row)) for line, row in body if len(row) != len(header)]
    if ragged:
        line, cells = ragged[0]
        others = ", ".join(str(line) for line, _cells in ragged[1:MOST_NAMED])
        unnamed = f" and {len(ragged) - MOST_NAMED} more" if len(ragged) > MOST_NAMED else ""
        more = f" (wrong too: {others}{unnamed})" if others else ""
        raise TableError(
            f"{file}: line {line} has {cells} {'cell' if cells == 1 else 'cells'}, but line {header_line} "
            f"names {len(header)} columns{more}; a cell that holds the delimiter must be in quotes"
        )


def column_names(
    file: Path, header: Sequence[str], header_line: int, body: Sequence[tuple[int, Sequence[str]]]
) -> tuple[list[str], list[int]]:
    """Names and positions of the columns: one without a name gets "column_N", or goes when empty.

    TableError when two columns have the same name.
    """
    kept = [at for at, name in enumerate(header) if name or any(row[at] for _, row in body)]
    names = [header[at] or f"column_{at + 1}" for at in kept]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise TableError(
            f"{file}: line {header_line} has more than one column named {', '.join(doubled)}; "
            "each needs a name of its own"
        )
    return names, kept
