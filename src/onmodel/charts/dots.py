"""Scores by item, now and the time before, as two dots on one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data
from onmodel.charts.drawing import Drawing
from onmodel.charts.profile import adequate_layers, wrapped
from onmodel.charts.words import Words, words, written


@dataclass(frozen=True, kw_only=True)
class Dots:
    """One item; None where it was not scored that time."""

    item: str
    now: float | None
    before: float | None = None


def dot_chart(
    rows: Sequence[Dots],
    *,
    scale: tuple[float, float],
    adequate: float | None = None,
    now: str,
    before: str = "",
    language: str = "en",
    step: int = 40,
) -> Drawing:
    """A row an item: a filled dot now, an open one the time before, and a line from one to the other.

    `now` and `before` name the two times, such as their days; without `before` there is one dot a row.
    """
    say = words(language)
    chart = alt.layer(
        *adequate_layers(adequate, say), *_layers(rows, scale, now, before, say), *_unscored(rows, say)
    )
    columns = (say.item, *([before] if before else []), now, *([say.change] if before else []))
    return Drawing(
        spec=theme.finish(chart, height=step * max(len(rows), 1)),
        headers=columns,
        numeric=(False, *(True for _ in columns[1:])),
        rows=tuple(_row(row, bool(before), say) for row in rows),
        description=_describe(rows, adequate, bool(before), say),
    )


def _row(row: Dots, compared: bool, say: Words) -> tuple[Any, ...]:
    def shown(value: float | None) -> str | None:
        return None if value is None else written(value, say)

    if not compared:
        return (row.item, shown(row.now))
    known = row.now is not None and row.before is not None
    change = row.now - row.before if known else None
    signed = None if change is None else f"+{written(change, say)}" if change > 0 else written(change, say)
    return (row.item, shown(row.before), shown(row.now), signed)


def _layers(
    rows: Sequence[Dots], scale: tuple[float, float], now: str, before: str, say: Words
) -> list[alt.Chart]:
    names = alt.Scale(domain=[wrapped(row.item) for row in rows])
    y = alt.Y("row:N", scale=names, sort=None, axis=theme.name_axis())
    axis = alt.Axis(values=list(range(int(scale[0]), int(scale[1]) + 1)), grid=True, format="d")
    x_scale = alt.Scale(domain=list(scale), nice=False, padding=8)
    x = alt.X("value:Q", title=say.score, scale=x_scale, axis=axis)
    times = [before, now] if before else [now]
    dots = data(
        {"row": wrapped(row.item), "item": row.item, "time": time, "value": value}
        for row in rows
        for time, value in ((before, row.before), (now, row.now))
        if time and value is not None
    )
    joined = data(
        {"row": wrapped(row.item), "from": row.before, "to": row.now}
        for row in rows
        if row.before is not None and row.now is not None
    )
    legend = alt.Legend(offset=24, columns=1) if before else None
    tooltip = [
        alt.Tooltip("item:N", title=say.item),
        alt.Tooltip("time:N", title=say.moment),
        alt.Tooltip("value:Q", title=say.score, format=".1f"),
    ]
    ink, inside, shapes = (
        pair[-len(times) :]
        for pair in (
            [theme.COLOURS[1], theme.COLOURS[0]],
            ["#ffffff", theme.COLOURS[0]],
            [theme.SHAPES[3], theme.SHAPES[0]],
        )
    )
    line = alt.Chart(joined).mark_rule(color=theme.SOFT, strokeWidth=2, aria=False)
    points = alt.Chart(dots).mark_point(size=110, strokeWidth=2)
    return [
        line.encode(y=y, x=alt.X("from:Q", title=say.score, scale=x_scale, axis=axis), x2=alt.X2("to:Q")),
        points.encode(
            y=y,
            x=x,
            stroke=alt.Stroke("time:N", scale=alt.Scale(domain=times, range=ink), legend=legend),
            fill=alt.Fill("time:N", scale=alt.Scale(domain=times, range=inside), legend=legend),
            shape=alt.Shape("time:N", scale=alt.Scale(domain=times, range=shapes), legend=legend),
            tooltip=tooltip,
        ),
    ]


def _unscored(rows: Sequence[Dots], say: Words) -> list[alt.Chart]:
    """The words "not scored" in the row of an item that has no dot."""
    empty = [row for row in rows if row.now is None and row.before is None]
    if not empty:
        return []
    listed = data({"row": wrapped(row.item), "word": say.not_rated} for row in empty)
    word = alt.Chart(listed).mark_text(align="left", dx=8, aria=False)
    return [word.encode(y=alt.Y("row:N"), x=alt.XValue(0), text=alt.Text("word:N"))]


def _describe(rows: Sequence[Dots], adequate: float | None, compared: bool, say: Words) -> str:
    known = [row for row in rows if row.now is not None]
    counts = {"known": len(known), "unknown": len(rows) - len(known)}
    if adequate is None:
        sentence = say.profile_plain.format(**counts)
    else:
        below = sum(row.now < adequate for row in known if row.now is not None)
        sentence = say.profile_says.format(**counts, below=below, adequate=written(adequate, say))
    both = [(row.now, row.before) for row in known if row.before is not None]
    if not compared or not both:
        return sentence
    moved = {
        "up": sum(now > before for now, before in both if now is not None),
        "down": sum(now < before for now, before in both if now is not None),
        "both": len(both),
    }
    return f"{sentence} {say.dots_moved.format(**moved)}"
