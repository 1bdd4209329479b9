"""Signals about ends without a review, and about appointments that took too long."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from onmodel.packs.standards import Rule
from onmodel.process.absences.reading import last_runs
from onmodel.process.models import Ending, Incident
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding
from onmodel.signals.models import Signal


def ended_without_review(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """Treatments that ended after sessions missed in a row, with a reason why no review was held."""
    ends = Ending.objects.filter(
        treatment__programme=programme, treatment__ended_on__range=(_since(rule, day), day)
    ).exclude(without_review="")
    for ending in ends.exclude(treatment__in=_closed(programme, rule, "treatment")).select_related(
        "treatment"
    ):
        treatment = ending.treatment
        run = last_runs([treatment.pk], treatment.ended_on).get(treatment.pk)
        evidence = {
            "missed": len(run.days) if run else None,
            "happened_on": treatment.ended_on.isoformat(),
            "reason": ending.without_review,
        }
        yield Finding(rule=rule, treatment=treatment, evidence=evidence)


def long_emergency(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """Emergency appointments of the last `days` days that took longer than the standard allows."""
    standard = programme.definitions.standard(str(rule.settings["standard"]))
    limit = programme.limit_of(standard)
    if limit is None or limit.at_most is None:
        return
    held = Incident.objects.filter(
        programme=programme,
        treatment__isnull=False,
        kind=rule.settings["kind"],
        minutes__gt=limit.at_most,
        happened_on__range=(_since(rule, day), day),
    ).select_related("treatment")
    closed = set(_closed(programme, rule, "key"))
    for one in held:
        if str(one.pk) in closed:
            continue
        evidence = {
            "standard": standard.id,
            "minutes": one.minutes,
            "at_most": limit.at_most,
            "happened_on": one.happened_on.isoformat(),
            "source": limit.source,
        }
        yield Finding(rule=rule, treatment=one.treatment, key=str(one.pk), evidence=evidence)


def _since(rule: Rule, day: datetime.date) -> datetime.date:
    return day - datetime.timedelta(days=int(float(str(rule.settings["days"]))))


def _closed(programme: Programme, rule: Rule, named: str):
    """That field of the rule's signals that somebody closed."""
    settled = Signal.objects.filter(programme=programme, rule=rule.id, state=Signal.State.CLOSED)
    return settled.values_list(named, flat=True)
