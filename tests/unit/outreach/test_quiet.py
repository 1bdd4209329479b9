"""When a message may go out."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from onmodel.outreach.quiet import is_quiet, next_allowed

T = datetime.time
ZONE = "Europe/Amsterdam"


@pytest.mark.parametrize(
    ("hour", "quiet"),
    [(T(19, 59), False), (T(20), True), (T(23, 30), True), (T(0), True), (T(8, 59), True), (T(9), False)],
)
def test_a_night_that_is_quiet(hour, quiet):
    assert is_quiet(hour, T(20), T(9)) is quiet


def test_quiet_hours_within_a_day_and_none_at_all():
    assert is_quiet(T(12, 30), T(12), T(13))
    assert not is_quiet(T(13), T(12), T(13))
    assert not is_quiet(T(3), T(0), T(0))


def at(*parts: int) -> datetime.datetime:
    return datetime.datetime(*parts, tzinfo=ZoneInfo(ZONE))


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (at(2026, 1, 5, 12), at(2026, 1, 5, 12)),
        (at(2026, 1, 5, 2), at(2026, 1, 5, 9)),
        (at(2026, 1, 5, 21), at(2026, 1, 6, 9)),
        (at(2026, 3, 28, 22), at(2026, 3, 29, 9)),  # clocks go forward that night
        (at(2026, 10, 24, 22), at(2026, 10, 25, 9)),  # and back
    ],
)
def test_a_message_waits_for_the_end_of_the_quiet_hours(moment, allowed):
    assert next_allowed(moment, T(20), T(9), ZONE) == allowed


def test_the_hours_are_those_of_the_zone():
    morning = datetime.datetime(2026, 1, 5, 8, 30, tzinfo=datetime.UTC)  # 9:30 in Amsterdam
    assert next_allowed(morning, T(20), T(9), ZONE) == morning
    assert next_allowed(morning, T(20), T(9), "Europe/London") > morning


def test_a_night_of_fewer_hours_is_shorter():
    night = next_allowed(at(2026, 3, 28, 22), T(20), T(9), ZONE) - at(2026, 3, 28, 22).astimezone(
        datetime.UTC
    )
    assert night == datetime.timedelta(hours=10)
