"""By when a programme's next report is due: so many a year, counted from the last one that was signed."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.utils import timezone

from onmodel.pirs.models import Pir
from onmodel.programmes.models import Programme

#: The standard of the pack that says how often; without it nothing is late.
RHYTHM = "rhythm_pir"
DAYS_A_YEAR = 365.25


@dataclass(frozen=True)
class Due:
    """`last` is when the last one was signed."""

    due_on: datetime.date
    last: datetime.date


def due_report(programme: Programme, day: datetime.date) -> Due | None:
    """As it was on that day; as `due_after`."""
    signed = programme.pirs.frozen().filter(frozen_at__date__lte=day).order_by("-frozen_at").first()
    return due_after(programme, signed)


def due_after(programme: Programme, signed: Pir | None) -> Due | None:
    """None where the pack sets no rhythm, or nothing was signed yet: the first report starts the clock."""
    every = days_between(programme)
    if every is None or signed is None or signed.frozen_at is None:
        return None
    last = timezone.localtime(signed.frozen_at).date()
    return Due(last + datetime.timedelta(days=every), last)


def days_between(programme: Programme) -> int | None:
    """At most so many days between two reports."""
    for standard in programme.definitions.all_standards():
        if standard.id == RHYTHM:
            limit = programme.limit_of(standard)
            return round(DAYS_A_YEAR / limit.at_least) if limit and limit.at_least else None
    return None
