"""Quiet hours: when a message may go out. Pure: a moment in, a moment out."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo


def is_quiet(local: datetime.time, quiet_from: datetime.time, quiet_until: datetime.time) -> bool:
    """Whether the hour is quiet; the end is not, and equal ends mean no quiet hours."""
    if quiet_from <= quiet_until:
        return quiet_from <= local < quiet_until
    return local >= quiet_from or local < quiet_until


def next_allowed(
    moment: datetime.datetime, quiet_from: datetime.time, quiet_until: datetime.time, zone: str
) -> datetime.datetime:
    """The moment itself, or the end of the quiet hours that it falls into, in UTC.

    Hours are the clock's in `zone`, also on the nights on which clocks are put forward or back.
    """
    local = moment.astimezone(ZoneInfo(zone))
    if not is_quiet(local.time(), quiet_from, quiet_until):
        return moment.astimezone(datetime.UTC)
    day = local.date()
    if local.time() >= quiet_until:  # the evening: they end tomorrow
        day += datetime.timedelta(days=1)
    return datetime.datetime.combine(day, quiet_until, ZoneInfo(zone)).astimezone(datetime.UTC)
