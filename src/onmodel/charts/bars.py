"""Bars: one number for each of a few things, or the shares that a whole falls into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data
from onmodel.charts.drawing import Drawing
from onmodel.charts.words import words, written

#: Tones of parts, by name, for shares with a meaning of their own.
TONES = {
    "good": "#1e6141",
    "better": "#6fae8d",
    "same": "#c3cdce",
    "worse": "#c2570c",
    "unknown": "#eceff0",
}


@dataclass(frozen=True, kw_only=True)
class Bar:
    """`value` is None where it is unknown; `n` is what it rests on."""

    label: str
    value: float | None
    n: int | None = None


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of a whole: `count` of the whole's members; `tone` is one of `TONES`."""

    whole: str
    label: str
    count: int
    tone: str = "same"


def bars(
    rows: Sequence[Bar],
    *,
    measure: str,
    domain: tuple[float, float] | None = None,
    target: float | None = None,
    digits: int = 1,
    language: str = "en",
    step: int = 36,
) -> Drawing:
    """Horizontal bars with their numbers beside them, and a target as a line."""
    say = words(language)
    drawn = [
        {"label": bar.label, "value": bar.value, "n": bar.n, "word": written(bar.value, say, digits)}
        for bar in rows
    ]
    labels = [bar.label for bar in rows]
    axis = theme.name_axis()
    base = alt.Chart(data(drawn)).encode(y=alt.Y("label:N", sort=labels, axis=axis))
    x = alt.X(
        "value:Q",
        title=measure,
        axis=alt.Axis(grid=True),
        scale=alt.Scale(domain=list(domain) if domain else alt.Undefined),
    )
    bar = base.mark_bar(color=theme.PETROL, height={"band": 0.5}, cornerRadiusEnd=2).encode(x=x)
    word = base.transform_calculate(at="isValid(datum.value) ? datum.value : 0")
    text = word.mark_text(align="left", dx=6, color=theme.INK).encode(
        x=alt.X("at:Q"), text=alt.Text("word:N")
    )
    chart = alt.layer(bar, text, *target_layer(target))
    return Drawing(
        spec=theme.finish(chart, height=step * max(len(rows), 1)),
        headers=(measure, say.score, say.n),
        numeric=(False, True, True),
        rows=tuple((b.label, None if b.value is None else written(b.value, say, digits), b.n) for b in rows),
        description=", ".join(f"{row['label']}: {row['word']}" for row in drawn) + ".",
    )


def target_layer(target: float | None) -> list[alt.Chart]:
    if target is None:
        return []
    rule = alt.Chart(data([{"at": target}])).mark_rule(
        color=theme.WARNING, strokeDash=[5, 4], strokeWidth=1.5
    )
    return [rule.encode(x=alt.X("at:Q"), y=alt.YValue(0), y2=alt.Y2Value("height"))]


def shares(parts: Sequence[Part], *, language: str = "en", step: int = 44) -> Drawing:
    """One bar a whole, divided by share; the percentages stand in the bars and in the table."""
    say = words(language)
    rows = [row for whole in dict.fromkeys(p.whole for p in parts) for row in divided(parts, whole)]
    labels = list(dict.fromkeys(part.label for part in parts))
    tones = [TONES[next(p.tone for p in parts if p.label == label)] for label in labels]
    axis = theme.name_axis()
    base = alt.Chart(data(rows)).encode(y=alt.Y("whole:N", sort=None, axis=axis))
    x = alt.X("start:Q", title=None, axis=alt.Axis(format="%", tickCount=5), scale=alt.Scale(domain=[0, 1]))
    colour = alt.Color(
        "label:N",
        scale=alt.Scale(domain=labels, range=tones),
        legend=alt.Legend(symbolType="square", columns=2),
    )
    tooltip = [
        alt.Tooltip("label:N", title=say.group),
        alt.Tooltip("share:Q", title=say.share, format=".0%"),
        alt.Tooltip("count:Q", title=say.n),
    ]
    bar = base.mark_bar(height={"band": 0.6}, stroke="white", strokeWidth=1)
    text = base.transform_filter("datum.share >= 0.07").mark_text(fontSize=13, fontWeight=600)
    chart = alt.layer(
        bar.encode(x=x, x2=alt.X2("end:Q"), color=colour, tooltip=tooltip),
        text.encode(
            x=alt.X("middle:Q"),
            text=alt.Text("share:Q", format=".0%"),
            color=alt.Color("ink:N", scale=None),
        ),
    )
    return Drawing(
        spec=theme.finish(chart, height=step * max(len({row["whole"] for row in rows}), 1)),
        headers=(say.group, say.meaning, say.n, say.share),
        numeric=(False, False, True, True),
        rows=tuple((r["whole"], r["label"], r["count"], f"{round(100 * r['share'])}%") for r in rows),
        description="; ".join(f"{r['whole']}, {r['label']}: {round(100 * r['share'])}%" for r in rows) + ".",
    )


def divided(parts: Sequence[Part], whole: str) -> list[dict[str, Any]]:
    """The parts of one whole with where each begins and ends; nothing for a whole of nobody."""
    own = [part for part in parts if part.whole == whole]
    total = sum(part.count for part in own)
    if not total:
        return []
    rows, start = [], 0
    for part in own:
        end = start + part.count
        ink = "white" if part.tone in {"good", "worse"} else theme.INK
        rows.append(
            {
                "whole": whole,
                "label": part.label,
                "count": part.count,
                "share": part.count / total,
                "start": start / total,
                "end": end / total,
                "middle": (start + end) / 2 / total,
                "ink": ink,
            }
        )
        start = end
    return rows
