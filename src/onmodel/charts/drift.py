"""A level over years: means by quarter against a baseline, the level since it fell, and what happened."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data, value_scale
from onmodel.charts.drawing import Drawing
from onmodel.charts.words import Words, span, words, written


@dataclass(frozen=True, kw_only=True)
class Quarter:
    """The mean of n sessions about `day`; the bounds are its 95 % interval where it has one."""

    day: datetime.date
    name: str
    mean: float
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Level:
    """A mean that held from day to day; `name` says what it is."""

    start: datetime.date
    end: datetime.date
    value: float
    name: str


@dataclass(frozen=True, kw_only=True)
class Happened:
    day: datetime.date
    name: str


def drift_chart(
    quarters: Sequence[Quarter],
    *,
    measure: str,
    levels: Sequence[Level] = (),
    events: Sequence[Happened] = (),
    domain: tuple[float, float] | None = None,
    says: str = "",
    language: str = "en",
    height: int = 260,
) -> Drawing:
    """`levels` are drawn as lines (the baseline dashed, the first of them), `events` as upright lines with
    their names; `says` is what is concluded, in words, for those who do not see the picture."""
    say = words(language)
    y = value_scale(domain)
    layers = [*event_layers(events), *_levels(levels, y, measure), *_quarters(quarters, y, measure, say)]
    return Drawing(
        spec=theme.finish(alt.layer(*layers), height=height),
        headers=(say.quarter, say.mean, say.interval, say.n),
        numeric=(False, True, True, True),
        rows=tuple((q.name, written(q.mean, say), span(q.low, q.high, say), q.n) for q in quarters),
        description=" ".join(part for part in (_sentence(quarters, measure, say), says) if part),
    )


def time_axis(domain: tuple[datetime.date, datetime.date] | None = None) -> alt.X:
    """Years as marks; without a domain, as far as the rows go."""
    axis = alt.Axis(format="%Y", tickCount={"interval": "year", "step": 1}, grid=False)
    ends = [day.isoformat() for day in domain] if domain else alt.Undefined
    return alt.X("day:T", title=None, scale=alt.Scale(type="utc", padding=14, domain=ends), axis=axis)


def _quarters(quarters: Sequence[Quarter], y: alt.Scale, measure: str, say: Words) -> list[alt.Chart]:
    rows = [
        {
            "day": q.day.isoformat(),
            "name": q.name,
            "mean": q.mean,
            "low": q.low,
            "high": q.high,
            "n": q.n,
            "interval": span(q.low, q.high, say),
        }
        for q in quarters
    ]
    chart = alt.Chart(data(rows)).encode(x=time_axis(), color=alt.value(theme.COLOURS[0]))
    whisker = chart.transform_filter("isValid(datum.low) && isValid(datum.high)").mark_rule(strokeWidth=1.5)
    tooltip = [
        alt.Tooltip("name:N", title=say.quarter),
        alt.Tooltip("mean:Q", title=say.mean, format=".1f"),
        alt.Tooltip("interval:N", title=say.interval),
        alt.Tooltip("n:Q", title=say.n),
    ]
    points = chart.mark_point(size=70, stroke="white", strokeWidth=1.25, filled=True, opacity=1)
    return [
        whisker.encode(y=alt.Y("low:Q", scale=y, title=measure), y2=alt.Y2("high:Q")),
        points.encode(y=alt.Y("mean:Q", scale=y, title=measure), tooltip=tooltip),
    ]


def _levels(levels: Sequence[Level], y: alt.Scale, measure: str) -> list[alt.Chart]:
    layers = []
    for index, level in enumerate(levels):
        colour = theme.SOFT if index == 0 else theme.WARNING
        ends = [
            {"day": day.isoformat(), "value": level.value, "name": level.name}
            for day in (level.start, level.end)
        ]
        line = alt.Chart(data(ends)).encode(x=time_axis(), y=alt.Y("value:Q", scale=y, title=measure))
        dash = [5, 4] if index == 0 else [1, 0]
        layers.append(line.mark_line(color=colour, strokeDash=dash, strokeWidth=2, aria=False))
        place = {"align": "left", "dx": 4, "fontSize": 12}
        above = {"baseline": "bottom", "dy": -5} if index == 0 else {"baseline": "top", "dy": 7}
        word = alt.Chart(data(ends[:1])).encode(x=time_axis(), y=alt.Y("value:Q", scale=y), text="name:N")
        layers.append(word.mark_text(color=colour, aria=False, **place, **above))
    return layers


def event_layers(events: Sequence[Happened]) -> list[alt.Chart]:
    """Upright lines with their names."""
    if not events:
        return []
    rows = data([{"day": event.day.isoformat(), "name": event.name} for event in events])
    chart = alt.Chart(rows).encode(x=time_axis())
    rule = chart.mark_rule(color=theme.SOFT, strokeWidth=1.25, aria=False)
    word = chart.mark_text(
        align="left", baseline="bottom", angle=270, dx=6, dy=-4, fontSize=12, color=theme.SOFT, aria=False
    )
    return [rule, word.encode(y=alt.YValue("height"), text="name:N")]


def _sentence(quarters: Sequence[Quarter], measure: str, say: Words) -> str:
    if not quarters:
        return ""
    first, last = quarters[0], quarters[-1]
    return say.drift_says.format(
        measure=measure,
        first=written(first.mean, say),
        start=first.name,
        n_first=first.n,
        last=written(last.mean, say),
        end=last.name,
        n_last=last.n,
    )
