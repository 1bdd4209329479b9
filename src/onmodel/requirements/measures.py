"""What is computed for a standard: one function a measure, from the picture of a programme.

A measure gives what it found for each team, therapist or the programme: a value, or None where the
record does not tell. `MEASURES` is keyed by the name that a pack's standard uses.
"""

from __future__ import annotations

import datetime
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from onmodel.accounts.models import User
from onmodel.assessments.models import Assignment
from onmodel.patients.models import DAYS_A_MONTH
from onmodel.programmes.models import Membership, Team
from onmodel.requirements.picture import PSYCHIATRIST, Picture


@dataclass(frozen=True, kw_only=True)
class Found:
    """What was found for one subject: `value` of `n` things counted, or None for unknown.

    `about` names the subject for people; the programme itself where there is no team or person.
    `of` holds the values that `value` is the median of, where one can be within the bound and others not.
    """

    value: float | None
    n: int
    about: str
    team: Team | None = None
    person: User | None = None
    of: tuple[float, ...] = ()


Measure = Callable[[Picture], list[Found]]


def team_size(picture: Picture) -> list[Found]:
    members: dict[int, set[int]] = defaultdict(set)
    for membership in picture.with_role("therapist"):
        if membership.team_id:
            members[membership.team_id].add(membership.user_id)
    sizes = {team: len(members[team.pk]) for team in picture.teams}
    return [Found(value=size, n=size, about=team.name, team=team) for team, size in sizes.items()]


def hours_per_week(memberships: Iterable[Membership]) -> list[Found]:
    """Each person's hours, added over memberships; unknown where one of them has none."""
    hours: dict[User, list[float | None]] = defaultdict(list)
    for membership in memberships:
        known = membership.hours_per_week
        hours[membership.user].append(None if known is None else float(known))
    return [
        Found(
            value=None if None in values else sum(filter(None, values)),
            n=len(values),
            about=user.name,
            person=user,
        )
        for user, values in hours.items()
    ]


def therapist_hours_per_week(picture: Picture) -> list[Found]:
    return hours_per_week(picture.therapists)


def supervisor_hours_per_week(picture: Picture) -> list[Found]:
    return hours_per_week(picture.with_role("supervisor"))


def active_caseload(picture: Picture) -> list[Found]:
    return _caseload(picture, lambda active, follow_up: active)


def caseload_with_follow_up(picture: Picture) -> list[Found]:
    return _caseload(picture, lambda active, follow_up: active + follow_up)


def _caseload(picture: Picture, count: Callable[[int, int], int]) -> list[Found]:
    return [
        Found(value=count(*load), n=sum(load), about=clinician.name, person=clinician)
        for clinician, load in picture.caseloads.items()
    ]


def treatment_months(picture: Picture) -> list[Found]:
    """The median duration of the treatments completed in the last two years."""
    months = [(t.ended_on - t.started_on).days / DAYS_A_MONTH for t in picture.completed]
    return [_of_programme(picture, statistics.median(months) if months else None, n=len(months))]


def supervisor_not_treating(picture: Picture) -> list[Found]:
    """1 for a supervisor who treats nobody in the programme, 0 for one who does."""
    people = {m.user for m in picture.with_role("supervisor")}
    return [Found(value=float(u.pk not in picture.treating), n=1, about=u.name, person=u) for u in people]


def psychiatrist_in_team(picture: Picture) -> list[Found]:
    count = {team.pk: 0 for team in picture.teams}
    everywhere = 0
    for membership in picture.memberships:
        if membership.position == PSYCHIATRIST:
            everywhere += membership.team_id is None
            if membership.team_id in count:
                count[membership.team_id] += 1
    return [
        Found(value=count[t.pk] + everywhere, n=count[t.pk] + everywhere, about=t.name, team=t)
        for t in picture.teams
    ]


def psychiatrist_not_primary_clinician(picture: Picture) -> list[Found]:
    """How many patients have a psychiatrist of the programme as their primary clinician."""
    psychiatrists = {m.user_id for m in picture.memberships if m.position == PSYCHIATRIST}
    with_clinician = [t for t in picture.active if t.primary_clinician_id]
    count = sum(t.primary_clinician_id in psychiatrists for t in with_clinician)
    return [_of_programme(picture, float(count) if with_clinician else None, n=len(with_clinician))]


def staff_trained(picture: Picture) -> list[Found]:
    """The share of therapists and supervisors with any training level."""
    trained: dict[int, bool] = defaultdict(bool)
    for membership in [*picture.with_role("therapist"), *picture.with_role("supervisor")]:
        trained[membership.user_id] |= bool(membership.training)
    return [_share(picture, trained.values())]


