"""Signals about improvements that are past their day."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from onmodel.criteria.models import Improvement
from onmodel.criteria.scores import form_of
from onmodel.packs.standards import Rule
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding


def improvement_overdue(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """One finding for each that is not settled `grace_days` after its day."""
    late_from = day - datetime.timedelta(days=float(str(rule.settings.get("grace_days", 0))))
    late = Improvement.objects.filter(action__programme=programme).overdue(late_from)
    form = form_of(programme)
    if form is None:
        return
    for one in late.select_related("action__owner"):
        yield Finding(
            rule=rule,
            key=str(one.pk),
            due_on=one.action.due_on,
            evidence={
                "instrument": form.id,
                "item": one.criterion,
                "what": one.action.what,
                "owner": one.action.owner.name,
                "due": one.action.due_on.isoformat(),
            },
        )
