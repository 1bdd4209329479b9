"""A record of each nightly run, so that one that failed or did not happen is seen."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import Q
from django.utils import timezone

#: A night may come a little later than the night before.
TOO_LONG_AGO = datetime.timedelta(hours=26)


class RunQuerySet(models.QuerySet):
    def good(self) -> RunQuerySet:
        """Those that ended with every step done."""
        return self.filter(outcome=Run.Outcome.GOOD)


class Run(models.Model):
    """One run. `steps` holds for each programme and step what it did, or the kind of error."""

    class Outcome(models.TextChoices):
        RUNNING = "running"
        GOOD = "good"
        FAILED = "failed"

    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.RUNNING)
    steps = models.JSONField(default=list)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["outcome", "started_at"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="running") | Q(ended_at__isnull=False), name="run_that_is_over_has_an_end"
            )
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}: {self.outcome}"

    def failures(self) -> list[dict[str, str]]:
        return [step for step in self.steps if step.get("error")]
