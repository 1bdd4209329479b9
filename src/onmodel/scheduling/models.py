"""The schedules that a programme follows, and those that each treatment follows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from onmodel.packs.standards import Schedule
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme


class ProgrammeSchedule(models.Model):
    """A schedule for every treatment of a programme, with forms whose window is not over on `since`."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="schedules")
    schedule = models.CharField(max_length=60)
    with_desired = models.BooleanField(default=False)
    since = models.DateField(default=timezone.localdate)
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    chosen_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["schedule"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "schedule"],
                condition=Q(ended_at__isnull=True),
                name="one_choice_of_a_schedule_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.schedule} in {self.programme}"

    @property
    def definition(self) -> Schedule | None:
        return self.programme.definitions.schedules.get(self.schedule)


class EnrolmentQuerySet(models.QuerySet):
    def running(self) -> EnrolmentQuerySet:
        return self.filter(ended_at__isnull=True)


class Enrolment(models.Model):
    """A schedule that a treatment follows, chosen for it or for its programme."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="enrolments")
    schedule = models.CharField(max_length=60)
    with_desired = models.BooleanField(default=False)
    since = models.DateField(default=timezone.localdate)
    by_programme = models.BooleanField(default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["schedule"]
        indexes = [models.Index(fields=["schedule", "ended_at"])]
        constraints = [
            models.UniqueConstraint(fields=["treatment", "schedule"], name="one_enrolment_a_schedule"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | ~Q(end_reason=""),
                name="enrolment_ended_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.schedule} of {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.treatment.patient_id
