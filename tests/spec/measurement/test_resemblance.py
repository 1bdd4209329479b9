"""The seven published cases against each other, counted by hand from Table 1 and Appendix 1 of B."""

from pathlib import Path

import pytest

from onmodel import library
from onmodel.measurement.resemblance import Case, leave_one_out, nearest, ranked, resemblance

DOCS = Path(__file__).parents[3] / "docs" / "implementing.md"
OUTCOMES = {"a": "failure", "b": "success", "c": "failure", "d": "failure", "e": "mixed", "f": "success"}
#: Left out -> the nearest of the other six, and on how many of how many they agree.
BY_HAND = {
    "a": {"c": (7, 7), "d": (5, 5), "g": (4, 4)},
    "b": {"e": (4, 4), "f": (4, 4)},
    "c": {"a": (7, 7), "d": (6, 6), "g": (5, 5)},
    "d": {"c": (6, 6), "a": (5, 5)},
    "e": {"b": (4, 4)},
    "f": {"b": (4, 4)},
    "g": {"c": (5, 5), "a": (4, 4)},
}


def published() -> list[Case]:
    terms = library.load("mbt").terms
    cases = [term for term in terms["case_studies"].terms if term.parent is None]
    return [
        Case(
            id=case.id,
            outcome=str(case.values["outcome"]),
            known={
                one.id: bool(one.values[case.id])
                for one in terms["determinants"].terms
                if case.id in one.values
            },
        )
        for case in cases
    ]


def test_each_left_out():
    found = {
        case.id.removeprefix("case_"): {
            one.case.id.removeprefix("case_"): (len(one.agree), one.n) for one in others
        }
        for case, others in leave_one_out(published())
    }
    assert found == BY_HAND


def test_the_documented_table_is_that_one():
    rows = [line.split("|")[1:-1] for line in DOCS.read_text(encoding="utf-8").splitlines()]
    told = {
        row[0].strip().lower(): row[2].strip()
        for row in rows
        if len(row) == 3 and row[0].strip().lower() in BY_HAND
    }
    assert told == {
        case: ", ".join(f"{other.upper()} ({agree} of {n})" for other, (agree, n) in others.items())
        for case, others in BY_HAND.items()
    }


def test_every_entry_of_table_1_stands_under_a_determinant():
    terms = library.load("mbt").terms
    linked = {link for one in terms["determinants"].terms for link in one.links}
    told = {f"case_studies.{term.id}" for term in terms["case_studies"].terms if term.parent}
    assert told <= linked


def test_every_determinant_that_rests_on_table_1_alone_agrees_with_it():
    """A value is whether the entry of that case helped; but standing apart was so in both that tell of it."""
    terms = library.load("mbt").terms
    entries = {term.id: term for term in terms["case_studies"].terms if term.parent}
    for one in terms["determinants"].terms:
        linked = [entries[link.partition(".")[2]] for link in one.links if link.startswith("case_studies.")]
        for entry in linked:
            if one.id == "stands_apart":
                assert one.values[entry.parent] is True
            else:
                assert one.values[entry.parent] is entry.values["helps"], (one.id, entry.id)
        if one.source == "B, Table 1":
            assert set(one.values) == {entry.parent for entry in linked}, one.id


def test_a_share_needs_three_in_common():
    case = Case(id="x", outcome="mixed", known={"one": True, "two": True})
    assert resemblance({"one": True, "two": True, "three": True}, case).share is None
    assert resemblance({"one": True, "two": True}, case, fewest=2).share == pytest.approx(1.0)


def test_nothing_known_is_like_nothing():
    cases = published()
    assert nearest({}, cases) == []
    assert [one.n for one in ranked({}, cases)] == [0] * len(cases)
