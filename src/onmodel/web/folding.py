"""Long pages: what is needed at once stands open, the rest opens on request. Paper has everything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from onmodel.reports import document
from onmodel.reports.wording import value_of
from onmodel.web.components import Component, Table
from onmodel.wording.status import look

#: As many figures or titles as a phone shows on three lines.
IN_A_HEADLINE = 3


@dataclass(frozen=True)
class Folded(Component):
    """A table in two parts: the rows needed at once, and those behind `summary`."""

    template: ClassVar[str] = "components/folded.html"
    shown: Table | None
    rest: Table
    summary: str
    open: bool = False


def folded(table: Table, needed: Sequence[bool], summary: str, *, open: bool = False) -> Table | Folded:
    """The table with those rows open that are `needed`; as it is when all of them are.

    `summary` says with `%(n)s` how many the others are.
    """
    rows = list(zip(table.rows, needed, strict=True))
    shown, rest = [row for row, now in rows if now], [row for row, now in rows if not now]
    if not rest:
        return table
    words = summary % {"n": len(rest)}
    others = replace(table, rows=rest, caption=words, caption_hidden=True, id=f"{table.id}-others")
    first = replace(table, rows=shown, page=None, note="") if shown else None
    return Folded(first, others, words, open)


def headline_of(section: document.Section) -> str:
    """A folded section in a line: its first figures, else how many are in which state, else what it holds."""
    for found in (_figures(section), _states(section), _titles(section)):
        if parts := list(found)[:IN_A_HEADLINE]:
            return " · ".join(parts)
    return section.intro or section.title


def _figures(section: document.Section) -> Iterator[str]:
    for block in section.blocks:
        if isinstance(block, document.Facts):
            yield from (f"{name}: {value_of(figure)}" for name, figure in block.facts)


def _states(section: document.Section) -> Iterator[str]:
    """Of the first table that has states, named where it does not stand first."""
    for place, block in enumerate(section.blocks):
        rows = block.rows if isinstance(block, document.Table) else ()
        first = [next((cell for cell in row if isinstance(cell, document.Status)), None) for row in rows]
        if counted := Counter(state.word for state in first if state is not None):
            said = [f"{look(word).label}: {n}" for word, n in counted.most_common()]
            yield from [f"{block.title} – {said[0]}", *said[1:]] if place else said
            return


def _titles(section: document.Section) -> Iterator[str]:
    for block in section.blocks:
        behind = isinstance(block, document.Table) and block.behind
        if block.title and not behind:
            yield block.title
