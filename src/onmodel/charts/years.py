"""A figure of a programme's reports over the years, with what happened between them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data, value_scale
from onmodel.charts.drawing import Drawing
from onmodel.charts.drift import Happened, event_layers, time_axis
from onmodel.charts.words import Words, span, words, written


@dataclass(frozen=True, kw_only=True)
class Reported:
    """What the report of that name said; the figure stands at the last day of its period.

    None where it was unknown then; the bounds are its 95 % interval where it has one.
    """

    day: datetime.date
    name: str
    value: float | None
    n: int | None = None
    low: float | None = None
    high: float | None = None


def years_chart(
    reports: Sequence[Reported],
    *,
    measure: str,
    events: Sequence[Happened] = (),
    language: str = "en",
    height: int = 210,
) -> Drawing:
    """A point for each report that knew the figure, and an upright line for each event."""
    say = words(language)
    known = [report for report in reports if report.value is not None]
    layers = [*event_layers(events), *_points(known, measure, say)]
    return Drawing(
        spec=theme.finish(alt.layer(*layers), height=height),
        headers=(say.report, say.value, say.interval, say.n),
        numeric=(False, True, True, True),
        rows=tuple(
            (one.name, _shown(one.value, say), span(one.low, one.high, say), one.n) for one in reports
        ),
        description=_sentence(known, measure, say),
    )


def _points(known: Sequence[Reported], measure: str, say: Words) -> list[alt.Chart]:
    rows = [
        {
            "day": one.day.isoformat(),
            "name": one.name,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "n": one.n,
            "interval": span(one.low, one.high, say),
        }
        for one in known
    ]
    y = value_scale(None)
    chart = alt.Chart(data(rows)).encode(x=time_axis(), color=alt.value(theme.COLOURS[0]))
    tooltip = [
        alt.Tooltip("name:N", title=say.report),
        alt.Tooltip("value:Q", title=say.value, format=".2f"),
        alt.Tooltip("interval:N", title=say.interval),
        alt.Tooltip("n:Q", title=say.n),
    ]
    value = alt.Y("value:Q", scale=y, title=None)
    whisker = chart.transform_filter("isValid(datum.low) && isValid(datum.high)").mark_rule(strokeWidth=1.5)
    points = chart.mark_point(size=70, stroke="white", strokeWidth=1.25, filled=True, opacity=1)
    return [
        chart.mark_line(strokeWidth=1.5, opacity=0.5, aria=False).encode(y=value),
        whisker.encode(y=alt.Y("low:Q", scale=y, title=None), y2=alt.Y2("high:Q")),
        points.encode(y=value, tooltip=tooltip),
    ]


def _shown(value: float | None, say: Words) -> str | None:
    return None if value is None else written(value, say)


def _sentence(known: Sequence[Reported], measure: str, say: Words) -> str:
    if not known:
        return measure
    first, last = known[0], known[-1]
    return say.years_says.format(
        measure=measure,
        first=_shown(first.value, say),
        start=first.name,
        last=_shown(last.value, say),
        end=last.name,
    )
