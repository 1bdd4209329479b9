"""The components that every page is put together from.

Each is a small frozen dataclass with a template of its own in `templates/components/`, and can be
put in a page in two ways that give the same: by a template tag (`templatetags/components.py`), or
made in a view and printed with `{{ component }}`, also as a cell of a table. `/gallery/` shows
them all, in all their states.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, ClassVar

from django.core.paginator import Page
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from onmodel.charts.drawing import Drawing
from onmodel.charts.sparkline import sparkline
from onmodel.charts.timeline import Row
from onmodel.process.course.timeline import Course
from onmodel.wording import status
from onmodel.wording.numbers import Number, date_written, unknown, written


class Component:
    """Renders `template` with the fields of the dataclass, and `extra()`, as its context."""

    template: ClassVar[str]

    def extra(self) -> dict[str, Any]:
        return {}

    def context(self) -> dict[str, Any]:
        named = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]
        return {**named, **self.extra()}

    def render(self, request: HttpRequest | None = None) -> SafeString:
        return SafeString(render_to_string(self.template, self.context(), request).strip())

    def __html__(self) -> str:
        return self.render()

    __str__ = __html__


@dataclass(frozen=True)
class Status(Component):
    """A state as icon and word: `Status("open", of="signal")`; the states are in `status.LOOKS`."""

    template: ClassVar[str] = "components/status.html"
    word: str
    of: str | None = None
    label: str = ""

    def extra(self) -> dict[str, Any]:
        look = status.look(self.word, self.of)
        return {"label": self.label or look.label, "tone": look.tone, "icon": look.icon}


@dataclass(frozen=True)
class Figure(Component):
    """A number with what it rests on: `Figure(12.4, unit=_("points"), n=57, interval=(10.1, 14.7))`.

    None shows as "unknown" with `why`. `of` is the whole that n is part of; `confidence` the
    interval's in per cent; `basis` says how the number is known (a status word or a sentence);
    `href` leads to rule and data.
    """

    template: ClassVar[str] = "components/figure.html"
    value: Number | None
    unit: str = ""
    n: int | None = None
    of: int | None = None
    interval: tuple[float, float] | None = None
    digits: int | None = None
    confidence: int = 95
    basis: str | Status = ""
    why: str = ""
    label: str = ""
    large: bool = False
    href: str = ""

    def extra(self) -> dict[str, Any]:
        low, high = self.interval or (None, None)
        digits = self.digits
        return {
            "written": None if self.value is None else written(self.value, digits),
            "low": None if low is None else written(low, digits),
            "high": None if high is None else written(high, digits),
        }


@dataclass(frozen=True)
class Link(Component):
    """A link, for a cell: `Link("P-0042", patient.get_absolute_url())`."""

    template: ClassVar[str] = "components/link.html"
    text: str
    href: str
    note: str = ""


@dataclass(frozen=True)
class EmptyState(Component):
    """What to read where there is nothing: what would be here, and what to do to get it."""

    template: ClassVar[str] = "components/empty_state.html"
    title: str
    text: str = ""
    action: Link | None = None


@dataclass(frozen=True)
class Column:
    """A column of a table; with `sort`, its heading sorts by that name through `?sort=`."""

    label: str
    sort: str = ""
    numeric: bool = False
    hidden_label: bool = False


@dataclass(frozen=True)
class Heading:
    """A column as the table's template needs it: the next order, and the present one in ARIA's words."""

    column: Column
    next: str
    order: str


@dataclass(frozen=True)
class Table(Component):
    """A table whose cells are text, numbers, components or None (unknown); first column heads the row.

    `Table(_("Patients"), [Column(_("Patient"), sort="code"), Column("BDI", numeric=True)],
    [[Link("P-1", "/patients/1/"), 12]], sort=sort_order(request, "code"))`

    On a phone a row becomes a card (`narrow="cards"`) or the table scrolls (`narrow="scroll"`).
    """

    template: ClassVar[str] = "components/table.html"
    caption: str
    columns: Sequence[Column | str]
    rows: Sequence[Sequence[Any]]
    sort: str = ""
    narrow: str = "cards"
    caption_hidden: bool = False
    empty: EmptyState | str = ""
    note: str = ""
    page: Page | None = None
    id: str = "table"

    def headings(self) -> list[Heading]:
        columns = [Column(c) if not isinstance(c, Column) else c for c in self.columns]
        return [Heading(c, *self.order_of(c)) for c in columns]

    def order_of(self, column: Column) -> tuple[str, str]:
        if column.sort and self.sort == column.sort:
            return f"-{column.sort}", "ascending"
        return column.sort, "descending" if column.sort and self.sort == f"-{column.sort}" else "none"

    def extra(self) -> dict[str, Any]:
        headings = self.headings()
        return {
            "headings": headings,
            "body": [list(zip(headings, row, strict=True)) for row in self.rows],
            "numeric": [heading.column.numeric for heading in headings],
        }


def sort_order(request: HttpRequest, default: str, allowed: Sequence[str] = ()) -> str:
    """The order asked for by `?sort=name` or `?sort=-name`, if it is one of `allowed` (or the default)."""
    asked = request.GET.get("sort", default)
    return asked if asked.lstrip("-") in {*allowed, default.lstrip("-")} else default


@dataclass(frozen=True)
class Chart(Component):
    """A drawing of `onmodel.charts` with title, what it says in words, and its table behind.

    `Chart(course_chart(groups, measure="BDI"), title=_("Depression over time"), n=100)`
    """

    template: ClassVar[str] = "components/chart.html"
    drawing: Drawing
    title: str
    id: str = "chart"
    lead: str = ""
    n: int | None = None
    simulated: bool = False
    note: str = ""
    level: int = 3

    def extra(self) -> dict[str, Any]:
        columns = [
            Column(name, numeric=number)
            for name, number in zip(self.drawing.headers, self.drawing.numeric, strict=True)
        ]
        table = Table(
            self.title,
            columns,
            self.drawing.rows,
            id=f"{self.id}-table",
            caption_hidden=True,
            narrow="scroll",
        )
        spec = {"spec": self.drawing.spec, "spec_id": f"{self.id}-spec"}
        return {**spec, "description": self.drawing.description, "table": table}


@dataclass(frozen=True)
class Progress(Component):
    """How far a job is. While it runs and has a `poll` address, htmx asks that address for the next state.

    The address answers with `HttpResponse(Progress(...))`, with `done=True` or `failed=` at the end.
    """

    template: ClassVar[str] = "components/progress.html"
    label: str
    value: int | None = None
    maximum: int = 100
    detail: str = ""
    poll: str = ""
    done: bool = False
    failed: str = ""
    id: str = "progress"
    action: Link | None = None

    def extra(self) -> dict[str, Any]:
        running = not self.done and not self.failed
        percent = None if self.value is None else min(100, round(100 * self.value / max(self.maximum, 1)))
        return {"running": running, "percent": 100 if self.done else percent}


@dataclass(frozen=True)
class Tab:
    """`current`: the page that is open; `around`: that page stands under it, or among its `parts`."""

    label: str
    href: str
    current: bool = False
    count: int | None = None
    around: bool = False
    parts: tuple[Tab, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A key fact: a word, its value (text, number, component, None for unknown), a note."""

    label: str
    value: Any
    note: str = ""


