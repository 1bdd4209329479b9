"""What memberships do not tell of a programme's staff: absences, vacancies, time with patients, places."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel.access.permissions import Permission
from onmodel.programmes.models import Group, PeriodQuerySet, Programme, Team, period_constraint

#: Nobody works more hours a week than this; as of a membership.
MOST_HOURS = 60


class KeptQuerySet(PeriodQuerySet):
    def visible_to(self, user) -> KeptQuerySet:
        """Those of the programmes whose staffing one keeps."""
        return self.filter(programme__in=Programme.objects.visible_to(user, Permission.STAFFING_KEEP))

    def standing(self) -> KeptQuerySet:
        """Those not taken back."""
        return self.filter(taken_back_at__isnull=True)


class Kept(models.Model):
    """Who kept it and when; what was kept by mistake is taken back, and stays."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept_at = models.DateTimeField(default=timezone.now)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True


class Absence(Kept):
    """Somebody of the staff is away, from day to day; why is said by a kind and never by a diagnosis."""

    class Kind(models.TextChoices):
        SICKNESS = "sickness", _("sick leave")
        LEAVE = "leave", _("long leave, as of a parent")
        OTHER = "other", _("another absence")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="absences")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="absences")
    kind = models.CharField(max_length=20, choices=Kind.choices)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_on", "id"]
        indexes = [models.Index(fields=["programme", "starts_on"])]
        constraints = [period_constraint("absence_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"absence from {self.starts_on}"


class Vacancy(Kept):
    """A place in the staff that is open; `position` is a role of the pack. Without a team it is the
    programme's. `ends_on` is the day on which it was filled or withdrawn."""

    class End(models.TextChoices):
        FILLED = "filled", _("filled")
        WITHDRAWN = "withdrawn", _("withdrawn")

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="vacancies")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="vacancies")
    position = models.CharField(max_length=60)
    hours_per_week = models.DecimalField(max_digits=4, decimal_places=1)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    end = models.CharField(max_length=20, choices=End.choices, blank=True)

    class Meta:
        ordering = ["-starts_on", "id"]
        indexes = [models.Index(fields=["programme", "starts_on"])]
        constraints = [
            period_constraint("vacancy_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(hours_per_week__gt=0, hours_per_week__lte=MOST_HOURS),
                name="vacancy_hours_within_a_week",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True, end="") | Q(ends_on__isnull=False) & ~Q(end=""),
                name="vacancy_end_is_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position} since {self.starts_on}"


class TimeSpent(Kept):
    """In a period, the hours worked by the staff and those of them with patients: by a rota, or estimated."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="time_spent")
    starts_on = models.DateField()
    ends_on = models.DateField()
    hours_worked = models.DecimalField(max_digits=8, decimal_places=1)
    hours_with_patients = models.DecimalField(max_digits=8, decimal_places=1)

    class Meta:
        ordering = ["-starts_on", "id"]
        constraints = [
            period_constraint("time_spent_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(
                    hours_worked__gt=0,
                    hours_with_patients__gte=0,
                    hours_with_patients__lte=F("hours_worked"),
                ),
                name="hours_with_patients_within_those_worked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on}"

    @property
    def percent(self) -> float:
        return 100 * float(self.hours_with_patients) / float(self.hours_worked)


class GroupSize(Kept):
    """How many places a therapy group has, from a day on."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="group_sizes")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="sizes")
    places = models.PositiveSmallIntegerField()
    starts_on = models.DateField()

    class Meta:
        ordering = ["group", "-starts_on", "-kept_at"]
        constraints = [
            models.CheckConstraint(condition=Q(places__range=(1, 30)), name="group_of_1_to_30_places")
        ]

    def __str__(self) -> str:
        return f"{self.places} places from {self.starts_on}"
