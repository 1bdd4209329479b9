"""What is computed from the log of supervision; `measures` has the others.

Frequencies are of the last 13 weeks, or of those since the log of that kind began; with fewer than four
weeks of log they are unknown, and so are those of a kind that was never logged.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable

from django.db.models import Min, Q

from onmodel.programmes.models import Membership, Team
from onmodel.requirements.measures import Found, Measure
from onmodel.requirements.picture import PSYCHIATRIST, YEAR, Picture
from onmodel.supervision.kinds import DAYS_OF_UNIT, kinds_for
from onmodel.supervision.models import Attendee, Meeting, Reflection
from onmodel.supervision.rhythm import FEWEST_DAYS, PERIOD, Rhythm, reflections
from onmodel.supervisors.models import Exchange

WEEK = 7


def treatment_review_meetings_per_week(picture: Picture) -> list[Found]:
    return _of_teams(picture, "treatment_review_meetings_per_week", "per_week")


def team_supervisions_per_month(picture: Picture) -> list[Found]:
    return _of_teams(picture, "team_supervisions_per_month", "per_month")


def intervisions_per_month(picture: Picture) -> list[Found]:
    return _of_teams(picture, "intervisions_per_month", "per_month")


def _of_teams(picture: Picture, measure: str, unit: str) -> list[Found]:
    found = []
    for team, of_team in _by_team(picture, measure).items():
        held = sum(one.held for one in of_team)
        days = max((one.days for one in of_team if one.known and one.days), default=None)
        value = None if days is None else held / (days / DAYS_OF_UNIT[unit])
        found.append(Found(value=value, n=held, about=team.name, team=team))
    return found


def _by_team(picture: Picture, measure: str) -> dict[Team, list[Rhythm]]:
    """The rhythms that count for a measure, of each team."""
    kinds = kinds_for(picture.programme, measure)
    found: dict[Team, list[Rhythm]] = {team: [] for team in picture.teams}
    for one in picture.rhythms:
        if one.team is not None and one.kind.id in kinds:
            found[one.team].append(one)
    return found


def supervision_meetings_per_week(picture: Picture) -> list[Found]:
    """The share of weeks in which the team had supervision: two in a week make up for no other week."""
    found = []
    for team, of_team in _by_team(picture, "supervision_meetings_per_week").items():
        days = max((one.days for one in of_team if one.known and one.days), default=None)
        weeks = {
            (picture.day - one.day).days // WEEK
            for rhythm in of_team
            for one in rhythm.meetings
            if one.state == Meeting.State.HELD
        }
        whole = None if days is None else days // WEEK
        value = None if not whole else len({week for week in weeks if week < whole}) / whole
        found.append(Found(value=value, n=whole or 0, about=team.name, team=team))
    return found


def therapist_supervisions_per_week(picture: Picture) -> list[Found]:
    """How often each therapist was at supervision of individual and group therapists together."""
    measure = "therapist_supervisions_per_week"
    days = {
        team.pk: max((one.days for one in of_team if one.known and one.days), default=None)
        for team, of_team in _by_team(picture, measure).items()
    }
    widest = max((known for known in days.values() if known), default=None)
    logged = {m.pk: days.get(m.team_id) if m.team_id else widest for m in picture.therapists}
    return _of_people(picture, measure, picture.therapists, logged)


def expert_contacts_per_week(picture: Picture) -> list[Found]:
    """How often each supervisor was in contact with the expert."""
    measure = "expert_contacts_per_week"
    kinds = kinds_for(picture.programme, measure)
    known = [one.days for one in picture.rhythms if one.kind.id in kinds and one.known and one.days]
    memberships = picture.with_role("supervisor")
    return _of_people(picture, measure, memberships, {m.pk: max(known, default=None) for m in memberships})


def _of_people(
    picture: Picture, measure: str, memberships: Iterable[Membership], logged: dict[int, int | None]
) -> list[Found]:
    """Per week since the log began or the person came, whichever is later; once a person."""
    attended = _attended(picture, kinds_for(picture.programme, measure))
    people: dict[object, int | None] = {}
    for one in memberships:
        days = logged[one.pk]
        here = None if days is None else min(days, (picture.day - one.starts_on).days)
        people[one.user] = max(filter(None, (people.get(one.user), here)), default=None)
    found = []
    for user, days in people.items():
        known = days is not None and days >= FEWEST_DAYS
        n = attended[user.pk]
        value = n / (days / WEEK) if known and days else None
        found.append(Found(value=value, n=n, about=user.name, person=user))
    return found


def _attended(picture: Picture, kinds: frozenset[str], since: datetime.date | None = None) -> Counter[int]:
    """User -> meetings of these kinds at which (s)he was."""
    there = Attendee.objects.filter(
        present=True,
        meeting__programme=picture.programme,
        meeting__kind__in=kinds,
        meeting__state=Meeting.State.HELD,
        meeting__day__range=(since or picture.day - PERIOD, picture.day),
    )
    return Counter(there.values_list("user", flat=True))


def supervision_group_size(picture: Picture) -> list[Found]:
    """How many were at supervision of individual and group therapists together, without its supervisor."""
    kinds = kinds_for(picture.programme, "supervision_group_size")
    leading = {one.user_id for one in picture.with_role("supervisor")}
    rows = Attendee.objects.filter(
        present=True,
        meeting__programme=picture.programme,
        meeting__kind__in=kinds,
        meeting__state=Meeting.State.HELD,
        meeting__day__range=(picture.day - PERIOD, picture.day),
    ).exclude(user__in=leading)
    sizes: dict[int | None, Counter] = defaultdict(Counter)
    for team, meeting in rows.values_list("meeting__team", "meeting"):
        sizes[team][meeting] += 1
    return [
        Found(
            value=sum(sizes[team.pk].values()) / len(sizes[team.pk]) if sizes[team.pk] else None,
            n=len(sizes[team.pk]),
            about=team.name,
            team=team,
        )
        for team in picture.teams
    ]


def psychiatrist_supervision_sessions(picture: Picture) -> list[Found]:
    """How many each psychiatrist was at; fewer than the limit are unknown: the log may be younger."""
    measure = "psychiatrist_supervision_sessions"
    standards = picture.programme.definitions.all_standards()
    bounds = [picture.programme.limit_of(one) for one in standards if one.measure == measure]
    least = next((one.at_least for one in bounds if one is not None and one.at_least), 0.0)
    attended = _attended(picture, kinds_for(picture.programme, measure), datetime.date.min)
    people = {m.user for m in picture.memberships if m.position == PSYCHIATRIST}
    return [
        Found(
            value=float(attended[user.pk]) if attended[user.pk] >= least else None,
            n=attended[user.pk],
            about=user.name,
            person=user,
        )
        for user in sorted(people, key=lambda one: one.pk)
    ]


def group_reflection_percent(picture: Picture) -> list[Found]:
    """Of the group sessions of the last 13 weeks, how many the therapists looked back on."""
    found = reflections(picture.programme, picture.day)
    kept = Reflection.objects.filter(session__programme=picture.programme)
    using = set(kept.values_list("session__team", flat=True))
    shares = []
    for team in picture.teams:
        mine = [one for one in found if one.team == team.pk]
        sessions, reflected = sum(one.sessions for one in mine), sum(one.reflected for one in mine)
        value = 100 * reflected / sessions if sessions and team.pk in using else None
        shares.append(Found(value=value, n=sessions, about=team.name, team=team))
    return shares


def supervision_exchanges_per_year(picture: Picture) -> list[Found]:
    """In how many exchanges each supervisor took part in the last year; unknown while the log is younger."""
    meetings = Meeting.objects.filter(programme=picture.programme)
    began = meetings.aggregate(first=Min("day"))["first"]
    people = {one.user for one in picture.with_role("supervisor")}
    done = Exchange.objects.done().filter(
        Q(shared_by__in=people) | Q(shared_with__in=people),
        answered_at__date__range=(picture.day - YEAR, picture.day),
    )
    counts: Counter[int] = Counter()
    for pair in done.values_list("shared_by", "shared_with"):
        counts.update(pair)
    known = began is not None and began <= picture.day - YEAR
    return [
        Found(
            value=float(counts[user.pk]) if known or counts[user.pk] else None,
            n=counts[user.pk],
            about=user.name,
            person=user,
        )
        for user in sorted(people, key=lambda one: one.pk)
    ]


OF_SUPERVISION: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (
        treatment_review_meetings_per_week,
        team_supervisions_per_month,
        intervisions_per_month,
        supervision_meetings_per_week,
        therapist_supervisions_per_week,
        expert_contacts_per_week,
        supervision_group_size,
        psychiatrist_supervision_sessions,
        group_reflection_percent,
        supervision_exchanges_per_year,
    )
}
