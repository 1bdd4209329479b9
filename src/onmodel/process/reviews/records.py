"""What is recorded of a review, and of each decision that was taken in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.process.days.records import OfTreatment


class ReviewQuerySet(models.QuerySet):
    def held(self) -> ReviewQuerySet:
        return self.filter(held_on__isnull=False)

    def for_the_patient(self) -> ReviewQuerySet:
        return self.held().filter(released_at__isnull=False)


class Review(OfTreatment):
    """A review of a treatment; `kind` is a term of review_kinds. Until it was held it is being prepared.

    `agenda` is what the record said on `taken_on`, point by point (terms of review_points), in the words of
    that day and in `language`. `discussed` holds what was said by point. Unknown where nobody said whether
    the patient was there, or whether outcome data were used.
    """

    of_conversation = True

    treatment = models.ForeignKey("patients.Treatment", on_delete=models.CASCADE, related_name="reviews")
    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=5)
    agenda = models.JSONField(default=list, blank=True)
    taken_on = models.DateField()
    planned_on = models.DateField(null=True, blank=True)
    held_on = models.DateField(null=True, blank=True)
    staff = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", blank=True)
    patient_present = models.BooleanField(null=True, blank=True)
    relatives = models.CharField(max_length=200, blank=True)
    discussed = models.JSONField(default=dict, blank=True)
    next_focus = models.TextField(blank=True)
    outcome_used = models.BooleanField(null=True, blank=True)
    next_on = models.DateField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ReviewQuerySet.as_manager()

    class Meta:
        ordering = ["held_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["treatment", "kind"],
                condition=Q(held_on__isnull=True),
                name="one_review_of_a_kind_prepared_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(next_on__isnull=True) | Q(held_on__isnull=True) | Q(next_on__gt=F("held_on")),
                name="next_review_after_this_one",
            ),
            models.CheckConstraint(
                condition=Q(released_at__isnull=True) | Q(held_on__isnull=False),
                name="only_a_held_review_is_released",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} review of {self.treatment_id}"

    @property
    def is_held(self) -> bool:
        return self.held_on is not None


class DecisionQuerySet(models.QuerySet):
    def open(self) -> DecisionQuerySet:
        """Those of reviews that were held and of which nobody said what came."""
        return self.filter(state=Decision.State.AGREED, review__held_on__isnull=False)


class Decision(models.Model):
    """What was decided, who does it (one of the staff, or the patient) and until when."""

    of_conversation = True

    class State(models.TextChoices):
        AGREED = "agreed", _("agreed")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    review = models.ForeignKey(Review, on_delete=models.CASCADE, related_name="decisions")
    what = models.CharField(max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    by_patient = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=State, default=State.AGREED)
    settled_on = models.DateField(null=True, blank=True)
    result = models.TextField(blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="decision_says_what"),
            models.CheckConstraint(
                condition=Q(owner__isnull=False, by_patient=False) | Q(owner__isnull=True, by_patient=True),
                name="decision_has_one_owner",
            ),
            models.CheckConstraint(
                condition=Q(state="agreed", settled_on__isnull=True)
                | ~Q(state="agreed") & Q(settled_on__isnull=False),
                name="decision_settled_has_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(state="dropped") | ~Q(result=""), name="decision_dropped_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.review.of_patient
