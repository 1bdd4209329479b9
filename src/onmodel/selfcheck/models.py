"""A therapist's self-checks, apart from every other form, so that nothing that counts forms finds them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models

from onmodel.patients.sealing import SealedField
from onmodel.programmes.models import Programme


class SelfCheckQuerySet(models.QuerySet):
    def of(self, therapist) -> SelfCheckQuerySet:
        return self.filter(therapist=therapist)

    def shown_to_supervisors(self) -> SelfCheckQuerySet:
        """Those that their therapist chose to show; whose supervisor one is, is asked elsewhere."""
        return self.filter(shared_on__isnull=False)


class SelfCheck(models.Model):
    """One time that a therapist looked at the own work. `sealed` holds the answers, encrypted.

    `shared_on` is when the therapist showed it to the own supervisors; None while it is private.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="self_checks")
    therapist = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="self_checks"
    )
    instrument = models.CharField(max_length=60)
    instrument_version = models.CharField(max_length=20)
    checked_on = models.DateField()
    sealed = SealedField()
    shared_on = models.DateField(null=True, blank=True)

    objects = SelfCheckQuerySet.as_manager()

    class Meta:
        ordering = ["checked_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "therapist", "checked_on"], name="one_self_check_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"self-check of {self.checked_on}"
