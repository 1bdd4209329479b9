"""How many reports a year were signed."""

import datetime

import pytest
from django.utils import timezone

from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import State, Why, standing
from tests.pirs import frozen_pir

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2025, 7, 1)


def signed(cast, *days_ago: int) -> None:
    for days in days_ago:
        at = timezone.make_aware(datetime.datetime(2025, 7, 1, 12)) - datetime.timedelta(days=days)
        start = at.date() - datetime.timedelta(days=190)
        end = at.date() - datetime.timedelta(days=10)
        frozen_pir(cast.programme, cast.supervisor, cast.manager, at=at, start=start, end=end)


def stands(cast):
    definition = cast.programme.definitions.standard("rhythm_pir")
    return standing(definition, Picture(cast.programme, TODAY), None)


@pytest.mark.parametrize(
    ("days_ago", "state", "n"),
    [
        ((), State.UNKNOWN, 0),
        ((300, 100), State.UNKNOWN, 2),  # the first is not a year old
        ((400, 200, 20), State.MET, 2),
        ((400, 200), State.NOT_MET, 1),
        ((365, 200, 20), State.MET, 2),  # a year ago to the day is no longer within the year
        ((400, 200, -3), State.NOT_MET, 1),  # one that was signed later does not count yet
    ],
)
def test_reports_signed_in_the_last_year(cast, days_ago, state, n):
    signed(cast, *days_ago)
    found = stands(cast)
    assert found.state is state
    (of_programme,) = found.found
    assert of_programme.n == n
    assert (of_programme.value is None) == (state is State.UNKNOWN)
    assert (found.why is Why.NO_DATA) == (state is State.UNKNOWN)
