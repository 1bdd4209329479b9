"""Decisions of patients about the use of their data, and the texts that they decided upon."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.consent.purposes import ALLOWED_UNTIL_REFUSED, Purpose
from onmodel.patients.models import Patient
from onmodel.programmes.models import Organisation, Programme

LATER_DECISION = Q(decided_on__gt=OuterRef("decided_on")) | Q(
    decided_on=OuterRef("decided_on"), pk__gt=OuterRef("pk")
)


class ConsentText(models.Model):
    """An organisation's own words for a purpose, or one programme's; else the pack's words hold.

    A version is never changed: a new one is added, and holds from its day.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="consent_texts")
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="consent_texts"
    )
    purpose = models.CharField(max_length=30, choices=Purpose.choices)
    version = models.CharField(max_length=20)
    english = models.TextField()
    dutch = models.TextField()
    holds_from = models.DateField(default=timezone.localdate)

    class Meta:
        ordering = ["purpose", "-holds_from", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "purpose", "version"], name="one_consent_text_a_version"
            ),
            models.UniqueConstraint(
                fields=["organisation", "purpose", "version"],
                condition=Q(programme__isnull=True),
                name="one_consent_text_of_an_organisation_a_version",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class ConsentQuerySet(models.QuerySet):
    """Consents are only ever added; `purge` is for erasing a whole patient."""

    def current(self) -> ConsentQuerySet:
        """The latest decision of each patient on each purpose."""
        same = Consent.objects.filter(patient=OuterRef("patient"), purpose=OuterRef("purpose"))
        return self.filter(~Exists(same.filter(LATER_DECISION)))

    def allows(self, purpose: Purpose) -> models.QuerySet[Patient]:
        """The patients whose data may be used for the purpose today."""
        return Patient.objects.filter(allowed(purpose, patient="pk"))

    def update(self, **changes: object) -> int:
        raise TypeError("A consent is never changed; record the new decision.")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("A consent is never removed; record the withdrawal.")

    def purge(self) -> int:
        """Remove the rows for good, as part of erasing a patient."""
        return self._raw_delete(self.db)


class Consent(models.Model):
    """One decision of a patient on one purpose: what, when, upon which text, how, recorded by whom."""

    class Decision(models.TextChoices):
        GIVEN = "given", _("given")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Method(models.TextChoices):
        PAPER = "paper", _("on paper")
        DIGITAL = "digital", _("in the program")
        SPOKEN = "spoken", _("by word of mouth")

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="consents")
    purpose = models.CharField(max_length=30, choices=Purpose.choices)
    decision = models.CharField(max_length=20, choices=Decision.choices)
    decided_on = models.DateField()
    method = models.CharField(max_length=20, choices=Method.choices)
    text_source = models.CharField(max_length=80)  # the pack, or the organisation or programme
    text_version = models.CharField(max_length=20)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ConsentQuerySet.as_manager()

    class Meta:
        ordering = ["purpose", "-decided_on", "-id"]
        indexes = [models.Index(fields=["purpose", "patient", "decided_on"])]
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="consent_purpose_is_known"),
            models.CheckConstraint(
                condition=Q(decision__in=["given", "refused", "withdrawn"]),
                name="consent_decision_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.decision} on {self.decided_on}"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError("A consent is never changed; record the new decision.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("A consent is never removed; record the withdrawal.")


def allowed(purpose: Purpose, *, patient: str = "patient") -> Q:
    """The condition that every use of patients' data for a purpose puts to the database.

    `patient` is the way to the patient: `Treatment.objects.filter(allowed(Purpose.RESEARCH))`,
    `Score.objects.filter(allowed(purpose, patient="assignment__treatment__patient"))`. It looks at
    the decisions as they stand, so that a withdrawal holds everywhere at once.
    """
    decided = Consent.objects.current().filter(purpose=purpose)
    if purpose in ALLOWED_UNTIL_REFUSED:
        against = decided.exclude(decision=Consent.Decision.GIVEN).values("patient")
        return ~Q(**{f"{patient}__in": against})
    return Q(**{f"{patient}__in": decided.filter(decision=Consent.Decision.GIVEN).values("patient")})


def permits(latest: Consent | None, purpose: Purpose) -> bool:
    """The same rule for a latest decision that is at hand; None where nothing was ever decided."""
    if latest is None:
        return purpose in ALLOWED_UNTIL_REFUSED
    return latest.decision == Consent.Decision.GIVEN


def allows(patient: Patient, purpose: Purpose) -> bool:
    """The same question about one patient."""
    return Consent.objects.allows(purpose).filter(pk=patient.pk).exists()
