"""Bars and shares."""

import pytest

from onmodel.charts import Bar, Part, bars, shares, to_svg, words
from onmodel.charts.bars import divided
from tests.unit.charts.test_course import marks_of

BARS = [Bar(label="North", value=82.5, n=40), Bar(label="East", value=None)]
# 6 + 18 + 47 + 8 = 79: 7.6 %, 22.8 %, 59.5 %, 10.1 %
PARTS = [
    Part(whole="6 months", label=label, count=count, tone=tone)
    for label, count, tone in [
        ("Recovered", 6, "good"),
        ("Improved", 18, "better"),
        ("Unchanged", 47, "same"),
        ("Deteriorated", 8, "worse"),
    ]
]


def test_an_unknown_bar_says_so_and_has_no_length() -> None:
    drawing = bars(BARS, measure="Share")
    assert drawing.rows == (("North", "82.5", 40), ("East", None, None))
    assert drawing.description == "North: 82.5, East: unknown."
    assert "unknown" in to_svg(drawing.spec, words=words("en"))


def test_a_target_is_a_line() -> None:
    assert marks_of(bars(BARS, measure="Share", target=80)) == ["bar", "text", "rule"]


def test_parts_fill_the_whole() -> None:
    rows = divided(PARTS, "6 months")
    assert rows[0]["start"] == 0
    assert rows[-1]["end"] == 1
    assert [row["start"] for row in rows[1:]] == [row["end"] for row in rows[:-1]]
    assert rows[2]["share"] == pytest.approx(47 / 79)


def test_shares_as_a_table() -> None:
    drawing = shares(PARTS)
    assert [row[3] for row in drawing.rows] == ["8%", "23%", "59%", "10%"]


def test_a_whole_of_nobody_has_no_shares() -> None:
    drawing = shares([Part(whole="Empty", label="Improved", count=0)])
    assert drawing.rows == ()
    assert to_svg(drawing.spec, words=words("en")).startswith("<svg")
