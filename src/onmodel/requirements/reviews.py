"""What is computed from the reviews that were kept, for each team.

A treatment counts while it is under way and not in follow-up. It is counted from its start, or from the day
on which the team's first review of that kind was kept, whichever is later: before that day the record does
not tell whether reviews were held. It counts once that is long enough ago for the standard to ask for a
review, so that a treatment that began last week makes no rhythm look better than it is. Of a team that never
kept such a review nothing is known.
"""

from __future__ import annotations

import datetime
import statistics
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from onmodel.patients.models import Treatment
from onmodel.programmes.models import Team
from onmodel.requirements.measures import Found, Measure
from onmodel.requirements.picture import YEAR, HeldReview, Picture

#: The days of a treatment -> its figure: from when it is counted, and the reviews since.
Read = Callable[[datetime.date, Sequence[datetime.date]], float]


def days_between_team_reviews(picture: Picture) -> list[Found]:
    """The median over treatments of the longest gap between two reviews in the team."""
    return _gaps(picture, "days_between_team_reviews", "team")


def days_between_patient_reviews(picture: Picture) -> list[Found]:
    """The median over treatments of the longest gap between two reviews with the patient."""
    return _gaps(picture, "days_between_patient_reviews", "patient")


def outcome_reviews_per_year(picture: Picture) -> list[Found]:
    """The median over treatments counted for a year of its reviews, of any kind, with outcome data."""
    kept = [one for one in picture.reviews if one.outcome_used is not None]
    return _of_teams(
        picture,
        kept=kept,
        counts=[one for one in kept if one.outcome_used],
        asked_after=YEAR,
        read=lambda _begins, held: sum(day > picture.day - YEAR for day in held),
    )


def _gaps(picture: Picture, measure: str, kind: str) -> list[Found]:
    kept = [one for one in picture.reviews if one.kind == kind]
    return _of_teams(
        picture,
        kept=kept,
        counts=kept,
        asked_after=_bound(picture, measure),
        read=lambda begins, held: longest_gap(begins, held, day=picture.day, since=picture.day - YEAR),
    )


def longest_gap(
    begins: datetime.date, held: Sequence[datetime.date], *, day: datetime.date, since: datetime.date
) -> int:
    """Days of the longest gap that ended after `since`; the one that runs on `day` as long as it is by then.

    The first gap begins on `begins`. A gap that began before `since` counts whole.
    """
    marks = [begins, *(one for one in sorted(held) if begins < one <= day), day]
    return max((later - earlier).days for earlier, later in pairwise(marks) if later > since)


def _of_teams(
    picture: Picture,
    *,
    kept: Sequence[HeldReview],
    counts: Sequence[HeldReview],
    asked_after: datetime.timedelta,
    read: Read,
) -> list[Found]:
    """Each team's median of what `read` gives for its treatments."""
    began = _first_of_teams(kept)
    held: dict[object, list[datetime.date]] = {}
    for one in counts:
        held.setdefault(one.treatment, []).append(one.held_on)
    teams = {team.pk: team for team in picture.teams}
    figures: dict[Team | None, list[float]] = {team: [] for team in picture.teams}
    for treatment in _reviewed(picture):
        begins = _counted_from(treatment, began)
        if begins is not None and begins <= picture.day - asked_after:
            team = teams.get(treatment.team_id)
            figures.setdefault(team, []).append(read(begins, held.get(treatment.pk, [])))
    return [_found(picture, team, values) for team, values in figures.items()]


def _reviewed(picture: Picture) -> list[Treatment]:
    return [one for one in picture.active if one.pk not in picture.in_follow_up]


def _first_of_teams(kept: Iterable[HeldReview]) -> dict[int | None, datetime.date]:
    first: dict[int | None, datetime.date] = {}
    for one in kept:
        first[one.team] = min(first.get(one.team, one.held_on), one.held_on)
    return first


def _counted_from(treatment: Treatment, began: dict[int | None, datetime.date]) -> datetime.date | None:
    """None where the team never kept such a review."""
    first = began.get(treatment.team_id)
    if first is None or treatment.started_on is None:
        return None
    return max(treatment.started_on, first)


def _found(picture: Picture, team: Team | None, values: list[float]) -> Found:
    return Found(
        value=statistics.median(values) if values else None,
        n=len(values),
        about=team.name if team else picture.programme.name,
        team=team,
        of=tuple(values),
    )


def _bound(picture: Picture, measure: str) -> datetime.timedelta:
    """The longest gap that the programme allows; none where no standard sets one."""
    standards = picture.programme.definitions.all_standards()
    limits = [picture.programme.limit_of(one) for one in standards if one.measure == measure]
    days = [one.at_most for one in limits if one is not None and one.at_most is not None]
    return datetime.timedelta(days=min(days, default=0.0))


OF_REVIEWS: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (days_between_team_reviews, days_between_patient_reviews, outcome_reviews_per_year)
}
