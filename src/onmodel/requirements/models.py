"""Attestations: a person's word, with evidence and date, that a standard is met or not; and how standings
went over time."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from onmodel.access.permissions import Permission
from onmodel.programmes.files import KeptFile
from onmodel.programmes.models import Programme, Team, period_constraint


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


class OfProgrammeQuerySet(models.QuerySet):
    def visible_to(self, user) -> OfProgrammeQuerySet:
        """Those of the programmes whose requirements one may see."""
        return self.filter(programme__in=Programme.objects.visible_to(user, Permission.REQUIREMENTS_VIEW))


class EvidenceFile(KeptFile):
    """What was shown with an attestation."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="evidence_files")
    attestation = models.OneToOneField(Attestation, on_delete=models.CASCADE, related_name="file")

    objects = OfProgrammeQuerySet.as_manager()


class StandingChange(models.Model):
    """From `day` on a standard stands so; kept when a look finds it other than before.

    `state`, `known` and `why` are those of `standing`; the bounds are those it was held to, with
    `bound_reason` where the programme set them. `outside` of `n` found fell outside them on that day.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="standing_changes")
    standard = models.CharField(max_length=80)
    day = models.DateField()
    state = models.CharField(max_length=20)
    known = models.CharField(max_length=20)
    why = models.CharField(max_length=20, blank=True)
    at_least = models.FloatField(null=True, blank=True)
    at_most = models.FloatField(null=True, blank=True)
    bound_reason = models.TextField(blank=True)
    outside = models.PositiveIntegerField(default=0)
    n = models.PositiveIntegerField(default=0)
    attestation = models.ForeignKey(
        Attestation, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    kept_at = models.DateTimeField(default=timezone.now)

    objects = OfProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["standard", "day", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "standard", "day"], name="one_change_of_a_standing_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.standard}: {self.state} from {self.day}"


class Outside(models.Model):
    """A team or person (neither: the programme itself) outside a standard's bound, from look to look.

    `since` is the day of the first look that found it, `until` that of the first that no longer did.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="outside")
    standard = models.CharField(max_length=80)
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    value = models.FloatField()
    n = models.PositiveIntegerField()

    objects = OfProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["standard", "since", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")), name="outside_ends_after_it_began"
            )
        ]

    def __str__(self) -> str:
        return f"{self.standard}: outside since {self.since}"
