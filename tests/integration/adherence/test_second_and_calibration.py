"""Second ratings drawn by chance, calibrations held against a reference, sessions that count once."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.adherence import profile
from onmodel.adherence.actions import answer_rating
from onmodel.adherence.calibration.actions import plan_calibration
from onmodel.adherence.calibration.results import results_of
from onmodel.adherence.models import Calibration, Rating
from onmodel.adherence.second.actions import draw_second_ratings, set_second_share
from onmodel.adherence.second.standing import eligible_raters, standing
from onmodel.inference.raters import RaterStudy
from onmodel.reports.blocks.adherence import adherence_table, overall_adherence
from onmodel.reports.period import Period
from onmodel.requirements.picture import Picture
from tests.factories import MembershipFactory, TreatmentFactory, UserFactory
from tests.recordings import DAY, asked_rating, rated, recorded_session

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def second(cast):
    user = UserFactory(username="second", name="Sue Second")
    MembershipFactory(user=user, programme=cast.programme, role="supervisor", team=cast.team)
    return user


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def draw(cast) -> list[Rating]:
    return draw_second_ratings(programme=cast.programme, day=DAY, by=cast.supervisor)


def rated_sessions(cast, n: int) -> list[Rating]:
    return [
        asked_rating(cast, session=recorded_session(cast, DAY + datetime.timedelta(days=k))) for k in range(n)
    ]


# --- second ratings ---
@pytest.mark.parametrize(
    ("share", "sessions", "wanted"),
    [(0.2, 1, 1), (0.2, 5, 1), (0.2, 6, 2), (0.5, 4, 2), (0, 2, 0), (1, 2, 2)],
)
def test_the_share_of_a_quarter_is_rounded_up(cast, second, share, sessions, wanted):
    rated_sessions(cast, sessions)
    if share != 0.2:
        set_second_share(programme=cast.programme, share=share, reason="Ours.", by=cast.supervisor)
    assert standing(cast.programme, DAY).wanted == wanted
    if not wanted:
        with pytest.raises(ValidationError, match="is met"):
            draw(cast)
        return
    drawn = draw(cast)
    assert {one.rater for one in drawn} == {second}
    assert {one.purpose for one in drawn} == {"second"}
    assert len({one.session_id for one in drawn}) == wanted
    with pytest.raises(ValidationError, match="is met"):
        draw(cast)


def test_what_somebody_saw_is_not_drawn_any_more(cast, second):
    (first,) = rated_sessions(cast, 1)
    answer_rating(rating=rated(first), comment="", by=cast.therapist)
    with pytest.raises(ValidationError, match="No session is left"):
        draw(cast)


def test_without_another_rater_nothing_is_drawn(cast):
    rated_sessions(cast, 1)
    with pytest.raises(ValidationError, match="Nobody else can rate"):
        draw(cast)
    told = client_of(cast.supervisor).post(reverse("second-draw", args=[cast.programme.slug]))
    assert told.status_code == 422  # nothing was held this quarter
    assert "is met" in told.text


def test_who_can_rate_once_more(cast, second):
    """Supervisors, and therapists who rated somebody here before; not who gave the session."""
    (first,) = rated_sessions(cast, 1)
    assert eligible_raters(first) == [second]
    other = recorded_session(cast, DAY - datetime.timedelta(days=9))
    rated(asked_rating(cast, cast.colleague, "calibration", other))
    assert set(eligible_raters(first)) == {second, cast.colleague}


@pytest.mark.parametrize(("share", "reason"), [(1.2, "x"), (-0.1, "x"), (0.3, " ")])
def test_a_share_that_cannot_be_is_refused(cast, share, reason):
    with pytest.raises(ValidationError):
        set_second_share(programme=cast.programme, share=share, reason=reason, by=cast.supervisor)


# --- calibrations ---
def plan(cast, second, **named) -> Calibration:
    given = {"therapist": cast.therapist, "held_on": timezone.localdate(), "reference": cast.supervisor}
    given |= {"participants": [second], "session": named.pop("session", None) or recorded_session(cast)}
    return plan_calibration(**given | named, by=cast.supervisor)


def test_each_rater_is_held_against_the_reference_item_by_item(cast, second):
    """Reference 5, rater 6 on five items and 4 on one: (5 x 1 - 1) / 6 above, 6 / 6 apart; two more items
    that only one of them rated do not count."""
    found = plan(cast, second)
    reference = found.ratings.get(purpose="reference")
    own = found.ratings.get(purpose="calibration")
    rated(own, 6, a10=4, a11=7)
    assert results_of(found).reference == {}
    rated(reference, 5, a12=3)
    (held,) = results_of(found).raters
    assert (held.n, held.above, held.apart) == (6, pytest.approx(4 / 6), 1.0)
    page = reverse("calibration", args=[found.pk])
    text = client_of(second).get(page).text
    assert "6 (+1)" in text
    assert "4 (\N{MINUS SIGN}1)" in text
    assert "0.7 (n = 6)" in text
    assert client_of(cast.colleague).get(page).status_code == 404


def test_nobody_sees_the_others_marks_before_the_own_are_in(cast, second):
    found = plan(cast, second)
    rated(found.ratings.get(purpose="reference"), 5)
    text = client_of(second).get(reverse("calibration", args=[found.pk])).text
    assert "once yours are in" in text
    assert "calibration-results" not in text


def test_a_calibration_that_cannot_be_is_refused_and_asks_nobody(cast, second):
    for named, words in [
        ({"held_on": DAY}, "is over: plan"),
        ({"participants": []}, "Say who takes part"),
        ({"participants": [cast.supervisor]}, "gives the reference"),
        ({"participants": [cast.therapist]}, "gave this session and cannot"),
        ({"participants": [cast.outsider]}, "does not work in this programme"),
    ]:
        with pytest.raises(ValidationError, match=words):
            plan(cast, second, **named)
    assert not Rating.objects.exists()
    assert not Calibration.objects.exists()


def test_a_session_of_another_team_cannot_be_chosen_drawn_or_seen(cast, second):
    """A supervisor of the blue team and what was recorded in the green one."""
    green = TreatmentFactory(programme=cast.programme, team=cast.other_team)
    session = recorded_session(cast, therapist=cast.colleague, treatment=green)
    client, slug = client_of(cast.supervisor), cast.programme.slug
    told = client.post(
        reverse("calibration-plan", args=[slug]), {"rated": f"{session.pk}:{cast.colleague.pk}"}
    )
    assert (told.status_code, "Select a valid choice" in told.text) == (422, True)
    whose = {"therapist": cast.colleague.pk, "kind": "individual"}
    told = client.post(reverse("draw-new", args=[slug]), whose)
    assert (told.status_code, "Select a valid choice" in told.text) == (422, True)
    assert client.get(reverse("therapy-session", args=[session.pk])).status_code == 404


def test_it_is_planned_on_the_page_about_raters(cast, second):
    session = recorded_session(cast)
    address = reverse("calibration-plan", args=[cast.programme.slug])
    sent = {
        "rated": f"{session.pk}:{cast.therapist.pk}",
        "held_on": timezone.localdate().isoformat(),
        "reference": cast.supervisor.pk,
        "participants": [second.pk],
    }
    client = client_of(cast.supervisor)
    assert client.post(address, sent | {"rated": "nonsense"}).status_code == 422
    told = client.post(address, sent)
    assert told.url == reverse("calibration", args=[Calibration.objects.get().pk])
    assert client.get(told.url).status_code == 200
    assert "0 of 2" in client.get(reverse("raters", args=[cast.programme.slug])).text


# --- a session counts once ---
@pytest.fixture
def twice(cast, second):
    """One session rated 4 and 6, another rated 3: means 5 and 3."""
    first, other = rated_sessions(cast, 2)
    blind = asked_rating(cast, second, "second", first.session)
    for rating, value in ((first, 4), (blind, 6), (other, 3)):
        rated(rating, value)
    for rating in (first, blind, other):
        answer_rating(rating=rating, comment="", by=cast.therapist)


def test_a_session_that_two_rated_counts_once(cast, twice):
    period = Period(programme=cast.programme, start=DAY, end=DAY + datetime.timedelta(days=30))
    found = overall_adherence(period)
    assert (found.n, found.mean) == (2, 4.0)
    assert dict(adherence_table(period)[0].facts)["sessions rated"].value == 2
    picture = Picture(cast.programme, DAY + datetime.timedelta(days=30))
    assert sorted(picture.adherence[cast.therapist.pk]) == [3.0, 5.0]
    instrument = cast.programme.definitions.instruments["mbt_acs"]
    forms = profile.about(cast.programme, cast.therapist, cast.therapist, instrument)
    course = profile.rated_sessions(forms, "ADHERENCE")
    assert [(one.value, one.raters) for one in course] == [(5.0, 2), (3.0, 1)]


def test_the_interval_of_a_single_session():
    """1.96 sqrt(rater / r + session + residual / r): 1.96 sqrt(0.25 + 0.5 + 0.25) = 1.96 for one rater,
    1.96 sqrt(0.125 + 0.5 + 0.125) = 1.697 for two."""
    study = RaterStudy((), (), 1.0, 0.25, 0.5, 0.25, n=24, sessions=12)
    unparted = RaterStudy((), (), 1.0, 0.25, None, 0.75, n=24, sessions=24)

    def half(found, raters: int) -> float | None:
        error = profile.error_of(found, profile.RatedSession(day=DAY, value=4.0, raters=raters))
        return None if error is None else round(error, 3)

    assert (half(study, 1), half(study, 2), half(unparted, 1)) == (1.96, 1.697, 1.96)
    assert (half(None, 1), half(unparted, 2)) == (None, None)
