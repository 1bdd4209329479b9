"""Emergency access: for a day, a clinician opens a treatment that is not theirs, and says why."""

from __future__ import annotations

import datetime
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

HOURS = 24


def a_day_on() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(hours=HOURS)


class EmergencyAccessQuerySet(models.QuerySet):
    def in_force(self, at: datetime.datetime | None = None) -> EmergencyAccessQuerySet:
        at = at or timezone.now()
        return self.filter(opened_at__lte=at, ends_at__gt=at)

    def to_review(self) -> EmergencyAccessQuerySet:
        return self.filter(reviewed_at__isnull=True)


class EmergencyAccess(models.Model):
    """One use of it, until the privacy officer has judged it and after."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    treatment = models.ForeignKey(
        "patients.Treatment", on_delete=models.CASCADE, related_name="emergency_accesses"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="emergency_accesses"
    )
    reason = models.TextField()
    opened_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(default=a_day_on)
    justified = models.BooleanField(null=True, blank=True)
    review_note = models.TextField(blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EmergencyAccessQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at"]
        indexes = [models.Index(fields=["user", "ends_at"], name="emergency_access_in_force")]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="emergency_access_has_a_reason"),
            models.CheckConstraint(
                condition=Q(
                    justified__isnull=True, reviewed_at__isnull=True, reviewed_by__isnull=True, review_note=""
                )
                | Q(justified__isnull=False, reviewed_at__isnull=False, reviewed_by__isnull=False)
                & ~Q(review_note=""),
                name="emergency_access_review_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"emergency access to {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        return self.treatment.patient_id

    @property
    def is_in_force(self) -> bool:
        return self.opened_at <= timezone.now() < self.ends_at
