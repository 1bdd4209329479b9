"""Shares over months by group: observed ones with their intervals, and curves that go by steps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from onmodel.charts import theme
from onmodel.charts.course import data, month_axis
from onmodel.charts.drawing import Drawing
from onmodel.charts.words import Words, span, words, written

#: Curves are drawn month by month; their table goes by half-years.
TABLE_STEP = 6.0


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share in per cent at a moment, of n; the bounds are its 95 % interval."""

    months: float
    percent: float
    n: int | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class Curve:
    """One group's shares, in order of time."""

    name: str
    shares: Sequence[Share]


def share_chart(curves: Sequence[Curve], *, measure: str, language: str = "en", height: int = 250) -> Drawing:
    """Shares at moments with their intervals, joined by a thin line. `measure` says of what."""
    say = words(language)
    base = _base(curves, say)
    whisker = base.transform_filter("isValid(datum.low) && isValid(datum.high)").mark_rule(strokeWidth=1.5)
    line = base.mark_line(strokeWidth=1.25, opacity=0.7, aria=False)
    shape = alt.Shape("group:N", scale=_look(curves, "shape"), legend=_legend(curves))
    points = base.mark_point(size=70, stroke="white", strokeWidth=1).encode(shape=shape)
    layers = [
        whisker.encode(y=_y("low:Q", measure), y2=alt.Y2("high:Q")),
        line.encode(y=_y("percent:Q", measure)),
        points.encode(y=_y("percent:Q", measure), tooltip=_tooltip(curves, say)),
    ]
    return _drawing(curves, layers, measure, say, height, every=0.0)


def step_chart(curves: Sequence[Curve], *, measure: str, language: str = "en", height: int = 250) -> Drawing:
    """Curves of survival or incidence: they change in steps, with a band as wide as their interval."""
    say = words(language)
    base = _base(curves, say)
    known = base.transform_filter("isValid(datum.low) && isValid(datum.high)")
    band = known.mark_area(opacity=0.1, interpolate="step-after", aria=False)
    line = base.mark_line(interpolate="step-after").encode(
        strokeDash=alt.StrokeDash("group:N", scale=_look(curves, "dash"), legend=_legend(curves))
    )
    layers = [
        band.encode(y=_y("low:Q", measure), y2=alt.Y2("high:Q")),
        line.encode(y=_y("percent:Q", measure), tooltip=_tooltip(curves, say)),
    ]
    return _drawing(curves, layers, measure, say, height, every=TABLE_STEP)


def _drawing(
    curves: Sequence[Curve], layers: list[alt.Chart], measure: str, say: Words, height: int, *, every: float
) -> Drawing:
    shown = [s.months for c in curves for s in c.shares]
    ticks = sorted({m for m in shown if not every or m % every == 0})
    headers = (say.group, say.month, say.share, say.interval, say.n)
    drop = 1 if len(curves) == 1 else 0  # the name of the only group is no column
    return Drawing(
        spec=theme.finish(alt.layer(*layers).encode(x=month_axis(ticks, say)), height=height),
        headers=headers[drop:],
        numeric=(False, True, True, True, True)[drop:],
        rows=tuple(row[drop:] for row in _rows(curves, say, every)),
        description=" ".join([f"{measure}.", *(_sentence(curve, say) for curve in curves)]),
    )


def _base(curves: Sequence[Curve], say: Words) -> alt.Chart:
    rows: list[dict[str, Any]] = [
        {
            "group": curve.name,
            "months": share.months,
            "percent": share.percent,
            "low": share.low,
            "high": share.high,
            "n": share.n,
            "interval": span(share.low, share.high, say, 0),
        }
        for curve in curves
        for share in curve.shares
    ]
    colour = alt.Color("group:N", scale=_look(curves, "colour"), legend=_legend(curves))
    return alt.Chart(data(rows)).encode(color=colour)


def _look(curves: Sequence[Curve], kind: str) -> alt.Scale:
    """Colour, shape or dash by group, in the order given."""
    values: Sequence[Any] = {"colour": theme.COLOURS, "shape": theme.SHAPES, "dash": theme.DASHES}[kind]
    names = [curve.name for curve in curves]
    return alt.Scale(domain=names, range=[values[i % len(values)] for i in range(len(names))])


def _legend(curves: Sequence[Curve]) -> alt.Legend | None:
    return alt.Legend(offset=26, columns=1) if len(curves) > 1 else None


def _y(field: str, measure: str) -> alt.Y:
    axis = alt.Axis(labelExpr="datum.label + ' %'")
    return alt.Y(field, title=measure, scale=alt.Scale(domain=[0, 100]), axis=axis)


def _tooltip(curves: Sequence[Curve], say: Words) -> list[alt.Tooltip]:
    return [
        *([alt.Tooltip("group:N", title=say.group)] if len(curves) > 1 else []),
        alt.Tooltip("months:Q", title=say.month, format=".4~g"),
        alt.Tooltip("percent:Q", title=f"{say.share} (%)", format=".0f"),
        alt.Tooltip("interval:N", title=say.interval),
        alt.Tooltip("n:Q", title=say.n),
    ]


def _rows(curves: Sequence[Curve], say: Words, every: float) -> Iterable[tuple[Any, ...]]:
    for curve in curves:
        for share in curve.shares:
            if every and share.months % every:
                continue
            yield (
                curve.name,
                written(share.months, say),
                f"{written(share.percent, say, 0)} %",
                span(share.low, share.high, say, 0),
                share.n,
            )


def _sentence(curve: Curve, say: Words) -> str:
    """ "2024: 60 % at 0 months, 31 % at 18 months (n 44)." """
    first, last = curve.shares[0], curve.shares[-1]
    return say.share_group.format(
        name=curve.name,
        first=written(first.percent, say, 0),
        start=written(first.months, say),
        last=written(last.percent, say, 0),
        end=written(last.months, say),
        n=say.unknown if last.n is None else last.n,
    )
