"""The figures of a report as a table of their own, a row a figure, for a spreadsheet or another program."""

from __future__ import annotations

import csv
import io

from onmodel.reports.document import Figure, Report, Table
from onmodel.wording.cells import harmless

COLUMNS = ("section", "table", "row", "column", "value", "unit", "n", "lower", "upper", "why_unknown")


def as_csv(report: Report) -> str:
    """Figures of tables and facts, in full precision; a point as decimal sign. Row: the cells before it."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                for row in block.rows:
                    name = " / ".join(cell for cell in row if isinstance(cell, str) and cell)
                    for column, cell in zip(block.columns, row, strict=True):
                        if isinstance(cell, Figure):
                            writer.writerow(_line(section.title, block.title, name, column, cell))
            elif block.kind == "facts":
                for name, figure in block.facts:
                    writer.writerow(_line(section.title, block.title, name, "", figure))
    return file.getvalue()


def _line(section: str, table: str, row: str, column: str, figure: Figure) -> list[object]:
    texts = [harmless(text) for text in (section, table, row, column)]
    numbers = [figure.n, figure.lower, figure.upper]
    why = figure.why if figure.value is None else ""
    return [*texts, figure.value, harmless(figure.unit), *numbers, harmless(why)]
