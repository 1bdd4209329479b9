"""A profile of ratings by item, against the line of what is adequate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data
from onmodel.charts.drawing import Drawing
from onmodel.charts.words import Words, span, words, written


@dataclass(frozen=True, kw_only=True)
class Rating:
    """A rating of an item, of one kind (adherence, competence); None where it was not rated."""

    item: str
    kind: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int | None = None


def profile_chart(
    ratings: Sequence[Rating],
    *,
    scale: tuple[float, float] = (1, 7),
    adequate: float | None = 4,
    language: str = "en",
    step: int = 38,
) -> Drawing:
    """Dots by item, one shape and colour a kind, with intervals where they are known."""
    say = words(language)
    items = list(dict.fromkeys(rating.item for rating in ratings))
    kinds = list(dict.fromkeys(rating.kind for rating in ratings))
    chart = alt.layer(
        *adequate_layers(adequate, say),
        *rating_layers(ratings, items, kinds, scale, say),
        *unrated_layer(ratings, say),
    )
    return Drawing(
        spec=theme.finish(chart, height=step * max(len(items), 1)),
        headers=(say.item, say.kind, say.rating, say.interval, say.n),
        numeric=(False, False, True, True, True),
        rows=tuple(
            (
                r.item,
                r.kind,
                None if r.value is None else written(r.value, say),
                span(r.low, r.high, say),
                r.n,
            )
            for r in ratings
        ),
        description=describe(ratings, adequate, say),
    )


def wrapped(item: str) -> str:
    """A long name in lines, which the axis breaks at the same places."""
    return "\n".join(wrap(item, 24))


def adequate_layers(adequate: float | None, say: Words) -> list[alt.Chart]:
    if adequate is None:
        return []
    rows = data([{"at": adequate, "word": f"{say.adequate} ({written(adequate, say)})"}])
    rule = alt.Chart(rows).mark_rule(color="#84949a", strokeDash=[5, 4], strokeWidth=1.5, aria=False)
    word = alt.Chart(rows).mark_text(baseline="bottom", dy=-5, fontSize=12, aria=False)
    return [
        rule.encode(x=alt.X("at:Q"), y=alt.YValue(0), y2=alt.Y2Value("height")),
        word.encode(x=alt.X("at:Q"), y=alt.YValue(0), text=alt.Text("word:N")),
    ]


def rating_layers(
    ratings: Sequence[Rating],
    items: list[str],
    kinds: list[str],
    scale: tuple[float, float],
    say: Words,
) -> list[alt.Chart]:
    rows: list[dict[str, Any]] = [
        {
            "item": r.item,
            "row": wrapped(r.item),
            "kind": r.kind,
            "value": r.value,
            "low": r.low,
            "high": r.high,
            "n": r.n,
        }
        for r in ratings
    ]
    axis = alt.Axis(values=list(range(int(scale[0]), int(scale[1]) + 1)), grid=True, format="d")
    x = alt.Scale(domain=list(scale), nice=False, padding=8)
    rows_axis = theme.name_axis()
    many = len(kinds) > 1
    legend = alt.Legend(offset=24, columns=1) if many else None
    colours = alt.Scale(domain=kinds, range=list(theme.COLOURS[: len(kinds)]))
    shapes = alt.Scale(domain=kinds, range=list(theme.SHAPES[: len(kinds)]))
    base = alt.Chart(data(rows)).encode(
        y=alt.Y(
            "row:N", scale=alt.Scale(domain=[wrapped(item) for item in items]), sort=None, axis=rows_axis
        ),
        yOffset=alt.YOffset("kind:N", sort=kinds) if many else alt.Undefined,
        color=alt.Color("kind:N", scale=colours, legend=legend),
    )
    whisker = base.transform_filter("isValid(datum.low) && isValid(datum.high)").mark_rule(strokeWidth=1.75)
    tooltip = [
        alt.Tooltip("item:N", title=say.item),
        alt.Tooltip("kind:N", title=say.kind),
        alt.Tooltip("value:Q", title=say.rating, format=".1f"),
        alt.Tooltip("n:Q", title=say.n),
    ]
    dots = base.transform_filter("isValid(datum.value)").mark_point(size=90, stroke="white", strokeWidth=1)
    title = alt.X("value:Q", title=say.rating, scale=x, axis=axis)
    return [
        whisker.encode(x=alt.X("low:Q", title=say.rating, scale=x, axis=axis), x2=alt.X2("high:Q")),
        dots.encode(x=title, shape=alt.Shape("kind:N", scale=shapes, legend=legend), tooltip=tooltip),
    ]


def unrated_layer(ratings: Sequence[Rating], say: Words) -> list[alt.Chart]:
    """The word for "not rated" in the row of an item that nobody rated."""
    rated = {rating.item for rating in ratings if rating.value is not None}
    unrated = [item for item in dict.fromkeys(r.item for r in ratings) if item not in rated]
    if not unrated:
        return []
    rows = data({"row": wrapped(item), "word": say.not_rated} for item in unrated)
    word = alt.Chart(rows).mark_text(align="left", dx=8, aria=False)
    return [word.encode(y=alt.Y("row:N"), x=alt.XValue(0), text=alt.Text("word:N"))]


def describe(ratings: Sequence[Rating], adequate: float | None, say: Words) -> str:
    known = [rating.value for rating in ratings if rating.value is not None]
    counts = {"known": len(known), "unknown": len(ratings) - len(known)}
    if adequate is None:
        return say.profile_plain.format(**counts)
    below = sum(value < adequate for value in known)
    return say.profile_says.format(**counts, below=below, adequate=written(adequate, say))
