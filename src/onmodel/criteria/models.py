"""Audits and self-assessments, what is improved, consensus between raters, sums of yes/no lists."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission
from onmodel.assessments.models import Assignment
from onmodel.criteria.looks import RiskLook
from onmodel.followup.models import Action
from onmodel.programmes.models import Programme, period_constraint

__all__ = [
    "AgreedScore",
    "ConsensusRound",
    "CriteriaReview",
    "Improvement",
    "Rater",
    "Remark",
    "RiskLook",
    "Sheet",
    "YesNoSum",
]


class CriteriaReviewQuerySet(models.QuerySet):
    def visible_to(self, user) -> CriteriaReviewQuerySet:
        """In programmes whose requirements one sees: what is planned, what is finished, one's own."""
        there = Programme.objects.visible_to(user, Permission.REQUIREMENTS_VIEW)
        return self.filter(~Q(state=CriteriaReview.State.BEGUN) | Q(assessor=user), programme__in=there)

    def finished(self) -> CriteriaReviewQuerySet:
        return self.filter(state=CriteriaReview.State.FINISHED)


class CriteriaReview(models.Model):
    """A programme scored on the quality criteria: by itself, or by an expert in the yearly audit.

    The scores are the answers of `assignment`, which a planned audit does not have yet.
    """

    class Kind(models.TextChoices):
        SELF = "self", _("self-assessment")
        AUDIT = "audit", _("audit")

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        BEGUN = "begun", _("begun")
        FINISHED = "finished", _("finished")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="criteria_reviews")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.BEGUN)
    day = models.DateField()  # of the visit, or as of which it is scored
    assessor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="criteria_reviews"
    )
    assignment = models.OneToOneField(
        Assignment, null=True, blank=True, on_delete=models.CASCADE, related_name="criteria_review"
    )
    made_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = CriteriaReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-day", "-made_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="planned", assignment__isnull=True)
                | Q(~Q(state="planned"), assignment__isnull=False),
                name="review_has_scores_once_begun",
            ),
            models.CheckConstraint(
                condition=Q(state="finished", finished_at__isnull=False)
                | Q(~Q(state="finished"), finished_at__isnull=True),
                name="review_finished_has_a_moment",
            ),
            models.UniqueConstraint(
                fields=["programme", "kind", "assessor", "day"], name="one_review_a_person_and_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.programme_id}, {self.day}"


class Remark(models.Model):
    """What the assessor wrote beside a criterion."""

    review = models.ForeignKey(CriteriaReview, on_delete=models.CASCADE, related_name="remarks")
    criterion = models.CharField(max_length=40)  # the item of the form
    text = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "criterion"], name="one_remark_a_criterion")]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.text[:40]}"


class ImprovementQuerySet(models.QuerySet):
    def visible_to(self, user) -> ImprovementQuerySet:
        there = Programme.objects.visible_to(user, Permission.REQUIREMENTS_VIEW)
        return self.filter(action__programme__in=there)

    def overdue(self, day) -> ImprovementQuerySet:
        return self.filter(action__state=Action.State.AGREED, action__due_on__lt=day)


