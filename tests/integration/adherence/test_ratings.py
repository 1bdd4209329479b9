"""From drawing a session to the therapist's page: what is drawn, asked, kept, refused, opened, shown."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from onmodel.adherence import profile
from onmodel.adherence.actions import (
    add_note,
    answer_rating,
    ask_rating,
    call_off_rating,
    draw_session,
    keep_ratings,
    refuse_draw,
    submit_rating,
)
from onmodel.adherence.models import Draw, Note, Rating
from onmodel.adherence.sampling import RANDOM, eligible_sessions, quarter_of
from onmodel.assessments.models import Assignment
from onmodel.forms.actions import Given
from onmodel.rights.actions import erase_patient
from tests.factories import MembershipFactory, UserFactory
from tests.recordings import DAY, asked_rating, drawn, held_session, rated, recorded_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def second(cast):
    """Another supervisor of the team."""
    user = UserFactory(username="second", name="Sue Second")
    MembershipFactory(user=user, programme=cast.programme, role="supervisor", team=cast.team)
    return user


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def draw(cast, day=DAY) -> Draw:
    return draw_session(
        programme=cast.programme, therapist=cast.therapist, kind="individual", day=day, by=cast.supervisor
    )


# --- drawing ---
@pytest.mark.parametrize(
    ("day", "first", "last"),
    [((2025, 1, 1), (1, 1), (3, 31)), ((2025, 6, 30), (4, 1), (6, 30)), ((2024, 11, 5), (10, 1), (12, 31))],
)
def test_quarters(day, first, last):
    found = quarter_of(datetime.date(*day))
    assert found == (datetime.date(day[0], *first), datetime.date(day[0], *last))


def test_only_recorded_sessions_of_the_quarter_are_drawn_and_the_rest_is_accounted_for(cast):
    recorded = recorded_session(cast)
    held_session(cast, DAY - datetime.timedelta(days=1))
    held_session(cast, DAY - datetime.timedelta(days=100))
    found = draw(cast)
    assert found.session == recorded
    assert (found.held, found.eligible, found.left_out) == (2, 1, {"no_recording": 1})
    with pytest.raises(ValidationError, match="drawn already"):
        draw(cast)


def test_every_eligible_session_has_the_same_chance(cast, monkeypatch):
    """Three sessions, 300 draws: 100 each by expectation, SD sqrt(300 x 1/3 x 2/3) = 8.2; 60 to 140 is
    five SDs either way."""
    sessions = [recorded_session(cast, DAY + datetime.timedelta(days=n)) for n in range(3)]
    found = eligible_sessions(programme=cast.programme, therapist=cast.therapist, kind="individual", day=DAY)
    drawn_ones = [RANDOM.choice(found.sessions) for _ in range(300)]
    assert all(60 <= drawn_ones.count(one) <= 140 for one in sessions)


def test_a_refused_session_is_not_drawn_again_and_the_reason_stays(cast):
    recorded_session(cast)
    first = draw(cast)
    with pytest.raises(ValidationError, match="Say why"):
        refuse_draw(draw=first, reason=" ", by=cast.supervisor)
    refuse_draw(draw=first, reason="The sound is gone.", by=cast.supervisor)
    with pytest.raises(ValidationError, match="No session of this quarter"):
        draw(cast)
    other = recorded_session(cast, DAY + datetime.timedelta(days=1))
    again = draw(cast)
    assert (again.session, again.left_out) == (other, {"refused": 1})


def test_a_rated_session_stays_drawn(cast):
    found = drawn(cast)
    rating = asked_rating(cast, session=found.session)
    Rating.objects.filter(pk=rating.pk).update(draw=found)
    rated(rating)
    with pytest.raises(ValidationError, match="rated already"):
        refuse_draw(draw=found, reason="It went badly.", by=cast.supervisor)


# --- asking ---
def test_who_cannot_be_asked(cast):
    session = recorded_session(cast)

    def ask(**named):
        given = {
            "session": session,
            "therapist": cast.therapist,
            "rater": cast.supervisor,
            "purpose": "rating",
        }
        return ask_rating(**given | named, by=cast.supervisor)

    for named, words in [
        ({"therapist": cast.colleague}, "did not give this session"),
        ({"rater": cast.therapist}, "gave this session and cannot"),
        ({"rater": cast.outsider}, "does not work in this programme"),
        ({"purpose": "self"}, "own rating is the therapist's"),
        ({"session": held_session(cast)}, "no recording of this session"),
    ]:
        with pytest.raises(ValidationError, match=words):
            ask(**named)
    ask()
    with pytest.raises(ValidationError, match="asked for this already"):
        ask()


def test_a_planned_form_is_taken(cast):
    planned = Assignment.objects.create(
        programme=cast.programme,
        subject_kind="therapist",
        person=cast.therapist,
        pack="mbt",
        instrument="mbt_acs",
        instrument_version="1.0.0",
        respondent="supervisor",
        due_on=DAY,
        status="planned",
    )
    rating = asked_rating(cast)
    assert (rating.assignment.pk, rating.assignment.due_on) == (planned.pk, DAY)
    assert asked_rating(cast, cast.therapist, "self", rating.session).assignment.respondent == "therapist"


# --- rating ---
def test_a_rating_outside_the_scale_is_refused_and_the_others_stay(cast):
    rating = asked_rating(cast)
    answers = client_of(cast.supervisor).post(
        reverse("rating-answers", args=[rating.pk]),
        {"a10": "8", "a11": "6", "a12": "na", "n10": "3"},
        headers={"accept": "application/json"},
    )
    assert answers.status_code == 422
    assert "8 is not an answer from 1" in answers.json()["problems"]["a10"]
    kept = {draft.item: draft.as_given for draft in rating.assignment.drafts.all()}
    assert kept == {"a11": 6.0, "a12": "na", "n10": 3.0}


def test_it_is_not_submitted_without_its_overall_ratings_and_says_which_lack(cast):
    rating = asked_rating(cast)
    keep_ratings(rating=rating, given=[Given(item="a10", value=4)], by=cast.supervisor)
    with pytest.raises(ValidationError, match="Overall adherence, Overall competence"):
        submit_rating(rating=rating, by=cast.supervisor)


def test_a_second_submission_is_refused_and_loses_nothing(cast):
    rating = rated(asked_rating(cast), 6)
    client = client_of(cast.supervisor)
    for name, sent in (
        ("rating-submit", {}),
        ("rating-answers", {"a10": "1"}),
        ("rating-note", {"text": "x"}),
    ):
        told = client.post(reverse(name, args=[rating.pk]), sent)
        assert (told.status_code, "nothing was changed" in told.text) == (422, True)
    answers = dict(rating.assignment.answers.values_list("item", "value"))
    assert answers["a10"] == 6.0
    assert rating.assignment.scores.get(scale="ADHERENCE").value == 6.0


def test_nobody_rates_for_another(cast, second):
    rating = asked_rating(cast)
    with pytest.raises(ValidationError, match="somebody else's"):
        keep_ratings(rating=rating, given=[Given(item="a10", value=4)], by=second)


def test_a_note_keeps_its_moment(cast):
    rating = asked_rating(cast)
    told = client_of(cast.supervisor).post(
        reverse("rating-note", args=[rating.pk]),
        {"text": "Stops, goes back.", "at_seconds": "75", "item": "a12"},
        headers={"accept": "application/json"},
    )
    assert "1:15" in told.json()["html"]
    assert rating.notes.get().at_seconds == 75
    for wrong in ({"text": ""}, {"text": "x", "item": "a99"}, {"text": "x", "at_seconds": "-5"}):
        answer = client_of(cast.supervisor).post(reverse("rating-note", args=[rating.pk]), wrong)
        assert answer.status_code == 422
    with pytest.raises(ValidationError, match="1 to 2000"):
        add_note(rating=rating, text="x" * 2001, at_seconds=None, by=cast.supervisor)


# --- opened when all are in ---
def test_ratings_open_when_all_are_in(cast, second):
    first = asked_rating(cast)
    blind = asked_rating(cast, second, "second", first.session)
    own = asked_rating(cast, cast.therapist, "self", first.session)

    def sees(user) -> set:
        return set(Rating.objects.visible_to(user).values_list("pk", flat=True))

    rated(first, 5)
    rated(own, 6)
    assert (sees(cast.supervisor), sees(second), sees(cast.therapist)) == ({first.pk}, {blind.pk}, {own.pk})
    rated(blind, 3)
    everything = {first.pk, blind.pk, own.pk}
    assert (sees(cast.supervisor), sees(second), sees(cast.therapist)) == (everything, everything, everything)
    page = client_of(cast.therapist).get(reverse("rating", args=[first.pk])).text
    assert "Sue Second" in page
    assert "Tess Therapist (own rating)" in page


def test_the_therapist_sees_it_first_and_answers(cast, second):
    rating = rated(asked_rating(cast))
    page = reverse("rating", args=[rating.pk])
    assert client_of(second).get(page).status_code == 404
    with pytest.raises(ValidationError, match="Only the therapist"):
        answer_rating(rating=rating, comment="", by=second)
    told = client_of(cast.therapist).post(
        reverse("rating-answer", args=[rating.pk]), {"comment": "I was tired."}
    )
    assert told.status_code == 302
    assert "I was tired." in client_of(second).get(page).text


def test_a_rating_called_off_keeps_nobody_waiting(cast, second):
    first = rated(asked_rating(cast))
    late = asked_rating(cast, second, "second", first.session)
    assert not Rating.objects.opened().exists()
    call_off_rating(rating=late, reason="Ill for long.", by=cast.supervisor)
    assert Rating.objects.opened().get() == first
    with pytest.raises(ValidationError, match="called off"):
        keep_ratings(rating=late, given=[], by=second)


def test_who_leaves_the_programme_sees_the_rating_no_more(cast):
    rating = asked_rating(cast)
    cast.supervisor.memberships.update(ends_on=DAY)
    assert not Rating.objects.visible_to(cast.supervisor).filter(pk=rating.pk).exists()


# --- what counts ---
def test_own_ratings_and_practice_do_not_count(cast, second):
    first = asked_rating(cast)
    own = asked_rating(cast, cast.therapist, "self", first.session)
    practice = asked_rating(cast, second, "calibration", first.session)
    rated(first, 3), rated(own, 7), rated(practice, 7)
    answer_rating(rating=first, comment="", by=cast.therapist)
    instrument = cast.programme.definitions.instruments["mbt_acs"]
    forms = profile.about(cast.programme, cast.therapist, cast.supervisor, instrument)
    assert profile.overall(forms, "ADHERENCE") == [(DAY, 3.0)]


def test_the_therapists_page_says_what_is_adequate_and_what_to_work_on(cast):
    for n in range(9):
        session = recorded_session(cast, datetime.date.today() - datetime.timedelta(days=20 * n + 1))
        rated(asked_rating(cast, session=session), 2 if n < 6 else 6, n10=n)
    page = client_of(cast.therapist).get(
        reverse("therapist-adherence", args=[cast.programme.slug, cast.therapist.pk])
    )
    for words in ("By area, last year", "The level changed about", "Most used", "Abilities to work on"):
        assert words in page.text
    assert "too few ratings or raters" in page.text


def test_what_was_written_goes_with_the_patient(cast):
    rating = rated(asked_rating(cast), strengths="Stayed near.")
    Note.objects.create(rating=rating, text="She cried.")
    erase_patient(patient=cast.patient, reason="Asked to.", by=cast.manager)
    assert not Note.objects.exists()
    assert not rating.assignment.answers.exclude(text="").exists()
    assert rating.assignment.scores.get(scale="ADHERENCE").value == 5.0


# --- raters ---
def test_raters_are_compared_item_by_item_and_with_references(cast, second):
    therapists = [cast.therapist]
    for n in range(2):
        user = UserFactory(name=f"Therapist {n}")
        MembershipFactory(user=user, programme=cast.programme, role="therapist", team=cast.team)
        therapists.append(user)
    for n in range(6):
        therapist = therapists[n % 3]
        session = recorded_session(cast, DAY + datetime.timedelta(days=n), therapist=therapist)
        for rater, purpose, value in ((cast.supervisor, "rating", 3 + n % 4), (second, "second", 4 + n % 3)):
            asked = ask_rating(
                session=session, therapist=therapist, rater=rater, purpose=purpose, by=cast.supervisor
            )
            rated(asked, value)
    practice = recorded_session(cast, DAY + datetime.timedelta(days=20))
    rated(asked_rating(cast, second, "calibration", practice), 6)
    rated(asked_rating(cast, cast.supervisor, "reference", practice), 5)
    page = client_of(cast.supervisor).get(reverse("raters", args=[cast.programme.slug])).text
    for words in ("Agreement, item by item", "Points above others", "Differences between ratings come from"):
        assert words in page
    own = profile.study(cast.programme, cast.programme.definitions.instruments["mbt_acs"], "ADHERENCE", DAY)
    assert (own.n, own.sessions, own.session_variance is not None) == (12, 6, True)


def test_nothing_to_compare_says_what_would_be_needed(cast):
    page = client_of(cast.supervisor).get(reverse("raters", args=[cast.programme.slug])).text
    assert "Twelve ratings of three therapists" in page
