"""A programme as a project: its tasks, what was decided, what was calculated, what decides its course."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission
from onmodel.programmes.models import Programme


def by_user() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class ProjectQuerySet(models.QuerySet):
    def visible_to(self, user) -> ProjectQuerySet:
        """Those of the programmes in which a role of today lets the user see the project."""
        return self.filter(programme__in=Programme.objects.visible_to(user, Permission.PROJECT_VIEW))


class Project(models.Model):
    """The project of implementing one programme; `opens_on` is when it is meant to open."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    programme = models.OneToOneField(Programme, on_delete=models.PROTECT, related_name="project")
    begun_on = models.DateField()
    opens_on = models.DateField(null=True, blank=True)
    aim = models.TextField(blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = by_user()

    objects = ProjectQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_on__isnull=True) | Q(opens_on__gt=models.F("begun_on")),
                name="project_opens_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return str(self.programme)


class PartQuerySet(models.QuerySet):
    """Rows that hang on a project."""

    def visible_to(self, user) -> PartQuerySet:
        return self.filter(project__in=Project.objects.visible_to(user))


class Task(models.Model):
    """A task of the pack that somebody wrote about: whose it is, by when, what shows that it is done."""

    class State(models.TextChoices):
        TO_DO = "to_do", _("to do")
        UNDER_WAY = "under_way", _("under way")
        DONE = "done", _("done")
        NOT_NEEDED = "not_needed", _("not needed here")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tasks")
    task = models.CharField(max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.TO_DO)
    evidence = models.TextField(blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = by_user()

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["task"]
        constraints = [
            models.UniqueConstraint(fields=["project", "task"], name="one_row_a_task"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "not_needed"]) | ~Q(evidence=""),
                name="task_settled_with_evidence",
            ),
        ]

    def __str__(self) -> str:
        return self.task


class Decision(models.Model):
    """Go or no go, as a person with the right recorded it; the latest counts, earlier ones stay.

    `taken_by` names who decided, such as the board. `done` of `asked` tasks that lie before the decision
    were settled on that day.
    """

    class Outcome(models.TextChoices):
        GO = "go", _("go")
        GO_IF = "go_if", _("go, on conditions")
        NO_GO = "no_go", _("no go")

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    taken_by = models.CharField(max_length=200)
    taken_on = models.DateField()
    ground = models.TextField()
    conditions = models.TextField(blank=True)
    done = models.PositiveSmallIntegerField()
    asked = models.PositiveSmallIntegerField()
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = by_user()

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["-taken_on", "-kept_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(outcome="go_if") | ~Q(conditions=""), name="decision_on_conditions_names_them"
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.taken_on}"


class Calculation(models.Model):
    """What somebody put into the calculator; what comes out is computed again each time."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="calculations")
    inputs = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = by_user()

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["-kept_at"]

    def __str__(self) -> str:
        return f"{self.project_id} {self.kept_at:%Y-%m-%d}"


class Judgement(models.Model):
    """What somebody says of one determinant here: present, absent, or not known."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="judgements")
    determinant = models.CharField(max_length=60)
    present = models.BooleanField(null=True, blank=True)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = by_user()

    objects = PartQuerySet.as_manager()

    class Meta:
        ordering = ["determinant"]
        constraints = [
            models.UniqueConstraint(fields=["project", "determinant"], name="one_judgement_a_determinant")
        ]

    def __str__(self) -> str:
        return self.determinant
