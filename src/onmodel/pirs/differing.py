"""What is another in one draft of a report than in the draft before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import override

from onmodel.reports.document import Block, Cell, Facts, Figure, Notes, Report, Status, Table
from onmodel.reports.wording import detail_of, value_of
from onmodel.wording.status import look

#: Where something stands: section, block and row or name, column, and the how-manieth of that name.
Place = tuple[str, str, str, str, int]


@dataclass(frozen=True)
class Difference:
    """What stood there before and stands there now; empty where there was or is nothing."""

    section: str
    name: str
    before: str
    after: str


def differences(before: Report, after: Report) -> list[Difference]:
    """Every cell, figure and sentence that differs, in reading order; charts show what tables say."""
    with override(after.language):
        old, new = dict(_written(before)), dict(_written(after))
    return [
        Difference(place[0], _name(place), old.get(place, ""), new.get(place, ""))
        for place in {**new, **old}
        if old.get(place, "") != new.get(place, "")
    ]


def _name(place: Place) -> str:
    return ": ".join(part for part in place[1:4] if part)


def _written(report: Report) -> Iterator[tuple[Place, str]]:
    times: Counter[tuple[str, ...]] = Counter()
    for section in report.sections:
        for block in section.blocks:
            for row, column, text in _of_block(block):
                named = (section.title, block.title, row, column)
                times[named] += 1
                yield (*named, times[named]), text


def _of_block(block: Block) -> Iterator[tuple[str, str, str]]:
    if isinstance(block, Facts):
        yield from ((name, "", _text(figure)) for name, figure in block.facts)
    elif isinstance(block, Table):
        for row in block.rows:
            name = _text(row[0]) if row else ""
            cells = zip(block.columns[1:], row[1:], strict=True)
            yield from ((name, column, _text(cell)) for column, cell in cells)
    elif isinstance(block, Notes):
        yield from (("", "", text) for text in block.items)


def _text(cell: Cell) -> str:
    if isinstance(cell, Figure):
        return " · ".join(filter(None, (value_of(cell), detail_of(cell))))
    if isinstance(cell, Status):
        return str(look(cell.word).label)
    return cell or ""
