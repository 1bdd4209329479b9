"""The numbers of a page of outcomes as a file, one value a line."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from io import StringIO

from onmodel.reports.cohorts.series import Figures, Part, Series
from onmodel.reports.cohorts.words import Names
from onmodel.wording.cells import harmless

COLUMNS = (
    "part",
    "measure",
    "measure_name",
    "what",
    "group",
    "months",
    "kind",
    "value",
    "lower_95",
    "upper_95",
    "n",
    "events",
    "as_of",
    "simulated",
)


def as_csv(figures: Figures, names: Names, *, simulated: bool, part: Part | None = None) -> str:
    """Every value with its interval and n. Shares are from 0 to 1; what is not known is empty."""
    out = StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(COLUMNS)
    for series in figures.series:
        if part is None or series.part is part:
            table.writerows(_rows(series, figures, names, simulated))
    return out.getvalue()


def _rows(series: Series, figures: Figures, names: Names, simulated: bool) -> Iterator[tuple[object, ...]]:
    head = (series.part.value, series.measure, harmless(_name(series, names)), series.what)
    group = harmless(names.group(series.group))
    tail = (figures.until.isoformat(), "simulated" if simulated else "")
    for point in series.points:
        values = (_number(v) for v in (point.value, point.lower, point.upper))
        yield (*head, group, _number(point.x), series.kind.value, *values, point.n, point.events, *tail)


def _name(series: Series, names: Names) -> str:
    if series.part is Part.ENDS:
        return names.term("end_kinds", series.measure)
    if series.part is Part.ATTENDANCE:
        return names.term("therapy_components", series.measure)
    return names.scale(series.measure.rpartition(":")[2])


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
