import numpy as np
import pytest

from onmodel.library.answers import read_answers
from onmodel.library.tables import read_table
from tests.unit.measurement.conftest import build_instrument

NAN = np.nan


@pytest.fixture(name="take")
def fixture_take(tmp_path):
    """The answers to an instrument out of a CSV file with this text."""

    def take(instrument, text, **kwargs):
        path = tmp_path / "answers.csv"
        path.write_text(text, encoding="utf-8")
        return read_answers(read_table(path), instrument, **kwargs)

    return take


def test_answers_come_in_the_order_of_the_form(take):
    found = take(build_instrument(), "item3;item1;item2;item4\n3;1;2;0\n;4;;1\n")
    assert found.complete
    assert found.values == pytest.approx(np.array([[1, 2, 3, 0], [4, NAN, NAN, 1]]), nan_ok=True)


def test_everything_wrong_is_given_by_line_and_column(take):
    found = take(build_instrument(), "q2,q1,q3,q4\n1,9,0,0\nx,0,0,0\n0,0,2.5,-1\n")
    assert not found.complete
    assert [(b.line, b.column, b.value) for b in found.bad] == [
        (2, "q1", "9"),
        (3, "q2", "x"),
        (4, "q3", "2.5"),
        (4, "q4", "-1"),
    ]
    assert {b.expected for b in found.bad} == {"a number", "a whole number from 0 to 4"}


def test_missing_and_doubled_columns(take):
    found = take(build_instrument(), "q1,item1,q2\n1,1,1\n")
    assert found.match.missing == ("3", "4")
    assert found.match.doubled == {"1": ("q1", "item1")}
    assert not found.complete


def test_codes_for_missing_and_a_prefix(take):
    text = "a_1,a_2,a_3,a_4,b_1,b_2,b_3,b_4\n0,0,0,0,1,999,1,1\n"
    found = take(build_instrument(), text, prefix="b_", missing=["999"])
    assert found.values == pytest.approx(np.array([[1, NAN, 1, 1]]), nan_ok=True)


SINGLES = (
    {"id": "total", "rule": "sum", "items": ["1", "2"]},
    {"id": "extra", "rule": "single", "item": "3"},
    {"id": "other", "rule": "entered", "minimum": 0, "maximum": 10},
)


def test_what_is_a_scale_of_its_own_may_be_left_out(take):
    found = take(build_instrument(*SINGLES), "q1,q2\n1,2\n")
    assert found.complete
    assert found.entered == {}
    more = take(build_instrument(*SINGLES), "q1,q2,q3,prb_other\n1,2,3,7.5\n")
    assert more.values[0, 2] == 3
    assert more.entered["other"].tolist() == [7.5]


def test_an_entered_score_outside_its_scale(take):
    (bad,) = take(build_instrument(*SINGLES), "q1,q2,other\n1,2,3\n1,2,11\n").bad
    assert (bad.line, bad.column, bad.value, bad.expected) == (3, "other", "11", "a score from 0 to 10")


def test_a_form_of_scores_alone_needs_one_of_them(take):
    form = build_instrument(
        {"id": "total", "rule": "entered"}, {"id": "b", "rule": "entered"}, numbered_items=0
    )
    assert take(form, "who,total\n1,5\n").complete
    assert take(form, "who,what\n1,5\n").match.missing == ("total", "b")
