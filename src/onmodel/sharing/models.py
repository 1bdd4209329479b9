"""How far answers about the work together reach: a programme's agreement, and a therapist's own choice.

Two kinds of form are not for everybody who sees the treatment (`Instrument.audience` of the pack): what a
patient says about the therapists (`agreed`), and what a therapist feels towards a patient (`own`).
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme


class Reaches(models.TextChoices):
    """What of a patient's answers reaches those who treat and supervise; the first is the default."""

    NOTHING = "nothing", _("nothing of one patient; only the programme's average")
    TREND = "trend", _("only whether it went up or down")
    SCORES = "scores", _("the scores, without the answers")
    ITEMS = "items", _("the answers")


#: From the most protective to the least.
ORDER = tuple(Reaches.values)


def reaches_at_least(level: Reaches) -> list[str]:
    """The levels at which what `level` shows is shown too."""
    return list(ORDER[ORDER.index(level) :])


class AgreementQuerySet(models.QuerySet):
    def in_force(self, day: datetime.date | None = None) -> AgreementQuerySet:
        """Those that hold on that day (today), the latest of each programme first."""
        return self.filter(starts_on__lte=day or timezone.localdate()).order_by("-starts_on", "-pk")


class Agreement(models.Model):
    """What a programme agreed, from a day on; earlier ones stay. Never changed, never removed."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="sharing_agreements")
    reaches = models.CharField(max_length=20, choices=Reaches.choices)
    starts_on = models.DateField()
    reason = models.TextField()
    agreed_at = models.DateTimeField(default=timezone.now)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(reaches__in=ORDER), name="agreement_reaches_is_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="agreement_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.reaches} from {self.starts_on}"


class OwnShareQuerySet(models.QuerySet):
    def in_force(self) -> OwnShareQuerySet:
        return self.filter(withdrawn_at__isnull=True)


class OwnShare(models.Model):
    """A therapist lets the supervisor see what he or she noted of the own feelings in one treatment."""

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="own_shares")
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = OwnShareQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["treatment", "therapist"],
                condition=Q(withdrawn_at__isnull=True),
                name="one_share_in_force",
            )
        ]

    def __str__(self) -> str:
        return f"{self.therapist_id} in {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        return self.treatment.patient_id
