"""Answers that ask for attention at once: the pack's risk items, and the signal that they open.

The pack says from which answer on an item is one (`risk_items`); nothing here adds to it. The rule
that opens the signal is the pack's with the detector `risk_answer`; a pack without one has no such
signal, and its patients see the safety text all the same.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from onmodel.assessments.models import Assignment
from onmodel.packs.instruments import Instrument
from onmodel.packs.standards import Rule
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding

DETECTOR = "risk_answer"
#: After so many hours without anybody's acknowledgement a signal is escalated, where the programme has
#: not said otherwise. Ours.
USUAL_HOURS = 4


def thresholds(instrument: Instrument) -> dict[str, float]:
    """Item -> the lowest answer that asks for attention."""
    return {risk.item: risk.at_least for risk in instrument.risk_items}


def at_risk(instrument: Instrument, values: Mapping[str, float | None]) -> tuple[str, ...]:
    """The items among `values` (item -> number) whose answer asks for attention."""
    limits = thresholds(instrument)
    return tuple(
        item
        for item, value in values.items()
        if item in limits and value is not None and value >= limits[item]
    )


def risk_rule(programme: Programme) -> Rule | None:
    rules = programme.definitions.all_rules()
    return next((rule for rule in rules if rule.detector == DETECTOR), None)


def findings(
    assignment: Assignment,
    instrument: Instrument,
    rule: Rule,
    answers: Mapping[str, float | None],
    *,
    on: datetime.date,
    items: Iterable[str],
) -> list[Finding]:
    """One for each item; the nightly look knows it by the same key."""
    return [
        Finding(
            rule=rule,
            treatment=assignment.treatment,
            key=f"{assignment.pk}:{item}",
            evidence={
                "instrument": instrument.abbreviation,
                "item": item,
                "answer": answers[item],
                "answered_on": on.isoformat(),
            },
        )
        for item in items
    ]
