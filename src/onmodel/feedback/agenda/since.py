"""The stretch of treatment that a review looks back on."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import cached_property

from onmodel.packs.pack import Pack
from onmodel.patients.models import Treatment
from onmodel.process.models import Plan, Review


@dataclass(frozen=True)
class Since:
    """From the last review that was held (`last`), or from the start of treatment, up to `today`."""

    treatment: Treatment
    today: datetime.date
    last: Review | None
    day: datetime.date

    @classmethod
    def of(cls, treatment: Treatment, today: datetime.date) -> Since:
        last = treatment.reviews.held().filter(held_on__lte=today).last()
        start = treatment.started_on or treatment.referred_on or today
        return cls(treatment, today, last, last.held_on if last and last.held_on else start)

    @property
    def pack(self) -> Pack:
        return self.treatment.programme.definitions

    @cached_property
    def in_force(self) -> dict[str, Plan]:
        """Kind -> the plan in force."""
        plans = Plan.objects.in_force(self.today).filter(treatment=self.treatment)
        return {plan.kind: plan for plan in plans}
