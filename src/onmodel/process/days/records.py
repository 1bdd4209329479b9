"""What is recorded of a treatment from day to day."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from onmodel.patients.models import Treatment
from onmodel.programmes.models import PeriodQuerySet, period_constraint
from onmodel.sessions.models import Session


def _keeper() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class OfTreatment(models.Model):
    """A row about one treatment."""

    class Meta:
        abstract = True

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.treatment.patient_id


class RiskCheck(OfTreatment):
    """How high risk, and the risk of dropping out, were judged on a treatment day, and what was done.

    Both are terms of risk_levels; empty where it was not judged.
    """

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="risk_checks")
    checked_on = models.DateField()
    risk = models.CharField(max_length=40, blank=True)
    dropout_risk = models.CharField(max_length=40, blank=True)
    done = models.TextField(blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = _keeper()

    class Meta:
        ordering = ["-checked_on"]
        constraints = [
            models.UniqueConstraint(fields=["treatment", "checked_on"], name="one_risk_check_a_day"),
            models.CheckConstraint(
                condition=~Q(risk="", dropout_risk=""), name="risk_check_judges_something"
            ),
        ]

    def __str__(self) -> str:
        return f"risk of {self.treatment_id} on {self.checked_on}"


class SessionReport(OfTreatment):
    """Two lines about one patient in one session, and the general goals (treatment_goals) it worked on."""

    of_conversation = True

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="reports")
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="session_reports")
    happened = models.CharField(max_length=200)
    next_step = models.CharField(max_length=200, blank=True)
    goals = models.JSONField(default=list, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = _keeper()

    class Meta:
        ordering = ["-session__held_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "treatment"], name="one_report_of_a_session"),
            models.CheckConstraint(condition=~Q(happened=""), name="session_report_says_something"),
        ]

    def __str__(self) -> str:
        return f"report of {self.treatment_id} in {self.session_id}"


class CallQuerySet(models.QuerySet):
    def waiting(self) -> CallQuerySet:
        return self.filter(returned_on__isnull=True)


class Call(OfTreatment):
    """A message that a patient left, to be answered by the next working day (`due_on`)."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="calls")
    came_on = models.DateField()
    due_on = models.DateField()
    about = models.TextField(blank=True)
    returned_on = models.DateField(null=True, blank=True)
    returned_by = _keeper()
    result = models.TextField(blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = _keeper()

    objects = CallQuerySet.as_manager()

    class Meta:
        ordering = ["-came_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(due_on__gt=F("came_on")), name="call_due_after_it_came"),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True) | Q(returned_on__gte=F("came_on")),
                name="call_returned_after_it_came",
            ),
        ]

    def __str__(self) -> str:
        return f"call of {self.came_on}"


class TimeOut(OfTreatment):
    """A time in which a patient stays away from part of the programme, decided by two staff at least."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="time_outs")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    reason = models.TextField()
    decided_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = _keeper()

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            period_constraint("time_out_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(reason=""), name="time_out_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"time-out from {self.starts_on}"
