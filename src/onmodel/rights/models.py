"""How long an organisation keeps what, and what it has erased."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.programmes.models import Organisation


class RetentionPeriod(models.Model):
    """An organisation's own period for a kind of data; without a row the default holds (`retention`)."""

    class Kind(models.TextChoices):
        RECORD = "record", _("treatment record")
        SESSION_RECORDING = "session_recording", _("recording of a session")
        IMPORT_FILE = "import_file", _("file waiting to be imported")

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="retention_periods")
    kind = models.CharField(max_length=30, choices=Kind.choices)
    months = models.PositiveSmallIntegerField()
    reason = models.TextField()
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind"], name="one_retention_period_a_kind"),
            models.CheckConstraint(condition=models.Q(months__gte=1), name="retention_of_a_month_or_more"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.months} months"
