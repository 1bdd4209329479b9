"""The profile of ratings against what is adequate."""

from onmodel.charts import Rating, profile_chart, to_svg, words
from tests.unit.charts.test_course import layers, marks_of, values

RATINGS = [
    Rating(item="1. Warmth", kind="Adherence", value=5.2, low=4.5, high=5.9, n=6),
    Rating(item="1. Warmth", kind="Competence", value=3.4, n=6),
    Rating(item="2. Curiosity", kind="Adherence", value=4.0),
    Rating(item="2. Curiosity", kind="Competence", value=None),
]


def test_every_rating_is_there_in_the_order_given() -> None:
    drawing = profile_chart(RATINGS)
    assert marks_of(drawing) == ["rule", "text", "rule", "point"]
    dots = layers(drawing)[-1]
    assert [row["value"] for row in values(drawing, dots)] == [5.2, 3.4, 4.0, None]
    assert dots["encoding"]["y"]["scale"]["domain"] == ["1. Warmth", "2. Curiosity"]


def test_an_item_without_any_rating_keeps_its_place() -> None:
    drawing = profile_chart([Rating(item="Relationship", kind="Adherence", value=None)])
    svg = to_svg(drawing.spec, words=words("en"))
    assert "Relationship" in svg
    assert "not rated" in svg
    assert drawing.rows == (("Relationship", "Adherence", None, None, None),)


def test_a_score_of_adequate_is_not_below_it() -> None:
    assert profile_chart(RATINGS).description == "1 of 3 rated items are below 4; 1 not rated."


def test_no_line_where_the_scale_names_no_adequate_score() -> None:
    drawing = profile_chart(RATINGS, adequate=None)
    assert marks_of(drawing) == ["rule", "point"]
    assert drawing.description == "3 rated items; 1 not rated."
