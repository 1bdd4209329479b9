"""The half-years of which the simulated service has reports."""

from __future__ import annotations

import datetime

#: How many half-years are reported.
REPORTED = 6
#: Days after the end of one.
DRAFTED, DISCUSSED, SIGNED = 9, 12, 20


def half_years(today: datetime.date, count: int) -> list[tuple[datetime.date, datetime.date]]:
    """First and last day of the latest ones whose report can have been signed by today, oldest first."""
    found: list[tuple[datetime.date, datetime.date]] = []
    year, second = today.year, True
    while len(found) < count:
        start = datetime.date(year, 7 if second else 1, 1)
        end = datetime.date(year, 12, 31) if second else datetime.date(year, 6, 30)
        if end + datetime.timedelta(days=SIGNED) < today:
            found.append((start, end))
        year, second = (year, False) if second else (year - 1, True)
    return found[::-1]
