"""Meetings week by week: held, fallen out, planned; a calendar of a few kinds beneath each other."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data
from onmodel.charts.drawing import Drawing
from onmodel.charts.profile import wrapped

WEEKS = {"interval": "week", "step": 2}
#: State -> shape and colour; told apart by both.
HELD, FELL_OUT, PLANNED = "held", "not_held", "planned"
LOOKS = {
    HELD: ("circle", theme.PETROL),
    FELL_OUT: ("cross", theme.WARNING),
    PLANNED: ("diamond", "#84949a"),
}


@dataclass(frozen=True, kw_only=True)
class Mark:
    """One meeting; `state` is one of `LOOKS`."""

    row: str
    day: datetime.date
    state: str


@dataclass(frozen=True, kw_only=True)
class RhythmWords:
    """The words of the chart in the reader's language; `states` by state."""

    week: str
    kind: str
    states: dict[str, str]
    nothing: str


def rhythm_chart(
    marks: Sequence[Mark],
    rows: Sequence[str],
    *,
    start: datetime.date,
    end: datetime.date,
    words: RhythmWords,
    step: int = 52,
) -> Drawing:
    """A row a kind from start to end; each meeting a mark on its day, weeks as light lines."""
    drawn = [
        {"row": wrapped(mark.row), "day": mark.day.isoformat(), "state": words.states[mark.state]}
        for mark in marks
    ]
    used = [state for state in LOOKS if any(mark.state == state for mark in marks)] or [HELD]
    states = [words.states[state] for state in used]
    x = alt.X(
        "day:T",
        title=words.week,
        scale=alt.Scale(domain=[start.isoformat(), end.isoformat()]),
        axis=alt.Axis(
            grid=True, tickCount={"interval": "week", "step": 2}, format="%-d/%-m", labelOverlap=True
        ),
    )
    names = [wrapped(row) for row in rows]
    y = alt.Y("row:N", sort=names, scale=alt.Scale(domain=names), axis=theme.name_axis())
    chart = (
        alt.Chart(data(drawn or [{"row": names[0], "day": None, "state": states[0]}]))
        .mark_point(size=110, filled=True, strokeWidth=2, opacity=1)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape(
                "state:N",
                scale=alt.Scale(domain=states, range=[LOOKS[s][0] for s in used]),
                legend=alt.Legend(columns=2),
            ),
            color=alt.Color(
                "state:N",
                scale=alt.Scale(domain=states, range=[LOOKS[s][1] for s in used]),
                legend=alt.Legend(columns=2),
            ),
            tooltip=[alt.Tooltip("row:N", title=words.kind), alt.Tooltip("day:T"), alt.Tooltip("state:N")],
        )
    )
    table = tuple((row, *(sum(m.row == row and m.state == s for m in marks) for s in LOOKS)) for row in rows)
    return Drawing(
        spec=theme.finish(chart, height=step * max(len(rows), 1)),
        headers=(words.kind, *(words.states[state] for state in LOOKS)),
        numeric=(False, *(True for _state in LOOKS)),
        rows=table,
        description="; ".join(_said(row, marks, words) for row in rows) + ".",
    )


def _said(row: str, marks: Sequence[Mark], words: RhythmWords) -> str:
    counts = [(words.states[s], sum(m.row == row and m.state == s for m in marks)) for s in LOOKS]
    told = ", ".join(f"{word} {n}" for word, n in counts if n)
    return f"{row}: {told or words.nothing}"
