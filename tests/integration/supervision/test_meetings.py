"""Meetings: planned, logged once, refused where they make no sense, seen by who takes part."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.rights.actions import erase_patient
from onmodel.rights.retention import erase_past
from onmodel.supervision.actions import (
    Agreed,
    add_agreement,
    end_series,
    keep_meeting,
    keep_reflection,
    log_planned,
    not_held,
    plan_meetings,
    settle_agreement,
)
from onmodel.supervision.models import Agreement, Meeting, Reflection
from tests.factories import MembershipFactory, TeamFactory, UserFactory
from tests.meetings import (
    DAY,
    DUE,
    agreed,
    group_session,
    held_meeting,
    log,
    open_agreement,
    partner,
    planned_meeting,
    recorded_meeting,
)
from tests.recordings import allow_recording, recorded_session

pytestmark = pytest.mark.django_db
AT_NINE, AT_TEN = datetime.time(9), datetime.time(10)


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


# --- planning ---
def test_a_repeat_is_planned_on_each_of_its_days_with_the_whole_team(cast):
    planned = plan_meetings(
        programme=cast.programme,
        kind="intervision",
        team=cast.team,
        first=DAY,
        every_days=14,
        until=DAY + datetime.timedelta(days=28),
        by=cast.therapist,
    )
    assert [one.day.isoformat() for one in planned] == ["2025-06-03", "2025-06-17", "2025-07-01"]
    assert {one.user.name for one in planned[0].attendees.all()} == {"Tess Therapist", "Sam Supervisor"}
    assert len({one.series for one in planned}) == 1


def test_what_is_logged_stays_when_a_series_ends(cast):
    today = timezone.localdate()
    planned = plan_meetings(
        programme=cast.programme,
        kind="intervision",
        team=cast.team,
        first=today - datetime.timedelta(days=7),
        every_days=7,
        until=today + datetime.timedelta(days=14),
        by=cast.therapist,
    )
    assert end_series(meeting=planned[0], by=cast.therapist) == 3
    assert list(Meeting.objects.all()) == [planned[0]]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"kind": "tea"}, "tea is no kind of meeting"),
        ({"team": None}, "which team"),
        ({"kind": "expert_contact"}, "leave the team out"),
        ({"starts_at": AT_TEN, "ends_at": AT_NINE}, "cannot end at 09:00 when it begins at 10:00"),
        ({"ends_at": AT_NINE}, "cannot end at 09:00"),
        ({"every_days": 7}, "until when"),
        ({"every_days": 7, "until": DAY - datetime.timedelta(days=1)}, "until a day after"),
        ({"every_days": 7, "until": DAY + datetime.timedelta(days=800)}, "a year ahead"),
        ({"kind": "individual_supervision"}, "who takes part"),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(cast, changed, said):
    given = {"programme": cast.programme, "kind": "intervision", "team": cast.team, "first": DAY}
    with pytest.raises(ValidationError, match=said):
        plan_meetings(**{**given, **changed}, by=cast.supervisor)
    assert not Meeting.objects.exists()


# --- logging ---
def test_a_log_takes_the_meeting_that_was_planned_for_that_day(cast):
    planned = planned_meeting(cast)
    kept = held_meeting(cast, starts_at=AT_NINE, ends_at=AT_TEN, present=(cast.supervisor,))
    assert kept.pk == planned.pk
    assert (kept.state, kept.starts_at) == ("held", AT_NINE)
    there = {one.user.name: one.present for one in kept.attendees.all()}
    assert there == {"Sam Supervisor": True, "Tess Therapist": False}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"day": datetime.date(2999, 1, 1)}, "lies in the future"),
        ({"starts_at": AT_TEN, "ends_at": AT_NINE}, "cannot end at 09:00"),
        ({"present": ()}, "who was there"),
        ({"material": "clay"}, "clay is no material"),
        ({"recording": "Shelf 2"}, "everybody who was there agreed"),
    ],
)
def test_a_log_that_makes_no_sense_is_refused_and_loses_nothing(cast, changed, said):
    planned = planned_meeting(cast)
    with pytest.raises(ValidationError, match=said):
        log_planned(meeting=planned, log=log(cast, **changed), by=cast.supervisor)
    planned.refresh_from_db()
    assert planned.state == "planned"
    assert planned.attendees.filter(present=None).count() == 2


def test_who_is_not_of_the_team_cannot_have_been_there(cast):
    for stranger in (cast.colleague, cast.leaver, cast.outsider, cast.manager):
        with pytest.raises(ValidationError, match=f"{stranger.name} did not work there"):
            held_meeting(cast, present=(cast.supervisor, stranger))
    assert not Meeting.objects.exists()


def test_the_same_meeting_is_kept_once(cast):
    held_meeting(cast)
    with pytest.raises(ValidationError, match="is kept already"):
        held_meeting(cast)
    assert Meeting.objects.count() == 1
    held_meeting(cast, kind="intervision")  # another kind of the same day


def test_individual_supervision_of_two_people_may_be_at_the_same_hour(cast):
    other = UserFactory(name="Ona Other")
    MembershipFactory(user=other, programme=cast.programme, role="therapist", team=cast.team)
    second = UserFactory(name="Sue Second")
    MembershipFactory(user=second, programme=cast.programme, role="supervisor", team=cast.team)
    held_meeting(cast, kind="individual_supervision")
    held_meeting(cast, kind="individual_supervision", present=(second, other))
    with pytest.raises(ValidationError, match="is kept already"):
        held_meeting(cast, kind="individual_supervision")


def test_a_session_that_may_not_be_watched_is_no_material(cast):
    session = recorded_session(cast)
    held_meeting(cast, session=session, material="video")
    allow_recording(cast.treatment, decision="withdrawn", day=DAY)
    with pytest.raises(ValidationError, match="no recording of that session"):
        held_meeting(cast, kind="intervision", session=session)
    elsewhere = group_session(cast, team=cast.other_team)
    with pytest.raises(ValidationError, match="of another team"):
        held_meeting(cast, kind="intervision", session=elsewhere)


def test_what_became_of_a_planned_one_is_said_once(cast):
    planned = planned_meeting(cast)
    not_held(meeting=planned, reason="holiday", by=cast.therapist)
    with pytest.raises(ValidationError, match="kept already"):
        log_planned(meeting=planned, log=log(cast), by=cast.supervisor)
    with pytest.raises(ValidationError, match="kept already"):
        not_held(meeting=planned, reason="crisis", by=cast.therapist)
    planned.refresh_from_db()
    assert (planned.state, planned.reason) == ("not_held", "holiday")


# --- agreements ---
def test_an_open_agreement_shows_at_the_next_meeting_and_is_ticked_off_there(cast):
    agreement = open_agreement(cast)
    client = client_of(cast.supervisor)
    address = (
        reverse("meeting-new", args=[cast.programme.slug]) + f"?kind=team_supervision&team={cast.team.pk}"
    )
    assert "Bring a video" in client.get(address).text
    sent = {
        "day": "2025-06-17",
        "present": [cast.supervisor.pk, cast.therapist.pk],
        "material": "none",
        "done": [agreement.pk],
        "agreed-1-what": "Role play on Friday",
        "agreed-1-owner": cast.therapist.pk,
        "agreed-1-due_on": "2025-06-20",
    }
    answer = client.post(address, sent)
    assert answer.status_code == 302, answer.text
    agreement.refresh_from_db()
    assert agreement.state == "done"
    assert Agreement.objects.open().get().what == "Role play on Friday"


def test_a_refused_log_keeps_everything_that_was_typed(cast):
    client = client_of(cast.supervisor)
    address = reverse("meeting-new", args=[cast.programme.slug]) + f"?kind=intervision&team={cast.team.pk}"
    sent = {
        "day": "2999-06-17",
        "present": [cast.therapist.pk],
        "material": "video",
        "topics": "Long talk about pretend mode",
        "agreed-1-what": "Half an agreement",
    }
    answer = client.post(address, sent)
    assert answer.status_code == 422
    for typed in ("2999-06-17", "Long talk about pretend mode", "Half an agreement"):
        assert typed in answer.text
    assert not Meeting.objects.exists()


def test_an_agreement_is_of_who_belongs_to_the_meeting(cast):
    meeting = held_meeting(cast)
    stranger = Agreed(what="Come", owner=cast.colleague, due_on=DUE)
    with pytest.raises(ValidationError, match="does not belong"):
        add_agreement(meeting=meeting, agreed=stranger, by=cast.supervisor)
    early = Agreed(what="Come", owner=cast.therapist, due_on=DAY - datetime.timedelta(days=1))
    with pytest.raises(ValidationError, match="before the meeting"):
        add_agreement(meeting=meeting, agreed=early, by=cast.supervisor)
    assert not Agreement.objects.exists()


def test_an_agreement_is_settled_once_and_dropped_with_a_reason(cast):
    agreement = open_agreement(cast)
    with pytest.raises(ValidationError, match="why it is dropped"):
        settle_agreement(agreement=agreement, state="dropped", by=cast.therapist)
    settle_agreement(agreement=agreement, state="done", by=cast.therapist)
    with pytest.raises(ValidationError, match="was settled"):
        settle_agreement(agreement=agreement, state="dropped", result="No.", by=cast.therapist)


def test_it_stands_on_the_page_of_the_therapist_whose_work_it_is_about(cast):
    today = timezone.localdate()
    meeting = held_meeting(cast, day=today)
    about = Agreed(what="More not knowing", owner=cast.supervisor, due_on=today, about=cast.therapist)
    add_agreement(meeting=meeting, agreed=about, by=cast.supervisor)
    address = reverse("therapist-adherence", args=[cast.programme.slug, cast.therapist.pk])
    assert "More not knowing" in client_of(cast.therapist).get(address).text


# --- who sees what ---
def test_managers_and_experts_see_how_often_and_nothing_that_was_said(cast):
    meeting = held_meeting(
        cast,
        day=timezone.localdate(),
        topics="Secret word",
        agreements=(Agreed(what="Secret agreement", owner=cast.therapist, due_on=timezone.localdate()),),
    )
    address = reverse("supervision", args=[cast.programme.slug])
    for user in (cast.manager, cast.expert):
        page = client_of(user).get(address).text
        assert "Blue team" in page
        assert "Secret" not in page
        assert str(meeting.pk) not in page
        assert client_of(user).get(reverse("meeting", args=[meeting.pk])).status_code == 403


def test_of_individual_supervision_colleagues_see_nothing(cast):
    colleague = UserFactory(name="Nel Near")
    MembershipFactory(user=colleague, programme=cast.programme, role="therapist", team=cast.team)
    private = held_meeting(cast, kind="individual_supervision")
    together = held_meeting(cast)
    assert set(Meeting.objects.visible_to(cast.therapist)) == {private, together}
    assert set(Meeting.objects.visible_to(cast.supervisor)) == {private, together}
    assert list(Meeting.objects.visible_to(colleague)) == [together]
    assert not Meeting.objects.visible_to(cast.colleague).exists()


def test_contact_with_the_expert_is_the_supervisors(cast):
    day = timezone.localdate()
    contact = keep_meeting(
        programme=cast.programme,
        kind="expert_contact",
        team=None,
        log=log(cast, day=day, present=(cast.supervisor, cast.expert)),
        by=cast.supervisor,
    )
    assert list(Meeting.objects.visible_to(cast.supervisor)) == [contact]
    assert not Meeting.objects.visible_to(cast.therapist).exists()
    address = reverse("meeting-new", args=[cast.programme.slug]) + "?kind=expert_contact"
    assert client_of(cast.therapist).get(address).status_code == 404
    assert client_of(cast.supervisor).get(address).status_code == 200


def test_who_leaves_sees_nothing_any_more(cast):
    held_meeting(cast)
    cast.therapist.memberships.update(ends_on=datetime.date(2025, 6, 30))
    assert not Meeting.objects.visible_to(cast.therapist).exists()


def test_a_supervisor_of_another_team_sees_none_of_it(cast):
    held_meeting(cast)
    assert not Meeting.objects.visible_to(partner(cast)).exists()
    assert not Agreement.objects.visible_to(cast.colleague).exists()


# --- looking back after the group ---
def test_a_group_session_is_looked_back_on_once(cast):
    session = group_session(cast)
    keep_reflection(session=session, stimulated="Asking.", hindered="Telling.", by=cast.therapist)
    with pytest.raises(ValidationError, match="Tess Therapist kept one"):
        keep_reflection(session=session, stimulated="Again.", by=cast.supervisor)
    assert Reflection.objects.get().stimulated == "Asking."
    with pytest.raises(ValidationError, match="Only after a group session"):
        keep_reflection(session=recorded_session(cast), stimulated="Asking.", by=cast.therapist)


def test_the_page_shows_what_is_there_when_a_second_one_comes(cast):
    session = group_session(cast)
    keep_reflection(session=session, stimulated="Asking.", by=cast.therapist)
    address = reverse("session-reflection", args=[session.pk])
    answer = client_of(cast.supervisor).post(address, {"stimulated": "Too late"})
    assert answer.status_code == 422
    assert "Asking." in answer.text
    assert "kept one for this session already" in answer.text


def test_the_supervisor_sees_which_sessions_were_looked_back_on(cast):
    today = timezone.localdate()
    first = group_session(cast, day=today - datetime.timedelta(days=8))
    group_session(cast, day=today - datetime.timedelta(days=1))
    keep_reflection(session=first, stimulated="Asking.", by=cast.therapist)
    page = client_of(cast.supervisor).get(reverse("supervision", args=[cast.programme.slug])).text
    row = page.partition("Group of Blue team")[2].partition("</tr>")[0]
    assert ">2<" in row
    assert ">1<" in row
    words = client_of(cast.supervisor).get(reverse("reflections", args=[cast.programme.slug])).text
    assert "Asking." in words


# --- when a patient is erased ---
def test_erasing_a_patient_removes_words_where_the_patient_was_looked_at_or_named(cast):
    seen = held_meeting(cast, session=recorded_session(cast), topics="The tape", agreements=(agreed(cast),))
    named = held_meeting(cast, kind="intervision", topics=f"About {cast.patient.pseudonym}")
    other = held_meeting(cast, kind="treatment_review", topics="Summer leave")
    session = group_session(cast)
    keep_reflection(session=session, stimulated="She asked.", by=cast.therapist)
    erase_patient(patient=cast.patient, reason="On request.", by=cast.manager)
    words = {one.pk: one.topics for one in Meeting.objects.all()}
    assert words == {seen.pk: "", named.pk: "", other.pk: "Summer leave"}
    assert Agreement.objects.get().what == "–"
    assert Reflection.objects.get().stimulated == "–"
    assert Meeting.objects.get(pk=seen.pk).session is None


def test_where_a_meeting_was_recorded_is_forgotten_with_the_recordings_of_sessions(cast):
    """Six months after it; earlier where a session was looked at that its patient allows no more."""
    recorded_meeting(cast)
    kept = recorded_meeting(cast, day=DAY + datetime.timedelta(days=150))
    session = recorded_session(cast, day=DAY + datetime.timedelta(days=140))
    shown = recorded_meeting(cast, day=DAY + datetime.timedelta(days=157), session=session)
    late = DAY + datetime.timedelta(days=190)
    erase_past(late, by=None)
    assert set(Meeting.objects.exclude(recording="")) == {kept, shown}
    allow_recording(cast.treatment, decision="withdrawn", day=DAY + datetime.timedelta(days=180))
    erase_past(late, by=None)
    assert list(Meeting.objects.exclude(recording="")) == [kept]
    assert Meeting.objects.held().count() == 3


def test_a_team_of_another_programme_has_no_meeting_here(cast):
    elsewhere = TeamFactory(programme=cast.other_programme)
    with pytest.raises(ValidationError, match="which team of this programme"):
        keep_meeting(
            programme=cast.programme, kind="intervision", team=elsewhere, log=log(cast), by=cast.supervisor
        )
