"""Signals: a rule of the pack that holds for a subject, with its evidence, until it is dealt with."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Case, CharField, Count, F, Min, Q, Value, When, Window
from django.db.models.functions import Cast, Coalesce, RowNumber
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission, roles_with
from onmodel.assessments.models import AboutSubject, subject_constraint
from onmodel.packs.standards import Rule
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Membership, Programme


class SignalQuerySet(models.QuerySet):
    def visible_to(self, user, permission: Permission = Permission.SIGNALS_VIEW) -> SignalQuerySet:
        """Those about treatments that the user may see, and of programmes about anything else.

        A therapist sees no signals about colleagues; those need the right to view requirements. An
        escalated one is seen by everybody who works with signals in the team of the treatment, and one about
        a therapist by that therapist.
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
            & (Q(confidential=False) | _of_those_rated_by(user))
            | Q(person=user, confidential=False, programme__in=Programme.objects.visible_to(user, permission))
            | Q(escalated_at__isnull=False, treatment__team__in=teams.values("team"))
        )

    def waiting_for(self, user) -> SignalQuerySet:
        """Those that the user sees and is the one to act upon: by the rule's `responsible`, or an own action.

        What is for a therapist goes to the primary clinician, or without one to the team's supervisor; what
        is for a supervisor to that of the team or the therapist; what is for a manager to the programme's.
        """
        return self.visible_to(user).filter(waits_for(user))

    def waiting_for_others(self, user) -> SignalQuerySet:
        """Those that the user sees and that are for somebody else."""
        waits = Case(When(waits_for(user), then=Value(True)), default=Value(False))
        return self.visible_to(user).annotate(waits=waits).filter(waits=False)

    def unsettled(self) -> SignalQuerySet:
        return self.exclude(state=Signal.State.CLOSED)

    def about_the_work(self) -> SignalQuerySet:
        """Those about a programme, its teams and its staff; none about a patient, none in confidence."""
        return self.filter(treatment__isnull=True, confidential=False)

    def most_severe_first(self) -> SignalQuerySet:
        """Urgent ones, then those for attention; of the same severity the latest first."""
        return self.order_by(by_harm(), "-opened_at", "id")

    def alike(self) -> models.QuerySet:
        """One row for those of the same rule in a programme: how many, of how many, how pressing, since when.

        The most harmful come first, then those with the earliest day.
        """
        same = self.order_by().values("programme", "rule")
        counted = same.annotate(
            n=Count("pk"),
            subjects=Count(Coalesce(*(Cast(f, CharField()) for f in ABOUT)), distinct=True),
            harm=Min(by_harm()),
            first_due=Min("due_on"),
            since=Min("opened_at"),
        )
        return counted.order_by("harm", F("first_due").asc(nulls_last=True), "since", "rule")

    def first_of_each(self, n: int) -> SignalQuerySet:
        """At most so many of each rule and programme, the most pressing first."""
        pressing = [by_harm().asc(), F("due_on").asc(nulls_last=True), F("opened_at").asc(), F("pk").asc()]
        place = Window(RowNumber(), partition_by=["programme", "rule"], order_by=pressing)
        return self.annotate(place=place).filter(place__lte=n).order_by("place")


#: What a signal can be about; one about none of them is about its programme.
ABOUT = ("treatment", "person", "team", "programme")


def by_harm() -> Case:
    """0 for urgent, 1 for attention, 2 for information."""
    order = [Signal.Severity.URGENT, Signal.Severity.ATTENTION, Signal.Severity.INFO]
    places = [When(severity=severity, then=Value(place)) for place, severity in enumerate(order)]
    return Case(*places, default=Value(len(order)))


def waits_for(user) -> Q:
    """Signals that are for the user, of those that the user sees (`SignalQuerySet.waiting_for`)."""
    works = user.memberships.in_force()
    supervises, manages = works.filter(role="supervisor"), works.filter(role="manager")
    unmanned = Q(responsible="therapist", treatment__isnull=False, treatment__primary_clinician__isnull=True)
    return (
        Q(responsible="therapist", treatment__primary_clinician=user)
        | Q(responsible="therapist", person=user)
        | (unmanned | Q(responsible="supervisor")) & _reached_by(supervises)
        | Q(responsible="manager") & _programme_of(manages)
        | Q(escalated_at__isnull=False)
        | Q(pk__in=user.actions.filter(state="agreed").values("signal"))
    )


def _reached_by(memberships) -> Q:
    """What is about a team of these memberships, its treatments and people, or about the programme."""
    teams = memberships.filter(team__isnull=False).values("team")
    people = Membership.objects.in_force().filter(team__in=teams).values("user")
    of_team = Q(team__in=teams) | Q(treatment__team__in=teams) | Q(person__in=people)
    whole = Q(team__isnull=True, treatment__isnull=True, person__isnull=True)
    return of_team | whole & _programme_of(memberships) | _programme_of(memberships.filter(team__isnull=True))


def _programme_of(memberships) -> Q:
    everywhere = memberships.filter(programme__isnull=True).values("organisation")
    return Q(programme__in=memberships.values("programme")) | Q(programme__organisation__in=everywhere)


def _of_those_rated_by(user) -> Q:
    """Signals about people of the teams that the user supervises today; not about the user."""
    supervising = user.memberships.in_force().filter(role__in=roles_with(Permission.ADHERENCE_RATE))
    whole = supervising.filter(team__isnull=True)
    working = Membership.objects.in_force().filter(team__in=supervising.values("team")).values("user")
    return ~Q(person=user) & (
        Q(programme__in=whole.values("programme"))
        | Q(programme__organisation__in=whole.filter(programme__isnull=True).values("organisation"))
        | Q(programme__in=supervising.values("programme"), person__in=working)
    )


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
    confidential = models.BooleanField(default=False)  # for those who rate the person's sessions
    evidence = models.JSONField(default=dict)
    latest_evidence = models.JSONField(default=dict)
    responsible = models.CharField(max_length=60, blank=True)  # who can act: a role, by the rule
    due_on = models.DateField(null=True, blank=True)  # the last day in time of what it asks for
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
        indexes = [
            models.Index(fields=["programme", "state", "rule"]),
            models.Index(fields=["state", "responsible"]),
        ]
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
    def identity(self) -> tuple[object, ...]:
        """What makes a finding the one that it tells of."""
        subject = self.treatment_id or self.person_id or self.team_id
        return (self.rule, self.key, self.subject_kind, subject)

    @property
    def definition(self) -> Rule | None:
        """The rule as the pack has it now; None where the pack dropped it."""
        rules = self.programme.definitions.all_rules()
        return next((rule for rule in rules if rule.id == self.rule), None)