class Improvement(models.Model):
    """What was agreed to make a criterion better. Owner, day, state and result are the action's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    criterion = models.CharField(max_length=40)  # the item of the form
    action = models.OneToOneField(Action, on_delete=models.CASCADE, related_name="improvement")
    review = models.ForeignKey(
        CriteriaReview, null=True, blank=True, on_delete=models.SET_NULL, related_name="improvements"
    )

    objects = ImprovementQuerySet.as_manager()

    class Meta:
        ordering = ["action__due_on", "action"]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.action}"

    @property
    def programme(self) -> Programme:
        return self.action.programme


class ConsensusRoundQuerySet(models.QuerySet):
    def visible_to(self, user) -> ConsensusRoundQuerySet:
        """In programmes whose requirements one sees, and those in which one scores while one works there."""
        there = Programme.objects.visible_to(user, Permission.REQUIREMENTS_VIEW)
        asked = Rater.objects.filter(user=user).values("round")
        known = Programme.objects.known_to(user)
        return self.filter(Q(programme__in=there) | Q(pk__in=asked, programme__in=known))

    def agreed(self) -> ConsensusRoundQuerySet:
        return self.filter(agreed_at__isnull=False)


class ConsensusRound(models.Model):
    """Several people score a form about a programme and a period: alone, then together.

    While it is open nobody is shown another's scores. Without names (`named` False) no row says whose a
    sheet is, from the moment that it is given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="consensus_rounds")
    instrument = models.CharField(max_length=60)
    instrument_version = models.CharField(max_length=20)
    starts_on = models.DateField()  # the period that is judged
    ends_on = models.DateField()
    leader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consensus_led"
    )
    named = models.BooleanField(default=False)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    agreed_at = models.DateTimeField(null=True, blank=True)

    objects = ConsensusRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-ends_on", "-opened_at"]
        constraints = [
            period_constraint("consensus_period_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True) | Q(closed_at__isnull=False),
                name="consensus_after_scoring_alone",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} of {self.programme_id}, {self.starts_on} to {self.ends_on}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class Rater(models.Model):
    """Who scores in a round, and whether (s)he has."""

    round = models.ForeignKey(ConsensusRound, on_delete=models.CASCADE, related_name="raters")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="consensus_asked"
    )
    is_in = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["round", "user"], name="one_seat_a_rater")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.round_id}"


class Sheet(models.Model):
    """What one rater scored alone: item -> "2" or "2/3". Kept as it was given, whatever is agreed later.

    In a round without names `rater` is empty, and all sheets are written anew in an order drawn by chance
    whenever one comes in, so that neither number nor place tells which came when.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    round = models.ForeignKey(ConsensusRound, on_delete=models.CASCADE, related_name="sheets")
    rater = models.OneToOneField(Rater, null=True, blank=True, on_delete=models.CASCADE, related_name="sheet")
    scores = models.JSONField(default=dict)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"sheet of {self.round_id}"


class AgreedScore(models.Model):
    """What the raters agreed on for one item, and what was said about it."""

    round = models.ForeignKey(ConsensusRound, on_delete=models.CASCADE, related_name="agreed")
    item = models.CharField(max_length=40)
    score = models.CharField(max_length=9, blank=True)
    remark = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["round", "item"], name="one_consensus_an_item"),
            models.CheckConstraint(condition=~Q(score="", remark=""), name="consensus_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.score}"


class YesNoSumQuerySet(models.QuerySet):
    def visible_to(self, user) -> YesNoSumQuerySet:
        return self.filter(programme__in=Programme.objects.visible_to(user, Permission.REQUIREMENTS_VIEW))


class YesNoSum(models.Model):
    """A yes/no list answered about a programme over a period: check by check, or its sum alone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="yes_no_sums")
    checklist = models.CharField(max_length=80)
    starts_on = models.DateField()
    ends_on = models.DateField()
    marks = models.JSONField(default=dict)  # check -> true, false, or null for unknown
    yes = models.PositiveSmallIntegerField(null=True, blank=True)  # only where just the sum is known
    asked = models.PositiveSmallIntegerField(null=True, blank=True)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField(default=timezone.now)

    objects = YesNoSumQuerySet.as_manager()

    class Meta:
        ordering = ["checklist", "starts_on"]
        constraints = [
            period_constraint("sum_period_ends_after_it_starts"),
            models.UniqueConstraint(
                fields=["programme", "checklist", "starts_on", "ends_on"], name="one_sum_a_list_and_period"
            ),
            models.CheckConstraint(
                condition=Q(yes__isnull=True, asked__isnull=True)
                | Q(yes__isnull=False, asked__isnull=False, yes__lte=F("asked")),
                name="sum_is_part_of_what_was_asked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.checklist} of {self.programme_id}, {self.starts_on}"
