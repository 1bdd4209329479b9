"""Meetings of which somebody outside them, the manager, may log that they were held, and who came.

Of these is kept and seen only the day, the hours, the state with its reason, and names of staff. Supervision
is left to who leads it, since its log says which material and recorded session was looked at, and a log is
written once; so are meetings of some people, which others of the team do not see either.
"""

from __future__ import annotations

from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.packs.standards import Term
from onmodel.programmes.models import Membership, Programme
from onmodel.supervision.kinds import PEOPLE, is_supervision, kinds_of, whose
from onmodel.supervision.models import Meeting, MeetingQuerySet
from onmodel.supervision.people import OF_TEAM, WITH_EXPERT


def open_kinds(programme: Programme) -> dict[str, Term]:
    """By their id, in the pack's order."""
    found = kinds_of(programme).items()
    return {id_: kind for id_, kind in found if not is_supervision(kind) and whose(kind) != PEOPLE}


def attendance_of(user: User, programme: Programme) -> MeetingQuerySet:
    """The meetings of these kinds, for who may log them there; without what was said in them."""
    allowed = Programme.objects.visible_to(user, Permission.ATTENDANCE_LOG).filter(pk=programme.pk)
    found = Meeting.objects.filter(
        programme__in=allowed, kind__in=list(open_kinds(programme)), is_private=False
    )
    return found.defer("topics", "reason_note", "recording").select_related("team")


def staff_of(programme: Programme):
    """Who may be at such meetings, by name."""
    here = Membership.objects.in_force().of_programme(programme)
    here = here.filter(role__in={*OF_TEAM, *WITH_EXPERT})
    return User.objects.filter(pk__in=here.values("user")).order_by("name", "pk")
