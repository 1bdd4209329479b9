"""Statements by cases: where each was so, was not so, or is not told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data
from onmodel.charts.drawing import Drawing
from onmodel.charts.profile import wrapped

#: True, False -> shape and colour; told apart by both.
LOOKS = {True: ("circle", theme.PETROL), False: ("cross", theme.WARNING)}


@dataclass(frozen=True, kw_only=True)
class Of:
    """A column: its name and what is known there, statement by statement."""

    name: str
    known: Mapping[str, bool]


@dataclass(frozen=True, kw_only=True)
class MatrixWords:
    """The words of the chart in the reader's language; `states` for so, not so."""

    statement: str
    column: str
    states: Mapping[bool, str]
    untold: str


def matrix_chart(
    statements: Mapping[str, str], columns: Sequence[Of], *, words: MatrixWords, step: int = 62
) -> Drawing:
    """A row a statement (id -> its words), a column a case; nothing stands where it is not told."""
    rows = [wrapped(said) for said in statements.values()]
    drawn = [
        {"row": wrapped(said), "column": column.name, "state": words.states[column.known[id_]]}
        for id_, said in statements.items()
        for column in columns
        if id_ in column.known
    ]
    names = [column.name for column in columns]
    used = [state for state in LOOKS if any(row["state"] == words.states[state] for row in drawn)] or [True]
    states = [words.states[state] for state in used]
    legend = alt.Legend(columns=2)
    chart = (
        alt.Chart(data(drawn or [{"row": rows[0] if rows else "", "column": None, "state": states[0]}]))
        .mark_point(size=120, filled=True, strokeWidth=2, opacity=1)
        .encode(
            x=alt.X(
                "column:N",
                sort=names,
                scale=alt.Scale(domain=names),
                axis=alt.Axis(orient="top", labelAngle=0, title=None, grid=True, labelLimit=90),
            ),
            y=alt.Y("row:N", sort=rows, scale=alt.Scale(domain=rows), axis=theme.name_axis()),
            shape=alt.Shape(
                "state:N", scale=alt.Scale(domain=states, range=[LOOKS[s][0] for s in used]), legend=legend
            ),
            color=alt.Color(
                "state:N", scale=alt.Scale(domain=states, range=[LOOKS[s][1] for s in used]), legend=legend
            ),
            tooltip=[
                alt.Tooltip("row:N", title=words.statement),
                alt.Tooltip("column:N", title=words.column),
                alt.Tooltip("state:N"),
            ],
        )
    )
    return Drawing(
        spec=theme.finish(chart, height=step * max(len(rows), 1)),
        headers=(words.statement, *names),
        numeric=(False, *(False for _name in names)),
        rows=tuple(
            (said, *(words.states[c.known[id_]] if id_ in c.known else words.untold for c in columns))
            for id_, said in statements.items()
        ),
        description="; ".join(_told(column, len(rows), words) for column in columns) + ".",
    )


def _told(column: Of, asked: int, words: MatrixWords) -> str:
    so = sum(column.known.values())
    no = len(column.known) - so
    return (
        f"{column.name}: {words.states[True]} {so}, {words.states[False]} {no}, "
        f"{words.untold} {asked - len(column.known)}"
    )
