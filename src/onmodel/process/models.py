"""Facts of the clinical process that integrity is judged by: plans, incidents and attendance."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from onmodel.patients.models import Treatment
from onmodel.process.absences.records import AbsenceStep
from onmodel.process.assessment.records import AssessmentEntry
from onmodel.process.course.records import Ending, FollowUp, Part, Referral, WaitingOffer
from onmodel.process.days.records import Call, RiskCheck, SessionReport, TimeOut
from onmodel.process.reviews.records import Decision, Review
from onmodel.programmes.models import Programme

__all__ = [
    "AbsenceStep",
    "AssessmentEntry",
    "Attendance",
    "Call",
    "Decision",
    "Ending",
    "FollowUp",
    "Incident",
    "Part",
    "Plan",
    "PlanShare",
    "Referral",
    "Review",
    "RiskCheck",
    "SessionReport",
    "TimeOut",
    "WaitingOffer",
]


class PlanQuerySet(models.QuerySet):
    def drafts(self) -> PlanQuerySet:
        """Those that nobody agreed to yet."""
        return self.filter(agreed_on=None, patient_agreed_on=None, team_agreed_on=None)

    def in_force(self, day=None) -> PlanQuerySet:
        """Of each kind of each treatment the version agreed last, on that day (today)."""
        agreed = self.filter(agreed_on__lte=day or timezone.localdate())
        later = Plan.objects.filter(
            Q(agreed_on__gt=models.OuterRef("agreed_on"))
            | Q(agreed_on=models.OuterRef("agreed_on"), pk__gt=models.OuterRef("pk")),
            treatment=models.OuterRef("treatment"),
            kind=models.OuterRef("kind"),
            agreed_on__lte=day or timezone.localdate(),
        )
        return agreed.filter(~models.Exists(later))

    def for_the_patient(self) -> PlanQuerySet:
        return self.filter(released_at__isnull=False)


class Plan(models.Model):
    """A version of a plan for a treatment; in force once patient and team agreed. `kind` is a term of the
    pack's plan_kinds, `occasion` one of plan_occasions: why this version was written.

    `content` holds what was written by the keys of `plans.parts`; empty for a plan that is kept elsewhere.
    `agreed_on` is the later of the two agreements. `released_at`: since when the patient can read it here.
    """

    of_conversation = True

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="plans")
    kind = models.CharField(max_length=40)
    occasion = models.CharField(max_length=40, blank=True)
    content = models.JSONField(default=dict, blank=True)
    made_on = models.DateField()
    agreed_on = models.DateField(null=True, blank=True)
    patient_agreed_on = models.DateField(null=True, blank=True)
    team_agreed_on = models.DateField(null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        ordering = ["treatment", "kind", "made_on", "pk"]
        indexes = [models.Index(fields=["treatment", "kind"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(agreed_on__isnull=True) | Q(agreed_on__gte=F("made_on")),
                name="plan_agreed_after_it_was_made",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.treatment_id}"

    @property
    def of_patient(self) -> int:
        """Whom an event about it is about."""
        return self.treatment.patient_id

    @property
    def is_draft(self) -> bool:
        return not (self.agreed_on or self.patient_agreed_on or self.team_agreed_on)


class PlanShare(models.Model):
    """That a version was given to a named service: the general practitioner, the crisis service."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="shares")
    service = models.CharField(max_length=200)
    shared_on = models.DateField()
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["shared_on", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(service=""), name="plan_share_names_a_service")]

    def __str__(self) -> str:
        return f"{self.plan_id} with {self.service}"

    @property
    def of_patient(self) -> int:
        return self.plan.treatment.patient_id


class Incident(models.Model):
    """Something that went wrong or was dangerous, or a crisis; `kind` is a term of the pack's incident_kinds.

    `plan_used`: whether the crisis plan was used in it; unknown where nobody said so. It is reviewed when
    the team talked it over.
    """

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="incidents")
    treatment = models.ForeignKey(
        Treatment, null=True, blank=True, on_delete=models.CASCADE, related_name="incidents"
    )
    kind = models.CharField(max_length=40)
    happened_on = models.DateField()
    note = models.TextField(blank=True)
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    plan_used = models.BooleanField(null=True, blank=True)
    reviewed_on = models.DateField(null=True, blank=True)
    review = models.TextField(blank=True)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-happened_on"]
        indexes = [models.Index(fields=["programme", "happened_on"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewed_on__isnull=True, review="")
                | Q(reviewed_on__gte=F("happened_on")) & ~Q(review=""),
                name="incident_review_says_something_after_it",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} on {self.happened_on}"

    @property
    def of_patient(self) -> int | None:
        return self.treatment.patient_id if self.treatment else None


class Attendance(models.Model):
    """At how many sessions of a kind a patient was expected from day to day, and to how many (s)he came.

    `kind` is a term of the pack's therapy components or a word of the programme.
    """

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="attendance")
    kind = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    expected = models.PositiveSmallIntegerField()
    attended = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["treatment", "kind", "starts_on"], name="one_attendance_a_kind_and_start"
            ),
            models.CheckConstraint(
                condition=Q(attended__lte=F("expected")), name="attended_at_most_what_was_expected"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="attendance_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attended} of {self.expected} {self.kind}"
