"""The facts of the record that checks are derived from, by the names that a pack's `derived_from` uses.

A fact is found for many treatments at once: one query each, shared where two facts read the same rows.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from onmodel.assessments.models import Assignment
from onmodel.clocks.record import Record
from onmodel.clocks.rules import Clock, Reading, clock_of, clock_rules, readings
from onmodel.clocks.states import State as ClockState
from onmodel.outreach.models import Contact
from onmodel.packs.standards import Check
from onmodel.patients.models import Treatment
from onmodel.process.assessment.parts import part_term
from onmodel.process.models import AssessmentEntry, Plan, Referral
from onmodel.process.terms import entries
from onmodel.programmes.models import Programme

#: How several facts are named together.
AND = " and "
BASELINE = 0.0
TRACERS, DISCUSSED = "rl_tracers", "dg_discussed"


@dataclass(frozen=True, slots=True)
class Fact:
    """What the record says of `name`: since when it is so (None: it is not), shown by what, until when.

    `shown` is a kind of thing that a page can lead to, with its key. `known` is False where no record can
    tell.
    """

    on: datetime.date | None = None
    shown: str = ""
    key: object = None
    until: datetime.date | None = None
    known: bool = True
    name: str = ""


UNTOLD = Fact(known=False)
NOT_THERE = Fact()


@dataclass
class Facts:
    """The facts of one programme's treatments on a day, read at most once each."""

    programme: Programme
    treatments: Mapping[UUID, Treatment]
    day: datetime.date
    _read: dict[str, Any] = field(default_factory=dict, repr=False)

    def once(self, name: str, find: Callable[[], Any]) -> Any:
        if name not in self._read:
            self._read[name] = find()
        return self._read[name]

    @property
    def keys(self) -> list[UUID]:
        return list(self.treatments)

    # --- what is read ---
    def plans(self) -> dict[UUID, list[tuple]]:
        """Of each treatment kind, occasion, day of agreement, day of writing and key of each version."""
        rows = Plan.objects.filter(treatment__in=self.keys, made_on__lte=self.day).order_by("made_on", "pk")
        told = rows.values_list("treatment", "kind", "occasion", "agreed_on", "made_on", "pk")
        return self.once("plans", lambda: _by_treatment(told))

    def assessed(self) -> dict[UUID, dict[str, AssessmentEntry]]:
        """Of each treatment its last entry of each part, up to the day."""
        kept = AssessmentEntry.objects.filter(treatment__in=self.keys, assessed_on__lte=self.day)
        return self.once("assessed", lambda: _last_by_part(kept.order_by("assessed_on", "pk")))

    def criteria(self) -> dict[UUID, tuple[dict[str, bool], datetime.date | None]]:
        rows = Referral.objects.filter(treatment__in=self.keys)
        told = rows.values_list("treatment", "criteria", "decided_on", "kept_at")
        return self.once("criteria", lambda: {key: (met, on or at.date()) for key, met, on, at in told})

    def baseline(self) -> dict[UUID, list[tuple]]:
        """Of each treatment the forms of the beginning: status, day of the answer, last day, key."""
        rows = Assignment.objects.filter(treatment__in=self.keys, months=BASELINE)
        rows = rows.exclude(status=Assignment.Status.NOT_APPLICABLE).order_by("pk")
        told = rows.values_list("treatment", "status", "answered_on", "closes_on", "pk")
        return self.once("baseline", lambda: _by_treatment(told))

    def visits(self) -> dict[UUID, datetime.date]:
        """The last visit at home at which the patient was spoken with, of those made to reach somebody."""
        rows = Contact.objects.counted().filter(
            treatment__in=self.keys,
            kind=Contact.Kind.VISIT,
            outcome=Contact.Outcome.REACHED,
            happened_on__lte=self.day,
        )
        told = rows.order_by("happened_on").values_list("treatment", "happened_on")
        return self.once("visits", lambda: dict(told))

    @property
    def record(self) -> Record:
        """That of the clocks."""
        return self.once("record", lambda: Record(self.programme, self.day, only=frozenset(self.treatments)))

    def clock(self, standard: str) -> tuple[Clock, dict[object, Reading]] | None:
        """The pack's clock on that standard, read for all; None where no rule of the pack runs on it."""
        return self.once(f"clock {standard}", lambda: self._clock(standard))

    def _clock(self, standard: str) -> tuple[Clock, dict[object, Reading]] | None:
        record = self.record
        for rule in clock_rules(self.programme):
            if rule.subject == "treatment" and rule.settings.get("standard") == standard:
                found = clock_of(record, rule)
                return (found, {one.key: one for one in readings(record, found)}) if found else None
        return None

    # --- what is told ---
    def of(self, check: Check, key: UUID) -> Fact:
        """What all facts of the check come to: there when all are, on the last of their days."""
        if check.derived_from is None:
            return UNTOLD
        told = [self._named(name, check, key) for name in check.derived_from.split(AND)]
        absent = [one for one in told if one.on is None]
        if absent:
            return next((one for one in absent if one.known), absent[0])
        return max(told, key=lambda one: one.on)  # type: ignore[arg-type, return-value]

    def _named(self, name: str, check: Check, key: UUID) -> Fact:
        find, rest = finder(name)
        return replace(find(self, rest, check, key), name=name)


def _by_treatment(rows: Iterable[tuple]) -> dict[UUID, list[tuple]]:
    found: dict[UUID, list[tuple]] = defaultdict(list)
    for key, *rest in rows:
        found[key].append(tuple(rest))
    return dict(found)


