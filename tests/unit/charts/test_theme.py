"""Every chart keeps to Vega-Lite's schema and to the theme."""

import altair as alt
import pytest

from onmodel.charts import (
    Drawing,
    Estimated,
    Marks,
    bars,
    course_chart,
    patient_course_chart,
    profile_chart,
    shares,
)
from onmodel.charts.theme import COLOURS, CONFIG
from tests.unit.charts.test_bars import BARS, PARTS
from tests.unit.charts.test_course import ONE, TWO
from tests.unit.charts.test_patient import SCORES
from tests.unit.charts.test_profile import RATINGS

MARKS = Marks(cut_off=14, normal=(0, 9))
EXPECTED = [Estimated(months=m, estimate=28 - m, low=20 - m, high=36 - m) for m in (0, 12)]
DRAWINGS = {
    "one group": course_chart(ONE, measure="BDI", marks=MARKS, domain=(0, 63)),
    "two groups": course_chart(TWO, measure="BDI"),
    "patient": patient_course_chart(
        SCORES, measure="BDI", marks=MARKS, reliable_change=8, expected=EXPECTED, domain=(0, 63)
    ),
    "profile": profile_chart(RATINGS),
    "bars": bars(BARS, measure="Share", domain=(0, 100), target=80),
    "shares": shares(PARTS),
}


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_the_specification_is_valid(drawing: Drawing) -> None:
    alt.LayerChart.from_dict(drawing.spec, validate=True)


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS.keys())
def test_the_chart_fills_its_place_in_our_theme(drawing: Drawing) -> None:
    assert drawing.spec["width"] == "container"
    assert drawing.spec["config"] == CONFIG
    assert all(len(row) == len(drawing.headers) == len(drawing.numeric) for row in drawing.rows)
    assert drawing.description.endswith(".")


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", COLOURS)
def test_lines_stand_out_from_the_page(colour: str) -> None:
    """3 : 1 is what WCAG 1.4.11 asks of graphics."""
    assert 1.05 / (luminance(colour) + 0.05) >= 3
