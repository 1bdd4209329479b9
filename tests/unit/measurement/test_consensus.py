"""Marks by several raters: reading them, their spread, who lies apart, means of intervals."""

import doctest

import pytest

from onmodel.measurement import consensus
from onmodel.measurement.consensus import Mark, furthest, mark_from, mean_of, spread_of, spreads


def test_the_examples_hold():
    assert doctest.testmod(consensus).failed == 0


@pytest.mark.parametrize(
    ("written", "mark"),
    [("2", Mark(2, 2)), ("2/3", Mark(2, 3)), (" 2 - 3 ", Mark(2, 3)), ("2–3", Mark(2, 3)), ("7", Mark(7, 7))],
)
def test_a_mark_is_a_number_or_an_interval(written, mark):
    assert mark_from(written, minimum=1, maximum=7) == mark


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("8", "outside 1 to 7"),
        ("0/2", "outside 1 to 7"),
        ("3/2", "goes down"),
        ("2.5", "no mark"),
        ("", "no mark"),
        ("good", "no mark"),
        ("٣", "no mark"),
        ("9" * 400, "no mark"),
    ],
)
def test_what_is_no_mark_is_refused(written, said):
    with pytest.raises(ValueError, match=said):
        mark_from(written, minimum=1, maximum=7)


def test_a_mark_is_written_as_it_was():
    assert [str(mark_from(text, minimum=1, maximum=7)) for text in ("2", "2/3", "3-3")] == ["2", "2/3", "3"]


def test_nobody_differs_from_nobody():
    assert furthest({"a": {"1": Mark(2, 2)}}) == []
    assert mean_of([]) is None
    assert spread_of([]) is None
    assert spreads([]) == {}


def test_who_left_an_item_out_is_judged_by_the_others():
    sheets = {
        "a": {"1": Mark(2, 2)},
        "b": {"1": Mark(2, 2), "2": Mark(6, 6)},
        "c": {"1": Mark(6, 6), "2": Mark(2, 2)},
    }
    # medians: item 1 is 2, item 2 is 4; a: 0; b: (0 + 2) / 2; c: (4 + 2) / 2
    assert [(one.rater, one.mean, one.n) for one in furthest(sheets)] == [
        ("c", 3.0, 2),
        ("b", 1.0, 2),
        ("a", 0.0, 1),
    ]
