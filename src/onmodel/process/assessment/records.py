"""What was found in the assessment, part by part, kept by date."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from onmodel.patients.models import Treatment


class AssessmentQuerySet(models.QuerySet):
    def latest(self) -> AssessmentQuerySet:
        """Of each part of each treatment the entry of the last day."""
        same = AssessmentEntry.objects.filter(
            treatment=models.OuterRef("treatment"), part=models.OuterRef("part")
        )
        later = same.filter(
            models.Q(assessed_on__gt=models.OuterRef("assessed_on"))
            | models.Q(assessed_on=models.OuterRef("assessed_on"), pk__gt=models.OuterRef("pk"))
        )
        return self.filter(~models.Exists(later))


class AssessmentEntry(models.Model):
    """What was found in one part (a term of the pack's assessment_parts) on a day; a later entry leaves it.

    `content` holds what was filled in, by the keys of `assessment.parts`. `is_complete`: everything that
    the part requires was there when it was kept.
    """

    of_conversation = True

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="assessment_entries")
    part = models.CharField(max_length=40)
    assessed_on = models.DateField()
    content = models.JSONField(default=dict)
    is_complete = models.BooleanField(default=False)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["treatment", "part", "assessed_on", "pk"]
        verbose_name_plural = "assessment entries"
        indexes = [models.Index(fields=["treatment", "part", "assessed_on"])]

    def __str__(self) -> str:
        return f"{self.part} of {self.treatment_id} on {self.assessed_on}"

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.treatment.patient_id
