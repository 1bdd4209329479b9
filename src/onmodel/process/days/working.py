"""Working days: Monday to Friday. Public holidays are not known here."""

from __future__ import annotations

import datetime

SATURDAY = 5


def next_working_day(day: datetime.date) -> datetime.date:
    """The first working day after that day."""
    following = day + datetime.timedelta(days=1)
    while following.weekday() >= SATURDAY:
        following += datetime.timedelta(days=1)
    return following


def working_days_between(start: datetime.date, end: datetime.date) -> int:
    """How many working days lie after `start`, up to and with `end`; 0 on the same day."""
    days = (start + datetime.timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(day.weekday() < SATURDAY for day in days)
