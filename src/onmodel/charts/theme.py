"""One theme for all charts: quiet axes, few lines, colours that the colour-blind can tell apart."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import altair as alt
import vl_convert
from altair.utils.schemapi import debug_mode

from onmodel.charts import fonts
from onmodel.charts.words import Words

INK, SOFT, LINE = "#1b2b30", "#4f6066", "#dde3e3"
PETROL = "#0f4c54"
BAND = "#1e8a6d"  # of the usual range, at low opacity
WARNING = "#b4470b"
#: For groups, in this order; also told apart by dash and shape.
COLOURS = ("#0f4c54", "#c2570c", "#5b4b9e", "#2b7bba", "#8a6d00")
DASHES = ((1, 0), (7, 4), (2, 3), (9, 3, 2, 3), (4, 2))
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")

CONFIG: dict[str, Any] = {
    "font": fonts.STACK,
    "background": "transparent",
    "view": {"stroke": None},
    "axis": {
        "labelColor": SOFT,
        "titleColor": SOFT,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domainColor": "#84949a",
        "tickColor": "#84949a",
        "labelPadding": 6,
        "titlePadding": 10,
    },
    "axisY": {
        "domain": False,
        "ticks": False,
        "tickCount": 6,
        "titleAngle": 0,
        "titleAlign": "left",
        "titleAnchor": "end",
        "titleX": -24,
        "titleY": -14,
    },
    "axisX": {"grid": False, "titleAnchor": "start", "titleAlign": "left"},
    "legend": {
        "labelColor": INK,
        "labelFontSize": 13,
        "orient": "top",
        "title": None,
        "symbolSize": 90,
        "offset": 8,
        "labelLimit": 260,
    },
    "text": {"font": fonts.STACK, "fontSize": 13, "color": SOFT},
    "line": {"strokeWidth": 2.25},
    "point": {"size": 70, "filled": True, "opacity": 1},
    "range": {"category": list(COLOURS)},
}


class Rows(str):
    """Rows of data that the chart library carries along whole: it copies lists, value by value, each time
    that something is said of a chart.
    """

    __slots__ = ("rows",)
    rows: list[dict[str, Any]]

    def __new__(cls, rows: Iterable[dict[str, Any]]) -> Rows:
        listed = list(rows)
        self = super().__new__(cls, json.dumps(listed, sort_keys=True))
        self.rows = listed
        return self


def finish(chart: alt.LayerChart | alt.Chart, *, height: int | dict[str, int]) -> dict[str, Any]:
    """The specification with the theme, as wide as its place allows.

    Not checked against Vega-Lite's schema here, which takes most of the time: the tests do.
    The values stand in the specification once, under names made of their content, so that the
    same input gives the same text.
    """
    with debug_mode(arg=False):
        sized = chart.properties(width="container", height=height, autosize=AUTOSIZE)
        spec = sized.to_dict(validate=False)
    sets = {name: rows.rows if isinstance(rows, Rows) else rows for name, rows in spec["datasets"].items()}
    return {**spec, "datasets": sets, "config": CONFIG}


def name_axis() -> alt.Axis:
    """The vertical axis of names: no lines, and names broken where they hold a line break."""
    return alt.Axis(
        labelExpr="split(datum.label, '\\n')",
        labelLimit=190,
        labelColor=INK,
        domain=False,
        grid=False,
        title=None,
    )


AUTOSIZE = alt.AutoSizeParams(type="fit-x", contains="padding")


def to_svg(spec: dict[str, Any], *, words: Words, width: int = 640, height: int | None = None) -> str:
    """The drawing as SVG of `width` pixels, for paper and mail; text stays text, in `fonts.FAMILY`.

    Typst needs the typeface too: `typst.compile(..., font_paths=[fonts.directory()])`.
    """
    fonts.register()
    sized = {**spec, "width": width, **({"height": height} if height else {})}
    locale = "nl-NL" if words.language == "nl" else "en-US"
    return vl_convert.vegalite_to_svg(json.dumps(sized, sort_keys=True), format_locale=locale)
