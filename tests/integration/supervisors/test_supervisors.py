"""Supervisors: rated by the expert, by supervisees of whom nobody can be traced, exchanging recordings."""

import datetime
import json

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.audit.models import Event
from onmodel.forms.actions import Given
from onmodel.rights.actions import erase_patient
from onmodel.supervisors import actions
from onmodel.supervisors.actions import (
    answer_exchange,
    begin_rating,
    keep_ratings,
    say,
    share_supervision,
    submit_rating,
    take_back_exchange,
)
from onmodel.supervisors.course import interval
from onmodel.supervisors.models import Exchange, Opinion, Round, SupervisorRating, TookPart
from onmodel.supervisors.rounds import half_year, said_about
from tests.factories import MembershipFactory, ProgrammeFactory, UserFactory
from tests.meetings import DAY, begun_rating, held_meeting, partner, recorded_meeting, shared
from tests.recordings import recorded_session

pytestmark = pytest.mark.django_db
SPRING, SUMMER = datetime.date(2025, 3, 1), datetime.date(2025, 7, 15)


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def team_of(cast, number: int) -> list:
    """So many therapists of the team, the cast's own the first."""
    people = [cast.therapist]
    for n in range(number - 1):
        user = UserFactory(username=f"near{n}", name=f"Near {n}")
        MembershipFactory(user=user, programme=cast.programme, role="therapist", team=cast.team)
        people.append(user)
    return people


def answer(cast, user, overall: int, day: datetime.date = SPRING, **more: object) -> Round:
    answers = {"overall": str(overall), **{item: str(value) for item, value in more.items()}}
    return say(programme=cast.programme, supervisor=cast.supervisor, answers=answers, day=day, by=user)


def rated(cast, value: int = 5, **more: object) -> SupervisorRating:
    rating = begun_rating(cast)
    items = {"overall": value, "work_on": "More role play", **more}
    given = [Given(item=item, value=one) for item, one in items.items()]
    assert not keep_ratings(rating=rating, given=given, by=cast.expert).problems
    return submit_rating(rating=rating, by=cast.expert)


# --- by the expert ---
def test_what_the_expert_submits_the_supervisor_sees_and_nobody_else(cast):
    rating = begun_rating(cast)
    address = reverse("supervisor-rating", args=[rating.pk])
    assert client_of(cast.supervisor).get(address).status_code == 403  # not before it is submitted
    given = [Given(item="overall", value=6), Given(item="strengths", value="Clear frame")]
    keep_ratings(rating=rating, given=given, by=cast.expert)
    submit_rating(rating=rating, by=cast.expert)
    assert "Clear frame" in client_of(cast.supervisor).get(address).text
    page = reverse("supervisor-adherence", args=[cast.programme.slug, cast.supervisor.pk])
    assert "&nbsp;=&nbsp;1<" in client_of(cast.supervisor).get(page).text
    for user in (cast.manager, cast.therapist, cast.colleague):
        assert client_of(user).get(address).status_code == 403
        assert client_of(user).get(page).status_code == 404
    assert client_of(cast.outsider).get(address).status_code == 404


def test_a_rating_outside_the_scale_and_a_second_submission_are_refused(cast):
    rating = begun_rating(cast)
    kept = keep_ratings(
        rating=rating,
        given=[Given(item="overall", value=8), Given(item="duties_1", value=4)],
        by=cast.expert,
    )
    assert set(kept.problems) == {"overall"}
    assert kept.items == ("duties_1",)
    with pytest.raises(ValidationError, match="Not rated yet"):
        submit_rating(rating=rating, by=cast.expert)
    keep_ratings(rating=rating, given=[Given(item="overall", value=5)], by=cast.expert)
    submit_rating(rating=rating, by=cast.expert)
    with pytest.raises(ValidationError, match="nothing was changed"):
        keep_ratings(rating=rating, given=[Given(item="overall", value=1)], by=cast.expert)
    assert rating.assignment.scores.get(scale="OVERALL").value == 5


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"day": datetime.date(2999, 1, 1)}, "lies in the future"),
        ({"basis": "recorded"}, "which recorded meeting"),
        ({"basis": "hearsay"}, "live or on a recording"),
    ],
)
def test_a_rating_that_makes_no_sense_is_not_begun(cast, changed, said):
    given = {"programme": cast.programme, "supervisor": cast.supervisor, "basis": "live", "day": DAY}
    with pytest.raises(ValidationError, match=said):
        begin_rating(**{**given, **changed}, by=cast.expert)
    assert not SupervisorRating.objects.exists()


