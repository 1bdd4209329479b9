"""Days in, the state of a check out. No records, no settings, no clock of the machine."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

Day = datetime.date


class State(StrEnum):
    """How a check stands on a day."""

    DONE = "done"
    OVERDUE = "overdue"  # not there, and the last day that a limit gives has passed
    MISSING = "missing"  # not there, and the phases in which it is worked on are over
    NOT_DUE = "not_due"  # not there, and there is time
    UNKNOWN = "unknown"  # no record can tell, and nobody attested it


#: What asks for something first.
ORDER = (State.OVERDUE, State.MISSING, State.NOT_DUE, State.UNKNOWN, State.DONE)
#: What a filter for what is missing shows.
LACKING = frozenset({State.OVERDUE, State.MISSING})


class Time(StrEnum):
    """Where a treatment stands to the phases in which a check is worked on."""

    BEFORE = "before"
    DURING = "during"
    OVER = "over"
    NEVER = "never"  # it ended before they began
    UNKNOWN = "unknown"  # no phase is recorded


def time_of(
    phases: Sequence[str], begun: Sequence[tuple[str, Day]], order: Sequence[str], *, ended: bool, day: Day
) -> Time:
    """`begun` are the treatment's phases with their first days, `order` all phases of the pack.

    A check of no phase is asked always. Example: worked on in "initial", the main phase begun: over.
    """
    had = [kind for kind, since in begun if since <= day]
    if not phases:
        return Time.OVER if ended else Time.DURING
    if not had:
        return Time.UNKNOWN
    if not set(had) & set(phases) and not _passed(phases, had, order):
        return Time.NEVER if ended else Time.BEFORE
    return Time.OVER if ended or _passed(phases, had, order) else Time.DURING


def _passed(phases: Sequence[str], had: Sequence[str], order: Sequence[str]) -> bool:
    """Whether a phase that comes after all of these has begun."""
    last = max((order.index(name) for name in phases if name in order), default=-1)
    return any(order.index(kind) > last for kind in had if kind in order)


@dataclass(frozen=True, slots=True)
class Told:
    """What the record says of a check: the day on which it was there, None where it is not.

    `until` is the last day that a limit or window gives. `known` is False where no record can tell.
    """

    done_on: Day | None = None
    until: Day | None = None
    known: bool = True


def state_of(told: Told, *, attested_on: Day | None, time: Time, day: Day) -> State:
    """How the check stands. Example: not there, until yesterday: overdue; no limit, phase over: missing."""
    if told.done_on is not None or attested_on is not None:
        return State.DONE
    if told.until is not None and told.until < day and time is not Time.NEVER:
        return State.OVERDUE
    if time in (Time.BEFORE, Time.NEVER):
        return State.NOT_DUE
    if not told.known or (time is Time.UNKNOWN and told.until is None):
        return State.UNKNOWN
    return State.MISSING if time is Time.OVER else State.NOT_DUE
