"""The charts of a report, drawn by `onmodel.charts`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onmodel.charts.course import Estimated, Group, Marks, Observed, course_chart
from onmodel.charts.drawing import Drawing
from onmodel.charts.over_time import Curve, Share, share_chart, step_chart
from onmodel.reports.document import Chart, Line, Point


def draw(chart: Chart, language: str) -> Drawing | None:
    """The drawing of a chart; None where there is nothing to draw."""
    if chart.form != "course":
        return _draw_shares(chart, language)
    lines = chart.lines or (Line(name=chart.title, observed=chart.observed, modelled=chart.modelled),)
    groups = [_group(line) for line in lines]
    if not any(group.observed for group in groups):
        return None
    marks = Marks(cut_off=chart.cut_off)
    if chart.adequate is not None:
        marks = Marks(cut_off=chart.adequate, cut_off_word=_("adequate"))
    return course_chart(
        groups,
        measure=chart.y_title,
        lower_is_better=chart.lower_is_better,
        marks=marks,
        time=chart.x_title,
        language=language,
        height=250,
    )


def _group(line: Line) -> Group:
    return Group(
        name=line.name,
        observed=[
            Observed(months=p.x, mean=p.value, n=p.n or 0, low=p.lower, high=p.upper)
            for p in line.observed
            if p.value is not None
        ],
        model=[
            Estimated(months=p.x, estimate=p.value, low=p.lower, high=p.upper)
            for p in line.modelled
            if p.value is not None
        ],
    )


def _draw_shares(chart: Chart, language: str) -> Drawing | None:
    curves = [Curve(name=line.name, shares=_shares(line.observed or line.modelled)) for line in chart.lines]
    curves = [curve for curve in curves if curve.shares]
    if not curves:
        return None
    draw_as = share_chart if chart.form == "shares" else step_chart
    return draw_as(curves, measure=chart.y_title, language=language)


def _shares(points: tuple[Point, ...]) -> list[Share]:
    return [
        Share(months=p.x, percent=p.value, n=p.n, low=p.lower, high=p.upper)
        for p in points
        if p.value is not None
    ]
