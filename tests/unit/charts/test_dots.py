"""Scores now and the time before."""

from onmodel.charts.dots import Dots, dot_chart
from onmodel.charts.theme import to_svg
from onmodel.charts.words import words
from tests.unit.charts.test_course import marks_of

ROWS = [
    Dots(item="1. Board", now=4, before=2),
    Dots(item="2. Management", now=2, before=3),
    Dots(item="3. Partners", now=None, before=None),
]


def drawn(language: str = "en", **more):
    return dot_chart(ROWS, scale=(1, 5), adequate=3, now="2025", before="2024", language=language, **more)


def test_a_line_joins_both_times_and_words_stand_where_nothing_was_scored():
    assert marks_of(drawn()) == ["rule", "text", "rule", "point", "text"]


def test_the_same_in_rows_and_words():
    drawing = drawn()
    assert drawing.headers == ("Item", "2024", "2025", "Change")
    assert drawing.rows == (
        ("1. Board", "2", "4", "+2"),
        ("2. Management", "3", "2", "\N{MINUS SIGN}1"),
        ("3. Partners", None, None, None),
    )
    assert drawing.description == (
        "1 of 2 rated items are below 3; 1 not rated. Of 2 scored both times, 1 went up and 1 went down."
    )
    assert drawn("nl").headers[-1] == "Verschil"


def test_the_first_time_has_one_dot_a_row():
    drawing = dot_chart(ROWS, scale=(1, 5), now="2025")
    assert drawing.headers == ("Item", "2025")
    assert drawing.description == "2 rated items; 1 not rated."


def test_it_can_be_printed():
    assert "<svg" in to_svg(drawn().spec, words=words("en"))
