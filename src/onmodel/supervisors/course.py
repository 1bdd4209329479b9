"""What experts' ratings of supervisors come to: by item and over time."""

from __future__ import annotations

import datetime
from collections import defaultdict

from onmodel.accounts.models import User
from onmodel.assessments.models import Answer, Score
from onmodel.inference.describe import Summary, summarise
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.supervisors.models import SupervisorRating
from onmodel.supervisors.rounds import rated_items

A_YEAR = datetime.timedelta(days=365)
#: Two ratings make no interval worth reading; it would leave the scale.
FEWEST_FOR_INTERVAL = 3
Course = list[tuple[datetime.date, float]]


def courses(programmes, instrument: Instrument) -> dict[tuple[int, int], Course]:
    """(programme, supervisor) -> day and overall score of each submitted rating, in order of time."""
    rows = (
        Score.objects.known()
        .filter(
            assignment__supervisor_rating__programme__in=programmes,
            assignment__supervisor_rating__submitted_at__isnull=False,
            assignment__instrument=instrument.id,
            scale=instrument.main_scale,
        )
        .order_by("assignment__supervisor_rating__day", "assignment")
        .values_list(
            "assignment__supervisor_rating__programme",
            "assignment__supervisor_rating__supervisor",
            "assignment__supervisor_rating__day",
            "value",
        )
    )
    found: dict[tuple[int, int], Course] = defaultdict(list)
    for programme, supervisor, day, value in rows:
        found[programme, supervisor].append((day, value))
    return dict(found)


def course_of(programme: Programme, supervisor: User, instrument: Instrument) -> Course:
    return courses([programme.pk], instrument).get((programme.pk, supervisor.pk), [])


def last_year(course: Course, day: datetime.date) -> Summary:
    """Mean of the ratings of the year before a day, with its interval."""
    return summarise([value for on, value in course if day - A_YEAR <= on <= day])


def interval(summary: Summary) -> tuple[float, float] | None:
    """None for too few, and where all are the same: then there is no spread to make one of."""
    if summary.n < FEWEST_FOR_INTERVAL or not summary.sd:
        return None
    return summary.lower, summary.upper


def answers_of(
    programme: Programme, supervisor: User, instrument: Instrument, day: datetime.date
) -> list[dict[str, float]]:
    """Item -> value of each submitted rating of the last year."""
    ratings = SupervisorRating.objects.submitted().filter(
        programme=programme, supervisor=supervisor, day__range=(day - A_YEAR, day)
    )
    answers = Answer.objects.filter(
        assignment__in=ratings.values("assignment"),
        item__in=rated_items(instrument),
        value__isnull=False,
    ).order_by("assignment")
    found: dict[object, dict[str, float]] = defaultdict(dict)
    for assignment, item, value in answers.values_list("assignment", "item", "value"):
        found[assignment][item] = value
    return list(found.values())


def by_item(answers: list[dict[str, float]]) -> dict[str, Summary]:
    """Item -> its ratings; items that nobody rated lack."""
    values: dict[str, list[float]] = defaultdict(list)
    for given in answers:
        for item, value in given.items():
            values[item].append(value)
    return {item: summarise(given) for item, given in values.items()}
