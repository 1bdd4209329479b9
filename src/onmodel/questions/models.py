"""Explanations of what looked odd. A question about the same facts is not put again."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.programmes.models import Programme


class Kind(models.TextChoices):
    """What a question is about."""

    REPEATED = "repeated", _("forms filled again within days")
    FAST = "fast", _("forms filled very fast")
    SAME_ANSWERS = "same_answers", _("long rows of the same answer")
    STAFF_DEVICE = "staff_device", _("forms filled where staff sign in")
    DISCHARGE = "discharge", _("treatments ended on the first good score")
    MISSING = "missing", _("missing forms at one therapist")


class Explanation(models.Model):
    """What a supervisor learnt about some facts. `covered` are the facts' keys: those stay quiet.

    `person` is whose patients they were; None where nobody carries the treatment.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="explanations")
    kind = models.CharField(max_length=20, choices=Kind)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.TextField()
    covered = models.JSONField(default=list)
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-given_at"]
        indexes = [models.Index(fields=["programme", "kind"])]
        constraints = [models.CheckConstraint(condition=~Q(note=""), name="explanation_says_something")]

    def __str__(self) -> str:
        return f"{self.kind} ({self.given_at:%Y-%m-%d})"
