"""What a detector hands over: that a rule holds for a subject, and by which evidence."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from onmodel.accounts.models import User
from onmodel.packs.standards import Rule
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme, Team


@dataclass(frozen=True, kw_only=True)
class Finding:
    """A rule that holds now. `key` tells apart several findings of one rule for one subject.

    `due_on` is the last day in time of what the rule asks for; empty where it asks for nothing by a day.
    `evidence` holds plain values: the numbers found, their n, their interval where they are estimates.
    """

    rule: Rule
    evidence: dict[str, object]
    key: str = ""
    treatment: Treatment | None = None
    person: User | None = None
    team: Team | None = None
    severity: str = ""
    due_on: datetime.date | None = None

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes two findings the same one, seen twice."""
        subject = self.treatment or self.person or self.team
        return (self.rule.id, self.key, self.rule.subject.value, subject.pk if subject else None)


#: Looks at one programme on one day for one rule.
Detector = Callable[[Programme, Rule, datetime.date], Iterable[Finding]]


@dataclass(frozen=True)
class Outcome:
    """What a look at a programme changed."""

    opened: int = 0
    still_found: int = 0
    ended: int = 0
    closed: int = 0
    unknown_rules: tuple[str, ...] = field(default=())
    escalated: int = 0
