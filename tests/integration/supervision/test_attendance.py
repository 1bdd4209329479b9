"""Managers log that meetings were held and who came, of some kinds; and see nothing else of them."""

import datetime

import pytest
from django.urls import reverse

from onmodel.supervision.attendance import attendance_of, open_kinds
from onmodel.supervision.models import Meeting
from tests.meetings import DAY, held_meeting, planned_meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(cast, client) -> str:
    client.force_login(cast.manager)
    return reverse("attendance", args=[cast.programme.slug])


def sent(cast, **more):
    given = {"kind": "treatment_review", "team": cast.team.pk, "day": "2025-06-03"}
    return {f"new-{name}": value for name, value in (given | {"present": [cast.therapist.pk]} | more).items()}


def test_supervision_and_meetings_of_some_people_are_left_out(cast):
    assert set(open_kinds(cast.programme)) == {
        "intervision",
        "role_play",
        "treatment_review",
        "expert_contact",
    }


def test_a_planned_one_is_logged_with_who_came(cast, client, address):
    meeting = planned_meeting(cast, kind="treatment_review")
    planned_meeting(cast)  # of supervision, which is not the manager's to log
    assert client.get(address).text.count("What became of it?") == 1
    given = {f"{meeting.pk}-became": "held", f"{meeting.pk}-present": [cast.therapist.pk]}
    assert client.post(address, given).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.kept_by) == (Meeting.State.HELD, cast.manager)
    assert [one.user for one in meeting.attendees.filter(present=True)] == [cast.therapist]
    assert client.post(address, given).status_code == 422  # sent again: nothing waits any more


def test_one_that_fell_out_is_logged_with_the_reason(cast, client, address):
    meeting = planned_meeting(cast, kind="intervision")
    assert client.post(address, {f"{meeting.pk}-became": "holiday"}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.reason) == (Meeting.State.NOT_HELD, "holiday")


def test_one_that_nobody_planned_is_logged_once(cast, client, address):
    new = reverse("attendance-new", args=[cast.programme.slug])
    assert client.post(new, sent(cast)).status_code == 302
    again = client.post(new, sent(cast))
    assert again.status_code == 422
    assert "kept already; nothing was changed" in again.text
    assert Meeting.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"kind": "team_supervision"}, "Select a valid choice"),
        ({"kind": "individual_supervision"}, "Select a valid choice"),
        ({"team": ""}, "Say which team"),
        ({"present": []}, "required"),
        ({"day": "2999-01-01"}, "lies in the future"),
        ({"starts_at": "10:00", "ends_at": "09:00"}, "It cannot end at 09:00"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(cast, client, address, wrong, said):
    answer = client.post(reverse("attendance-new", args=[cast.programme.slug]), sent(cast, **wrong))
    assert answer.status_code == 422
    assert said in answer.text
    assert not Meeting.objects.exists()


def test_the_manager_sees_nothing_of_what_was_said(cast, client, address):
    held = held_meeting(cast, kind="treatment_review", topics="P-1001 was angry")
    held_meeting(cast, topics="P-1001 again", day=DAY + datetime.timedelta(days=1))
    page = client.get(address).text
    assert "P-1001" not in page
    assert "2 of 2" in page
    assert client.get(reverse("meeting", args=[held.pk])).status_code in (403, 404)
    assert list(attendance_of(cast.manager, cast.programme)) == [held]
    later = held_meeting(cast, kind="intervision", day=DAY + datetime.timedelta(days=9))
    days = [row[1] for row in client.get(address).context["logged"].rows]
    assert days == [later.day, held.day]  # the latest first
    assert not attendance_of(cast.therapist, cast.programme).exists()
