"""A report read back from the plain values that it was written out as (`Report.as_dict`)."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from onmodel.reports.document import (
    Basis,
    Block,
    Cell,
    Chart,
    Facts,
    Figure,
    Line,
    Notes,
    Point,
    Report,
    Section,
    Status,
    Table,
)

Values = Mapping[str, Any]


def report_from(content: Values) -> Report:
    """The report that those values were written from. KeyError or TypeError where they are no report."""
    plain = {name: value for name, value in content.items() if name not in ("start", "end", "sections")}
    return Report(
        **plain,
        start=datetime.date.fromisoformat(content["start"]),
        end=datetime.date.fromisoformat(content["end"]),
        sections=tuple(_section(section) for section in content["sections"]),
    )


def _section(content: Values) -> Section:
    return Section(**{**content, "blocks": tuple(_block(block) for block in content["blocks"])})


def _block(content: Values) -> Block:
    given = {name: value for name, value in content.items() if name != "kind"}
    return READERS[content["kind"]](given)


def _table(content: Values) -> Table:
    rows = tuple(tuple(_cell(cell) for cell in row) for row in content["rows"])
    return Table(**{**content, "columns": tuple(content["columns"]), "rows": rows})


def _facts(content: Values) -> Facts:
    return Facts(**{**content, "facts": tuple((name, _figure(figure)) for name, figure in content["facts"])})


def _chart(content: Values) -> Chart:
    lines = tuple(
        Line(name=line["name"], observed=_points(line["observed"]), modelled=_points(line["modelled"]))
        for line in content["lines"]
    )
    drawn = {"observed": _points(content["observed"]), "modelled": _points(content["modelled"])}
    return Chart(**{**content, **drawn, "lines": lines, "basis": _basis(content["basis"])})


def _notes(content: Values) -> Notes:
    bases = tuple(_basis(basis) for basis in content["bases"])
    return Notes(**{**content, "items": tuple(content["items"]), "bases": bases})


READERS: dict[str, Callable[[Values], Block]] = {
    "table": _table,
    "facts": _facts,
    "chart": _chart,
    "notes": _notes,
}


def _cell(content: Any) -> Cell:
    if not isinstance(content, Mapping):
        return content  # words, or None
    return Status(content["word"]) if "word" in content else _figure(content)


def _figure(content: Values) -> Figure:
    return Figure(**{**content, "basis": _basis(content["basis"])})


def _basis(content: Values | None) -> Basis | None:
    return None if content is None else Basis(**content)


def _points(content: list[Values]) -> tuple[Point, ...]:
    return tuple(Point(**point) for point in content)
