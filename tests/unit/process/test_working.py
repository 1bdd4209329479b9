"""Working days, by a calendar: 2025-06-02 was a Monday."""

import datetime

import pytest

from onmodel.process.days.working import next_working_day, working_days_between

MONDAY = datetime.date(2025, 6, 2)


@pytest.mark.parametrize(
    ("after", "next_"), [(0, 1), (3, 4), (4, 7), (5, 7), (6, 7)], ids=["Mon", "Thu", "Fri", "Sat", "Sun"]
)
def test_a_message_is_due_on_the_working_day_after_it(after, next_):
    day = MONDAY + datetime.timedelta(days=after)
    assert next_working_day(day) == MONDAY + datetime.timedelta(days=next_)


@pytest.mark.parametrize(("days", "working"), [(0, 0), (1, 1), (4, 4), (6, 4), (7, 5), (14, 10)])
def test_working_days_after_a_monday(days, working):
    assert working_days_between(MONDAY, MONDAY + datetime.timedelta(days=days)) == working
