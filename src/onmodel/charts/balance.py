"""How far two groups lie apart on each characteristic, before and after matching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data
from onmodel.charts.drawing import Drawing
from onmodel.charts.words import Words, words, written


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Standardised difference of a characteristic before and after; None where it is not known."""

    name: str
    before: float | None
    after: float | None = None


def balance_chart(
    differences: Sequence[Difference], *, limit: float = 0.1, language: str = "en", step: int = 30
) -> Drawing:
    """Two dots a characteristic, against the band of differences up to `limit` either way."""
    say = words(language)
    chart = alt.layer(*band_layers(limit, say), *dot_layers(differences, say))
    return Drawing(
        spec=theme.finish(chart, height=step * max(len(differences), 1)),
        headers=(say.characteristic, say.before, say.after),
        numeric=(False, True, True),
        rows=tuple((d.name, shown(d.before, say), shown(d.after, say)) for d in differences),
        description=describe(differences, limit, say),
    )


def shown(value: float | None, say: Words) -> str | None:
    return None if value is None else written(value, say, 2)


def band_layers(limit: float, say: Words) -> list[alt.Chart]:
    rows = data([{"low": -limit, "high": limit, "zero": 0}])
    band = alt.Chart(rows).mark_rect(color=theme.BAND, opacity=0.12, aria=False)
    rule = alt.Chart(rows).mark_rule(color="#84949a", strokeWidth=1.5, aria=False)
    across = {"y": alt.YValue(0), "y2": alt.Y2Value("height")}
    return [
        band.encode(x=alt.X("low:Q"), x2=alt.X2("high:Q"), **across),
        rule.encode(x=alt.X("zero:Q"), **across),
    ]


def dot_layers(differences: Sequence[Difference], say: Words) -> list[alt.Chart]:
    kinds = [say.before, say.after]
    rows: list[dict[str, Any]] = [
        {"name": d.name, "kind": kind, "value": value}
        for d in differences
        for kind, value in zip(kinds, (d.before, d.after), strict=True)
    ]
    legend = alt.Legend(offset=24, columns=1)
    names = alt.Scale(domain=[d.name for d in differences])
    dots = alt.Chart(data(rows)).transform_filter("isValid(datum.value)").mark_point(size=80)
    return [
        dots.encode(
            x=alt.X("value:Q", title=say.standardised, axis=alt.Axis(grid=True), scale=alt.Scale(nice=True)),
            y=alt.Y("name:N", scale=names, sort=None, axis=theme.name_axis()),
            color=alt.Color(
                "kind:N", scale=alt.Scale(domain=kinds, range=list(theme.COLOURS[1::-1])), legend=legend
            ),
            shape=alt.Shape(
                "kind:N", scale=alt.Scale(domain=kinds, range=list(theme.SHAPES[1::-1])), legend=legend
            ),
            tooltip=[
                alt.Tooltip("name:N", title=say.characteristic),
                alt.Tooltip("kind:N", title=say.kind),
                alt.Tooltip("value:Q", title=say.standardised, format=".2f"),
            ],
        )
    ]


def describe(differences: Sequence[Difference], limit: float, say: Words) -> str:
    def apart(values: list[float | None]) -> int:
        return sum(value is not None and abs(value) > limit for value in values)

    return say.balance_says.format(
        all=len(differences),
        before=apart([d.before for d in differences]),
        after=apart([d.after for d in differences]),
        limit=written(limit, say, 2),
    )
