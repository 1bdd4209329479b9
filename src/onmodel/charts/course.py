"""The course of an outcome over months: of groups of patients, and of one patient."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from onmodel.charts import theme
from onmodel.charts.drawing import Drawing
from onmodel.charts.words import Words, span, words, written


@dataclass(frozen=True, kw_only=True)
class Observed:
    """A mean of n scores at a moment; the bounds are its 95 % interval, None where it has none."""

    months: float
    mean: float
    n: int
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Estimated:
    """A point of the model's line with its 95 % interval."""

    months: float
    estimate: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Group:
    name: str
    observed: Sequence[Observed] = ()
    model: Sequence[Estimated] = ()


@dataclass(frozen=True, kw_only=True)
class Marks:
    """What a score is held against: a cut-off, and the usual range of people without the problem."""

    cut_off: float | None = None
    normal: tuple[float, float] | None = None
    cut_off_word: str = ""


NO_MARKS = Marks()


def course_chart(
    groups: Sequence[Group],
    *,
    measure: str,
    lower_is_better: bool = True,
    marks: Marks = NO_MARKS,
    domain: tuple[float, float] | None = None,
    time: str = "",
    language: str = "en",
    height: int = 300,
) -> Drawing:
    """Observed means with intervals and n, and the model's line with its band, for each group.

    `measure` names the score and its unit, `domain` the ends of the vertical axis, `time` the other axis
    where it is not months since start.
    """
    say = words(language)
    scale = group_scale(groups)
    y = value_scale(domain)
    layers = [
        *mark_layers(marks, say, y),
        *model_layers(groups, y, measure),
        *observed_layers(groups, say, y, measure, scale),
    ]
    months = sorted({point.months for group in groups for point in group.observed})
    headers = (say.month, say.mean, say.interval, say.n, say.model, say.model_interval)
    one = len(groups) == 1  # the name of the only group is no column
    n = {point.months: point.n for point in groups[0].observed} if one else None
    chart = alt.layer(*layers).encode(x=month_axis(months, say, n, time))
    return Drawing(
        spec=theme.finish(chart, height=height),
        headers=(say.group, *headers)[one:],
        numeric=(False, *[True] * len(headers))[one:],
        rows=tuple(row[one:] for row in course_rows(groups, say)),
        description=course_description(groups, measure, lower_is_better, say),
    )


def group_scale(groups: Sequence[Group]) -> dict[str, alt.Scale]:
    """Colour and shape by group, in the order given."""
    names = [group.name for group in groups]
    kinds = {"color": theme.COLOURS, "shape": theme.SHAPES}
    return {
        kind: alt.Scale(domain=names, range=[values[i % len(values)] for i in range(len(names))])
        for kind, values in kinds.items()
    }


def group_legend(groups: Sequence[Group]) -> alt.Legend | None:
    """One legend for colour and shape together; none where there is one group.

    One name a line: beside each other long names would not fit a phone.
    """
    return alt.Legend(offset=32, columns=1) if len(groups) > 1 else None


def value_scale(domain: tuple[float, float] | None) -> alt.Scale:
    """From end to end of the instrument where that is known, else as the data ask."""
    if domain is None:
        return alt.Scale(zero=False, nice=True)
    return alt.Scale(domain=list(domain), zero=False, nice=False)


def month_axis(
    months: Sequence[float], say: Words, n: dict[float, int] | None = None, time: str = ""
) -> alt.X:
    """Ticks at the moments that were measured, with n under each where it is given."""
    label = alt.Undefined if n is None else f"[datum.label, {counts(n)}[datum.value] || '']"
    axis = alt.Axis(values=list(months) or alt.Undefined, format=".4~g", labelOverlap=True, labelExpr=label)
    scale = alt.Scale(nice=False, zero=True, padding=12)
    return alt.X("months:Q", title=time or say.months, axis=axis, scale=scale)


def counts(n: dict[float, int]) -> str:
    """Month -> its n in words, as an object of Vega's expression language."""
    return json.dumps({f"{months:g}": f"n {count}" for months, count in n.items()})


def data(rows: Iterable[dict[str, Any]]) -> alt.InlineData:
    return alt.InlineData(values=theme.Rows(rows))


def mark_layers(marks: Marks, say: Words, y: alt.Scale) -> list[alt.Chart]:
    """The usual range as a pale band and the cut-off as a dashed line, each with its word."""
    layers = []
    left = {"align": "left", "dx": 6, "fontSize": 12}
    if marks.normal:
        low, high = marks.normal
        rows = data([{"low": low, "high": high}])
        band = alt.Chart(rows).mark_rect(color=theme.BAND, opacity=0.12, aria=False)
        word = alt.Chart(rows).mark_text(**left, baseline="top", dy=5, color="#1e6141", text=say.normal)
        layers.append(
            band.encode(
                y=alt.Y("low:Q", scale=y), y2=alt.Y2("high:Q"), x=alt.XValue(0), x2=alt.X2Value("width")
            )
        )
        layers.append(word.encode(y=alt.Y("high:Q", scale=y), x=alt.XValue(0)))
    if marks.cut_off is not None:
        rows = data(
            [
                {
                    "at": marks.cut_off,
                    "word": f"{marks.cut_off_word or say.cut_off} {written(marks.cut_off, say)}",
                }
            ]
        )
        rule = alt.Chart(rows).mark_rule(color=theme.WARNING, strokeDash=[5, 4], strokeWidth=1.5)
        word = alt.Chart(rows).mark_text(**left, baseline="bottom", dy=-4, color=theme.WARNING)
        layers.append(rule.encode(y=alt.Y("at:Q", scale=y), x=alt.XValue(0), x2=alt.X2Value("width")))
        layers.append(word.encode(y=alt.Y("at:Q", scale=y), x=alt.XValue(0), text=alt.Text("word:N")))
    return layers


