"""Yes/no lists as sums, and two of them beside each other."""

import doctest
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import onmodel.library
from onmodel.measurement import sums
from onmodel.measurement.sums import change_of_totals, compare, total_from, total_of
from onmodel.packs.standards import Checklist

FILE = Path(onmodel.library.__file__).parent / "mbt" / "checklists" / "organisation_33.toml"
ANSWER = st.sampled_from([True, False, None])


def test_the_examples_hold():
    assert doctest.testmod(sums).failed == 0


def test_the_published_sums():
    """S, Table 1: 24 of 33 before, 28 of 33 after."""
    listed = msgspec.toml.decode(FILE.read_bytes(), type=Checklist)
    first, second = (total_from(int(n), listed.maximum) for n in listed.published_totals.values())
    assert (first.yes, second.yes, change_of_totals(first, second)) == (24, 28, 4)


def test_what_was_won_and_lost_by_hand():
    before = {"a": True, "b": False, "c": None, "d": True}
    after = {"a": False, "b": True, "c": True, "d": True}
    found = compare(before, after)
    assert (found.won, found.lost, found.unknown) == (("b",), ("a",), ("c",))
    # before 2 or 3 of 4, after 3: the change is 1 if c was no, 0 if it was yes
    assert (found.least, found.most, found.change) == (0, 1, None)


@given(st.dictionaries(st.text(min_size=1), st.tuples(ANSWER, ANSWER), min_size=1))
def test_the_change_lies_between_its_bounds_however_unknown_ones_turn_out(answers):
    before = {name: first for name, (first, _second) in answers.items()}
    after = {name: second for name, (_first, second) in answers.items()}
    found = compare(before, after)
    for unknown in (True, False):
        filled = [{n: unknown if v is None else v for n, v in marks.items()} for marks in (before, after)]
        change = total_of(filled[1]).yes - total_of(filled[0]).yes
        assert found.least <= change <= found.most
    if not found.unknown:
        assert found.change == found.after.yes - found.before.yes == len(found.won) - len(found.lost)


def test_two_lists_that_differ_say_nothing_of_each_other():
    with pytest.raises(ValueError, match="differ in b"):
        compare({"a": True}, {"a": True, "b": True})
    with pytest.raises(ValueError, match="same list"):
        change_of_totals(total_from(1, 2), total_from(1, 3))


@pytest.mark.parametrize(("yes", "asked"), [(34, 33), (-1, 33), (0, 0)])
def test_a_sum_beyond_its_list_is_none(yes, asked):
    with pytest.raises(ValueError, match="no sum"):
        total_from(yes, asked)
