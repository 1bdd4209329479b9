"""The scores of one patient over time, against cut-off, usual range, start and expected course."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import NO_MARKS, Estimated, Marks, data, mark_layers, month_axis, value_scale
from onmodel.charts.drawing import Drawing
from onmodel.charts.words import Words, words, written


@dataclass(frozen=True, kw_only=True)
class Score:
    """A score at a moment; None where the moment passed without answers. `meaning` is its band's word."""

    months: float
    score: float | None
    moment: str = ""
    meaning: str = ""


def patient_course_chart(
    scores: Sequence[Score],
    *,
    measure: str,
    marks: Marks = NO_MARKS,
    reliable_change: float | None = None,
    expected: Sequence[Estimated] = (),
    domain: tuple[float, float] | None = None,
    language: str = "en",
    height: int = 260,
) -> Drawing:
    """The patient's line; moments without answers as open crosses at the foot.

    `reliable_change` is the least change that measurement error hardly explains: a grey band of
    that width lies around the first score. `expected` is the course of comparable patients.
    """
    say = words(language)
    known = [score for score in scores if score.score is not None]
    y = value_scale(domain)
    layers = [
        *mark_layers(marks, say, y),
        *reliable_layers(known, reliable_change, y, say),
        *expected_layers(expected, y, measure, say),
        *score_layers(known, y, measure, say),
        *missing_layers([score for score in scores if score.score is None], say),
    ]
    months = sorted({score.months for score in scores})
    chart = alt.layer(*layers).encode(x=month_axis(months, say))
    return Drawing(
        spec=theme.finish(chart, height=height),
        headers=(say.moment, say.month, say.score, say.meaning),
        numeric=(False, True, True, False),
        rows=tuple(
            (s.moment or written(s.months, say), written(s.months, say), shown(s, say), s.meaning or "–")
            for s in scores
        ),
        description=describe(scores, known, measure, say),
    )


def shown(score: Score, say: Words) -> str:
    return say.missing if score.score is None else written(score.score, say)


def reliable_layers(
    known: Sequence[Score], change: float | None, y: alt.Scale, say: Words
) -> list[alt.Chart]:
    if change is None or not known:
        return []
    start = known[0].score or 0.0
    rows = data([{"low": start - change, "high": start + change}])
    band = alt.Chart(rows).mark_rect(color=theme.SOFT, opacity=0.09, aria=False, clip=True)
    word = alt.Chart(rows).mark_text(
        align="right", baseline="top", dx=-4, dy=5, fontSize=12, text=say.reliable, aria=False
    )
    return [
        band.encode(y=alt.Y("low:Q", scale=y), y2=alt.Y2("high:Q"), x=alt.XValue(0), x2=alt.X2Value("width")),
        word.encode(y=alt.Y("high:Q", scale=y), x=alt.XValue("width")),
    ]


def expected_layers(expected: Sequence[Estimated], y: alt.Scale, measure: str, say: Words) -> list[alt.Chart]:
    if not expected:
        return []
    rows = [{"months": p.months, "y": p.estimate, "low": p.low, "high": p.high} for p in expected]
    chart = alt.Chart(data(rows))
    line = chart.mark_line(color="#84949a", strokeDash=[3, 3], strokeWidth=1.75, aria=False)
    band = chart.transform_filter("isValid(datum.low) && isValid(datum.high)")
    end = [{"months": rows[-1]["months"], "y": rows[-1]["y"], "word": say.expected.lower()}]
    word = alt.Chart(data(end)).mark_text(align="right", baseline="top", dy=8, fontSize=12, aria=False)
    return [
        band.mark_area(color="#84949a", opacity=0.13, aria=False).encode(
            y=alt.Y("low:Q", scale=y, title=measure), y2=alt.Y2("high:Q")
        ),
        line.encode(y=alt.Y("y:Q", scale=y, title=measure)),
        word.encode(y=alt.Y("y:Q"), text=alt.Text("word:N")),
    ]


def score_layers(known: Sequence[Score], y: alt.Scale, measure: str, say: Words) -> list[alt.Chart]:
    rows: list[dict[str, Any]] = [
        {"months": s.months, "score": s.score, "moment": s.moment, "meaning": s.meaning} for s in known
    ]
    chart = alt.Chart(data(rows)).encode(y=alt.Y("score:Q", scale=y, title=measure))
    tooltip = [
        alt.Tooltip("moment:N", title=say.moment),
        alt.Tooltip("months:Q", title=say.month, format=".4~g"),
        alt.Tooltip("score:Q", title=say.score, format=".4~g"),
        alt.Tooltip("meaning:N", title=say.meaning),
    ]
    return [
        chart.mark_line(color=theme.PETROL, aria=False),
        chart.mark_point(color=theme.PETROL, size=95, stroke="white", strokeWidth=1.5).encode(
            tooltip=tooltip
        ),
    ]


def missing_layers(missing: Sequence[Score], say: Words) -> list[alt.Chart]:
    if not missing:
        return []
    rows = [{"months": s.months, "moment": s.moment, "word": say.missing} for s in missing]
    cross = alt.Chart(data(rows)).mark_point(
        shape="M-1,-1L1,1M1,-1L-1,1", size=55, filled=False, stroke=theme.WARNING, strokeWidth=2, yOffset=-10
    )
    return [
        cross.encode(
            y=alt.YValue("height"),
            tooltip=[
                alt.Tooltip("moment:N", title=say.moment),
                alt.Tooltip("months:Q", title=say.month, format=".4~g"),
                alt.Tooltip("word:N", title=say.score),
            ],
        )
    ]


def describe(scores: Sequence[Score], known: Sequence[Score], measure: str, say: Words) -> str:
    counts = {"measure": measure, "missing": len(scores) - len(known), "all": len(scores)}
    if not known:
        return say.patient_none.format(**counts)
    first, last = known[0], known[-1]
    return say.patient_says.format(
        **counts,
        first=written(first.score, say),
        start=written(first.months, say),
        last=written(last.score, say),
        end=written(last.months, say),
    )
