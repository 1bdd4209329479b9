"""Signals: a rule of the pack that holds for a subject, with its evidence, until it is dealt with."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission, roles_with
from onmodel.assessments.models import AboutSubject, subject_constraint
from onmodel.packs.standards import Rule
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme


class SignalQuerySet(models.QuerySet):
    def visible_to(self, user, permission: Permission = Permission.SIGNALS_VIEW) -> SignalQuerySet:
        """Those about treatments that the user may see, and of programmes about anything else.

        A therapist sees no signals about colleagues; those need the right to view requirements. An
        escalated one is seen by everybody who works with signals in the team of the treatment.
        """
        treatments = Treatment.objects.visible_to(user, permission).filter(
            programme__in=Programme.objects.visible_to(user, permission)
        )
        programmes = Programme.objects.visible_to(user, Permission.REQUIREMENTS_VIEW).filter(
            id__in=Programme.objects.visible_to(user, permission)
        )
        teams = user.memberships.in_force().filter(role__in=roles_with(permission), team__isnull=False)
        return self.filter(
            Q(treatment__in=treatments)
            | Q(treatment__isnull=True, programme__in=programmes)
            | Q(escalated_at__isnull=False, treatment__team__in=teams.values("team"))
        )

    def unsettled(self) -> SignalQuerySet:
        return self.exclude(state=Signal.State.CLOSED)

    def most_severe_first(self) -> SignalQuerySet:
        """Urgent ones, then those for attention; of the same severity the latest first."""
        order = [Signal.Severity.URGENT, Signal.Severity.ATTENTION, Signal.Severity.INFO]
        places = [When(severity=severity, then=Value(place)) for place, severity in enumerate(order)]
        place = Case(*places, default=Value(len(order)))
        return self.order_by(place, "-opened_at", "id")


class Signal(AboutSubject):
    """`evidence` is what was found when it opened, frozen; `latest_evidence` what was found last."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACKNOWLEDGED = "acknowledged", _("seen")
        ACTED_UPON = "acted_upon", _("acted upon")
        CLOSED = "closed", _("closed")

    class Severity(models.TextChoices):
        INFO = "info", _("information")
        ATTENTION = "attention", _("attention")
        URGENT = "urgent", _("urgent")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pack = models.CharField(max_length=60)
    rule = models.CharField(max_length=80)
    rule_version = models.CharField(max_length=20)
    key = models.CharField(max_length=120, blank=True)  # tells apart two findings of a rule for one subject
    severity = models.CharField(max_length=20, choices=Severity.choices)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    evidence = models.JSONField(default=dict)
    latest_evidence = models.JSONField(default=dict)
    opened_at = models.DateTimeField(default=timezone.now)
    last_found_at = models.DateTimeField(default=timezone.now)
    escalated_at = models.DateTimeField(null=True, blank=True)  # nobody acknowledged it in time
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closing_note = models.TextField(blank=True)

    objects = SignalQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_at", "id"]
        indexes = [models.Index(fields=["programme", "state", "rule"])]
        constraints = [
            subject_constraint("signal_subject_fits_its_kind"),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="signal_acknowledged_at_and_by",
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | ~Q(state="closed") & Q(closed_at__isnull=True),
                name="signal_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed") | ~Q(closing_note=""), name="signal_closed_with_a_note"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule} ({self.state})"

    @property
    def definition(self) -> Rule | None:
        """The rule as the pack has it now; None where the pack dropped it."""
        rules = self.programme.definitions.all_rules()
        return next((rule for rule in rules if rule.id == self.rule), None)
