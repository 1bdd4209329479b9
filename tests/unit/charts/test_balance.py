"""Differences before and after matching."""

from onmodel.charts.balance import Difference, balance_chart
from onmodel.charts.theme import to_svg
from onmodel.charts.words import words
from tests.unit.charts.test_course import layers, marks_of, values

DIFFERENCES = [
    Difference(name="age", before=0.42, after=-0.04),
    Difference(name="sex=f", before=-0.15, after=0.2),
    Difference(name="paid work", before=0.05, after=None),
]


def test_two_dots_a_characteristic_against_the_band() -> None:
    drawing = balance_chart(DIFFERENCES)
    assert marks_of(drawing) == ["rect", "rule", "point"]
    dots = values(drawing, layers(drawing)[-1])
    assert [row["value"] for row in dots] == [0.42, -0.04, -0.15, 0.2, 0.05, None]


def test_the_same_in_words_and_rows() -> None:
    drawing = balance_chart(DIFFERENCES)
    assert drawing.description == (
        "2 of 3 characteristics differ by more than 0.10 SD before matching, 1 after it."
    )
    assert drawing.rows[2] == ("paid work", "0.05", None)
    dutch = balance_chart(DIFFERENCES, language="nl")
    assert dutch.headers == ("Kenmerk", "Vóór het matchen", "Na het matchen")
    assert dutch.rows[0][1] == "0,42"


def test_it_draws() -> None:
    svg = to_svg(balance_chart(DIFFERENCES).spec, words=words("en"))
    assert "paid work" in svg
    assert "Standardised difference" in svg
