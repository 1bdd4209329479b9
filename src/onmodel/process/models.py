"""Facts of the clinical process that integrity is judged by: plans, incidents and attendance."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme


class Plan(models.Model):
    """A version of a plan for a treatment; in force once it is agreed. `kind` is a term of the pack."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="plans")
    kind = models.CharField(max_length=40)
    made_on = models.DateField()
    agreed_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["treatment", "kind", "made_on"]
        indexes = [models.Index(fields=["treatment", "kind"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_on__isnull=True) | Q(agreed_on__gte=F("made_on")),
                name="plan_agreed_after_it_was_made",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.treatment_id}"


class Incident(models.Model):
    """Something that went wrong or was dangerous; `kind` is a term of the pack's incident_kinds."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="incidents")
    treatment = models.ForeignKey(
        Treatment, null=True, blank=True, on_delete=models.CASCADE, related_name="incidents"
    )
    kind = models.CharField(max_length=40)
    happened_on = models.DateField()
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-happened_on"]
        indexes = [models.Index(fields=["programme", "happened_on"])]

    def __str__(self) -> str:
        return f"{self.kind} on {self.happened_on}"


class Attendance(models.Model):
    """At how many sessions of a kind a patient was expected from day to day, and to how many (s)he came.

    `kind` is a term of the pack's therapy components or a word of the programme.
    """

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="attendance")
    kind = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    expected = models.PositiveSmallIntegerField()
    attended = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["treatment", "kind", "starts_on"], name="one_attendance_a_kind_and_start"
            ),
            models.CheckConstraint(
                condition=Q(attended__lte=F("expected")), name="attended_at_most_what_was_expected"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="attendance_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attended} of {self.expected} {self.kind}"
