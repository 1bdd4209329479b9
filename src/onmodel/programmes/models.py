"""Organisations, their programmes and teams, and who works in them."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from onmodel import library
from onmodel.access.permissions import ROLES, Permission, roles_with
from onmodel.packs.pack import Pack
from onmodel.packs.standards import Limit, Standard
from onmodel.programmes.events import ProgrammeEvent as ProgrammeEvent

ROLE_CHOICES = [(role, role.replace("_", " ")) for role in ROLES]


def period_constraint(name: str, start: str = "starts_on", end: str = "ends_on") -> models.CheckConstraint:
    """An end never lies before its start; an open end is fine."""
    return models.CheckConstraint(
        condition=Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gte": F(start)}), name=name
    )


class PeriodQuerySet(models.QuerySet):
    """Rows with `starts_on` and an open or closed `ends_on`."""

    def in_force(self, day: datetime.date | None = None) -> PeriodQuerySet:
        """Those in force on that day (today)."""
        day = day or timezone.localdate()
        return self.filter(starts_on__lte=day).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))

    def overlapping(self, start: datetime.date, end: datetime.date) -> PeriodQuerySet:
        """Those in force at some time from start to end."""
        return self.filter(starts_on__lte=end).filter(Q(ends_on__isnull=True) | Q(ends_on__gte=start))


class Organisation(models.Model):
    """The institution. Organisations in one installation never see each other."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)

    def __str__(self) -> str:
        return self.name


class ProgrammeQuerySet(models.QuerySet):
    def known_to(self, user) -> ProgrammeQuerySet:
        """The programmes in which the user has any role today."""
        return self._of(user.memberships.in_force())

    def visible_to(self, user, permission: Permission = Permission.PROGRAMME_VIEW) -> ProgrammeQuerySet:
        """The programmes in which the user has the permission today."""
        return self._of(user.memberships.in_force().filter(role__in=roles_with(permission)))

    def _of(self, memberships) -> ProgrammeQuerySet:
        own = memberships.filter(programme__isnull=False).values("programme")
        whole = memberships.filter(programme__isnull=True).values("organisation")
        return self.filter(Q(id__in=own) | Q(organisation__in=whole))


class Programme(models.Model):
    """One treatment programme: what its pack, and so its model, is; in which format it is given."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="programmes")
    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    pack = models.CharField(max_length=60, default="mbt")
    format = models.CharField(max_length=60, blank=True)  # a term of the pack's programme_formats
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    is_simulated = models.BooleanField(default=False)
    asks_birth_date = models.BooleanField(default=False)  # of a patient who comes with a link or code

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [period_constraint("programme_closes_after_it_opens", "opened_on", "closed_on")]

    def __str__(self) -> str:
        return self.name

    @property
    def definitions(self) -> Pack:
        """The pack that this programme works by."""
        return library.load(self.pack)

    def limit_of(self, standard: Standard) -> Limit | None:
        """The threshold that holds here: the programme's own where it set one, else the pack's."""
        override = next((t for t in self.thresholds.all() if t.standard == standard.id), None)
        if override is None:
            return standard.limit_variant()
        return override.as_limit(standard)


class Threshold(models.Model):
    """A programme's own threshold for a standard: a variant of the pack, or its own bounds, and why."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="thresholds")
    standard = models.CharField(max_length=80)
    variant = models.CharField(max_length=80, blank=True)
    at_least = models.FloatField(null=True, blank=True)
    at_most = models.FloatField(null=True, blank=True)
    reason = models.TextField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["programme", "standard"], name="one_threshold_a_standard"),
            models.CheckConstraint(
                condition=~Q(variant="") | Q(at_least__isnull=False) | Q(at_most__isnull=False),
                name="threshold_says_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme}: {self.standard}"

    def as_limit(self, standard: Standard) -> Limit | None:
        if self.variant:
            return standard.limit_variant(self.variant)
        pack_limit = standard.limit_variant()
        unit = pack_limit.unit if pack_limit else ""
        source = _("set by the programme: %(reason)s") % {"reason": self.reason}
        return Limit(id="own", at_least=self.at_least, at_most=self.at_most, unit=unit, source=source)


class TeamQuerySet(PeriodQuerySet):
    def visible_to(self, user, permission: Permission = Permission.TEAM_VIEW) -> TeamQuerySet:
        """Those of which a membership of today gives the permission: one team's, or a whole programme's."""
        memberships = user.memberships.in_force().filter(role__in=roles_with(permission))
        whole = memberships.filter(team__isnull=True)
        return self.filter(
            Q(pk__in=memberships.filter(team__isnull=False).values("team"))
            | Q(programme__in=whole.filter(programme__isnull=False).values("programme"))
            | Q(programme__organisation__in=whole.filter(programme__isnull=True).values("organisation"))
        )


class Team(models.Model):
    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["programme", "name"], name="one_team_of_a_name"),
            period_constraint("team_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """A therapy group."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], name="one_group_of_a_name"),
            period_constraint("group_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(PeriodQuerySet):
    def of_programme(self, programme: Programme) -> MembershipQuerySet:
        """Those that reach the programme: its own, and its organisation's that name no programme."""
        whole = Q(programme__isnull=True, organisation=programme.organisation_id)
        return self.filter(Q(programme=programme) | whole)


class Membership(models.Model):
    """A person's work relation: role, place, hours and period. Access follows it and ends with it.

    Without a programme it holds for the whole organisation, without a team for the whole programme.
    `position` is the pack's own name of the role (psychiatrist, group therapist, ...); `training` an
    accreditation level of the pack.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    programme = models.ForeignKey(
        Programme, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="memberships"
    )
    role = models.CharField(max_length=40, choices=ROLE_CHOICES)
    position = models.CharField(max_length=60, blank=True)
    training = models.CharField(max_length=40, blank=True)
    hours_per_week = models.DecimalField(max_digits=4, decimal_places=1, null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user__name", "starts_on"]
        constraints = [
            period_constraint("membership_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(hours_per_week__isnull=True) | Q(hours_per_week__range=(0, 60)),
                name="membership_hours_from_0_to_60",
            ),
            models.CheckConstraint(
                condition=Q(team__isnull=True) | Q(programme__isnull=False),
                name="membership_team_has_programme",
            ),
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="membership_role_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.role})"
