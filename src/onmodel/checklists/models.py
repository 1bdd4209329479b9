"""What a person says of a check that no record can tell."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from onmodel.patients.models import Treatment


class AttestedCheckQuerySet(models.QuerySet):
    def in_force(self) -> AttestedCheckQuerySet:
        """Those that nobody took back."""
        return self.filter(taken_back_at__isnull=True)


class AttestedCheck(models.Model):
    """A person's word that a check of a treatment is done: on which day, and what shows it.

    `check_id` is the check in the pack's checklist. A word that was wrong is taken back, and stays.
    """

    of_conversation = True

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="attested_checks")
    checklist = models.CharField(max_length=60)
    check_id = models.CharField(max_length=60)
    done_on = models.DateField()
    words = models.CharField(max_length=300)
    said_at = models.DateTimeField(default=timezone.now)
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AttestedCheckQuerySet.as_manager()

    class Meta:
        ordering = ["treatment", "check_id", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="attested_check_says_what_shows_it"),
            models.UniqueConstraint(
                fields=["treatment", "checklist", "check_id"],
                condition=Q(taken_back_at__isnull=True),
                name="one_word_on_a_check_in_force",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.check_id} of {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.treatment.patient_id
