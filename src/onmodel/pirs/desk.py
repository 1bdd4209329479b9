"""What waits on the desk of an expert: programmes with their reports, those most off model first."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Count, Q

from onmodel.access.permissions import Permission
from onmodel.criteria.models import CriteriaReview, RiskLook
from onmodel.pirs.late import Due, due_after
from onmodel.pirs.models import Pir
from onmodel.programmes.models import Programme
from onmodel.signals.models import Signal

#: What a look is held against: the last one that is at least so old.
BEFORE = datetime.timedelta(days=28)


@dataclass(frozen=True)
class Followed:
    """A programme: the last look at how far it is off model and one of four weeks or more before, None where
    there is none; open signals by severity, its last report and the next that is due, its audits."""

    programme: Programme
    look: RiskLook | None
    before: RiskLook | None
    urgent: int
    attention: int
    last: Pir | None
    due: Due | None
    audited_on: datetime.date | None
    audit_on: datetime.date | None

    @property
    def order(self) -> tuple:
        """By the last look; those at which nobody looked yet after all others, by what is open today."""
        if self.look is None:
            return (1, (-self.urgent, -self.attention), self.programme.name)
        return (0, self.look.order, self.programme.name)

    def is_late(self, day: datetime.date) -> bool:
        return self.due is not None and self.due.due_on < day


def followed_by(user, day: datetime.date) -> list[Followed]:
    """The programmes that the user follows; those most off model at the last look first."""
    programmes = Programme.objects.visible_to(user, Permission.PIR_RECEIVE).filter(closed_on__isnull=True)
    known = list(programmes.select_related("organisation").prefetch_related("thresholds"))
    counts = _signals(known)
    last = {pir.programme_id: pir for pir in Pir.objects.received_by(user).order_by("frozen_at")}
    audited, planned = _audits(known, day)
    looks, before = _looks(user, known, day)
    found = [
        Followed(
            programme=one,
            look=looks.get(one.pk),
            before=before.get(one.pk),
            urgent=counts.get(one.pk, {}).get("urgent", 0),
            attention=counts.get(one.pk, {}).get("attention", 0),
            last=last.get(one.pk),
            due=due_after(one, last.get(one.pk)),
            audited_on=audited.get(one.pk),
            audit_on=planned.get(one.pk),
        )
        for one in known
    ]
    return sorted(found, key=lambda one: one.order)


def _looks(
    user, programmes: list[Programme], day: datetime.date
) -> tuple[dict[int, RiskLook], dict[int, RiskLook]]:
    """By programme: the last look, and the one before; only of those whose requirements one may see."""
    last: dict[int, RiskLook] = {}
    before: dict[int, RiskLook] = {}
    found = RiskLook.objects.visible_to(user).latest_of(programmes, day, day - BEFORE)
    for one in found.order_by("day"):
        if one.programme_id in last:
            before[one.programme_id] = last[one.programme_id]
        last[one.programme_id] = one
    return last, before


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
    open_ones = Signal.objects.unsettled().about_the_work().filter(programme__in=programmes)
    rows = (
        open_ones.order_by()
        .values("programme")
        .annotate(
            urgent=Count("pk", filter=Q(severity=Signal.Severity.URGENT)),
            attention=Count("pk", filter=Q(severity=Signal.Severity.ATTENTION)),
        )
    )
    return {row["programme"]: row for row in rows}
