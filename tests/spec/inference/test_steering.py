"""Signs of steering against cases worked out by hand, and Fisher's test against R."""

import pytest

from onmodel.inference.steering import (
    concentrated,
    days_from_first_good,
    is_straight_line,
    longest_run,
    too_soon,
)

FROM_R = 4.03677e-07


@pytest.mark.parametrize(
    ("answers", "run"),
    [
        ([], 0),
        ([None, None], 0),
        ([3], 1),
        ([0, 0, 0, 1], 3),
        ([0, 1, 1, 0, 1, 1, 1], 3),
        ([2, 2, None, 2, 2], 2),  # what was left open ends a row
    ],
)
def test_the_longest_run(answers, run) -> None:
    assert longest_run(answers) == run


@pytest.mark.parametrize(
    ("run", "items", "share", "straight"),
    [
        (6, 12, 0.5, True),  # 6 of 12 is half
        (5, 12, 0.5, False),
        (9, 9, 0.5, False),  # fewer than ten items say too little
        (12, 12, 1.0, True),
    ],
)
def test_a_straight_line_takes_that_share_of_enough_items(run, items, share, straight) -> None:
    answers = [1.0] * run + [float(2 + i % 2) for i in range(items - run)]
    assert is_straight_line(answers, share=share, least=10) is straight


def test_a_share_of_nothing_is_no_bound() -> None:
    with pytest.raises(ValueError, match="no share"):
        is_straight_line([1.0], share=0.0, least=1)


@pytest.mark.parametrize(
    ("days", "within", "found"),
    [
        ([], 4, ()),
        ([10], 4, ()),
        ([10, 13], 4, (1,)),  # 3 days
        ([10, 14], 4, ()),  # 4 days are enough
        ([10, 10, 10], 4, (1, 2)),
        ([0, 7, 14, 16], 4, (3,)),
    ],
)
def test_forms_too_soon_after_each_other(days, within, found) -> None:
    assert too_soon(days, within=within) == found


@pytest.mark.parametrize(
    ("scores", "ended", "days"),
    [
        ([(100, False), (200, True)], 210, 10),
        ([(100, False), (200, True)], 214, 14),  # the bound itself counts
        ([(100, False), (200, True)], 215, None),
        ([(100, True), (200, True)], 205, None),  # good before: not the first
        ([(100, True), (200, False)], 205, None),  # not good at the end
        ([(100, False), (300, True)], 205, None),  # good only after the end
        ([], 205, None),
    ],
)
def test_an_end_right_after_the_first_good_score(scores, ended, days) -> None:
    assert days_from_first_good(scores, ended, within=14) == days


def test_missing_forms_at_one_therapist_against_r() -> None:
    """R: fisher.test(matrix(c(15, 5, 20, 100), 2, byrow = TRUE))$p.value; Holm: times three."""
    (found,) = concentrated({"a": (15, 20), "b": (10, 60), "c": (10, 60)}, alpha=0.05, least=10)
    assert (found.who, found.own.successes, found.own.n) == ("a", 15, 20)
    assert (found.others.successes, found.others.n) == (20, 120)
    assert found.p == pytest.approx(FROM_R, rel=1e-3)
    assert found.adjusted == pytest.approx(3 * FROM_R, rel=1e-3)


def test_few_forms_are_compared_with_but_not_tested() -> None:
    assert concentrated({"a": (9, 9), "b": (10, 60), "c": (10, 60)}, alpha=0.05, least=10) == ()


def test_fewer_missing_than_others_asks_nothing() -> None:
    assert concentrated({"a": (0, 60), "b": (30, 60)}, alpha=0.05, least=10)[0].who == "b"


def test_one_therapist_alone_is_compared_with_nobody() -> None:
    assert concentrated({"a": (30, 60)}, alpha=0.05, least=10) == ()


def test_more_missing_than_due_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be"):
        concentrated({"a": (9, 5), "b": (1, 9)}, alpha=0.05, least=1)
