"""What looking together keeps: courses to expect, goals, what each saw, and the yearly letter."""

from __future__ import annotations

import uuid

import numpy as np
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.inference.expected import Reference
from onmodel.patients.models import Treatment
from onmodel.process.models import Plan
from onmodel.programmes.models import Programme


class ExpectedCourse(models.Model):
    """The course of a programme's patients on one scale, fitted by the nightly look; `fit` holds numbers
    only, of nobody in particular. `by_month` is how many were measured at each planned month.
    """

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="expected_courses")
    instrument = models.CharField(max_length=60)
    scale = models.CharField(max_length=40)
    pack = models.CharField(max_length=60)
    pack_version = models.CharField(max_length=20)
    instrument_version = models.CharField(max_length=20)
    fit = models.JSONField()
    by_month = models.JSONField(default=list)
    until = models.DateField()
    fitted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "instrument", "scale"], name="one_expected_course_a_scale"
            )
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.instrument}.{self.scale}"

    @property
    def reference(self) -> Reference:
        fit = self.fit
        arrays = {name: np.array(fit[name]) for name in ("coefficients", "vcov", "between")}
        return Reference(**{**fit, **arrays, "terms": tuple(fit["terms"])})

    @property
    def n_patients(self) -> int:
        return self.fit["n_patients"]

    @property
    def n_measurements(self) -> int:
        return self.fit["n_measurements"]


class Goal(models.Model):
    """What a patient wants of the treatment, in the patient's own words; `general` is a term of the
    pack's treatment_goals that it makes one's own, where it does.
    """

    of_conversation = True

    class State(models.TextChoices):
        OPEN = "open", _("working on it")
        REACHED = "reached", _("reached")
        LET_GO = "let_go", _("let go")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="goals")
    plan = models.ForeignKey(Plan, null=True, blank=True, on_delete=models.SET_NULL, related_name="goals")
    general = models.CharField(max_length=60, blank=True)
    words = models.CharField(max_length=300)
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    set_on = models.DateField(default=timezone.localdate)
    set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["set_on", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="goal_has_words")]

    def __str__(self) -> str:
        return self.words

    @property
    def of_patient(self) -> int:
        return self.treatment.patient_id


class GoalRating(models.Model):
    """How near the patient finds the goal: 0 not at all, 10 reached."""

    goal = models.ForeignKey(Goal, on_delete=models.CASCADE, related_name="ratings")
    rated_on = models.DateField(default=timezone.localdate)
    nearness = models.PositiveSmallIntegerField()
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["rated_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["goal", "rated_on"], name="one_rating_of_a_goal_a_day"),
            models.CheckConstraint(condition=Q(nearness__range=(0, 10)), name="nearness_from_0_to_10"),
        ]

    def __str__(self) -> str:
        return f"{self.nearness} on {self.rated_on}"


class Reflection(models.Model):
    """Where impression and scores differ: what each of the two sees, of the measurement of that day."""

    of_conversation = True

    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="reflections")
    measured_on = models.DateField()
    therapist = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    patient_sees = models.TextField(blank=True)
    therapist_sees = models.TextField(blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-measured_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["treatment", "measured_on", "therapist"], name="one_reflection_a_measurement"
            ),
            models.CheckConstraint(
                condition=~Q(patient_sees="", therapist_sees=""), name="reflection_says_something"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.treatment_id} {self.measured_on}"


class Letter(models.Model):
    """The yearly letter to the patient: drafted from the record, edited, then released and frozen.

    `sections` are [{title, paragraphs}]; `pdf` are the bytes as released, None for a draft.
    """

    of_conversation = True

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        RELEASED = "released", _("released")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    treatment = models.ForeignKey(Treatment, on_delete=models.CASCADE, related_name="letters")
    language = models.CharField(max_length=5)
    until = models.DateField()
    sections = models.JSONField(default=list)
    comment = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    drafted_at = models.DateTimeField(default=timezone.now)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    pdf = models.BinaryField(null=True, blank=True)

    class Meta:
        ordering = ["-until", "-drafted_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", released_at__isnull=True, pdf__isnull=True)
                | Q(state="released", released_at__isnull=False, pdf__isnull=False),
                name="letter_released_is_frozen",
            )
        ]

    def __str__(self) -> str:
        return f"letter {self.until}"

    @property
    def of_patient(self) -> int:
        return self.treatment.patient_id
