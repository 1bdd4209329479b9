"""What is recorded of a patient's course beside the dates of the treatment and its phases."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.patients.models import Treatment
from onmodel.programmes.models import PeriodQuerySet, period_constraint


class Referral(models.Model):
    """From where a patient was referred, which criteria were met, and what was decided.

    `source` is a term of referral_sources; `criteria` say of a term of selection_criteria whether it is
    met; what nobody judged is not in it. `returns_from` is the earlier treatment of who came back.
    """

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        DECLINED = "declined", _("not accepted")

    treatment = models.OneToOneField(Treatment, on_delete=models.CASCADE, related_name="referral")
    source = models.CharField(max_length=40)
    referrer = models.CharField(max_length=200, blank=True)
    criteria = models.JSONField(default=dict, blank=True)
    decision = models.CharField(max_length=20, choices=Decision, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    assigned_on = models.DateField(null=True, blank=True)
    note = models.TextField(blank=True)
    returns_from = models.ForeignKey(
        Treatment, null=True, blank=True, on_delete=models.SET_NULL, related_name="returned_in"
    )
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(decision="", decided_on__isnull=True)
                | ~Q(decision="") & Q(decided_on__isnull=False),
                name="referral_decision_has_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"referral of {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        return self.treatment.patient_id

    @property
    def meets_criteria(self) -> bool | None:
        """Whether all that were judged are met; None where none was judged."""
        return all(self.criteria.values()) if self.criteria else None


class WaitingOffer(models.Model):
    """What a patient gets while waiting: a term of the pack's waiting_offers, for a time."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="waiting_offers")
    kind = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [period_constraint("waiting_offer_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.kind} for {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        return self.treatment.patient_id


class Part(models.Model):
    """A part of the programme (a term of therapy_components) that a patient takes, for a time."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="parts")
    component = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [period_constraint("part_ends_after_it_starts")]

    def __str__(self) -> str:
        return f"{self.component} of {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        return self.treatment.patient_id


class Ending(models.Model):
    """How a treatment came to its end: the ground (a term of end_grounds), who decided it, after which
    review. The kind of end and its reason stand with the treatment. `without_review` says why no review
    was held after sessions missed in a row.
    """

    treatment = models.OneToOneField(Treatment, on_delete=models.CASCADE, related_name="ending")
    ground = models.CharField(max_length=40)
    discussed_on = models.DateField(null=True, blank=True)
    without_review = models.TextField(blank=True)
    decided_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    kept_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"end of {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        return self.treatment.patient_id


class FollowUp(models.Model):
    """What was agreed for after the intensive treatment: `kind` is a term of follow_up_kinds.

    How many of the sessions were used is counted from the sessions since it started.
    """

    treatment = models.OneToOneField(Treatment, on_delete=models.CASCADE, related_name="follow_up")
    kind = models.CharField(max_length=40)
    sessions = models.PositiveSmallIntegerField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            period_constraint("follow_up_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(sessions__range=(1, 100)), name="follow_up_of_1_to_100_sessions"
            ),
        ]

    def __str__(self) -> str:
        return f"follow-up of {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        return self.treatment.patient_id

    def used(self) -> int:
        """How many sessions the patient came to since it started."""
        came = self.treatment.attendances.filter(present=True, session__held_on__gte=self.starts_on)
        if self.ends_on:
            came = came.filter(session__held_on__lte=self.ends_on)
        return came.count()
