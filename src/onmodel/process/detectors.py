"""Signals about clocks of the clinical process."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from onmodel.packs.standards import Limit, Rule
from onmodel.patients.models import Treatment
from onmodel.process.models import Plan
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding

DAYS = {"days": 1.0, "weeks": 7.0, "months": 365.25 / 12}


def days_of(limit: Limit) -> float:
    """The upper bound in days. ValueError for a limit that is no length of time."""
    if limit.at_most is None or limit.unit not in DAYS:
        raise ValueError(f"{limit.id}: {limit.at_most} {limit.unit} is not a length of time")
    return limit.at_most * DAYS[limit.unit]


def clock_passed(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """Treatments under way without an agreed plan of the rule's kind after the standard's limit."""
    limit = programme.limit_of(programme.definitions.standard(str(rule.settings["standard"])))
    if limit is None:
        return
    plan = str(rule.settings["plan"])
    allowed = days_of(limit)
    for treatment in _without_plan(programme, plan, day):
        days = (day - treatment.started_on).days
        if days > allowed:
            evidence = {
                "plan": plan,
                "days": days,
                "limit": limit.at_most,
                "unit": limit.unit,
                "started_on": treatment.started_on.isoformat(),
                "source": limit.source,
            }
            yield Finding(rule=rule, treatment=treatment, key=plan, evidence=evidence)


def _without_plan(programme: Programme, kind: str, day: datetime.date) -> Iterable[Treatment]:
    agreed = Plan.objects.filter(kind=kind, agreed_on__lte=day).values("treatment")
    return programme.treatments.active_on(day).exclude(id__in=agreed).iterator()
