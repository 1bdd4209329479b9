"""The links and codes that were given to patients."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from onmodel.patients.models import Treatment

#: After so many wrong birth dates a code is of no use any more.
MOST_FAILURES = 5


class PatientAccessQuerySet(models.QuerySet):
    def usable(self, now: datetime.datetime | None = None) -> PatientAccessQuerySet:
        """Those that would open the treatment now (apart from the birth date)."""
        fresh = Q(kind=PatientAccess.Kind.CODE) | Q(uses=0)
        live = self.filter(revoked_at__isnull=True, failures__lt=MOST_FAILURES)
        return live.filter(fresh, expires_at__gt=now or timezone.now())


class PatientAccess(models.Model):
    """One link or code. A link opens one session; a code may open another, which ends the one before.

    `kiosk` is neither: staff hand the unit's tablet to the patient, for the forms and nothing else.
    """

    class Kind(models.TextChoices):
        LINK = "link"
        CODE = "code"
        KIOSK = "kiosk"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="patient_accesses")
    kind = models.CharField(max_length=10, choices=Kind)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    uses = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    session = models.CharField(max_length=32, blank=True)  # the one session that it has open

    objects = PatientAccessQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["link", "code", "kiosk"]), name="patient_access_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="patient_access_expires_after_it_is_made"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.treatment_id}"

    @property
    def state(self) -> str:
        """usable, used, expired, revoked or locked."""
        if self.revoked_at:
            return "revoked"
        if self.failures >= MOST_FAILURES:
            return "locked"
        if self.kind != self.Kind.CODE and self.uses:
            return "used"
        return "usable" if self.expires_at > timezone.now() else "expired"
