"""Attestations: a person's word, with evidence and date, that a standard is met or not."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from onmodel.programmes.models import Programme, period_constraint


class Attestation(models.Model):
    """The latest one that has not expired counts; the earlier ones are its history."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="attestations")
    standard = models.CharField(max_length=80)
    met = models.BooleanField()
    evidence = models.TextField()
    attested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    attested_on = models.DateField(default=timezone.localdate)
    expires_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["standard", "-attested_on", "-id"]
        indexes = [models.Index(fields=["programme", "standard"])]
        constraints = [
            period_constraint("attestation_expires_after_its_day", "attested_on", "expires_on"),
            models.CheckConstraint(condition=~models.Q(evidence=""), name="attestation_has_evidence"),
        ]

    def __str__(self) -> str:
        return f"{self.standard}: {'met' if self.met else 'not met'}"
