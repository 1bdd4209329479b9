"""A programme's frozen reports side by side: the same figures, report by report."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from onmodel.pirs.models import KeptFile, Pir, Reader
from onmodel.reports.document import Facts, Figure, Report, Table
from onmodel.reports.reading import report_from

#: Sections whose facts are compared, in this order, and the one whose table of signs is.
WITH_FACTS, WITH_SIGNS = ("brief", "adherence"), "indicators"


@dataclass(frozen=True)
class Series:
    """One figure; `figures` are in the order of the reports, None where a report does not have it."""

    name: str
    figures: tuple[Figure | None, ...]

    @property
    def known(self) -> int:
        return sum(figure is not None and figure.value is not None for figure in self.figures)


def frozen_reports(pirs: Iterable[Pir], language: str) -> dict[Pir, Report]:
    """What was frozen of each, by its last day, the oldest first."""
    ordered = sorted(pirs, key=lambda pir: pir.end)
    files = KeptFile.objects.filter(pir__in=ordered, language=language, reader=Reader.WHOLE, kind="json")
    kept = {file.pir_id: file for file in files}
    return {pir: report_from(json.loads(bytes(kept[pir.pk].content))) for pir in ordered}


def series_of(reports: Sequence[Report]) -> list[Series]:
    """Every figure of the first lines and of the signs of trouble, as the reports name them."""
    found = [dict(_figures(report)) for report in reports]
    names = dict.fromkeys(name for figures in reversed(found) for name in figures)
    return [Series(name, tuple(figures.get(name) for figures in found)) for name in names]


def _figures(report: Report) -> Iterator[tuple[str, Figure]]:
    sections = {section.id: section for section in report.sections}
    for name in WITH_FACTS:
        for block in sections[name].blocks if name in sections else ():
            if isinstance(block, Facts):
                yield from block.facts
    for block in sections[WITH_SIGNS].blocks if WITH_SIGNS in sections else ():
        if isinstance(block, Table):
            yield from _signs(block)


def _signs(table: Table) -> Iterator[tuple[str, Figure]]:
    """A sign's name stands in the first column, this period's figure in the second."""
    for row in table.rows:
        if len(row) > 1 and isinstance(row[0], str) and isinstance(row[1], Figure):
            yield row[0], row[1]
