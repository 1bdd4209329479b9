"""Quarters of the calendar."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

MONTHS = 3
ONE_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, order=True)
class Quarter:
    """`number` is 1 to 4."""

    year: int
    number: int

    @property
    def start(self) -> datetime.date:
        return datetime.date(self.year, MONTHS * (self.number - 1) + 1, 1)

    @property
    def end(self) -> datetime.date:
        return self.next.start - ONE_DAY

    @property
    def next(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)


def quarter_of(day: datetime.date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // MONTHS + 1)


def complete_quarters(first: datetime.date, last: datetime.date, *, most: int) -> list[Quarter]:
    """The last `most` quarters that lie wholly from `first` to `last`, in order."""
    found, quarter = [], quarter_of(first)
    if quarter.start < first:
        quarter = quarter.next
    while quarter.end <= last:
        found.append(quarter)
        quarter = quarter.next
    return found[-most:]
