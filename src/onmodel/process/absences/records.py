"""What is recorded of the attempts to reach a patient who stays away."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.process.days.records import OfTreatment


class AbsenceStepQuerySet(models.QuerySet):
    def reached(self) -> AbsenceStepQuerySet:
        return self.filter(result__in=AbsenceStep.SPOKEN)


class AbsenceStep(OfTreatment):
    """A step of the ladder (a term of absence_steps) that was taken on a day, by whom, with what result."""

    class Result(models.TextChoices):
        REACHED = "reached", _("spoke with the patient")
        COMES = "comes", _("the patient comes again")
        SENT = "sent", _("sent")
        MESSAGE = "message", _("left a message")
        NOT_REACHED = "not_reached", _("not reached")

    SPOKEN = (Result.REACHED, Result.COMES)

    treatment = models.ForeignKey(
        "patients.Treatment", on_delete=models.CASCADE, related_name="absence_steps"
    )
    step = models.CharField(max_length=40)
    happened_on = models.DateField()
    done_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    result = models.CharField(max_length=20, choices=Result)
    note = models.TextField(blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AbsenceStepQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "-pk"]
        indexes = [models.Index(fields=["treatment", "happened_on"])]

    def __str__(self) -> str:
        return f"{self.step} on {self.happened_on}"

    @property
    def spoken(self) -> bool:
        return self.result in self.SPOKEN
