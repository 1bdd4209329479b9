"""Who is asked about a team: those who treat in it, but for those who rate it as its supervisors."""

from __future__ import annotations

import datetime

from django.db.models import Q

from onmodel.accounts.models import User
from onmodel.programmes.models import Membership, Team


def members_of(team: Team, day: datetime.date | None = None):
    """The therapists of the team on that day (today) who do not supervise it."""
    working = Membership.objects.in_force(day).filter(role="therapist", team=team)
    return User.objects.filter(pk__in=working.values("user")).exclude(
        pk__in=supervising(team, day).values("user")
    )


def supervising(team: Team, day: datetime.date | None = None):
    """Memberships of those who supervise the team, or its whole programme."""
    of_it = Q(team=team) | Q(team__isnull=True)
    return (
        Membership.objects.in_force(day).of_programme(team.programme).filter(of_it).filter(role="supervisor")
    )
