"""Actions: what was agreed to do, by whom, by when; carried from one report to the next."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.programmes.models import Programme
from onmodel.signals.models import Signal


class ActionQuerySet(models.QuerySet):
    def undone(self) -> ActionQuerySet:
        return self.filter(state=Action.State.AGREED)


class Action(models.Model):
    class State(models.TextChoices):
        AGREED = "agreed", _("agreed")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="actions")
    signal = models.ForeignKey(
        Signal, null=True, blank=True, on_delete=models.SET_NULL, related_name="actions"
    )
    what = models.CharField(max_length=300)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="actions")
    due_on = models.DateField()
    agreed_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=State.choices, default=State.AGREED)
    settled_on = models.DateField(null=True, blank=True)
    result = models.TextField(blank=True)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="agreed", settled_on__isnull=True)
                | ~Q(state="agreed") & Q(settled_on__isnull=False),
                name="action_settled_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(result=""), name="action_dropped_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def of_patient(self) -> int | None:
        """Whom an event about it is about."""
        return self.signal.of_patient if self.signal is not None else None
