"""Which session is rated: drawn at random from those of the quarter that can be."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from secrets import SystemRandom

from onmodel.accounts.models import User
from onmodel.adherence.models import Draw, Rating
from onmodel.programmes.models import Programme
from onmodel.sessions.models import Session

ONE_DAY = datetime.timedelta(days=1)
#: Nobody can foretell or repeat it, so that nobody chooses.
RANDOM = SystemRandom()

NO_RECORDING, NOT_ALLOWED, REFUSED, RATED = "no_recording", "not_allowed", "refused", "rated"


@dataclass(frozen=True, kw_only=True)
class Eligible:
    """Sessions of a therapist in a quarter that can be drawn, and how many could not for which reason."""

    held: int
    sessions: list[Session]
    left_out: dict[str, int] = field(default_factory=dict)


def quarter_of(day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """First and last day of the calendar's quarter."""
    first = datetime.date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    following = (first + datetime.timedelta(days=95)).replace(day=1)
    return first, following - ONE_DAY


def eligible_sessions(*, programme: Programme, therapist: User, kind: str, day: datetime.date) -> Eligible:
    """Those of the quarter of `day`, each reason for leaving one out counted once, the first that holds."""
    held = Session.objects.filter(programme=programme, kind=kind).given_by(therapist)
    held = held.held_between(*quarter_of(day)).order_by("held_on", "pk")
    recorded = set(held.with_recording().values_list("pk", flat=True))
    allowed = set(held.allowed_by_all().values_list("pk", flat=True))
    about = {"session__in": held, "therapist": therapist}
    refused = set(Draw.objects.filter(**about, refused_at__isnull=False).values_list("session", flat=True))
    rated = set(Rating.objects.standing().filter(**about).values_list("session", flat=True))
    left_out: dict[str, int] = {}
    sessions = []
    for session in held:
        why = _why_not(session, recorded, allowed, refused, rated)
        if why:
            left_out[why] = left_out.get(why, 0) + 1
        else:
            sessions.append(session)
    return Eligible(held=len(sessions) + sum(left_out.values()), sessions=sessions, left_out=left_out)


def _why_not(session: Session, recorded: set, allowed: set, refused: set, rated: set) -> str:
    if session.pk not in recorded:
        return NO_RECORDING
    if session.pk not in allowed:
        return NOT_ALLOWED
    if session.pk in refused:
        return REFUSED
    return RATED if session.pk in rated else ""
