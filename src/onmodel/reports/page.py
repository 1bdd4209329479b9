"""The report as one HTML file that needs nothing else: style inside, charts as SVG."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import override

from onmodel.charts.theme import to_svg
from onmodel.charts.words import words as chart_words
from onmodel.reports.document import Chart, Figure, Notes, Report, Status
from onmodel.reports.drawing import draw
from onmodel.reports.wording import basis_in_words, detail_of, period_in_words, value_of
from onmodel.wording.status import look


def as_html(report: Report) -> str:
    with override(report.language):
        numbers = report.bases()
        context = {
            "report": report,
            "period": period_in_words(report),
            "sections": [
                (section, [_block(report, block, numbers) for block in section.blocks])
                for section in report.sections
            ],
            "bases": [(number, basis_in_words(basis)) for basis, number in numbers.items()],
        }
        return render_to_string("reports/report.html", context)


def _block(report: Report, block, numbers) -> dict[str, object]:
    shown: dict[str, object] = {"kind": block.kind, "block": block}
    if block.kind == "table":
        shown["rows"] = [[_cell(cell, numbers) for cell in row] for row in block.rows]
    elif block.kind == "facts":
        shown["facts"] = [(name, _cell(figure, numbers)) for name, figure in block.facts]
    elif isinstance(block, Notes):
        shown["items"] = [(text, numbers[basis] if basis else None) for text, basis in block.with_bases()]
    elif isinstance(block, Chart):
        drawing = draw(block, report.language)
        if drawing is not None:
            svg = to_svg(drawing.spec, words=chart_words(report.language), width=660)
            shown |= {"svg": SafeString(svg), "drawing": drawing}  # drawn by us from numbers
    return shown


def _cell(cell, numbers) -> dict[str, object]:
    if isinstance(cell, Figure):
        return {
            "value": value_of(cell),
            "unknown": cell.value is None,
            "detail": detail_of(cell),
            "basis": numbers[cell.basis] if cell.basis else None,
        }
    if isinstance(cell, Status):
        shown = look(cell.word)
        return {"status": shown.label, "tone": shown.tone}
    return {"text": "" if cell is None else cell}
