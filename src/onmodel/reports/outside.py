"""A report for readers outside the programme: no figure from which a few people could be told.

A count of one to four is not shown, nor a share that such a count, or the rest of it, would follow from, nor
a mean of so few. Where one hidden figure of a row or column could be computed from the others, the smallest
of those goes too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from django.utils.translation import gettext as _

from onmodel.reports.document import Block, Cell, Chart, Facts, Figure, Point, Report, Section, Table
from onmodel.reports.units import unit_in_words

LEAST = 5

Rows = list[list[Cell]]


def without_small_numbers(report: Report) -> Report:
    """The same report, in the language in force, without what only a few people stand behind."""
    sections = tuple(
        replace(section, blocks=tuple(_block(block) for block in section.blocks))
        for section in report.sections
    )
    said = _("In this version, figures that fewer than %(n)s people stand behind are left out.") % {
        "n": LEAST
    }
    return replace(report, sections=(_introduced(sections[0], said), *sections[1:]))


def _introduced(section: Section, said: str) -> Section:
    return replace(section, intro=f"{section.intro} {said}".strip())


def is_small(count: float | None) -> bool:
    """A count that tells of somebody, and of few."""
    return count is not None and 0 < count < LEAST


def _block(block: Block) -> Block:
    if isinstance(block, Facts):
        return replace(block, facts=tuple((name, _figure(figure)) for name, figure in block.facts))
    if isinstance(block, Table):
        return replace(block, rows=_rows(block))
    if isinstance(block, Chart):
        lines = tuple(replace(line, observed=_points(line.observed)) for line in block.lines)
        return replace(block, observed=_points(block.observed), lines=lines)
    return block


def _points(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple(point for point in points if not is_small(point.n))


def _figure(figure: Figure) -> Figure:
    return _hidden(figure) if _tells_of_few(figure) else figure


def _hidden(figure: Figure) -> Figure:
    why = _("fewer than %(n)s") % {"n": LEAST}
    return replace(figure, value=None, n=None, lower=None, upper=None, least=None, why=why)


def _tells_of_few(figure: Figure) -> bool:
    if figure.value is None or is_small(figure.n):
        return is_small(figure.n)
    if figure.unit == "%" and figure.n:
        count = round(figure.value * figure.n / 100)
        return is_small(count) or is_small(figure.n - count)
    return _is_count(figure) and is_small(figure.value)


def _is_count(figure: Figure) -> bool:
    """A whole number of nothing that is named, or of patients."""
    names = {"", unit_in_words("patients", 1), unit_in_words("patients", 2)}
    return figure.unit in names and figure.decimals == 0


def _rows(table: Table) -> tuple[tuple[Cell, ...], ...]:
    rows: Rows = [[_figure(cell) if isinstance(cell, Figure) else cell for cell in row] for row in table.rows]
    small = {
        (r, c)
        for r, row in enumerate(table.rows)
        for c, cell in enumerate(row)
        if isinstance(cell, Figure) and _tells_of_few(cell)
    }
    width = max(map(len, rows), default=0)
    columns = [[(r, c) for r in range(len(rows)) if c < len(rows[r])] for c in range(width)]
    shares = [[(r, c) for c in range(len(rows[r])) if _is_share(table.rows[r][c])] for r in range(len(rows))]
    for places in (*columns, *shares):
        for (r, c), figure in _also(rows, places, small):
            rows[r][c] = _hidden(figure)
    return tuple(tuple(row) for row in rows)


def _is_share(cell: Cell) -> bool:
    return isinstance(cell, Figure) and cell.unit == "%"


def _also(
    rows: Rows, places: list[tuple[int, int]], small: set[tuple[int, int]]
) -> Iterator[tuple[tuple[int, int], Figure]]:
    """The smallest figure beside the only hidden one, from which that one could be computed."""
    if sum(place in small for place in places) != 1:
        return
    left = [
        ((r, c), cell)
        for r, c in places
        if (r, c) not in small and isinstance(cell := rows[r][c], Figure) and _adds_up(cell)
    ]
    if left:
        yield min(left, key=lambda found: found[1].value or 0.0)


def _adds_up(figure: Figure) -> bool:
    return bool(figure.value) and (_is_count(figure) or _is_share(figure))
