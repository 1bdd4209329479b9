"""Who belongs to a meeting: the team with its supervisors, or supervisors with experts."""

from __future__ import annotations

import datetime

from django.db.models import Q

from onmodel.access.permissions import Reach
from onmodel.accounts.models import User
from onmodel.packs.standards import Term
from onmodel.programmes.models import Membership, Programme, Team
from onmodel.supervision.kinds import PROGRAMME, whose
from onmodel.supervision.models import working

OF_TEAM = ("therapist", "supervisor")
WITH_EXPERT = ("supervisor", "expert")


def people_of(programme: Programme, kind: Term, team: Team | None, day: datetime.date):
    """Who may be at a meeting of that kind on that day, by name."""
    memberships = Membership.objects.in_force(day).of_programme(programme)
    if whose(kind) == PROGRAMME:
        chosen = memberships.filter(role__in=WITH_EXPERT)
    else:
        chosen = memberships.filter(Q(team=team) | Q(team__isnull=True), role__in=OF_TEAM)
    return User.objects.filter(pk__in=chosen.values("user")).order_by("name", "pk")


def teams_of(user: User, programme: Programme, reach: Reach | None = None):
    """The programme's teams of today that the user works in or supervises (or only what `reach` says)."""
    memberships = working(user, Reach.INVOLVED) | working(user, Reach.TEAM)
    if reach is not None:
        memberships = working(user, reach)
    here = memberships.of_programme(programme)
    teams = programme.teams.in_force()
    if here.filter(team__isnull=True).exists():
        return teams
    return teams.filter(pk__in=here.filter(team__isnull=False).values("team"))
