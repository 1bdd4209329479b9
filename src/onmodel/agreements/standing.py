"""How agreements stand on a day: in force, to be looked at again, overdue, ended, or not there at all."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass
from enum import StrEnum

from onmodel.agreements.kinds import kinds_of, limit_of, parts_of
from onmodel.agreements.models import Arrangement
from onmodel.packs.standards import Limit, Term
from onmodel.programmes.models import Programme
from onmodel.supervision.kinds import days_between

#: So long before its day a review is called due; as the clock's rule has it. Ours.
WARN = datetime.timedelta(days=28)


class State(StrEnum):
    NONE = "none"
    TO_COME = "to_come"
    IN_FORCE = "in_force"
    DUE = "due"
    OVERDUE = "overdue"
    ENDED = "ended"


#: The states in which an agreement holds.
HOLDS = (State.IN_FORCE, State.DUE, State.OVERDUE)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One kind of partner with one of its agreements, or with none; `due_on` where a rhythm is known.

    `missing` are the parts that the agreement does not say and should.
    """

    kind: Term
    arrangement: Arrangement | None
    state: State
    limit: Limit | None
    last: datetime.date | None = None
    due_on: datetime.date | None = None
    missing: tuple[Term, ...] = ()


def standings(programme: Programme, day: datetime.date) -> list[Standing]:
    """Each kind of the pack with its agreements, those that ended last; NONE for a kind without any."""
    kept: dict[str, list[Arrangement]] = {}
    for one in programme.arrangements.prefetch_related("reviews"):
        kept.setdefault(one.kind, []).append(one)
    found = []
    for kind in kinds_of(programme).values():
        limit = limit_of(programme, kind.id)
        of_kind = [standing(one, kind, limit, day) for one in kept.get(kind.id, [])]
        order = sorted(of_kind, key=lambda one: one.state is State.ENDED)
        found += order or [Standing(kind=kind, arrangement=None, state=State.NONE, limit=limit)]
    return found


def standing(arrangement: Arrangement, kind: Term, limit: Limit | None, day: datetime.date) -> Standing:
    """How one agreement stands."""
    last = arrangement.last_reviewed(day)
    between = days_between(limit)
    due_on = last + datetime.timedelta(days=math.ceil(between)) if between else None
    parts = parts_of(arrangement.programme, kind.id)
    return Standing(
        kind=kind,
        arrangement=arrangement,
        state=_state(arrangement, due_on, day),
        limit=limit,
        last=last,
        due_on=due_on,
        missing=tuple(part for id_, part in parts.items() if id_ not in arrangement.covers),
    )


def _state(arrangement: Arrangement, due_on: datetime.date | None, day: datetime.date) -> State:
    if arrangement.ends_on is not None and arrangement.ends_on < day:
        return State.ENDED
    if arrangement.starts_on > day:
        return State.TO_COME
    if due_on is None or day < due_on - WARN:
        return State.IN_FORCE
    return State.OVERDUE if day > due_on else State.DUE


def reviewed_on(programme: Programme, kind: str, day: datetime.date) -> datetime.date | None:
    """When the agreement of that kind that was left alone longest was last looked at; None without any."""
    held = programme.arrangements.in_force(day).filter(kind=kind).prefetch_related("reviews")
    return min((one.last_reviewed(day) for one in held), default=None)
