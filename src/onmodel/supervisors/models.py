"""Supervisors themselves: rated by the expert, by supervisees without names, and exchanging recordings."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission
from onmodel.assessments.models import Assignment
from onmodel.programmes.models import Programme, period_constraint
from onmodel.supervision.models import Meeting


class SupervisorRatingQuerySet(models.QuerySet):
    def submitted(self) -> SupervisorRatingQuerySet:
        return self.filter(submitted_at__isnull=False)

    def waiting(self) -> SupervisorRatingQuerySet:
        return self.filter(submitted_at__isnull=True)

    def visible_to(self, user) -> SupervisorRatingQuerySet:
        """The expert's own, those that experts submitted in the same programmes, and submitted ones about
        the user while (s)he supervises there."""
        rated = Programme.objects.visible_to(user, Permission.SUPERVISORS_RATE)
        led = Programme.objects.visible_to(user, Permission.SUPERVISION_LEAD)
        done = Q(submitted_at__isnull=False)
        return self.filter(
            Q(programme__in=rated) & (Q(expert=user) | done) | done & Q(supervisor=user, programme__in=led)
        )


class SupervisorRating(models.Model):
    """How an expert saw a supervisor supervise, live or on a recording. The answers are `assignment`'s."""

    class Basis(models.TextChoices):
        LIVE = "live", _("seen live")
        RECORDED = "recorded", _("seen on a recording")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="supervisor_ratings")
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="supervisor_ratings_about"
    )
    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="supervisor_ratings_given"
    )
    assignment = models.OneToOneField(Assignment, on_delete=models.CASCADE, related_name="supervisor_rating")
    basis = models.CharField(max_length=20, choices=Basis.choices)
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, on_delete=models.SET_NULL, related_name="supervisor_ratings"
    )
    day = models.DateField()  # of the supervision that was seen
    begun_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = SupervisorRatingQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "begun_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "supervisor", "expert", "day"], name="one_rating_of_a_supervision"
            )
        ]

    def __str__(self) -> str:
        return f"{self.supervisor_id} by {self.expert_id}, {self.day}"


class Round(models.Model):
    """A half-year in which supervisees can say without names how a supervisor supervises."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="supervisee_rounds")
    supervisor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="supervisee_rounds"
    )
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            period_constraint("round_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["programme", "supervisor", "starts_on"], name="one_round_a_half_year"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.supervisor_id} {self.starts_on}"


class TookPart(models.Model):
    """That somebody has answered in a round, so that nobody does so twice; not when, and not what."""

    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="took_part")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="one_answer_a_supervisee")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.round_id}"


class Opinion(models.Model):
    """What one supervisee answered: item -> value. Nothing in the row leads to the person or the moment.

    All rows of a round are written anew, in an order drawn by chance, whenever one comes in
    (`actions.say`): neither number nor place in the table tells which came when.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="opinions")
    answers = models.JSONField(default=dict)

    def __str__(self) -> str:
        return "without a name"


class ExchangeQuerySet(models.QuerySet):
    def visible_to(self, user) -> ExchangeQuerySet:
        """Those that one shared or was asked to look at, while one supervises in that organisation."""
        led = Programme.objects.visible_to(user, Permission.SUPERVISION_LEAD).values("organisation")
        mine = Q(shared_by=user) | Q(shared_with=user, taken_back_at__isnull=True)
        return self.filter(mine, programme__organisation__in=led)

    def done(self) -> ExchangeQuerySet:
        return self.filter(answered_at__isnull=False)


class Exchange(models.Model):
    """A recorded supervision that a supervisor lets one of another team look at and comment on."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="exchanges")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="exchanges")
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exchanges_shared"
    )
    shared_with = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exchanges_received"
    )
    question = models.TextField(blank=True)
    shared_at = models.DateTimeField(default=timezone.now)
    went_well = models.TextField(blank=True)
    to_try = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    objects = ExchangeQuerySet.as_manager()

    class Meta:
        ordering = ["-shared_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "shared_with"],
                condition=Q(taken_back_at__isnull=True),
                name="shared_once_with_a_supervisor",
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True) | ~Q(went_well="", to_try=""),
                name="exchange_answered_in_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shared_by_id} with {self.shared_with_id}"
