"""How many of a group's places are taken."""

from __future__ import annotations

import datetime
from collections import defaultdict

from onmodel.programmes.models import Group
from onmodel.staffing.models import GroupSize
from onmodel.staffing.record import Record, days_within, in_force


def size_on(sizes: list[GroupSize], day: datetime.date) -> GroupSize | None:
    """The one that holds on a day, of those of one group: the latest that began."""
    begun = [size for size in sizes if size.starts_on <= day]
    return max(begun, key=lambda size: (size.starts_on, size.kept_at), default=None)


def sizes_by_group(record: Record) -> dict[int, list[GroupSize]]:
    found: dict[int, list[GroupSize]] = defaultdict(list)
    for size in record.group_sizes:
        found[size.group_id].append(size)
    return found


def occupied(record: Record, start: datetime.date, end: datetime.date) -> tuple[float, float]:
    """Days of patients in groups whose places are known, and days of those places; the size is that of the
    last day."""
    sizes, taken, places = sizes_by_group(record), 0.0, 0.0
    for group in record.groups:
        size = size_on(sizes[group.pk], end) if group.pk in sizes else None
        if size is not None:
            places += size.places * days_within(group, start, end)
            taken += sum(
                days_within(one, start, end) for one in record.group_places if one.group_id == group.pk
            )
    return taken, places


def on_day(record: Record, day: datetime.date) -> list[tuple[Group, int, int | None]]:
    """Each group that meets: patients in it, and its places where they are known."""
    sizes = sizes_by_group(record)
    present = in_force(record.group_places, day)
    found = []
    for group in in_force(record.groups, day):
        size = size_on(sizes.get(group.pk, []), day)
        found.append((group, sum(p.group_id == group.pk for p in present), size.places if size else None))
    return found
