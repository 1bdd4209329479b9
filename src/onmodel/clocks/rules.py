"""A rule of the pack as a clock of the programme, and how it stands for each subject."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from onmodel.clocks import events, reviewed  # noqa: F401 - registers the events
from onmodel.clocks.record import Days, Record, event_of
from onmodel.clocks.states import Allowed, Counts, Run, State, allowed_by, read
from onmodel.packs.standards import Limit, Rule, Standard
from onmodel.programmes.models import Programme

DETECTOR = "clock"
#: A clock that this stopped has simply ended; stopped by anything else, what it waits for was not recorded.
END = "ended"
#: What asks for something first, what is over last.
ORDER = [State.OVERDUE, State.DUE, State.RUNNING, State.UNKNOWN, State.LATE, State.MET, State.STOPPED]


@dataclass(frozen=True, kw_only=True)
class Clock:
    """From which event to which, how often, and how long it may take in this programme.

    `kept` says that nothing is asked of a programme that never recorded such an event.
    """

    rule: Rule
    standard: Standard
    limit: Limit
    allowed: Allowed
    counts: Counts
    begins: str
    done: tuple[str, ...]
    stops: tuple[str, ...]
    kept: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """How a clock stands for one subject. Without a run, `missing` names the event that is not recorded."""

    key: object
    state: State
    run: Run | None = None
    missing: str = ""


def clock_rules(programme: Programme) -> list[Rule]:
    return [rule for rule in programme.definitions.all_rules() if rule.detector == DETECTOR]


def clock_of(record: Record, rule: Rule) -> Clock | None:
    """The clock with the programme's own limit; None where the standard has no number here.

    Raises ValueError for a setting that is not understood, or a limit that is neither a time nor a rate.
    """
    said = rule.settings
    standard = record.programme.definitions.standard(str(said["standard"]))
    limit = record.limit_of(standard)
    if limit is None:
        return None
    clock = Clock(
        rule=rule,
        standard=standard,
        limit=limit,
        allowed=_allowed(rule, limit),
        counts=Counts(str(said["counts"])),
        begins=str(said["from"]),
        done=_names(said.get("by", ())),
        stops=_names(said.get("stops", (END,) if rule.subject == "treatment" else ())),
        kept=bool(said.get("only_where_kept", False)),
    )
    for name in (clock.begins, *clock.done, *clock.stops):
        event_of(name)
    return clock


def _allowed(rule: Rule, limit: Limit) -> Allowed:
    """By the limit; by the rule's own `within_days`, `within_working_days` where the standard names none."""
    said = rule.settings
    warn = int(float(str(said.get("warn_days", 0))))
    if "within_working_days" in said:
        return Allowed(int(float(str(said["within_working_days"]))), working=True, warn=warn)
    if "within_days" in said:
        return Allowed(int(float(str(said["within_days"]))), warn=warn)
    return allowed_by(limit, warn=warn)


def _names(value: object) -> tuple[str, ...]:
    return tuple(value) if isinstance(value, tuple) else (str(value),)


def readings(record: Record, clock: Clock) -> Iterator[Reading]:
    """How it stands for each subject that it has begun for, and each of which the beginning is unknown."""
    begins = record.days(clock.begins)
    done = _merged(record, clock.done) if begins else {}
    if clock.kept and clock.done and begins and not done and not _ever(record, clock):
        yield from (Reading(key, State.UNKNOWN, missing=clock.done[0]) for key in begins)
        return
    stops = [record.days(name) for name in clock.stops]
    ends = record.days(END) if END in clock.stops else {}
    for key, days in begins.items():
        stop = min((found[key][0] for found in stops if key in found), default=None)
        run = read(clock.counts, days, done.get(key, []), clock.allowed, day=record.day, stop=stop)
        if run is not None:
            yield _reading(key, run, clock, has_ended=key in ends)
    yield from _without_beginning(record, clock, begins)


def _reading(key: object, run: Run, clock: Clock, *, has_ended: bool) -> Reading:
    if run.state is State.STOPPED and not has_ended:
        return Reading(key, State.UNKNOWN, run, missing=clock.done[0])
    return Reading(key, run.state, run)


def _without_beginning(record: Record, clock: Clock, begins: Days) -> Iterator[Reading]:
    """Subjects of which the beginning should be known and is not."""
    if not event_of(clock.begins).always:
        return
    subjects = record.treatments if clock.rule.subject == "treatment" else [record.programme.pk]
    for key in subjects:
        if key not in begins:
            yield Reading(key, State.UNKNOWN, missing=clock.begins)


def _merged(record: Record, names: tuple[str, ...]) -> Days:
    if len(names) == 1:
        return record.days(names[0])
    merged: dict[object, list[datetime.date]] = {}
    for name in names:
        for key, days in record.days(name).items():
            merged.setdefault(key, []).extend(days)
    return {key: sorted(days) for key, days in merged.items()}


def _ever(record: Record, clock: Clock) -> bool:
    """Whether the programme ever recorded it, where only some treatments were looked at."""
    if record.only is None:
        return False
    whole = Record(record.programme, record.day)
    return any(whole.has(name) for name in clock.done)


def readings_of_treatment(record: Record, key: object) -> list[tuple[Clock, Reading]]:
    """How each clock about one treatment stands, those that ask for something first."""
    found = []
    for rule in clock_rules(record.programme):
        clock = clock_of(record, rule) if rule.subject == "treatment" else None
        if clock is not None:
            found += [(clock, one) for one in readings(record, clock) if one.key == key]
    return sorted(found, key=lambda pair: ORDER.index(pair[1].state))