@dataclass(frozen=True)
class Facts(Component):
    """A short list of what is most worth knowing: `Facts([Fact(_("Patients"), 84)])`."""

    template: ClassVar[str] = "components/facts.html"
    facts: Sequence[Fact] = field(default_factory=list)
    large: bool = False


@dataclass(frozen=True)
class Sparkline(Component):
    """A course in a cell, drawn as a line; None leaves a gap. `label` says the same in words."""

    template: ClassVar[str] = "components/sparkline.html"
    values: Sequence[float | None]
    label: str
    low: float | None = None
    high: float | None = None

    def extra(self) -> dict[str, Any]:
        return {"drawn": sparkline(self.values, low=self.low, high=self.high)}


@dataclass(frozen=True)
class Timeline(Component):
    """A patient's course drawn, with its summary and every day in words: `Timeline(course_of(treatment))`."""

    template: ClassVar[str] = "components/timeline.html"
    course: Course
    id: str = "timeline"

    def extra(self) -> dict[str, Any]:
        drawn = self.course.drawing
        return {
            "drawn": drawn,
            "height": f"{drawn.height:g}",
            "axis": f"{drawn.axis:g}",
            "today": None if drawn.today is None else f"{drawn.today:g}",
            "ticks": [(f"{x:g}", label) for x, label in drawn.ticks],
            "rows": [_plain_row(row) for row in drawn.rows],
        }


def _plain_row(row: Row) -> dict[str, Any]:
    """Its numbers as an SVG writes them, in every language the same."""
    return {
        "title": row.title,
        "label_y": f"{row.y + 15:g}",
        "points": row.points,
        "boxes": [
            {
                **{
                    name: f"{getattr(box, name):g}"
                    for name in ("x", "y", "width", "height", "text_x", "text_y")
                },
                "tone": box.tone,
                "label": box.label,
                "note": box.note,
            }
            for box in row.boxes
        ],
    }


def cell(value: Any) -> SafeString:
    """A cell's value as HTML: numbers and dates in the reader's language, None as unknown."""
    if value is None:
        return unknown()
    if isinstance(value, Number) and not isinstance(value, bool):
        return SafeString(written(value))
    if isinstance(value, date):
        return SafeString(date_written(value))
    return SafeString(conditional_escape(value))
