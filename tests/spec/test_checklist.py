"""How the 17 checks follow from the record, each row reckoned by hand (QM 6.3).

The treatment starts on day 0; its initial phase from day 0, the main phase from day 100, the final one from
day 400. The crisis plan has 28 days, the treatment plan 42 (D App. 1, 17b, 15a).
"""

import datetime

import pytest

from onmodel.checklists.states import State, Time, Told, state_of, time_of

START = datetime.date(2025, 1, 1)
ORDER = ("referral", "initial", "main", "final", "follow_up", "discharge")
BEGUN = (("referral", -30), ("initial", 0), ("main", 100), ("final", 400))
INITIAL, MIDDLE, FINAL = ("referral", "initial"), ("main", "final"), ("final",)


def day(number: int) -> datetime.date:
    return START + datetime.timedelta(days=number)


def time_on(phases, today: int, *, ended: int | None = None, begun=BEGUN) -> Time:
    had = [(kind, day(since)) for kind, since in begun]
    over = ended is not None and ended <= today
    return time_of(phases, had, ORDER, ended=over, day=day(today))


@pytest.mark.parametrize(
    ("phases", "today", "ended", "time"),
    [
        (INITIAL, -31, None, Time.UNKNOWN),  # no phase has begun
        (INITIAL, -30, None, Time.DURING),  # referred: its first phase
        (INITIAL, 99, None, Time.DURING),  # the last day of the initial phase
        (INITIAL, 100, None, Time.OVER),  # main begins on day 100
        (MIDDLE, 99, None, Time.BEFORE),
        (MIDDLE, 100, None, Time.DURING),
        (MIDDLE, 500, None, Time.DURING),  # the final phase runs
        (MIDDLE, 500, 450, Time.OVER),  # ended on day 450
        (FINAL, 399, None, Time.BEFORE),
        (FINAL, 400, None, Time.DURING),
        (FINAL, 300, 200, Time.NEVER),  # ended on day 200; the final phase would begin on day 400
        ((), 5, None, Time.DURING),  # a check of no phase is asked always
        ((), 300, 200, Time.OVER),
    ],
)
def test_where_a_treatment_stands_to_the_phases_of_a_check(phases, today, ended, time):
    begun = [(kind, since) for kind, since in BEGUN if ended is None or since <= ended]
    assert time_on(phases, today, ended=ended, begun=begun) is time


def test_a_phase_that_was_passed_over_is_over():
    assert time_on(INITIAL, 10, begun=[("main", 0)]) is Time.OVER
    assert time_on(FINAL, 10, begun=[("follow_up", 0)]) is Time.OVER


@pytest.mark.parametrize(
    ("done", "until", "known", "attested", "time", "today", "state"),
    [
        (20, 28, True, None, Time.DURING, 30, State.DONE),
        (60, 28, True, None, Time.OVER, 200, State.DONE),  # late is done; the clock says that it was late
        (None, 28, True, None, Time.DURING, 28, State.NOT_DUE),  # 0 + 28: the last day is in time
        (None, 28, True, None, Time.DURING, 29, State.OVERDUE),  # one day later
        (None, 42, True, None, Time.OVER, 101, State.OVERDUE),  # 101 > 42, whatever the phase
        (None, None, True, None, Time.DURING, 50, State.NOT_DUE),  # no limit: there is time in its phase
        (None, None, True, None, Time.OVER, 100, State.MISSING),  # its phase is over
        (None, None, True, None, Time.BEFORE, 50, State.NOT_DUE),
        (None, None, True, None, Time.NEVER, 300, State.NOT_DUE),  # ended before it was asked
        (None, 28, True, None, Time.NEVER, 300, State.NOT_DUE),
        (None, None, False, None, Time.DURING, 50, State.UNKNOWN),  # no record can tell
        (None, None, False, None, Time.OVER, 150, State.UNKNOWN),
        (None, None, False, None, Time.BEFORE, 50, State.NOT_DUE),
        (None, None, False, 12, Time.DURING, 50, State.DONE),  # a person said so
        (None, None, True, None, Time.UNKNOWN, 50, State.UNKNOWN),  # no phase is recorded: nor is its end
        (None, 28, True, None, Time.UNKNOWN, 20, State.NOT_DUE),  # the clock tells without phases
        (None, 28, True, None, Time.UNKNOWN, 29, State.OVERDUE),
    ],
)
def test_the_state_of_a_check(done, until, known, attested, time, today, state):
    told = Told(None if done is None else day(done), None if until is None else day(until), known=known)
    said = None if attested is None else day(attested)
    assert state_of(told, attested_on=said, time=time, day=day(today)) is state
