"""What is computed from the agreements with partners; a programme that keeps none is unknown by them."""

from __future__ import annotations

import datetime

from onmodel.agreements.kinds import CRISIS_SERVICE
from onmodel.agreements.standing import HOLDS, State, standings
from onmodel.requirements.measures import Found, Measure
from onmodel.requirements.picture import YEAR, Picture


def crisis_service_arranged(picture: Picture) -> list[Found]:
    """1 for an agreement with a crisis service that holds, says all that it should and is not overdue for
    review; 0 for another one, and where all that there were have ended."""
    kept = [
        one
        for one in standings(picture.programme, picture.day)
        if one.kind.id == CRISIS_SERVICE and one.arrangement is not None and one.state is not State.TO_COME
    ]
    holding = [one for one in kept if one.state in HOLDS]
    if not kept:
        return [Found(value=None, n=0, about=picture.programme.name)]
    if not holding:
        return [Found(value=0.0, n=0, about=picture.programme.name)]
    return [
        Found(
            value=float(one.state is not State.OVERDUE and not one.missing),
            n=1,
            about=one.arrangement.partner,
        )
        for one in holding
    ]


def crisis_agreement_reviews_per_year(picture: Picture) -> list[Found]:
    return _reviews(picture, CRISIS_SERVICE)


def substance_agreement_reviews_per_year(picture: Picture) -> list[Found]:
    return _reviews(picture, "substance_use")


def referrer_reviews_per_year(picture: Picture) -> list[Found]:
    return _reviews(picture, "referrer")


def _reviews(picture: Picture, kind: str) -> list[Found]:
    """Reviews of the last year of each agreement; unknown for one that holds for less than a year."""
    since = picture.day - YEAR
    found = []
    kept = picture.programme.arrangements.in_force(picture.day).filter(kind=kind)
    for one in kept.prefetch_related("reviews"):
        n = sum(_within(review.held_on, since, picture.day) for review in one.reviews.all())
        value = float(n) if one.starts_on <= since else None
        found.append(Found(value=value, n=n, about=one.partner))
    return found


def _within(day: datetime.date, since: datetime.date, until: datetime.date) -> bool:
    return since < day <= until


OF_PARTNERS: dict[str, Measure] = {
    measure.__name__: measure
    for measure in (
        crisis_service_arranged,
        crisis_agreement_reviews_per_year,
        substance_agreement_reviews_per_year,
        referrer_reviews_per_year,
    )
}
