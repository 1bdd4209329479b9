"""A report's blocks as the components of a page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from onmodel.reports import document
from onmodel.reports.drawing import draw
from onmodel.reports.wording import detail_of, value_of
from onmodel.web.components import Chart, Column, Component, EmptyState, Fact, Facts, Status, Table
from onmodel.web.folding import headline_of

Numbers = dict[document.Basis, int]

#: The section of a programme's report that is never folded.
READ_FIRST = "brief"


@dataclass(frozen=True)
class Notes:
    """Each sentence with the number of what it rests on."""

    title: str
    items: list[tuple[str, int | None]]
    empty: str


@dataclass(frozen=True)
class BlockShown:
    """`kind` as in the document; "behind" for a table folded away, "charts" for several side by side."""

    kind: str
    title: str
    content: object
    note: str = ""


@dataclass(frozen=True)
class SectionShown:
    """With a headline it is folded behind it, unless `open`."""

    id: str
    title: str
    intro: str
    blocks: list[BlockShown]
    download: str = ""
    headline: str = ""
    open: bool = False


@dataclass(frozen=True)
class Drawn:
    """A chart, and the table that says more than the chart's own."""

    chart: Component
    table: BlockShown | None


def section_of(section: document.Section, numbers: Numbers, *, download: str = "") -> SectionShown:
    """`download`: the address of its numbers as a file."""
    blocks = [_block(section, place, block, numbers) for place, block in enumerate(section.blocks)]
    return SectionShown(section.id, section.title, section.intro, _side_by_side(blocks), download)


def folded_section_of(section: document.Section, numbers: Numbers, *, open: bool = False) -> SectionShown:
    """Behind its headline, but for what is read first."""
    headline = "" if section.id == READ_FIRST else headline_of(section)
    return replace(section_of(section, numbers), headline=headline, open=open)


def _side_by_side(blocks: list[BlockShown]) -> list[BlockShown]:
    """Neighbouring charts become one block, each with the table behind it."""
    shown: list[BlockShown] = []
    for block in blocks:
        together = shown[-1].content if shown and shown[-1].kind == "charts" else None
        if block.kind == "chart" and together is not None:
            together.append(Drawn(block.content, None))
        elif block.kind == "chart":
            shown.append(BlockShown("charts", "", [Drawn(block.content, None)]))
        elif block.kind == "behind" and together is not None:
            together[-1] = Drawn(together[-1].chart, block)
        else:
            shown.append(block)
    return shown


def _block(section: document.Section, place: int, block: document.Block, numbers: Numbers) -> BlockShown:
    id_ = f"{section.id}-{place}"
    if isinstance(block, document.Table):
        kind = "behind" if block.behind else block.kind
        return BlockShown(kind, block.title, _table(block, numbers, id_), block.note)
    if isinstance(block, document.Facts):
        facts = [Fact(name, figure_of(figure, numbers)) for name, figure in block.facts]
        return BlockShown(block.kind, block.title, Facts(facts), block.note)
    if isinstance(block, document.Chart):
        return BlockShown(block.kind, "", _chart(block, id_))
    items = [(text, numbers[basis] if basis else None) for text, basis in block.with_bases()]
    return BlockShown(block.kind, block.title, Notes(block.title, items, block.empty))


def _table(block: document.Table, numbers: Numbers, id_: str) -> Table:
    figures = [
        any(isinstance(row[place], document.Figure) for row in block.rows)
        for place in range(len(block.columns))
    ]
    columns = [Column(name, numeric=numeric) for name, numeric in zip(block.columns, figures, strict=True)]
    rows = [[_cell(cell, numbers) for cell in row] for row in block.rows]
    return Table(
        block.title,
        columns,
        rows,
        empty=EmptyState(block.empty) if block.empty else "",
        id=id_,
        caption_hidden=True,
    )


def _cell(cell: document.Cell, numbers: Numbers) -> object:
    if isinstance(cell, document.Figure):
        return figure_of(cell, numbers)
    if isinstance(cell, document.Status):
        return Status(cell.word)
    return "" if cell is None else cell


def figure_of(figure: document.Figure, numbers: Numbers) -> SafeString:
    """The figure, its interval and n, and the number of its basis as a link to the list of bases."""
    mark = SafeString()
    if figure.basis is not None:
        number = numbers[figure.basis]
        mark = format_html('<sup><a class="basis" href="#basis-{}">{}</a></sup>', number, number)
    kind = "unknown" if figure.value is None else "figure-value"
    detail = detail_of(figure)
    small = format_html(' <span class="figure-part">{}</span>', detail) if detail else SafeString()
    return format_html(
        '<span class="figure"><span class="{}">{}</span>{}{}</span>', kind, value_of(figure), mark, small
    )


def _chart(block: document.Chart, id_: str) -> Component:
    drawing = draw(block, "nl" if (get_language() or "en").startswith("nl") else "en")
    if drawing is None:
        return EmptyState(block.title, block.note)
    return Chart(drawing, title=block.title, id=f"chart-{id_}", note=block.note)
