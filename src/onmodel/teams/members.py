"""Who is asked about a team: those who treat in it, but for those who rate it as its supervisors."""

from __future__ import annotations

import datetime

from django.db.models import Q

from onmodel.accounts.models import User
from onmodel.programmes.models import Membership, Team
from onmodel.teams.models import Turn


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


def unanswered_teams(user: User, day: datetime.date) -> list[Team]:
    """The teams about which the user is asked in the period of that day, and has not answered."""
    working = Membership.objects.in_force(day).filter(role="therapist", user=user, team__isnull=False)
    leading = Membership.objects.in_force(day).filter(role="supervisor", user=user)
    whole = leading.filter(team__isnull=True)
    teams = Team.objects.in_force(day).filter(pk__in=working.values("team"))
    asked = teams.exclude(
        Q(pk__in=leading.filter(team__isnull=False).values("team"))
        | Q(programme__in=whole.filter(programme__isnull=False).values("programme"))
        | Q(programme__organisation__in=whole.filter(programme__isnull=True).values("organisation"))
    )
    done = Turn.objects.filter(user=user, round__starts_on__lte=day, round__ends_on__gte=day)
    return list(asked.exclude(pk__in=done.values("round__team")).select_related("programme"))
