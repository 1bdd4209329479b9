"""Programmes in the order in which an expert would visit them, and what that order is made of.

No score is computed: programmes are put in order by `BY`, one thing after the other, and the next only
where all before it are equal. Whoever reads sees the same numbers that made the order.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from onmodel.criteria.evidence import Evidence, Stand
from onmodel.criteria.integrity import integrity_map
from onmodel.criteria.models import CriteriaReview, Improvement
from onmodel.programmes.models import Programme
from onmodel.signals.models import Signal

#: What the order is made of, first things first; each the more the earlier.
BY: tuple[tuple[str, Promise], ...] = (
    ("off_model", _("cells of the integrity map that are off model")),
    ("partly", _("cells that are partly on model")),
    ("urgent", _("urgent signals that nobody closed")),
    ("overdue", _("improvements past their day")),
    ("days_since_audit", _("days since the last audit; never audited comes first")),
)
NEVER = float("inf")


@dataclass(frozen=True, kw_only=True)
class Risk:
    """Of one programme, on one day. `days_since_audit` is None where it was never audited."""

    programme: Programme
    off_model: int
    partly: int
    unknown: int
    urgent: int
    overdue: int
    last_audit: datetime.date | None
    next_audit: datetime.date | None
    days_since_audit: int | None

    @property
    def order(self) -> tuple[float, ...]:
        """What it is put in order by: `BY`, the most first."""
        values = (getattr(self, name) for name, _words in BY)
        return tuple(-(NEVER if value is None else value) for value in values)


def by_risk(programmes: Iterable[Programme], day: datetime.date) -> list[Risk]:
    """These programmes, the one to visit first at the head; equal ones by name."""
    found = [risk_of(programme, day) for programme in programmes]
    return sorted(found, key=lambda one: (one.order, one.programme.name))


def risk_of(programme: Programme, day: datetime.date) -> Risk:
    drawn = integrity_map(programme, day, Evidence(programme, day))
    audits = programme.criteria_reviews.filter(kind=CriteriaReview.Kind.AUDIT)
    last = audits.finished().filter(day__lte=day).values_list("day", flat=True).first()
    planned = audits.filter(state=CriteriaReview.State.PLANNED, day__gte=day).order_by("day")
    urgent = programme.signals.unsettled().filter(severity=Signal.Severity.URGENT)
    return Risk(
        programme=programme,
        off_model=drawn.count(Stand.OFF) if drawn else 0,
        partly=drawn.count(Stand.PARTLY) if drawn else 0,
        unknown=drawn.count(Stand.UNKNOWN) if drawn else 0,
        urgent=urgent.count(),
        overdue=Improvement.objects.filter(action__programme=programme).overdue(day).count(),
        last_audit=last,
        next_audit=planned.values_list("day", flat=True).first(),
        days_since_audit=(day - last).days if last else None,
    )
