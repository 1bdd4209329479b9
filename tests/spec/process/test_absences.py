"""Stretches of missed sessions and the next step, with the days that can be followed by hand."""

from datetime import date, timedelta

import pytest

from onmodel.process.absences.ladder import Next, Run, Rungs, Tried, next_step, runs

#: Two missed: call. Three: review. Two weeks to the letter, two weeks from it to the visit.
RUNGS = Rungs(call_after=2, review_after=3, letter_days=14, visit_days=14)
#: A Monday.
MONDAY = date(2025, 3, 3)


def day(n: int) -> date:
    """So many days after that Monday."""
    return MONDAY + timedelta(days=n)


def rows(came: str, key: str = "p") -> list[tuple[str, date, bool]]:
    """A session each day: + came, - missed."""
    return [(key, day(n), mark == "+") for n, mark in enumerate(came)]


@pytest.mark.parametrize(
    ("came", "found"),
    [
        ("", []),
        ("+++", []),
        ("+--", [Run((day(1), day(2)))]),
        ("+--+", [Run((day(1), day(2)), again=day(3))]),
        ("-+--+-", [Run((day(0),), day(1)), Run((day(2), day(3)), day(4)), Run((day(5),))]),
    ],
)
def test_stretches(came, found):
    assert [run for _key, run in runs(rows(came), {})] == found


def test_each_patient_has_its_own_stretch():
    both = [*rows("+-", "a"), *rows("-+", "b")]
    assert list(runs(both, {})) == [("a", Run((day(1),))), ("b", Run((day(0),), day(1)))]


def test_a_time_out_neither_counts_nor_ends_a_stretch():
    """Missed on day 0; away on days 1 and 2; missed on day 3: two in a row."""
    away = {"p": [(day(1), day(2))]}
    assert [run for _key, run in runs(rows("----"), away)] == [Run((day(0), day(3)))]
    assert [run for _key, run in runs(rows("--"), {"p": [(day(0), None)]})] == []


def missed(*days: int) -> Run:
    return Run(tuple(day(n) for n in days))


def tried(step: str, n: int, *, spoken: bool = False) -> Tried:
    return Tried(step, day(n), spoken)


@pytest.mark.parametrize(
    ("run", "steps", "step", "due"),
    [
        (missed(0), [], None, None),
        (missed(0, 2), [], "telephone", 3),  # missed on Wednesday: call on Thursday
        (missed(0, 4), [], "telephone", 7),  # missed on Friday: call on Monday
        (missed(0, 2, 4), [], "telephone", 3),  # the second one counts, not the last
        (missed(0, 2), [tried("telephone", 3)], "letter", 3 + 14),
        (missed(0, 2), [tried("telephone", 3), tried("telephone", 8)], "letter", 3 + 14),  # from the first
        (missed(0, 2), [tried("telephone", 3), tried("letter", 16)], "visit", 16 + 14),
        (missed(0, 2), [tried("letter", 4)], "visit", 4 + 14),
        (missed(0, 2), [tried("telephone", 3), tried("letter", 16), tried("visit", 20)], "review", 20 + 14),
        (missed(0, 2), [tried("telephone", 3, spoken=True)], None, None),  # wait for the next session
        (missed(0, 2, 7), [tried("telephone", 3, spoken=True)], None, None),  # one missed since
        (missed(0, 2, 7, 9), [tried("telephone", 3, spoken=True)], "telephone", 10),
        (missed(7, 9), [tried("telephone", 1)], "telephone", 10),  # that call was about something else
    ],
)
def test_the_next_step(run, steps, step, due):
    found = next_step(run, steps, RUNGS)
    if step is None:
        assert found is None
    else:
        assert found == Next(step, day(due), len(run.days), run.since)


def test_who_came_again_is_left_in_peace():
    assert next_step(Run((day(0), day(2)), again=day(4)), [], RUNGS) is None