def _last_by_part(kept: Iterable[AssessmentEntry]) -> dict[UUID, dict[str, AssessmentEntry]]:
    """A complete entry stays the one that counts where a later one is not complete."""
    found: dict[UUID, dict[str, AssessmentEntry]] = defaultdict(dict)
    for one in kept:
        last = found[one.treatment_id].get(one.part)
        if last is None or one.is_complete or not last.is_complete:
            found[one.treatment_id][one.part] = one
    return dict(found)


Finder = Callable[[Facts, tuple[str, ...], Check, UUID], Fact]


def finder(name: str) -> tuple[Finder, tuple[str, ...]]:
    """The function that finds a fact, and the rest of its name. ValueError for a name that is no fact."""
    kind, *rest = name.split(".")
    finders: dict[tuple[str, str], Finder] = {
        ("plan", "agreed"): _plan_agreed,
        ("plan", "started"): _plan_started,
        ("plan", "revised_for_ending"): _plan_revised,
        ("assessment", "complete"): _complete,
        ("assessment", "discussed"): _discussed,
        ("assessment", "tracers"): _tracers,
        ("referral", "met"): _criteria_met,
        ("treatment", "home_visit"): _home_visit,
        ("treatment", "in_time"): _in_time,
    }
    found = finders.get((kind, rest[-1] if rest else ""))
    if found is None:
        raise ValueError(f"{name!r} is no fact that a check can be derived from")
    return found, tuple(rest)


def _plan_agreed(facts: Facts, rest: tuple[str, ...], _check: Check, key: UUID) -> Fact:
    """The version in force."""
    agreed = [row for row in facts.plans().get(key, ()) if row[0] == rest[0] and _past(row[2], facts.day)]
    if not agreed:
        return NOT_THERE
    first = min(agreed, key=lambda row: row[2])
    last = max(agreed, key=lambda row: (row[2], row[4]))
    return Fact(first[2], "plan", last[4])


def _plan_started(facts: Facts, rest: tuple[str, ...], _check: Check, key: UUID) -> Fact:
    """Any version, agreed to or not."""
    begun = [row for row in facts.plans().get(key, ()) if row[0] == rest[0]]
    return Fact(begun[0][3], "plan", begun[-1][4]) if begun else NOT_THERE


def _plan_revised(facts: Facts, rest: tuple[str, ...], _check: Check, key: UUID) -> Fact:
    """A version that was written for the coming end, and agreed to."""
    rows = [row for row in facts.plans().get(key, ()) if row[:2] == (rest[0], "ending")]
    agreed = [row for row in rows if _past(row[2], facts.day)]
    return Fact(agreed[-1][2], "plan", agreed[-1][4]) if agreed else NOT_THERE


def _past(day: datetime.date | None, today: datetime.date) -> bool:
    return day is not None and day <= today


def _complete(facts: Facts, rest: tuple[str, ...], _check: Check, key: UUID) -> Fact:
    if rest[0] == "baseline":
        return _baseline(facts, key)
    if part_term(facts.programme.definitions, rest[0]) is None:
        return UNTOLD
    found = facts.assessed().get(key, {}).get(rest[0])
    if found is None:
        return NOT_THERE
    return Fact(found.assessed_on if found.is_complete else None, "assessment", found.part)


def _baseline(facts: Facts, key: UUID) -> Fact:
    """All forms of month 0 answered; where none was planned, nobody can tell from here."""
    forms = facts.baseline().get(key, [])
    if not forms:
        return UNTOLD
    waiting = [form for form in forms if form[0] != Assignment.Status.ANSWERED or form[1] is None]
    if not waiting:
        return Fact(max(form[1] for form in forms), "forms")
    closes = [form[2] for form in waiting if form[2] is not None]
    return Fact(None, "forms", until=min(closes, default=None))


def _discussed(facts: Facts, rest: tuple[str, ...], _check: Check, key: UUID) -> Fact:
    found = facts.assessed().get(key, {}).get(rest[0])
    said = found.content.get(DISCUSSED) if found else None
    on = datetime.date.fromisoformat(said) if said else None
    return Fact(on, "assessment", rest[0]) if _past(on, facts.day) else NOT_THERE


def _tracers(facts: Facts, rest: tuple[str, ...], _check: Check, key: UUID) -> Fact:
    found = facts.assessed().get(key, {}).get(rest[0])
    if found is None or not found.content.get(TRACERS):
        return NOT_THERE
    return Fact(found.assessed_on, "assessment", rest[0])


def _criteria_met(facts: Facts, _rest: tuple[str, ...], _check: Check, key: UUID) -> Fact:
    """Each of the pack's selection criteria was judged, and met."""
    judged, on = facts.criteria().get(key, ({}, None))
    asked = [one.id for one in entries(facts.programme.definitions, "selection_criteria")]
    met = bool(asked) and all(judged.get(name) for name in asked)
    return Fact(on if met else None, "referral")


def _home_visit(facts: Facts, _rest: tuple[str, ...], check: Check, key: UUID) -> Fact:
    """A visit kept in the assessment, or else one that reached the patient."""
    kept = _complete(facts, ("home_visit", "complete"), check, key)
    visited = facts.visits().get(key)
    return Fact(visited, "contacts") if kept.on is None and visited else kept


def _in_time(facts: Facts, _rest: tuple[str, ...], check: Check, key: UUID) -> Fact:
    """That the check's clock is kept: it was done, and the next time is not overdue."""
    found = facts.clock(check.within) if check.within else None
    reading = found[1].get(key) if found else None
    if found is None or reading is None or reading.run is None:
        return UNTOLD
    days = [day for name in found[0].done for day in facts.record.days(name).get(key, ())]
    if reading.state is ClockState.UNKNOWN and not days:
        return UNTOLD
    late = reading.state is ClockState.OVERDUE
    return Fact(None if late else max(days, default=None), "reviews", until=reading.run.due_on)
