"""What a therapist's ratings come to: by item, by area, over time, and with raters' severity taken out."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from onmodel.accounts.models import User
from onmodel.adherence.models import Rating, counted
from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.inference.cautions import DataError
from onmodel.inference.describe import Summary, summarise
from onmodel.inference.raters import (
    ChangePoint,
    Estimate,
    RaterStudy,
    change_point,
    half_width,
    rater_study,
)
from onmodel.packs.instruments import Instrument, ItemKind
from onmodel.programmes.models import Programme

A_YEAR = datetime.timedelta(days=365)
#: Two sessions make no interval worth reading; it would leave the scale.
FEWEST_FOR_INTERVAL = 3
MOST_USED = 3


@dataclass(frozen=True, kw_only=True)
class Used:
    """How often an intervention was counted in a session: the mean of `n` sessions where it was."""

    item: str
    mean: float
    n: int


def about(programme: Programme, therapist: User, reader: User, instrument: Instrument):
    """Filled forms about the therapist that the reader may see: ratings that (s)he sees, and forms from
    before there were ratings, which supervisors and the therapist see."""
    seen = Rating.objects.visible_to(reader).filter(therapist=therapist).values("pk")
    return (
        Assignment.objects.answered()
        .filter(programme=programme, subject_kind="therapist", person=therapist, instrument=instrument.id)
        .filter(counted())
        .filter(Q(rating__isnull=True) | Q(rating__in=seen))
    )


def overall(forms, scale: str, since: datetime.date | None = None) -> list[tuple[datetime.date, float]]:
    """Day and score of each form, in order of time."""
    scores = Score.objects.known().filter(assignment__in=forms, scale=scale)
    if since is not None:
        scores = scores.filter(assignment__answered_on__gte=since)
    rows = scores.order_by("assignment__answered_on", "assignment").values_list(
        "assignment__answered_on", "value"
    )
    return list(rows)


@dataclass(frozen=True, kw_only=True)
class RatedSession:
    """A session's mean over its raters, and how many they were."""

    day: datetime.date
    value: float
    raters: int


def rated_sessions(forms, scale: str) -> list[RatedSession]:
    """Each session once, in order of time; a form from before there were ratings is a session of its own."""
    scores = Score.objects.known().filter(assignment__in=forms, scale=scale)
    rows = scores.order_by("assignment__answered_on", "assignment").values_list(
        "assignment__answered_on", "assignment", "assignment__rating__session", "value"
    )
    found: dict[object, list[tuple[datetime.date, float]]] = defaultdict(list)
    for day, form, session, value in rows:
        found[session or form].append((day, value))
    return [
        RatedSession(
            day=given[0][0], value=sum(value for _day, value in given) / len(given), raters=len(given)
        )
        for given in found.values()
    ]


def error_of(found: RaterStudy | None, session: RatedSession) -> float | None:
    """Half the 95 % interval of the therapist's level from this session alone; None where it is unknown."""
    if found is None or (session.raters > 1 and found.session_variance is None):
        return None
    return half_width(found, sessions=1, raters=session.raters)


def by_item(forms, instrument: Instrument, since: datetime.date) -> dict[str, Summary]:
    """Item -> its ratings since that day; items that nobody rated lack."""
    chosen = [item.id for item in instrument.all_items() if item.kind is ItemKind.CHOICE]
    return _summaries(_answers(forms, chosen, since))


def used(forms, instrument: Instrument, since: datetime.date) -> list[Used]:
    """Counted interventions, most often first."""
    counts = [item.id for item in instrument.all_items() if item.kind is ItemKind.COUNT]
    found = [
        Used(item=item, mean=sum(values) / len(values), n=len(values))
        for item, values in _answers(forms, counts, since).items()
    ]
    return sorted(found, key=lambda one: (-one.mean, one.item))


def _answers(forms, items: Iterable[str], since: datetime.date) -> Mapping[str, list[float]]:
    answers = Answer.objects.filter(
        assignment__in=forms.filter(answered_on__gte=since), item__in=list(items), value__isnull=False
    )
    found: dict[str, list[float]] = defaultdict(list)
    for item, value in answers.values_list("item", "value"):
        found[item].append(value)
    return found


def _summaries(values: Mapping[str, list[float]]) -> dict[str, Summary]:
    return {item: summarise(given) for item, given in values.items()}


def interval(summary: Summary) -> tuple[float | None, float | None]:
    if summary.n < FEWEST_FOR_INTERVAL:
        return None, None
    return summary.lower, summary.upper


def changed(course: list[RatedSession]) -> ChangePoint | None:
    """Where the level changed, if there is enough to look at; the reader judges by p."""
    try:
        return change_point([one.value for one in course])
    except DataError:
        return None


def study(
    programme: Programme, instrument: Instrument, scale: str, since: datetime.date
) -> RaterStudy | None:
    """Severity and therapists' scores from all the programme's ratings since that day; None for too few."""
    rows = list(
        Score.objects.known()
        .filter(
            counted("assignment__"),
            assignment__programme=programme,
            assignment__subject_kind="therapist",
            assignment__instrument=instrument.id,
            assignment__answered_on__gte=since,
            assignment__respondent_user__isnull=False,
            scale=scale,
        )
        .order_by("assignment__answered_on", "assignment")
        .values_list(
            "value",
            "assignment__person",
            "assignment__respondent_user",
            "assignment",
            "assignment__rating__session",
        )
    )
    if not rows:
        return None
    scores, persons, raters, forms, sessions = zip(*rows, strict=True)
    named = [
        f"{person}:{session or form}" for person, session, form in zip(persons, sessions, forms, strict=True)
    ]
    try:
        return rater_study(scores, [str(p) for p in persons], [str(r) for r in raters], named)
    except DataError:
        return None


def estimate_of(found: RaterStudy | None, therapist: User) -> Estimate | None:
    return found.person(str(therapist.pk)) if found else None
