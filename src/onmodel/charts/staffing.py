"""Hours of teams over years, a sign of trouble against its limits, and a year to expect with its interval."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data
from onmodel.charts.drawing import Drawing
from onmodel.charts.drift import Happened, time_axis
from onmodel.charts.words import span, words, written


@dataclass(frozen=True, kw_only=True)
class Hours:
    """A team's hours a week on a day, of so many people."""

    day: datetime.date
    team: str
    hours: float
    people: int


@dataclass(frozen=True, kw_only=True)
class SignPoint:
    """A quarter's value with its limits, None where they are not known; `state` is "usual", "weak" or
    "alarm"."""

    day: datetime.date
    name: str
    value: float | None
    n: int | None = None
    low: float | None = None
    high: float | None = None
    state: str = "usual"


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """A month to come: the middle of what is expected and its interval."""

    month: int
    middle: float
    low: float
    high: float


def event_marks(events: Sequence[Happened]) -> list[alt.Chart]:
    """An upright line at each with its number, from 1; names stand in a list beside the chart, for they would
    not fit above each other."""
    if not events:
        return []
    rows = [
        {"day": e.day.isoformat(), "number": str(i + 1), "name": e.name, "row": i % 2}
        for i, e in enumerate(events)
    ]
    chart = alt.Chart(data(rows)).encode(x=time_axis())
    rule = chart.mark_rule(color=theme.SOFT, strokeWidth=1.25).encode(
        tooltip=alt.Tooltip("name:N", title=" ")
    )
    words_at = [
        chart.transform_filter(f"datum.row == {row}")
        .mark_text(baseline="bottom", fontSize=12, color=theme.SOFT, aria=False)
        .encode(y=alt.YValue(-3 - 12 * row), text="number:N")
        for row in range(min(2, len(events)))
    ]
    return [rule, *words_at]


def hours_chart(
    points: Sequence[Hours],
    *,
    measure: str,
    headers: tuple[str, str, str, str],
    events: Sequence[Happened] = (),
    description: str = "",
    language: str = "en",
    height: int = 240,
) -> Drawing:
    """A stepped line a team. `headers`: month, team, hours, people; the table holds each January and July."""
    say = words(language)
    rows = [{"day": p.day.isoformat(), "team": p.team, "hours": p.hours, "people": p.people} for p in points]
    teams = list(dict.fromkeys(p.team for p in points))
    look = {"domain": teams, "range": [theme.COLOURS[i % len(theme.COLOURS)] for i in range(len(teams))]}
    dash = {"domain": teams, "range": [theme.DASHES[i % len(theme.DASHES)] for i in range(len(teams))]}
    line = (
        alt.Chart(data(rows))
        .mark_line(interpolate="step-after")
        .encode(
            x=time_axis(),
            y=alt.Y("hours:Q", title=measure, scale=alt.Scale(zero=True)),
            color=alt.Color("team:N", scale=alt.Scale(**look), legend=alt.Legend(offset=26)),
            strokeDash=alt.StrokeDash("team:N", scale=alt.Scale(**dash)),
            tooltip=[
                alt.Tooltip("day:T", title=headers[0], format="%b %Y"),
                alt.Tooltip("team:N", title=headers[1]),
                alt.Tooltip("hours:Q", title=headers[2]),
                alt.Tooltip("people:Q", title=headers[3]),
            ],
        )
    )
    last = points[-1].day if points else None
    shown = [p for p in points if p.day.month in (1, 7) or p.day == last]
    return Drawing(
        spec=theme.finish(alt.layer(*event_marks(events), line), height=height),
        headers=headers,
        numeric=(False, False, True, True),
        rows=tuple((p.day.strftime("%Y-%m"), p.team, written(p.hours, say, 0), p.people) for p in shown),
        description=description,
    )


