"""A patient's course: scores, moments without answers, what they are held against."""

from onmodel.charts import Estimated, Marks, Score, patient_course_chart
from tests.unit.charts.test_course import layers, marks_of, values

SCORES = [
    Score(months=0, score=31, moment="Start", meaning="severe"),
    Score(months=6, score=None, moment="6 months"),
    Score(months=12, score=12, moment="12 months", meaning="minimal"),
]


def test_a_missing_moment_is_a_cross_and_not_a_zero() -> None:
    drawing = patient_course_chart(SCORES, measure="BDI")
    line, points, crosses = layers(drawing)
    assert [row["score"] for row in values(drawing, line)] == [31, 12]
    assert values(drawing, points) == values(drawing, line)
    assert [row["months"] for row in values(drawing, crosses)] == [6]


def test_the_reliable_change_lies_on_both_sides_of_the_first_score() -> None:
    drawing = patient_course_chart(SCORES, measure="BDI", reliable_change=8.5)
    assert values(drawing, layers(drawing)[0]) == [{"low": 22.5, "high": 39.5}]


def test_no_reliable_change_without_a_first_score() -> None:
    drawing = patient_course_chart(SCORES[1:2], measure="BDI", reliable_change=8.5)
    assert "rect" not in marks_of(drawing)


def test_expected_course_and_marks_lie_behind_the_scores() -> None:
    expected = [Estimated(months=m, estimate=28 - m, low=20 - m, high=36 - m) for m in (0, 12)]
    drawing = patient_course_chart(SCORES, measure="BDI", marks=Marks(cut_off=14), expected=expected)
    assert marks_of(drawing) == ["rule", "text", "area", "line", "text", "line", "point", "point"]


def test_table_and_words_say_what_was_not_answered() -> None:
    drawing = patient_course_chart(SCORES, measure="BDI", language="nl")
    assert drawing.rows[1] == ("6 months", "6", "niet ingevuld", "–")
    assert drawing.description == "BDI: 31 in maand 0, 12 in maand 12; 1 van 3 meetmomenten niet ingevuld."


def test_no_scores_at_all() -> None:
    drawing = patient_course_chart(SCORES[1:2], measure="BDI")
    assert drawing.description == "BDI: no scores yet; 1 of 1 moments not answered."
