"""The charts of a report, drawn by `onmodel.charts`."""

from __future__ import annotations

from django.utils.translation import gettext as _

from onmodel.charts.course import Estimated, Group, Marks, Observed, course_chart
from onmodel.charts.drawing import Drawing
from onmodel.reports.document import Chart


def draw(chart: Chart, language: str) -> Drawing | None:
    """The drawing of a chart; None where there is nothing to draw."""
    observed = [
        Observed(months=p.x, mean=p.value, n=p.n or 0, low=p.lower, high=p.upper)
        for p in chart.observed
        if p.value is not None
    ]
    if not observed:
        return None
    model = [
        Estimated(months=p.x, estimate=p.value, low=p.lower, high=p.upper)
        for p in chart.modelled
        if p.value is not None
    ]
    marks = Marks(cut_off=chart.cut_off)
    if chart.adequate is not None:
        marks = Marks(cut_off=chart.adequate, cut_off_word=_("adequate"))
    return course_chart(
        [Group(name=chart.title, observed=observed, model=model)],
        measure=chart.y_title,
        lower_is_better=chart.lower_is_better,
        marks=marks,
        time=chart.x_title,
        language=language,
        height=250,
    )
