"""The report as a PDF: its words and numbers written out here, laid out by Typst.

The PDF is tagged to the accessibility standard PDF/UA-1, and the same report gives the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

import typst
from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.charts import fonts
from onmodel.charts.theme import to_svg
from onmodel.charts.words import words as chart_words
from onmodel.reports.document import Basis, Block, Cell, Chart, Facts, Figure, Notes, Report, Status, Table
from onmodel.reports.drawing import draw
from onmodel.reports.wording import basis_in_words, detail_of, period_in_words, value_of
from onmodel.wording.status import look

Numbers = dict[Basis, int]
#: In a table of so few columns, interval and n stand beside the figure, else below it.
INLINE_UP_TO = 4
#: Of a chart, in pixels of its specification: the narrower, the larger its words on paper.
WIDTH, WIDTH_BESIDE, HEIGHT_BESIDE = 660, 400, 190


def as_pdf(report: Report) -> bytes:
    """The whole report on A4."""
    with override(report.language):
        files: dict[str, bytes] = {
            "main.typ": resources.files("onmodel.reports.paper").joinpath("report.typ").read_bytes(),
            "mark.svg": resources.files("onmodel.web").joinpath("static/onmodel/mark.svg").read_bytes(),
        }
        content = _report(report, files)
    files["report.json"] = json.dumps(content, ensure_ascii=False).encode()
    try:
        return _compile(files, standards=["ua-1"])
    except typst.TypstError:
        # A name may hold a character that no font of ours has; the standard forbids that, paper need not.
        return _compile(files, standards=[])


def _compile(files: dict[str, bytes], *, standards: list[str]) -> bytes:
    return typst.compile(
        files,
        format="pdf",
        font_paths=[str(fonts.directory())],
        ignore_system_fonts=True,
        pdf_standards=standards,
        timestamp=0,
    )


def _report(report: Report, files: dict[str, bytes]) -> dict[str, Any]:
    numbers = report.bases()
    return {
        "title": report.title,
        "programme": report.programme,
        "organisation": report.organisation,
        "format": report.format,
        "period": period_in_words(report),
        "language": report.language,
        "simulated": report.simulated,
        "nominal_dates": report.nominal_dates,
        "words": _words(report),
        "sections": [
            {
                "title": section.title,
                "intro": section.intro,
                "blocks": _blocks(section.blocks, numbers, files, report.language),
            }
            for section in report.sections
        ],
        "bases": [{"number": n, "text": basis_in_words(basis)} for basis, n in numbers.items()],
    }


def _words(report: Report) -> dict[str, str]:
    return {
        "page": _("page"),
        "made_with": _("OnModel · pack %(pack)s %(version)s")
        % {"pack": report.pack, "version": report.pack_version},
        "simulated": _("Simulated data"),
        "simulated_long": _("No figure in this report is about a real patient, therapist or organisation."),
        "nominal": _(
            "Some treatments came in with one start date for the whole file: their calendar dates are "
            "nominal, their months since start are real."
        ),
        "bases": _("What each figure rests on"),
        "bases_long": _(
            "The small number beside a figure leads to its line here: by which rule, of which "
            "version, from which records."
        ),
    }


def _blocks(
    blocks: Sequence[Block], numbers: Numbers, files: dict[str, bytes], language: str
) -> list[dict[str, Any]]:
    """A chart that is followed by the table behind it becomes one block with both, side by side."""
    shown: list[dict[str, Any]] = []
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if isinstance(block, Chart):
            beside = isinstance(following, Table) and following.behind
            shown.append(_chart(block, numbers, files, language, WIDTH_BESIDE if beside else WIDTH))
        elif isinstance(block, Table) and block.behind and _drawn(shown):
            shown.append({"kind": "course", "chart": shown.pop(), "table": _table(block, numbers)})
        else:
            shown.append(_block(block, numbers))
    return shown


def _drawn(shown: list[dict[str, Any]]) -> bool:
    """Whether the block before is a chart with something in it."""
    return bool(shown) and shown[-1]["kind"] == "chart" and bool(shown[-1]["file"])


def _block(block: Table | Facts | Notes, numbers: Numbers) -> dict[str, Any]:
    if isinstance(block, Table):
        return _table(block, numbers)
    if isinstance(block, Facts):
        facts = [{"name": name, "figure": _figure(figure, numbers)} for name, figure in block.facts]
        return {"kind": block.kind, "title": block.title, "facts": facts, "note": block.note}
    items = [{"text": text, "basis": numbers[basis] if basis else None} for text, basis in block.with_bases()]
    return {"kind": block.kind, "title": block.title, "items": items, "empty": block.empty}


def _table(block: Table, numbers: Numbers) -> dict[str, Any]:
    rows = [[_cell(cell, numbers) for cell in row] for row in block.rows]
    columns = range(len(block.columns))
    return {
        "kind": block.kind,
        "title": block.title,
        "columns": list(block.columns),
        "rows": rows,
        "numeric": [any(row[i]["kind"] == "figure" for row in rows) for i in columns],
        "widths": [
            _width(
                [row[i] for row in rows], block.columns[i], widest=6.5 if i == 0 and len(columns) > 5 else 4.6
            )
            for i in columns
        ],
        "note": block.note,
        "empty": block.empty,
        "behind": block.behind,
        "inline": len(block.columns) <= INLINE_UP_TO,
    }


def _width(cells: list[dict[str, Any]], heading: str, *, widest: float) -> float:
    """Wide for long texts, up to `widest`; narrow for numbers and words."""
    longest = max((len(cell.get("text", "")) for cell in cells), default=0)
    if any(cell["kind"] == "figure" and cell["detail"] for cell in cells):
        value = max(len(cell["value"]) for cell in cells if cell["kind"] == "figure")
        return min(max(1.7, value / 5.8), 2.6)
    if any(cell["kind"] == "figure" for cell in cells):
        return 1.0
    if any(cell["kind"] == "status" for cell in cells):
        return 1.75
    return min(max(longest, len(heading)) / 14 + 0.5, widest)


def _cell(cell: Cell, numbers: Numbers) -> dict[str, Any]:
    if isinstance(cell, Figure):
        return _figure(cell, numbers)
    if isinstance(cell, Status):
        shown = look(cell.word)
        return {"kind": "status", "word": str(shown.label), "tone": shown.tone}
    return {"kind": "text", "text": "" if cell is None else cell}


def _figure(figure: Figure, numbers: Numbers) -> dict[str, Any]:
    return {
        "kind": "figure",
        "value": value_of(figure),
        "unknown": figure.value is None,
        "detail": detail_of(figure),
        "basis": numbers[figure.basis] if figure.basis else None,
    }


def _chart(
    block: Chart, numbers: Numbers, files: dict[str, bytes], language: str, width: int
) -> dict[str, Any]:
    drawing = draw(block, language)
    name = f"chart-{len(files)}.svg"
    if drawing is not None:
        height = HEIGHT_BESIDE if width == WIDTH_BESIDE else None
        svg = to_svg(drawing.spec, words=chart_words(language), width=width, height=height)
        files[name] = svg.encode()
    return {
        "kind": block.kind,
        "title": block.title,
        "file": name if drawing else None,
        "description": drawing.description if drawing else "",
        "caption": " ".join(filter(None, (_caption(block), block.note))),
        "basis": numbers[block.basis] if block.basis else None,
        "empty": block.note or _("Too few measurements to draw."),
    }


def _caption(block: Chart) -> str:
    observed = [line.observed for line in block.lines] or [block.observed]
    counts = "; ".join(", ".join(f"{point.n}" for point in points) for points in observed)
    text = _("Points: observed means with 95 %% interval, n = %(counts)s.") % {"counts": counts}
    if block.modelled or block.lines:
        text += " " + _("Line: the model's mean with 95 % interval.")
    return text
