"""Days in, states out: each row is a clock read by hand."""

import datetime

import pytest

from onmodel.clocks.states import Allowed, Counts, Run, State, allowed_by, read
from onmodel.packs.standards import Limit

START = datetime.date(2025, 1, 1)  # a Wednesday


def day(number: int) -> datetime.date:
    """That many days after the start."""
    return START + datetime.timedelta(days=number)


def limit(unit: str, *, at_most: float | None = None, at_least: float | None = None) -> Limit:
    return Limit(id="d", unit=unit, at_most=at_most, at_least=at_least, source="invented")


FOUR_WEEKS = Allowed(28, warn=7)


@pytest.mark.parametrize(
    ("today", "done", "stop", "state"),
    [
        (0, None, None, State.RUNNING),
        (20, None, None, State.RUNNING),
        (21, None, None, State.DUE),  # a week before its last day
        (28, None, None, State.DUE),  # the last day itself is in time
        (29, None, None, State.OVERDUE),
        (400, None, None, State.OVERDUE),
        (10, 5, None, State.MET),
        (60, 28, None, State.MET),
        (60, 29, None, State.LATE),
        (28, 29, None, State.DUE),  # what happens tomorrow is not known today
        (5, -10, None, State.MET),  # done before it was asked
        (29, None, 20, State.STOPPED),
        (19, None, 20, State.RUNNING),
        (60, 50, 20, State.LATE),
    ],
)
def test_once(today, done, stop, state):
    run = read(
        Counts.ONCE,
        [START],
        [] if done is None else [day(done)],
        FOUR_WEEKS,
        day=day(today),
        stop=None if stop is None else day(stop),
    )
    assert (run.state, run.due_on) == (state, day(28))


def test_a_clock_that_has_not_begun_is_none():
    assert read(Counts.ONCE, [day(1)], [], FOUR_WEEKS, day=START) is None
    assert read(Counts.EVERY, [], [day(1)], FOUR_WEEKS, day=day(9)) is None


@pytest.mark.parametrize(
    ("today", "done", "since", "due", "state"),
    [
        (0, [], 0, 42, State.RUNNING),
        (43, [], 0, 42, State.OVERDUE),
        (43, [40], 40, 82, State.RUNNING),  # the next one counts from the last
        (82, [40, 41], 41, 83, State.RUNNING),
        (84, [40, 41], 41, 83, State.OVERDUE),
        (60, [40, 90], 40, 82, State.RUNNING),  # what comes later is not known yet
        (30, [-5], 0, 42, State.RUNNING),  # one before the beginning does not shorten it
    ],
)
def test_every(today, done, since, due, state):
    run = read(Counts.EVERY, [START], [day(n) for n in done], Allowed(42), day=day(today))
    assert run == Run(day(since), day(due), state)


@pytest.mark.parametrize(
    ("today", "begins", "done", "since", "state"),
    [
        (5, [3], [], 3, State.RUNNING),
        (18, [3], [], 3, State.OVERDUE),
        (18, [3], [10], 3, State.MET),
        (40, [3], [30], 3, State.LATE),
        (40, [3, 35], [30], 35, State.RUNNING),
        (60, [3, 35], [], 3, State.OVERDUE),  # the earliest that waits
        (60, [3, 35], [40], 35, State.MET),  # one letter answers both; the later one is shown
        (4, [3, 35], [], 3, State.RUNNING),
    ],
)
def test_each(today, begins, done, since, state):
    run = read(Counts.EACH, [day(n) for n in begins], [day(n) for n in done], Allowed(14), day=day(today))
    assert (run.since, run.state) == (day(since), state)


@pytest.mark.parametrize(
    ("said", "days"),
    [
        (limit("days", at_most=28.0), 28),
        (limit("weeks", at_most=6.0), 42),
        (limit("months", at_most=18.0), 547),  # 18 x 30.4375 = 547.9
        (limit("per_year", at_least=4.0), 92),  # 365.25 / 4 = 91.3
        (limit("per_year", at_least=2.0), 183),
        (limit("per_month", at_least=2.0), 16),
        (limit("per_week", at_least=1.0), 7),
    ],
)
def test_how_long_a_limit_allows(said, days):
    assert allowed_by(said) == Allowed(days)


@pytest.mark.parametrize(
    ("since", "due"),
    [(0, 1), (1, 2), (2, 5), (3, 5), (4, 5)],  # Wednesday 1 January; Friday the 3rd leads to Monday the 6th
)
def test_the_next_working_day(since, due):
    assert allowed_by(limit("working_days", at_most=1.0)).after(day(since)) == day(due)


@pytest.mark.parametrize(
    "said", [limit("percent", at_least=100.0), limit("days", at_least=3.0), limit("per_year")]
)
def test_a_limit_that_sets_no_clock(said):
    with pytest.raises(ValueError, match="sets no clock"):
        allowed_by(said)
