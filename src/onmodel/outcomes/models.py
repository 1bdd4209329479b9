"""Imports of outcome data: which file, by which map, what came of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission
from onmodel.programmes.models import Programme


class ImportRunQuerySet(models.QuerySet):
    def visible_to(self, user) -> ImportRunQuerySet:
        return self.filter(programme__in=Programme.objects.visible_to(user, Permission.OUTCOMES_IMPORT))


class ImportRun(models.Model):
    """One file brought in, or tried. The digest of the file and its map tells a repeated import."""

    class State(models.TextChoices):
        PREVIEW = "preview", _("preview")
        QUEUED = "queued", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        UNCHANGED = "unchanged", _("nothing new")
        REFUSED = "refused", _("refused")
        FAILED = "failed", _("failed")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="imports")
    file_name = models.CharField(max_length=255)
    file = models.FileField(upload_to="imports/", blank=True)
    map = models.TextField(blank=True)  # the TOML that says which column is what
    digest = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.PREVIEW)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    stage = models.CharField(max_length=40, blank=True)
    done_rows = models.PositiveIntegerField(default=0)
    total_rows = models.PositiveIntegerField(default=0)
    summary = models.JSONField(default=dict)  # counts of what was or would be made
    problems = models.JSONField(default=list)  # line, column, value, reason of each refused cell

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "digest"], condition=Q(state="done"), name="one_import_of_a_file_and_map"
            )
        ]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"


class AdherenceAssociation(models.Model):
    """How an outcome goes with adherence in a programme, fitted by the nightly run; `found` holds numbers
    only, of nobody in particular (`with_adherence.Association`)."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="adherence_associations")
    instrument = models.CharField(max_length=60)
    scale = models.CharField(max_length=40)
    found = models.JSONField()
    until = models.DateField()
    fitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "instrument", "scale"], name="one_association_an_outcome"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.instrument}.{self.scale}"
