"""What was found of each programme on a day, kept so that many are put in order without reading them all."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from onmodel.access.permissions import Permission
from onmodel.criteria.stand import Stand
from onmodel.programmes.models import Programme

NEVER = float("inf")
#: So long a look is kept.
KEPT_FOR = datetime.timedelta(days=92)
#: What the order is made of, first things first; each the more the earlier, and never audited before all.
BY = ("off_model", "partly", "urgent", "overdue", "days_since_audit")


@dataclass(frozen=True, kw_only=True, slots=True)
class CellFound:
    """A cell of the integrity map: of `sources` so many are known, and of these so many off model."""

    id: str
    component: str
    level: str
    state: Stand
    known: int
    off: int
    sources: int


class RiskLookQuerySet(models.QuerySet):
    def visible_to(self, user) -> RiskLookQuerySet:
        """Those of the programmes whose requirements one may see."""
        return self.filter(programme__in=Programme.objects.visible_to(user, Permission.REQUIREMENTS_VIEW))

    def latest_of(self, programmes: Iterable[Programme], *days: datetime.date) -> RiskLookQuerySet:
        """The last look at each of these by each of the days; none of one that nobody looked at by then."""
        wanted = models.Q(pk__in=[])
        for day in days:
            same = RiskLook.objects.filter(programme=OuterRef("programme"), day__lte=day).order_by("-day")
            wanted |= models.Q(pk=Subquery(same.values("pk")[:1]))
        return self.filter(wanted, programme__in=programmes)


class RiskLook(models.Model):
    """How a programme stood on a day. `cells` are those of its integrity map, none where the pack has no map.

    Of signals only the urgent ones about the programme, its teams and its staff are counted, none about a
    patient. `last_audit` is None where it was never audited.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="risk_looks")
    day = models.DateField()
    cells = models.JSONField(default=list)
    urgent = models.PositiveIntegerField()
    overdue = models.PositiveIntegerField()
    last_audit = models.DateField(null=True, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)

    objects = RiskLookQuerySet.as_manager()

    class Meta:
        ordering = ["programme", "-day"]
        constraints = [models.UniqueConstraint(fields=["programme", "day"], name="one_look_at_risk_a_day")]

    def __str__(self) -> str:
        return f"{self.programme_id} on {self.day}"

    @property
    def found(self) -> list[CellFound]:
        return [CellFound(**cell | {"state": Stand(cell["state"])}) for cell in self.cells]

    def in_state(self, state: Stand) -> list[CellFound]:
        return [cell for cell in self.found if cell.state is state]

    @property
    def off_model(self) -> int:
        return len(self.in_state(Stand.OFF))

    @property
    def partly(self) -> int:
        return len(self.in_state(Stand.PARTLY))

    @property
    def unknown(self) -> int:
        return len(self.in_state(Stand.UNKNOWN))

    @property
    def known_sources(self) -> tuple[int, int]:
        """How many of the sources of the map are known, and how many there are."""
        return sum(cell.known for cell in self.found), sum(cell.sources for cell in self.found)

    @property
    def days_since_audit(self) -> int | None:
        return (self.day - self.last_audit).days if self.last_audit else None

    @property
    def order(self) -> tuple[float, ...]:
        """What it is put in order by: `BY`, the most first."""
        values: list[int | None] = [getattr(self, name) for name in BY]
        return tuple(-(NEVER if value is None else value) for value in values)
