import numpy as np
import pytest

from onmodel.measurement import InvalidAnswersError, check_answers, score

NAN = np.nan


def test_answers_inside_the_limits_and_missing_ones_are_fine(build):
    assert check_answers(build(), [[0, 4, NAN, 2]]) == ()


@pytest.mark.parametrize(
    ("answers", "item", "value", "expected"),
    [
        ([5, 0, 0, 0], "1", 5.0, "a whole number from 0 to 4"),
        ([0, -1, 0, 0], "2", -1.0, "a whole number from 0 to 4"),
        ([0, 0, 1.5, 0], "3", 1.5, "a whole number from 0 to 4"),
        ([0, 0, 0, np.inf], "4", np.inf, "a whole number from 0 to 4"),
    ],
)
def test_an_answer_that_cannot_be_is_named_with_what_would_be_right(build, answers, item, value, expected):
    (problem,) = check_answers(build(), [[0, 0, 0, 0], answers])
    assert (problem.row, problem.item, problem.value, problem.expected) == (1, item, value, expected)


def test_every_problem_is_given_by_row_and_then_item(build):
    problems = check_answers(build(), [[9, 0, 0, 9], [0, 9, 0, 0]])
    assert [(p.row, p.item) for p in problems] == [(0, "1"), (0, "4"), (1, "2")]
    assert str(problems[2]) == "row 2, item 2: 9 is not an answer; a whole number from 0 to 4 is"


@pytest.mark.parametrize(
    ("item", "fine", "wrong", "expected"),
    [
        ({"kind": "number"}, 3.7, 4.1, "a number from 0 to 4"),
        ({"kind": "count", "minimum": 0, "maximum": 90}, 17, 2.5, "a whole number from 0 to 90"),
        ({"kind": "yes_no"}, 1, 2, "a whole number from 0 to 1"),
        ({"options": [{"value": 0}, {"value": 1}, {"value": 3}]}, 3, 2, "one of 0, 1, 3"),
        ({"options": [{"value": 0}, {"value": 0.5}, {"value": 1}]}, 0.5, 0.7, "one of 0, 0.5, 1"),
        ({"options": [{"value": 1}, {"value": 2}]}, 2, 0, "a whole number from 1 to 2"),
    ],
)
def test_an_item_says_itself_what_it_allows(build, item, fine, wrong, expected):
    instrument = build(items=[{"id": "1", **item}])
    assert check_answers(instrument, [[fine, 0, 0, 0]]) == ()
    (problem,) = check_answers(instrument, [[wrong, 0, 0, 0]])
    assert problem.expected == expected


@pytest.mark.parametrize(
    ("limits", "wrong", "expected"),
    [({"minimum": 0}, -1, "a whole number of 0 or more"), ({"maximum": 5}, 6, "a whole number of 5 or less")],
)
def test_open_ended_items(build, limits, wrong, expected):
    items = [{"id": "1", "kind": "count", **limits}]
    instrument = build(
        {"id": "total", "rule": "single", "item": "1"}, items=items, minimum=None, maximum=None
    )
    (problem,) = check_answers(instrument, [[wrong, 0, 0, 0]])
    assert problem.expected == expected


def test_scoring_refuses_answers_that_cannot_be(build):
    with pytest.raises(
        InvalidAnswersError, match=r"probe: row 1, item 1: 9 is not .* \(and 1 more\)"
    ) as caught:
        score(build(), [[9, 9, 0, 0]])
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("shape", [(4,), (2, 3), (2, 5)])
def test_another_shape_is_refused(build, shape):
    with pytest.raises(ValueError, match="probe has 4 items"):
        check_answers(build(), np.zeros(shape))