def model_layers(groups: Sequence[Group], y: alt.Scale, measure: str) -> list[alt.Chart]:
    """Each group's band and line, in its colour and dash; the legend is that of the means."""
    layers: list[alt.Chart] = []
    for index, group in enumerate(groups):
        if group.model:
            look = {"color": theme.COLOURS[index % len(theme.COLOURS)], "aria": False}
            layers.append(model_band(group.model, look, y, measure))
            layers.append(model_line(group.model, look, index, y, measure))
    return layers


def model_band(model: Sequence[Estimated], look: dict[str, Any], y: alt.Scale, measure: str) -> alt.Chart:
    known = [p for p in model if p.low is not None and p.high is not None]
    rows = data({"months": p.months, "low": p.low, "high": p.high} for p in known)
    band = alt.Chart(rows).mark_area(opacity=0.14, **look)
    return band.encode(y=alt.Y("low:Q", scale=y, title=measure), y2=alt.Y2("high:Q"))


def model_line(
    model: Sequence[Estimated], look: dict[str, Any], index: int, y: alt.Scale, measure: str
) -> alt.Chart:
    rows = data({"months": p.months, "estimate": p.estimate} for p in model)
    line = alt.Chart(rows).mark_line(strokeDash=list(theme.DASHES[index % len(theme.DASHES)]), **look)
    return line.encode(y=alt.Y("estimate:Q", scale=y, title=measure))


def observed_layers(
    groups: Sequence[Group], say: Words, y: alt.Scale, measure: str, scale: dict[str, alt.Scale]
) -> list[alt.Chart]:
    rows = [
        {
            "group": g.name,
            "months": p.months,
            "mean": p.mean,
            "low": p.low,
            "high": p.high,
            "n": p.n,
            "interval": span(p.low, p.high, say),
        }
        for g in groups
        for p in g.observed
    ]
    many, legend = len(groups) > 1, group_legend(groups)
    chart = alt.Chart(data(rows)).encode(color=alt.Color("group:N", scale=scale["color"], legend=legend))
    whisker = chart.transform_filter("isValid(datum.low) && isValid(datum.high)").mark_rule(strokeWidth=1.5)
    tooltip = [
        *([alt.Tooltip("group:N", title=say.group)] if many else []),
        alt.Tooltip("months:Q", title=say.month, format=".4~g"),
        alt.Tooltip("mean:Q", title=say.mean, format=".1f"),
        alt.Tooltip("interval:N", title=say.interval),
        alt.Tooltip("n:Q", title=say.n),
    ]
    shape = alt.Shape("group:N", scale=scale["shape"], legend=legend)
    points = chart.mark_point(size=80, stroke="white", strokeWidth=1.25)
    return [
        whisker.encode(y=alt.Y("low:Q", scale=y, title=measure), y2=alt.Y2("high:Q")),
        points.encode(y=alt.Y("mean:Q", scale=y, title=measure), shape=shape, tooltip=tooltip),
    ]


def course_rows(groups: Sequence[Group], say: Words) -> Iterable[tuple[Any, ...]]:
    for group in groups:
        model = {point.months: point for point in group.model}
        observed = {point.months: point for point in group.observed}
        for months in sorted(observed if observed else model):
            seen, fitted = observed.get(months), model.get(months)
            yield (
                group.name,
                written(months, say),
                written(seen.mean, say) if seen else None,
                span(seen.low, seen.high, say) if seen else None,
                seen.n if seen else None,
                written(fitted.estimate, say) if fitted else None,
                span(fitted.low, fitted.high, say) if fitted else None,
            )


def course_description(groups: Sequence[Group], measure: str, lower: bool, say: Words) -> str:
    sentences = " ".join(group_sentence(group, say) for group in groups)
    better = say.lower_better if lower else say.higher_better
    return f"{say.course_says.format(measure=measure, groups=sentences)} {better}"


def group_sentence(group: Group, say: Words) -> str:
    if not group.observed:
        return say.course_none.format(name=group.name)
    first, last = group.observed[0], group.observed[-1]
    return say.course_group.format(
        name=group.name,
        first=written(first.mean, say),
        start=written(first.months, say),
        n_first=first.n,
        last=written(last.mean, say),
        end=written(last.months, say),
        n_last=last.n,
    )
