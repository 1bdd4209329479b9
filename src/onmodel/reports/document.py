"""A report as plain frozen values: the same for the page, for paper and for a program.

Every figure carries its n, its interval where it is an estimate, and a basis: by which rule, of
which version, from which data. Unknown is None, with the reason.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import zip_longest
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Basis:
    """Where a figure comes from: `rule` names a standard, instrument or method; `data` what was counted."""

    rule: str
    version: str
    data: str


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number in a report. `why` says why it is unknown; `n` what it was counted or estimated from.

    A value below `least` is written as less than that (p < 0.001).
    """

    value: float | None
    unit: str = ""
    decimals: int = 0
    n: int | None = None
    lower: float | None = None
    upper: float | None = None
    basis: Basis | None = None
    why: str = ""
    least: float | None = None


@dataclass(frozen=True)
class Status:
    """A status word that a reader knows: met, not_met, unknown, computed, attested, urgent, ..."""

    word: str


Cell = str | Figure | Status | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """`behind`: says in numbers what a chart shows; a page folds it away, paper prints it."""

    kind: str = field(default="table", init=False)
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""
    empty: str = ""
    behind: bool = False


@dataclass(frozen=True, kw_only=True)
class Facts:
    """A few figures with their names, to be read at a glance."""

    kind: str = field(default="facts", init=False)
    title: str = ""
    facts: tuple[tuple[str, Figure], ...]
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value at a time, with its interval and n."""

    x: float
    value: float | None
    lower: float | None = None
    upper: float | None = None
    n: int | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One of several groups in a chart."""

    name: str
    observed: tuple[Point, ...]
    modelled: tuple[Point, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Chart:
    """A course over months: observed means, the line of the model with its band, a cut-off.

    Of several groups when `lines` are given; `observed` and `modelled` are then empty. `form` "shares" draws
    observed shares in per cent, "curves" the modelled ones in steps.
    """

    kind: str = field(default="chart", init=False)
    title: str
    x_title: str
    y_title: str
    observed: tuple[Point, ...] = ()
    modelled: tuple[Point, ...] = ()
    lines: tuple[Line, ...] = ()
    cut_off: float | None = None
    cut_off_label: str = ""
    adequate: float | None = None
    lower_is_better: bool = False
    note: str = ""
    basis: Basis | None = None
    form: str = "course"


@dataclass(frozen=True, kw_only=True)
class Notes:
    """A list of sentences; `bases` says of each what it rests on, where its numbers stand in no figure."""

    kind: str = field(default="notes", init=False)
    title: str = ""
    items: tuple[str, ...]
    empty: str = ""
    bases: tuple[Basis | None, ...] = ()

    def with_bases(self) -> list[tuple[str, Basis | None]]:
        """Each sentence with its basis, None where it has none."""
        return list(zip_longest(self.items, self.bases[: len(self.items)]))


Block = Table | Facts | Chart | Notes


@dataclass(frozen=True, kw_only=True)
class Section:
    id: str
    title: str
    intro: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report of one programme over a period, both days included."""

    title: str
    programme: str
    organisation: str
    format: str
    start: datetime.date
    end: datetime.date
    pack: str
    pack_version: str
    template_version: str
    language: str
    simulated: bool
    nominal_dates: bool
    sections: tuple[Section, ...]

    def figures(self) -> Iterator[Figure]:
        """Every figure, in reading order."""
        for section in self.sections:
            for block in section.blocks:
                yield from _figures(block)

    def bases(self) -> dict[Basis, int]:
        """Each different basis with its number, as the notes at the end list them."""
        return numbered(self.sections)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON; days as ISO text."""
        content = asdict(self)
        content["start"], content["end"] = self.start.isoformat(), self.end.isoformat()
        return content


def numbered(sections: Iterable[Section]) -> dict[Basis, int]:
    """Each different basis of the sections with its number, in reading order."""
    numbers: dict[Basis, int] = {}
    for section in sections:
        for block in section.blocks:
            for basis in _bases(block):
                if basis is not None:
                    numbers.setdefault(basis, len(numbers) + 1)
    return numbers


def _bases(block: Block) -> Iterable[Basis | None]:
    if isinstance(block, Chart):
        return [block.basis]
    if isinstance(block, Notes):
        return block.bases
    return [figure.basis for figure in _figures(block)]


def _figures(block: Block) -> Iterator[Figure]:
    if isinstance(block, Table):
        yield from (cell for row in block.rows for cell in row if isinstance(cell, Figure))
    elif isinstance(block, Facts):
        yield from (figure for _, figure in block.facts)