def test_the_same_supervision_is_rated_once_by_an_expert(cast):
    begun_rating(cast)
    with pytest.raises(ValidationError, match="already"):
        begun_rating(cast)


def test_a_recording_with_a_patients_session_stays_with_the_team(cast):
    meeting = recorded_meeting(cast, session=recorded_session(cast), material="video")
    given = {"programme": cast.programme, "supervisor": cast.supervisor, "basis": "recorded", "day": DAY}
    with pytest.raises(ValidationError, match="stays with the team"):
        begin_rating(**given, meeting=meeting, by=cast.expert)
    page = reverse("supervisor-adherence", args=[cast.programme.slug, cast.supervisor.pk])
    assert "Shelf 4" not in client_of(cast.expert).get(page).text
    with pytest.raises(ValidationError, match="stay with the team"):
        share_supervision(meeting=meeting, shared_with=partner(cast), by=cast.supervisor)


def test_the_expert_rates_on_the_page_and_begins_from_a_recording(cast):
    meeting = recorded_meeting(cast, topics="Secret word")
    client = client_of(cast.expert)
    begin = reverse("supervisor-rate", args=[cast.programme.slug, cast.supervisor.pk])
    answer = client.post(
        begin, {"basis": "recorded", "meeting": meeting.pk, "day": "2025-06-03"}, follow=True
    )
    assert "Shelf 4" in answer.text
    assert "Secret word" not in answer.text
    rating = SupervisorRating.objects.get()
    submit = reverse("supervisor-rating-submit", args=[rating.pk])
    assert client.post(submit, {"duties_1": "na"}).status_code == 422
    assert client.post(submit, {"overall": "6"}).status_code == 302
    rating.refresh_from_db()
    assert rating.submitted_at is not None
    assert rating.day == meeting.day


def test_the_programme_figure_is_kept_back_where_it_would_be_one_persons(cast):
    rated(cast, 6)
    address = reverse("supervisors", args=[cast.programme.slug])
    page = client_of(cast.manager).get(address).text
    assert "one person" in page
    second = partner(cast)
    rating = begin_rating(
        programme=cast.programme, supervisor=second, basis="live", day=timezone.localdate(), by=cast.expert
    )
    keep_ratings(rating=rating, given=[Given(item="overall", value=4)], by=cast.expert)
    submit_rating(rating=rating, by=cast.expert)
    page = client_of(cast.manager).get(address).text
    assert "5.0" in page
    assert cast.supervisor.name not in page


def test_the_expert_of_the_centre_sees_its_programmes_only(cast):
    rated(cast)
    MembershipFactory(
        user=UserFactory(name="Sia Sibling"),
        programme=ProgrammeFactory(organisation=cast.organisation, name="Sibling"),
        role="supervisor",
    )
    cast.outsider.memberships.update(role="supervisor")
    address = reverse("centre-supervisors", args=[cast.organisation.slug])
    page = client_of(cast.expert).get(address).text
    assert "Sam Supervisor" in page
    assert "Sia Sibling" not in page  # the expert is this programme's, not the organisation's
    assert "Otto Outsider" not in page
    cast.expert.memberships.update(programme=None)
    page = client_of(cast.expert).get(address).text
    assert "Sia Sibling" in page
    assert "Otto Outsider" not in page


# --- by supervisees, without names ---
def test_half_years():
    assert half_year(SPRING) == (datetime.date(2025, 1, 1), datetime.date(2025, 6, 30))
    assert half_year(SUMMER) == (datetime.date(2025, 7, 1), datetime.date(2025, 12, 31))


