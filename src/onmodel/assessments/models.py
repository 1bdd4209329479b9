"""The one machine: a form of the pack, due for a subject from a respondent; its answers; its scores."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme, Team
from onmodel.sharing.models import Reaches
from onmodel.sharing.reading import for_everybody, for_the_patient, readable


class AboutSubject(models.Model):
    """A row about exactly one subject; `programme` is where it belongs, whatever the subject."""

    class SubjectKind(models.TextChoices):
        TREATMENT = "treatment", _("treatment")
        THERAPIST = "therapist", _("therapist")
        SUPERVISOR = "supervisor", _("supervisor")
        TEAM = "team", _("team")
        PROGRAMME = "programme", _("programme")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="%(class)ss")
    subject_kind = models.CharField(max_length=20, choices=SubjectKind.choices)
    treatment = models.ForeignKey(
        Treatment, null=True, blank=True, on_delete=models.CASCADE, related_name="%(class)ss"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)ss_about",
    )
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="%(class)ss")

    class Meta:
        abstract = True

    @property
    def subject(self) -> models.Model:
        return self.treatment or self.person or self.team or self.programme

    @property
    def of_patient(self) -> int | None:
        """Whom an event about it is about."""
        return self.treatment.patient_id if self.treatment_id else None


def subject_constraint(name: str) -> models.CheckConstraint:
    """The subject's kind and the reference that is filled go together."""
    none = {"treatment__isnull": True, "person__isnull": True, "team__isnull": True}
    fits = Q(subject_kind="programme", **none)
    for kind, field in (
        ("treatment", "treatment"),
        ("therapist", "person"),
        ("supervisor", "person"),
        ("team", "team"),
    ):
        fits |= Q(subject_kind=kind, **{**none, f"{field}__isnull": False})
    return models.CheckConstraint(condition=fits, name=name)


class AssignmentQuerySet(models.QuerySet):
    def visible_to(self, user) -> AssignmentQuerySet:
        """Those about treatments that the user may see."""
        return self.filter(treatment__in=Treatment.objects.visible_to(user))

    def open_to(self, reader, level: Reaches = Reaches.ITEMS) -> AssignmentQuerySet:
        """Those of which the reader may see what `level` shows (`sharing.reading.readable`)."""
        return self.filter(readable(reader, level))

    def for_the_patient(self) -> AssignmentQuerySet:
        """All but those that a therapist keeps for him- or herself."""
        return self.filter(for_the_patient())

    def answered(self) -> AssignmentQuerySet:
        return self.filter(status=Assignment.Status.ANSWERED)

    def fillable(self, day) -> AssignmentQuerySet:
        """Those that can be filled on that day: opened, not yet closed, not done."""
        begun = self.filter(status__in=[Assignment.Status.OPEN, Assignment.Status.PARTIAL])
        return begun.filter(Q(closes_on__isnull=True) | Q(closes_on__gte=day))

    def overdue(self, day) -> AssignmentQuerySet:
        """Due before that day and not answered, missed or set aside."""
        waiting = [Assignment.Status.PLANNED, Assignment.Status.OPEN, Assignment.Status.PARTIAL]
        return self.filter(due_on__lt=day, status__in=waiting)


class Assignment(AboutSubject):
    """A form due for a subject from a respondent, within a window.

    Instrument, version and pack stay as they were when it was made. `months` is the planned moment
    in months since the start of treatment; None for a form that hangs on no moment. `schedule` and
    `moment` say for what of the pack it counts; empty for a form that no schedule asked for.
    """

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        OPEN = "open", _("open")
        PARTIAL = "partial", _("partly answered")
        ANSWERED = "answered", _("answered")
        MISSED = "missed", _("missed")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pack = models.CharField(max_length=60)
    instrument = models.CharField(max_length=60)
    instrument_version = models.CharField(max_length=20)
    respondent = models.CharField(max_length=20)
    respondent_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    months = models.FloatField(null=True, blank=True)
    occasion = models.CharField(max_length=60, blank=True)  # what tells apart two of one form and moment
    schedule = models.CharField(max_length=60, blank=True)
    moment = models.CharField(max_length=60, blank=True)
    recommended = models.BooleanField(default=False)  # strongly recommended there; else desired
    opens_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    closes_on = models.DateField(null=True, blank=True)
    window_fixed = models.BooleanField(default=False)  # by a person; it does not move with the start
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PLANNED)
    set_aside_reason = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        ordering = ["months", "due_on", "instrument"]
        indexes = [
            models.Index(fields=["programme", "instrument", "status"]),
            models.Index(fields=["treatment", "instrument", "months"]),
            models.Index(fields=["status", "due_on"]),
            models.Index(fields=["programme", "status", "due_on"]),
        ]
        constraints = [
            subject_constraint("assignment_subject_fits_its_kind"),
            models.UniqueConstraint(
                fields=["treatment", "instrument", "respondent", "months", "occasion"],
                condition=Q(treatment__isnull=False, months__isnull=False),
                name="one_form_a_treatment_and_moment",
            ),
            models.UniqueConstraint(
                fields=["treatment", "instrument", "respondent", "schedule", "moment"],
                condition=Q(treatment__isnull=False) & ~Q(schedule=""),
                name="one_form_a_moment_of_a_schedule",
            ),
            models.CheckConstraint(
                condition=~Q(status="not_applicable") | ~Q(set_aside_reason=""),
                name="assignment_set_aside_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.months if self.months is not None else self.occasion}"


class AnswerQuerySet(models.QuerySet):
    def open_to(self, reader) -> AnswerQuerySet:
        """Those that the reader may see, of the treatments that he or she sees."""
        return self.filter(readable(reader, Reaches.ITEMS, "assignment__"))


class Answer(models.Model):
    """The answer to one item: a number, or text; neither where it was left open on purpose."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=40)
    value = models.FloatField(null=True, blank=True)
    text = models.TextField(blank=True)
    not_applicable = models.BooleanField(default=False)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["assignment", "item"], name="one_answer_an_item")]

    def __str__(self) -> str:
        return f"{self.item}: {self.value if self.value is not None else self.text}"


class ScoreQuerySet(models.QuerySet):
    def of_scale(self, instrument: str, scale: str) -> ScoreQuerySet:
        return self.filter(assignment__instrument=instrument, scale=scale)

    def open_to(self, reader, level: Reaches = Reaches.SCORES) -> ScoreQuerySet:
        """Those of which the reader may see what `level` shows, of the treatments that he or she sees."""
        return self.filter(readable(reader, level, "assignment__"))

    def for_everybody(self) -> ScoreQuerySet:
        """Those that all who see the treatment may see."""
        return self.filter(for_everybody("assignment__"))

    def known(self) -> ScoreQuerySet:
        return self.filter(value__isnull=False)


class Score(models.Model):
    """What answers come to on a scale, and what it rests on. `value` is None where it is unknown.

    A score that came in as such (`entered`) has no answers behind it here.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="scores")
    scale = models.CharField(max_length=40)
    value = models.FloatField(null=True, blank=True)
    answered_items = models.PositiveSmallIntegerField(null=True, blank=True)
    items = models.PositiveSmallIntegerField(null=True, blank=True)
    rule = models.CharField(max_length=40)
    entered = models.BooleanField(default=False)
    scored_at = models.DateTimeField(default=timezone.now)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["scale", "assignment"])]
        constraints = [models.UniqueConstraint(fields=["assignment", "scale"], name="one_score_a_scale")]

    def __str__(self) -> str:
        return f"{self.scale}: {self.value}"
