"""Whose treatments a reader's figures are about, and how fine they may be."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from onmodel.access.permissions import Permission, Reach, roles_reaching
from onmodel.access.policy import permissions_in
from onmodel.accounts.models import User
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme


@dataclass(frozen=True)
class Scope:
    """`name` tells scopes apart; readers of aggregates only get the whole programme without small cells."""

    name: str
    treatments: QuerySet[Treatment]
    aggregates_only: bool = False
    whole: bool = True


def scope_of(user: User, programme: Programme) -> Scope:
    """A therapist's own caseload, a supervisor's teams, the whole for managers and readers of reports."""
    treatments = Treatment.objects.filter(programme=programme)
    if Permission.TREATMENT_VIEW not in permissions_in(user, programme):
        return Scope("aggregates", treatments, aggregates_only=True)
    memberships = user.memberships.in_force().of_programme(programme)
    whole = roles_reaching(Reach.PROGRAMME, Permission.OUTCOMES_VIEW)
    if memberships.filter(role__in=whole).exists():
        return Scope("programme", treatments)
    visible = Treatment.objects.visible_to(user, Permission.OUTCOMES_VIEW).filter(programme=programme)
    return Scope(f"user {user.pk}", visible.exclude(patient__user=user), whole=False)
