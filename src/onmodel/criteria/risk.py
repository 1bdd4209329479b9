"""How a programme stands among others on a day: what an expert puts them in order by.

No score is computed: programmes are put in order by `BY`, one thing after the other, and the next only
where all before it are equal. Whoever reads sees the same numbers that made the order.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import asdict

from onmodel.criteria.evidence import Evidence
from onmodel.criteria.integrity import Cell, integrity_map
from onmodel.criteria.looks import CellFound
from onmodel.criteria.models import CriteriaReview, Improvement, RiskLook
from onmodel.programmes.models import Programme
from onmodel.signals.models import Signal


def risk_of(programme: Programme, day: datetime.date) -> RiskLook:
    """As the record says it on that day; not kept yet."""
    drawn = integrity_map(programme, day, Evidence(programme, day))
    audits = programme.criteria_reviews.filter(kind=CriteriaReview.Kind.AUDIT, day__lte=day)
    open_ones = programme.signals.unsettled().about_the_work()
    return RiskLook(
        programme=programme,
        day=day,
        cells=[asdict(_found(cell)) for cell in drawn.cells] if drawn else [],
        urgent=open_ones.filter(severity=Signal.Severity.URGENT).count(),
        overdue=Improvement.objects.filter(action__programme=programme).overdue(day).count(),
        last_audit=audits.finished()
        .filter(day__lte=day)
        .order_by("-day")
        .values_list("day", flat=True)
        .first(),
    )


def _found(cell: Cell) -> CellFound:
    return CellFound(
        id=cell.term.id,
        component=cell.component,
        level=cell.level,
        state=cell.state,
        known=cell.known,
        off=len(cell.off),
        sources=len(cell.sources),
    )


def by_risk(looks: Iterable[RiskLook]) -> list[RiskLook]:
    """The one to visit first at the head; equal ones by name."""
    return sorted(looks, key=lambda one: (one.order, one.programme.name))