def test_four_answers_are_shown_when_the_half_year_is_over_and_three_are_not(cast):
    people = team_of(cast, 5)
    for user, value in zip(people[:3], (4, 5, 6), strict=True):
        answer(cast, user, value, duties_1=value)
    (early,) = said_about(cast.programme, cast.supervisor, SUMMER)
    assert (early.n, early.items) == (None, {})
    answer(cast, people[3], 7)
    assert said_about(cast.programme, cast.supervisor, datetime.date(2025, 6, 30)) == []  # it still runs
    (shown,) = said_about(cast.programme, cast.supervisor, SUMMER)
    assert shown.n == 4
    assert (shown.items["overall"].mean, shown.items["overall"].n) == (5.5, 4)
    assert "duties_1" not in shown.items  # three answered it


def test_sent_twice_counts_once(cast):
    answer(cast, cast.therapist, 4)
    with pytest.raises(ValidationError, match="nothing was changed"):
        answer(cast, cast.therapist, 7)
    assert [one.answers["overall"] for one in Opinion.objects.all()] == [4.0]
    answer(cast, cast.therapist, 6, day=SUMMER)  # another half-year


def test_no_row_of_an_answer_leads_to_a_person_or_a_moment(cast):
    """Neither fields nor order: each answer that comes in writes all of the round anew."""
    people = team_of(cast, 5)
    names = {field.name for field in Opinion._meta.get_fields()}
    assert names == {"id", "round", "answers"}
    assert {field.name for field in TookPart._meta.get_fields()} == {"id", "round", "person"}
    known: set = set()
    for user in people:
        answer(cast, user, 5)
        now = set(Opinion.objects.values_list("pk", flat=True))
        assert not now & known
        known |= now


def test_the_order_of_rows_is_drawn_by_chance(cast, monkeypatch):
    """The last to come need not stand last."""

    class Turning:
        def shuffle(self, rows: list) -> None:
            rows.reverse()

    monkeypatch.setattr(actions, "CHANCE", Turning())
    for user, value in zip(team_of(cast, 3), (1, 2, 3), strict=True):
        answer(cast, user, value)
    assert sorted(one.answers["overall"] for one in Opinion.objects.all()) == [1.0, 2.0, 3.0]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT answers FROM supervisors_opinion ORDER BY rowid")
            first = json.loads(cursor.fetchone()[0])
        assert first == {"overall": 3.0}  # who came last stands first


def test_the_trail_says_who_took_part_and_nothing_of_what_was_said(cast):
    answer(cast, cast.therapist, 2, duties_1=7)
    event = Event.objects.get(verb="said how supervision is")
    assert event.by == cast.therapist
    assert event.detail == {}
    assert not hasattr(event, "said")
    assert Event.objects.filter(subject_kind="supervisors.opinion").count() == 0


@pytest.mark.parametrize("who", ["colleague", "leaver", "outsider", "manager", "supervisor"])
def test_only_who_is_supervised_answers(cast, who):
    with pytest.raises(ValidationError, match="does not supervise you"):
        answer(cast, getattr(cast, who), 5)
    assert not Opinion.objects.exists()


@pytest.mark.parametrize("value", ["8", "0", "x", "4.5"])
def test_an_answer_outside_the_scale_is_refused_and_nothing_is_kept(cast, value):
    with pytest.raises(ValidationError):
        answer(cast, cast.therapist, value)
    assert not Round.objects.filter(took_part__isnull=False).exists()
    assert not Opinion.objects.exists()


def test_a_form_without_the_overall_rating_comes_back_with_what_was_chosen(cast):
    address = reverse("supervisor-say", args=[cast.programme.slug, cast.supervisor.pk])
    client = client_of(cast.therapist)
    page = client.post(address, {"duties_2": "3"})
    assert page.status_code == 422
    chosen = page.text.partition('data-item="duties_2"')[2].partition("</fieldset>")[0]
    assert 'value="3" checked' in chosen
    assert client.post(address, {"duties_2": "3", "overall": "5"}).status_code == 302
    assert "You have answered in this half-year" in client.get(address).text


def test_the_page_shows_supervisees_beside_the_expert_only_from_four_on(cast):
    rated(cast, 6)
    today = timezone.localdate()
    before = half_year(today)[0] - datetime.timedelta(days=10)
    people = team_of(cast, 4)
    page = reverse("supervisor-adherence", args=[cast.programme.slug, cast.supervisor.pk])
    for user in people[:3]:
        answer(cast, user, 3, day=before)
    assert "fewer than 4 answers" in client_of(cast.supervisor).get(page).text
    answer(cast, people[3], 3, day=before)
    text = client_of(cast.supervisor).get(page).text
    assert "fewer than 4 answers" not in text
    assert "&nbsp;=&nbsp;4<" in text


