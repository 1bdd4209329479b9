"""Meetings that were planned and did not take place, month by month: a sign of trouble that comes early.

Only counts, which managers may see; never what was said.
"""

from __future__ import annotations

import datetime
from collections import Counter
from dataclasses import dataclass

from onmodel.programmes.models import Programme
from onmodel.supervision.models import Meeting

State = Meeting.State


@dataclass(frozen=True, kw_only=True)
class Missed:
    """Of the meetings planned in a month (its first day): held, fell out, and past without a word."""

    month: datetime.date
    held: int
    not_held: int
    not_logged: int
    reasons: tuple[tuple[str, int], ...]

    @property
    def n(self) -> int:
        """Those of which is known what became of them."""
        return self.held + self.not_held

    @property
    def share(self) -> float | None:
        """The share that fell out, 0 to 1; None where of none is known what became of it."""
        return self.not_held / self.n if self.n else None


def missed_meetings(
    programme: Programme,
    start: datetime.date,
    end: datetime.date,
    *,
    kinds: frozenset[str] = frozenset(),
    team: int | None = None,
) -> list[Missed]:
    """Each month with a meeting from start to end, in order; of some kinds, of one team where they are given.

    Meetings of some people (individual supervision) are left out: who knows the team knows whose they are.
    """
    rows = Meeting.objects.filter(programme=programme, is_private=False, day__range=(start, end))
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if team is not None:
        rows = rows.filter(team=team)
    states: dict[datetime.date, Counter[str]] = {}
    reasons: dict[datetime.date, Counter[str]] = {}
    for day, state, reason in rows.order_by("day").values_list("day", "state", "reason"):
        month = day.replace(day=1)
        states.setdefault(month, Counter())[state] += 1
        reasons.setdefault(month, Counter()).update([reason] if reason else [])
    return [
        Missed(
            month=month,
            held=found[State.HELD],
            not_held=found[State.NOT_HELD],
            not_logged=found[State.PLANNED],
            reasons=tuple(reasons[month].most_common()),
        )
        for month, found in states.items()
    ]
