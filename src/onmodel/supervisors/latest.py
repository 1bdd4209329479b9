"""Each supervisor of some programmes, with what experts' ratings came to."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from onmodel.accounts.models import User
from onmodel.programmes.models import Membership, Programme
from onmodel.supervisors.course import Course, courses
from onmodel.supervisors.rounds import instrument_for


@dataclass(frozen=True, kw_only=True)
class Rated:
    """A supervisor in one programme; `course` is empty where no rating was submitted yet."""

    programme: Programme
    supervisor: User
    course: Course

    @property
    def last(self) -> tuple[datetime.date, float] | None:
        return self.course[-1] if self.course else None


def rated_in(programmes: Iterable[Programme], day: datetime.date) -> list[Rated]:
    """Who supervises on that day in programmes whose pack has a form for it; the longest unrated first.

    A query for the people and one for each form that the packs have, however many the programmes.
    """
    by_form = defaultdict(list)
    for programme in programmes:
        if (form := instrument_for(programme)) is not None:
            by_form[form.id, form.main_scale].append((programme, form))
    found: dict[tuple[int, int], Course] = {}
    asked = {}
    for pairs in by_form.values():
        asked |= {programme.pk: programme for programme, _form in pairs}
        found |= courses([programme for programme, _form in pairs], pairs[0][1])
    people = Membership.objects.in_force(day).filter(role="supervisor", programme__in=asked.values())
    rows = {(one.programme_id, one.user_id): one.user for one in people.select_related("user")}
    rated = [
        Rated(programme=asked[programme], supervisor=user, course=_until(found.get((programme, pk), []), day))
        for (programme, pk), user in rows.items()
    ]
    return sorted(rated, key=_longest_unrated)


def _until(course: Course, day: datetime.date) -> Course:
    return [(on, value) for on, value in course if on <= day]


def _longest_unrated(one: Rated) -> tuple[datetime.date, str, str]:
    return one.last[0] if one.last else datetime.date.min, one.supervisor.name, one.programme.name