def sign_chart(
    points: Sequence[SignPoint],
    *,
    measure: str,
    headers: tuple[str, str, str, str],
    states: dict[str, str],
    centre: float | None = None,
    events: Sequence[Happened] = (),
    description: str = "",
    language: str = "en",
    height: int = 150,
) -> Drawing:
    """`headers`: quarter, value, limits, n. `states` words each state of a point."""
    say = words(language)
    rows = [
        {
            "day": p.day.isoformat(),
            "name": p.name,
            "value": p.value,
            "low": p.low,
            "high": p.high,
            "n": p.n,
            "state": states[p.state],
        }
        for p in points
    ]
    tallest = max((v for p in points for v in (p.value, p.high) if v is not None), default=0.0)
    scale = alt.Scale(domain=[0, tallest or 1.0], nice=True)
    y = alt.Y("value:Q", title=measure, scale=scale, axis=alt.Axis(tickCount=4))
    whole = (points[0].day, points[-1].day) if points else None
    base = alt.Chart(data(rows)).encode(x=time_axis(whole))
    known = base.transform_filter("isValid(datum.value)")
    limits = [
        base.transform_filter(f"isValid(datum.{side})")
        .mark_line(color=theme.SOFT, strokeDash=[2, 3], strokeWidth=1.25, interpolate="step", aria=False)
        .encode(y=alt.Y(f"{side}:Q", title=measure))
        for side in ("low", "high")
    ]
    middle = [] if centre is None else [_level(centre)]
    order = ["usual", "weak", "alarm"]
    tooltip = [
        alt.Tooltip("name:N", title=headers[0]),
        alt.Tooltip("value:Q", title=headers[1], format=".1f"),
        alt.Tooltip("n:Q", title=headers[3]),
        alt.Tooltip("state:N", title=" "),
    ]
    named = [states[state] for state in order]
    shape = alt.Shape(
        "state:N", scale=alt.Scale(domain=named, range=["circle", "diamond", "triangle-up"]), legend=None
    )
    colour = alt.Color(
        "state:N",
        scale=alt.Scale(domain=named, range=[theme.PETROL, "#8a6d00", theme.WARNING]),
        legend=None,
    )
    line = known.mark_line(color=theme.PETROL, opacity=0.5, strokeWidth=1.25, aria=False).encode(y=y)
    marks = known.mark_point(filled=True, opacity=1, size=75).encode(
        y=y, shape=shape, color=colour, tooltip=tooltip
    )
    return Drawing(
        spec=theme.finish(alt.layer(*event_marks(events), *limits, *middle, line, marks), height=height),
        headers=headers,
        numeric=(False, True, True, True),
        rows=tuple(
            (
                f"{p.name} ({states[p.state]})" if p.state != "usual" else p.name,
                None if p.value is None else written(p.value, say),
                span(p.low, p.high, say),
                p.n,
            )
            for p in points
        ),
        description=description,
    )


def _level(value: float) -> alt.Chart:
    rule = alt.Chart(data([{"at": value}])).mark_rule(color=theme.SOFT, strokeWidth=1, aria=False)
    return rule.encode(y=alt.Y("at:Q"))


def ahead_chart(
    months: Sequence[Ahead],
    *,
    measure: str,
    headers: tuple[str, str, str],
    limit: float | None = None,
    description: str = "",
    language: str = "en",
    height: int = 200,
) -> Drawing:
    """`headers`: month, expected, interval. `limit` is drawn as a line, as of the places there are."""
    say = words(language)
    top = max([m.high for m in months] + [limit or 0.0]) or 1.0
    rows = [{"month": m.month, "middle": m.middle, "low": m.low, "high": m.high} for m in months]
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "month:Q",
            title=headers[0],
            axis=alt.Axis(values=[m.month for m in months], format="d", grid=False),
        )
    )
    band = base.mark_area(opacity=0.15, color=theme.PETROL, aria=False).encode(
        y=alt.Y("low:Q", title=measure, scale=alt.Scale(domain=[0, top], nice=True)), y2=alt.Y2("high:Q")
    )
    line = base.mark_line(color=theme.PETROL).encode(
        y=alt.Y("middle:Q", title=measure),
        tooltip=[
            alt.Tooltip("month:Q", title=headers[0]),
            alt.Tooltip("middle:Q", title=headers[1], format=".1f"),
            alt.Tooltip("low:Q", format=".1f"),
            alt.Tooltip("high:Q", format=".1f"),
        ],
    )
    layers = [band, line]
    if limit is not None:
        places = alt.Chart(data([{"at": limit}])).mark_rule(color=theme.WARNING, strokeDash=[5, 4])
        layers.append(places.encode(y=alt.Y("at:Q")))
    return Drawing(
        spec=theme.finish(alt.layer(*layers), height=height),
        headers=headers,
        numeric=(True, True, True),
        rows=tuple((m.month, written(m.middle, say, 1), span(m.low, m.high, say, 1)) for m in months),
        description=description,
    )
