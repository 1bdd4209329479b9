"""Who did or saw what, of whom, when. Events are only ever added."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Event(models.Model):
    """One act. The subject is kept as kind and id, so that the event outlives what it is about."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    verb = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.CharField(max_length=60)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_kind} {self.subject_id}"
