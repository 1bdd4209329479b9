"""Statements by cases: each mark where it was told, and the same as a table and in words."""

from onmodel.charts.matrix import MatrixWords, Of, matrix_chart

WORDS = MatrixWords(
    statement="What decides", column="Programme", states={True: "so", False: "not so"}, untold="not told"
)
STATEMENTS = {"support": "There is support", "leader": "There is a leader"}


def test_what_is_not_told_has_no_mark():
    columns = [
        Of(name="Here", known={"support": True}),
        Of(name="A", known={"support": False, "leader": False}),
    ]
    drawing = matrix_chart(STATEMENTS, columns, words=WORDS)
    (rows,) = drawing.spec["datasets"].values()
    assert len(rows) == 3
    assert drawing.rows == (
        ("There is support", "so", "not so"),
        ("There is a leader", "not told", "not so"),
    )
    assert drawing.description == "Here: so 1, not so 0, not told 1; A: so 0, not so 2, not told 0."


def test_nothing_known_draws_an_empty_matrix():
    drawing = matrix_chart(STATEMENTS, [Of(name="Here", known={})], words=WORDS)
    assert drawing.rows[0] == ("There is support", "not told")
