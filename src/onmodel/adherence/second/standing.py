"""How many of a quarter's sessions were rated, how many twice; which can be drawn, and who could rate."""

from __future__ import annotations

import datetime
import math
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.adherence.models import TIME_TO_SEE, Rating, SecondShare
from onmodel.adherence.sampling import quarter_of
from onmodel.programmes.models import Membership, Programme
from onmodel.sessions.models import Session

#: One session in five, where the programme set no share of its own. Ours: the sources name none.
DEFAULT_SHARE = 0.2


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A quarter's first ratings asked or given, how many sessions have a second, and which could get one.

    `candidates` are first ratings of sessions that may be watched and that nobody else has seen yet.
    """

    share: float
    first: int
    twice: int
    candidates: list[Rating]

    @property
    def wanted(self) -> int:
        """How many more sessions would make up the share, rounded up."""
        return max(math.ceil(self.share * self.first - 1e-9) - self.twice, 0)


def share_of(programme: Programme) -> float:
    own = SecondShare.objects.filter(programme=programme).first()
    return own.share if own else DEFAULT_SHARE


def standing(programme: Programme, day: datetime.date) -> Standing:
    """That of the quarter of `day`."""
    quarter = quarter_of(day)
    asked = Rating.objects.standing().filter(programme=programme, session__held_on__range=quarter)
    first = asked.filter(purpose=Rating.Purpose.RATING)
    second = set(asked.filter(purpose=Rating.Purpose.SECOND).values_list("session", "therapist"))
    unseen = Q(submitted_at__isnull=True) | Q(submitted_at__gte=timezone.now() - TIME_TO_SEE)
    watchable = Session.objects.watchable().values("pk")
    free = first.filter(unseen, seen_at__isnull=True, session__in=watchable)
    free = free.select_related("session", "therapist", "draw").order_by("pk")
    pairs = set(first.values_list("session", "therapist"))
    return Standing(
        share=share_of(programme),
        first=len(pairs),
        twice=len(second & pairs),
        candidates=[one for one in free if (one.session_id, one.therapist_id) not in second],
    )


def eligible_raters(first: Rating) -> list[User]:
    """Who can rate the session of a first rating once more: supervisors of the programme, and therapists who
    rated somebody there before; not who gave the session, and not who was asked already."""
    working = Membership.objects.in_force().of_programme(first.programme)
    before = Rating.objects.submitted().filter(programme=first.programme)
    practised = before.exclude(purpose=Rating.Purpose.SELF).values("rater")
    able = working.filter(Q(role="supervisor") | Q(role="therapist", user__in=practised))
    asked = Rating.objects.standing().filter(session=first.session, therapist=first.therapist)
    people = User.objects.filter(pk__in=able.values("user"), is_active=True)
    people = people.exclude(pk__in=first.session.given_by.values("therapist"))
    return list(people.exclude(pk__in=asked.values("rater")).order_by("pk"))
