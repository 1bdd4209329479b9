"""Several meetings logged at once, missed ones by month, and the rhythm against each source."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from onmodel.supervision.actions import plan_meetings
from onmodel.supervision.models import Meeting
from onmodel.supervision.rhythm import rhythms, variants
from onmodel.supervision.several import Said, log_several
from tests.meetings import DAY, held_meeting

pytestmark = pytest.mark.django_db


def series(cast, n: int = 3) -> list[Meeting]:
    """Fortnightly from 3 June 2025 on."""
    return plan_meetings(
        programme=cast.programme,
        kind="team_supervision",
        team=cast.team,
        first=DAY,
        every_days=14,
        until=DAY + datetime.timedelta(days=14 * (n - 1)),
        by=cast.supervisor,
    )


def test_all_are_logged_with_who_came(cast):
    first, second, third = series(cast)
    said = [
        Said(meeting=first, present=(cast.supervisor, cast.therapist)),
        Said(meeting=second, present=(cast.supervisor,)),
        Said(meeting=third, reason="holiday"),
    ]
    assert log_several(said=said, by=cast.supervisor) == 3
    assert list(Meeting.objects.order_by("day").values_list("state", "reason")) == [
        ("held", ""),
        ("held", ""),
        ("not_held", "holiday"),
    ]
    came = second.attendees.order_by("user__name").values_list("user__name", "present")
    assert list(came) == [("Sam Supervisor", True), ("Tess Therapist", False)]


def test_all_or_none(cast):
    first, second, _third = series(cast)
    said = [Said(meeting=first, present=(cast.supervisor,)), Said(meeting=second)]
    with pytest.raises(ValidationError, match="17 Jun 2025: Say who was there"):
        log_several(said=said, by=cast.supervisor)
    assert not Meeting.objects.held().exists()
    with pytest.raises(ValidationError, match="at least one"):
        log_several(said=[], by=cast.supervisor)


def test_the_page_logs_those_of_which_something_is_said(cast):
    first, second, third = series(cast)
    client = Client()
    client.force_login(cast.supervisor)
    address = reverse("meetings-several", args=[cast.programme.slug])
    assert client.get(address).content.decode().count("<fieldset") == 3
    given = {
        f"{first.pk}-became": "held",
        f"{first.pk}-present": [cast.supervisor.pk, cast.therapist.pk],
        f"{second.pk}-became": "too_few",
        f"{third.pk}-became": "",
    }
    assert client.post(address, given).status_code == 302
    assert list(Meeting.objects.order_by("day").values_list("state", flat=True)) == [
        "held",
        "not_held",
        "planned",
    ]
    again = client.post(address, given)
    assert again.status_code == 422
    assert Meeting.objects.held().count() == 1


def test_against_each_source(cast):
    """13 weeks are 91 days: 6 at twice a month, 12 at four times; seven fortnightly ones are held."""
    start = DAY
    for n in range(7):
        held_meeting(cast, day=start + datetime.timedelta(days=14 * n))
    day = start + datetime.timedelta(days=91)
    found = next(
        one for one in rhythms(cast.programme, [cast.team], day) if one.kind.id == "team_supervision"
    )
    told = {one.limit.id: (round(one.expected), one.short, one.holds) for one in variants(found)}
    assert told == {"d": (6, 0, True), "qm": (12, 5, False), "qm_3": (6, 0, False)}
    treatment_review = next(
        one for one in rhythms(cast.programme, [cast.team], day) if one.kind.id == "treatment_review"
    )
    assert variants(treatment_review) == []
