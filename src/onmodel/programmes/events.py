"""What happened to a programme that may tell in its figures: a reorganisation, another manager, people who
left."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from onmodel.packs.standards import Term

#: The list of terms with the kinds of event; one with `values.baseline` begins the baseline anew.
KINDS = "programme_events"


class ProgrammeEventQuerySet(models.QuerySet):
    def standing(self) -> ProgrammeEventQuerySet:
        """Those not taken back."""
        return self.filter(taken_back_at__isnull=True)


class ProgrammeEvent(models.Model):
    """`kind` is a term of the pack; `team` is None where it touched the whole programme. One that was
    recorded by mistake is taken back, and stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey("programmes.Programme", on_delete=models.PROTECT, related_name="events")
    team = models.ForeignKey(
        "programmes.Team", null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    kind = models.CharField(max_length=60)
    happened_on = models.DateField()
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ProgrammeEventQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-recorded_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "team", "kind", "happened_on"],
                condition=Q(taken_back_at__isnull=True),
                name="one_standing_event_of_a_team_a_day",
            ),
            models.UniqueConstraint(
                fields=["programme", "kind", "happened_on"],
                condition=Q(taken_back_at__isnull=True, team__isnull=True),
                name="one_standing_event_a_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.happened_on})"

    @property
    def term(self) -> Term | None:
        """The kind in the pack's words; None where the pack dropped it."""
        return next((term for term in kinds_of(self.programme) if term.id == self.kind), None)


def kinds_of(programme) -> tuple[Term, ...]:
    listed = programme.definitions.terms.get(KINDS)
    return listed.terms if listed else ()


def last_restart(programme, day: datetime.date) -> datetime.date | None:
    """The last day up to `day` from which the programme is held against a new baseline."""
    restarting = [term.id for term in kinds_of(programme) if term.values.get("baseline") is True]
    found = programme.events.standing().filter(kind__in=restarting, team=None, happened_on__lte=day)
    return found.values_list("happened_on", flat=True).first() if restarting else None
