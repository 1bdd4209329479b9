"""What waits on the desk of an expert: programmes with their reports, by how much is wrong with them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q

from onmodel.access.permissions import Permission
from onmodel.criteria.models import CriteriaReview
from onmodel.pirs.late import Due, due_after
from onmodel.pirs.models import Pir
from onmodel.programmes.models import Programme
from onmodel.signals.models import Signal


@dataclass(frozen=True)
class Followed:
    """A programme: open signals by severity, its last report and the next that is due, its audits."""

    programme: Programme
    urgent: int
    attention: int
    last: Pir | None
    due: Due | None
    audited_on: datetime.date | None
    audit_on: datetime.date | None

    def is_late(self, day: datetime.date) -> bool:
        return self.due is not None and self.due.due_on < day


def followed_by(user, day: datetime.date) -> list[Followed]:
    """The programmes that the user follows; most urgent signals first, then most for attention."""
    programmes = Programme.objects.visible_to(user, Permission.PIR_RECEIVE).filter(closed_on__isnull=True)
    known = list(programmes.select_related("organisation").prefetch_related("thresholds"))
    counts = _signals(known)
    last = {pir.programme_id: pir for pir in Pir.objects.received_by(user).order_by("frozen_at")}
    audited, planned = _audits(known, day)
    found = [
        Followed(
            programme=one,
            urgent=counts.get(one.pk, {}).get("urgent", 0),
            attention=counts.get(one.pk, {}).get("attention", 0),
            last=last.get(one.pk),
            due=due_after(one, last.get(one.pk)),
            audited_on=audited.get(one.pk),
            audit_on=planned.get(one.pk),
        )
        for one in known
    ]
    return sorted(found, key=lambda one: (-one.urgent, -one.attention, one.programme.name))


def _audits(
    programmes: list[Programme], day: datetime.date
) -> tuple[dict[int, datetime.date], dict[int, datetime.date]]:
    """By programme: the last audit that is finished, and the next that is planned, from that day on."""
    audits = CriteriaReview.objects.filter(kind=CriteriaReview.Kind.AUDIT, programme__in=programmes)
    done = audits.finished().filter(day__lte=day).order_by("day")
    to_come = audits.filter(state=CriteriaReview.State.PLANNED, day__gte=day).order_by("-day")
    return dict(done.values_list("programme", "day")), dict(to_come.values_list("programme", "day"))


def _signals(programmes: list[Programme]) -> dict[int, dict[str, int]]:
    """Open signals about programmes, teams and staff: how many, never about whom; none about patients."""
    open_ones = Signal.objects.unsettled().filter(
        programme__in=programmes, treatment__isnull=True, confidential=False
    )
    rows = (
        open_ones.order_by()
        .values("programme")
        .annotate(
            urgent=Count("pk", filter=Q(severity=Signal.Severity.URGENT)),
            attention=Count("pk", filter=Q(severity=Signal.Severity.ATTENTION)),
        )
    )
    return {row["programme"]: row for row in rows}