def practitioner_present(picture: Picture) -> list[Found]:
    """How many therapists hold level B or higher."""
    higher = {m.user_id for m in picture.with_role("therapist") if m.training.lower() in {"b", "c", "d"}}
    return [_of_programme(picture, float(len(higher)), n=len(picture.with_role("therapist")))]


def crisis_plan_share(picture: Picture) -> list[Found]:
    return _plan_share(picture, "crisis_plan")


def treatment_plan_share(picture: Picture) -> list[Found]:
    return _plan_share(picture, "treatment_plan")


def _plan_share(picture: Picture, kind: str) -> list[Found]:
    return [_share(picture, [(t.pk, kind) in picture.agreed_plans for t in picture.active])]


def days_referral_to_orientation(picture: Picture) -> list[Found]:
    """The median over treatments started in the last year with both dates known."""
    started = picture.started_last_year
    days = [(t.oriented_on - t.referred_on).days for t in started if t.oriented_on and t.referred_on]
    return [_of_programme(picture, statistics.median(days) if days else None, n=len(days))]


def days_start_to_crisis_plan(picture: Picture) -> list[Found]:
    return _days_to_plan(picture, "crisis_plan")


def days_start_to_treatment_plan(picture: Picture) -> list[Found]:
    return _days_to_plan(picture, "treatment_plan")


def _days_to_plan(picture: Picture, kind: str) -> list[Found]:
    """The median over treatments started in the last year that have the plan."""
    agreed = [(t.started_on, picture.agreed_plans.get((t.pk, kind))) for t in picture.started_last_year]
    days = [max((day - start).days, 0) for start, day in agreed if day]
    return [_of_programme(picture, statistics.median(days) if days else None, n=len(days))]


def outcome_completeness(picture: Picture) -> list[Found]:
    """The share answered of the patients' forms that fell due in the last year."""
    answered = [status == Assignment.Status.ANSWERED for status in picture.forms_due]
    return [_share(picture, answered)]


def adherence_ratings_per_year(picture: Picture) -> list[Found]:
    people = {m.user for m in picture.therapists}
    counts = {user: len(picture.adherence.get(user.pk, [])) for user in people}
    return [Found(value=count, n=count, about=user.name, person=user) for user, count in counts.items()]


def adherence_score(picture: Picture) -> list[Found]:
    """Each therapist's mean overall adherence over the sessions rated in the last year."""
    found = []
    for user in {m.user for m in picture.therapists}:
        ratings = picture.adherence.get(user.pk, [])
        value = statistics.fmean(ratings) if ratings else None
        found.append(Found(value=value, n=len(ratings), about=user.name, person=user))
    return found


def team_items_interval_days(picture: Picture) -> list[Found]:
    """Days since the team was last rated; unknown for a team that never was."""
    rated = Assignment.objects.answered().filter(
        programme=picture.programme, instrument="team_items", answered_on__lte=picture.day
    )
    last: dict[int | None, datetime.date] = {}
    for team, day in rated.values_list("team", "answered_on"):
        last[team] = max(last.get(team, day), day)
    return [
        Found(
            value=(picture.day - last[t.pk]).days if t.pk in last else None,
            n=int(t.pk in last),
            about=t.name,
            team=t,
        )
        for t in picture.teams
    ]


def number_of_teams(picture: Picture) -> list[Found]:
    return [_of_programme(picture, float(len(picture.teams)), n=len(picture.teams))]


def _of_programme(picture: Picture, value: float | None, *, n: int) -> Found:
    return Found(value=value, n=n, about=picture.programme.name)


def _share(picture: Picture, marks: Iterable[bool]) -> Found:
    """A percentage of n; unknown where there is nothing to count."""
    counted = list(marks)
    value = 100 * sum(counted) / len(counted) if counted else None
    return _of_programme(picture, value, n=len(counted))


MEASURES: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (
        team_size,
        therapist_hours_per_week,
        supervisor_hours_per_week,
        active_caseload,
        caseload_with_follow_up,
        treatment_months,
        supervisor_not_treating,
        psychiatrist_in_team,
        psychiatrist_not_primary_clinician,
        staff_trained,
        practitioner_present,
        crisis_plan_share,
        treatment_plan_share,
        days_referral_to_orientation,
        days_start_to_crisis_plan,
        days_start_to_treatment_plan,
        outcome_completeness,
        adherence_ratings_per_year,
        adherence_score,
        team_items_interval_days,
        number_of_teams,
    )
}