# --- exchange ---
def test_a_supervisor_of_another_team_comments_once_and_sees_nothing_else(cast):
    exchange = shared(cast)
    other = exchange.shared_with
    client, address = client_of(other), reverse("exchange", args=[exchange.pk])
    assert "Shelf 4" in client.get(address).text
    assert client.get(reverse("meeting", args=[exchange.meeting_id])).status_code == 404
    answer_exchange(exchange=exchange, went_well="The frame.", by=other)
    with pytest.raises(ValidationError, match="nothing was changed"):
        answer_exchange(exchange=exchange, went_well="More.", by=other)
    assert "Shelf 4" not in client.get(address).text  # it was for that one time
    assert "The frame." in client_of(cast.supervisor).get(address).text
    for user in (cast.therapist, cast.manager, cast.expert):
        assert client_of(user).get(address).status_code == 403


def test_what_is_taken_back_is_gone_for_the_other(cast):
    exchange = shared(cast)
    take_back_exchange(exchange=exchange, by=cast.supervisor)
    client = client_of(exchange.shared_with)
    assert client.get(reverse("exchange", args=[exchange.pk])).status_code == 404
    with pytest.raises(ValidationError, match="taken back"):
        answer_exchange(exchange=exchange, went_well="Late.", by=exchange.shared_with)


def test_what_may_not_be_shared_is_refused(cast):
    other = partner(cast)
    silent = held_meeting(cast)
    with pytest.raises(ValidationError, match="Only a recorded meeting"):
        share_supervision(meeting=silent, shared_with=other, by=cast.supervisor)
    meeting = recorded_meeting(cast, day=DAY + datetime.timedelta(days=7))
    for stranger in (cast.therapist, cast.expert, cast.outsider, cast.supervisor):
        with pytest.raises(ValidationError, match="supervises no other team"):
            share_supervision(meeting=meeting, shared_with=stranger, by=cast.supervisor)
    with pytest.raises(ValidationError, match="that you were at"):
        share_supervision(meeting=meeting, shared_with=other, by=other)
    share_supervision(meeting=meeting, shared_with=other, by=cast.supervisor)
    with pytest.raises(ValidationError, match="already"):
        share_supervision(meeting=meeting, shared_with=other, by=cast.supervisor)


def test_who_supervises_no_more_sees_no_exchange(cast):
    exchange = shared(cast)
    exchange.shared_with.memberships.update(ends_on=datetime.date(2025, 1, 1))
    assert not Exchange.objects.visible_to(exchange.shared_with).exists()


def test_erasing_a_patient_removes_words_that_name_the_patient(cast):
    exchange = shared(cast)
    answer_exchange(exchange=exchange, went_well=f"With {cast.patient.pseudonym}", by=exchange.shared_with)
    rating = rated(cast, strengths=f"Spoke of {cast.patient.pseudonym}")
    erase_patient(patient=cast.patient, reason="On request.", by=cast.manager)
    exchange.refresh_from_db()
    assert (exchange.question, exchange.went_well) == ("Enough room?", "–")
    assert rating.assignment.answers.get(item="strengths").text == "–"
    assert rating.assignment.answers.get(item="work_on").text == "More role play"


def test_a_part_of_the_form_is_the_mean_of_ones_items_in_it(cast):
    """Two of the four rated two duties, (3 + 5) / 2 = 4 each; two rated one, 6: (4 + 4 + 6 + 6) / 4 = 5."""
    people = team_of(cast, 4)
    for user in people[:2]:
        answer(cast, user, 5, duties_1=3, duties_2=5)
    for user in people[2:]:
        answer(cast, user, 5, duties_1=6)
    (shown,) = said_about(cast.programme, cast.supervisor, SUMMER)
    assert (shown.parts["duties"].mean, shown.parts["duties"].n) == (5.0, 4)
    assert (shown.items["duties_1"].mean, "duties_2" in shown.items) == (4.5, False)
    assert interval(shown.items["overall"]) is None  # all the same: no spread is shown
