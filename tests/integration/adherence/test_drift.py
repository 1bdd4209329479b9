"""From ratings to the signal that adherence fell: whose, since when, said once, and gone when it is back."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.adherence.changes import before_and_after
from onmodel.adherence.detectors import said
from onmodel.adherence.drift import look_for_drift
from onmodel.adherence.models import Rating
from onmodel.feedback.actions import choose_steps
from onmodel.feedback.steps import steps_for
from onmodel.monitoring.run import look
from onmodel.programmes.actions import record_event, take_back_event
from onmodel.signals.models import Signal
from tests.drifting import FIRST, QUARTER, rate_quarterly
from tests.factories import MembershipFactory, TeamFactory, UserFactory

pytestmark = pytest.mark.django_db

LAST = FIRST + 14 * QUARTER
FELL = FIRST + 8 * QUARTER


@pytest.fixture
def staff(cast):
    """Four therapists a team, so that a team's fall is told from one person's: user -> team."""
    people = {cast.therapist: cast.team, cast.colleague: cast.other_team}
    for team in (cast.team, cast.other_team):
        for _number in range(3):
            user = UserFactory()
            MembershipFactory(user=user, programme=cast.programme, role="therapist", team=team)
            people[user] = team
    return people


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def drift_of(cast, day=LAST):
    return look_for_drift(cast.programme, day)


def signals(cast, **which) -> list[Signal]:
    found = Signal.objects.filter(programme=cast.programme, rule__startswith="adherence_drift", **which)
    return list(found.order_by("rule", "opened_at"))


def test_steady_ratings_open_nothing(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor)
    assert not any(said(drift_of(cast)).values())


def test_a_therapist_who_falls_is_a_signal_of_that_therapist_only(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell={cast.therapist: 8})
    look(programme=cast.programme, on=LAST, only="adherence_drift")
    (signal,) = signals(cast)
    assert (signal.person, signal.subject_kind, signal.confidential) == (cast.therapist, "therapist", True)
    since = datetime.date.fromisoformat(signal.evidence["fallen_since"])
    assert abs(since - FELL) <= QUARTER
    low, high = signal.evidence["fallen_interval"]
    assert low < 2.0 < high
    assert signal.evidence["n_baseline"] == 8
    assert signal.evidence["sessions_between_false_alarms"] == 160
    assert signal.evidence["years_between_false_alarms"] == pytest.approx(160 / 8, rel=0.1)


def test_a_team_that_falls_is_said_once(cast, staff):
    down = {user: 8 for user, team in staff.items() if team == cast.team}
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell=down)
    drift = drift_of(cast)
    found = said(drift)
    assert [one.subject for one in found["team"]] == [cast.team.pk]
    assert (found["programme"], found["therapist"]) == ([], [])
    assert sum(one.is_fallen(LAST) for one in drift.therapists.values()) == 4


def test_a_programme_that_falls_is_said_once(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell=dict.fromkeys(staff, 8), sessions=True)
    look(programme=cast.programme, on=LAST, only="adherence_drift")
    (signal,) = signals(cast)
    assert signal.subject_kind == "programme"
    assert (signal.evidence["parts"], signal.evidence["parts_lower"]) == (2, 2)
    assert len(signal.evidence["areas"]) == 3


def test_who_fell_long_before_the_others_keeps_a_signal(cast, staff):
    """A year and a half before; one of eight is too little to move the programme's own beginning."""
    down = dict.fromkeys(staff, 12) | {cast.therapist: 6}
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, quarters=18, fell=down, by=1)
    found = said(drift_of(cast, FIRST + 18 * QUARTER))
    assert len(found["programme"]) == 1
    assert [one.subject for one in found["therapist"]] == [cast.therapist.pk]


def test_the_signal_goes_when_the_level_is_back(cast, staff):
    """Two points lower for four quarters; then as before."""
    rate_quarterly(
        cast.programme, staff, rater=cast.supervisor, quarters=18, fell={cast.therapist: 8}, back=12
    )
    look(programme=cast.programme, on=FIRST + 12 * QUARTER, only="adherence_drift")
    (signal,) = signals(cast)
    assert signal.state == "open"
    look(programme=cast.programme, on=FIRST + 18 * QUARTER, only="adherence_drift")
    (signal,) = signals(cast)
    assert (signal.state, signal.closed_by) == ("closed", None)
    (fall,) = drift_of(cast, FIRST + 18 * QUARTER).therapists[cast.therapist.pk].watch.falls
    assert fall.ended is not None


def test_too_few_sessions_are_unknown_and_no_alarm(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, quarters=3, fell=dict.fromkeys(staff, 1))
    drift = drift_of(cast)
    assert {one.why for one in drift.therapists.values()} == {"few"}
    assert {one.needed for one in drift.therapists.values()} == {3}
    assert not any(said(drift).values())


def test_nothing_is_said_long_after_the_last_session(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell={cast.therapist: 8})
    assert said(drift_of(cast))["therapist"]
    assert not said(drift_of(cast, LAST + datetime.timedelta(days=400)))["therapist"]


def test_own_and_practice_ratings_do_not_count(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell={cast.therapist: 8}, sessions=True)
    assert said(drift_of(cast))["therapist"]
    Rating.objects.filter(session__held_on__gte=FELL).update(purpose="calibration")
    assert not said(drift_of(cast))["therapist"]


def test_a_rating_called_off_or_not_submitted_does_not_count(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell={cast.therapist: 8}, sessions=True)
    before = len(drift_of(cast).ratings)
    one, other = Rating.objects.filter(therapist=cast.therapist)[:2]
    Rating.objects.filter(pk=one.pk).update(submitted_at=None)
    Rating.objects.filter(pk=other.pk).update(called_off_at=timezone.now(), called_off_why="Ill.")
    assert len(drift_of(cast).ratings) == before - 2


def test_a_new_baseline_begins_anew(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell=dict.fromkeys(staff, 5))
    assert said(drift_of(cast))["programme"]
    event = record_event(
        programme=cast.programme, kind="new_baseline", happened_on=FIRST + 5 * QUARTER, by=cast.manager
    )
    assert not any(said(drift_of(cast)).values())
    take_back_event(event=event, by=cast.manager)
    assert said(drift_of(cast))["programme"]


# --- who sees it ---
def test_a_therapists_signal_is_for_the_supervisors_of_the_team(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell={cast.therapist: 8})
    look(programme=cast.programme, on=LAST, only="adherence_drift")
    (signal,) = signals(cast)
    other = UserFactory()
    MembershipFactory(user=other, programme=cast.programme, role="supervisor", team=cast.other_team)
    whole = UserFactory()
    MembershipFactory(user=whole, programme=cast.programme, role="supervisor")
    for user, seen in (
        (cast.supervisor, True),
        (whole, True),
        (other, False),
        (cast.manager, False),
        (cast.expert, False),
        (cast.therapist, False),
        (cast.colleague, False),
        (cast.outsider, False),
    ):
        assert Signal.objects.visible_to(user).filter(pk=signal.pk).exists() is seen, user.username


def test_the_programmes_signal_is_for_the_manager_too(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell=dict.fromkeys(staff, 8))
    look(programme=cast.programme, on=LAST, only="adherence_drift")
    (signal,) = signals(cast)
    assert Signal.objects.visible_to(cast.manager).filter(pk=signal.pk).exists()
    page = client_of(cast.manager).get(reverse("signal", args=[signal.pk])).content.decode()
    assert "points lower" in page
    assert "Choose support steps" in page


def test_the_signal_offers_what_helps_as_actions(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell={cast.therapist: 8})
    look(programme=cast.programme, on=LAST, only="adherence_drift")
    (signal,) = signals(cast)
    assert {"role_play", "booster_course", "more_supervision", "basic_training"} <= {
        step.id for step in steps_for(signal)
    }
    (action,) = choose_steps(
        signal=signal,
        steps=["role_play"],
        decided="",
        owner=cast.supervisor,
        due_on=timezone.localdate(),
        by=cast.supervisor,
    )
    assert action.signal == signal


# --- events ---
def test_before_and_after_an_event(cast, staff):
    """Two points lower in 4 quarters x 2 x 8 sessions on either side; the day itself counts as after."""
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell=dict.fromkeys(staff, 8))
    drift = drift_of(cast)
    found = before_and_after(drift.ratings, drift.correction, on=FELL)
    assert (found.n_before, found.n_after, found.therapists) == (64, 72, 8)
    assert found.change == pytest.approx(-2.0, abs=0.02)
    assert found.lower < found.change < found.upper < 0
    assert found.p < 0.001
    steady = before_and_after(drift.ratings, drift.correction, on=FIRST + 4 * QUARTER, team=cast.team.pk)
    assert steady.lower < 0 < steady.upper
    few = before_and_after(drift.ratings, drift.correction, on=FIRST)
    assert (few.change, few.n_before) == (None, 0)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"kind": "picnic"}, "picnic is not one of the choices"),
        ({"happened_on": datetime.date(2999, 1, 1)}, "still to come"),
        ({}, "recorded for that day already"),
    ],
)
def test_a_wrong_event_is_refused(cast, changed, message):
    given = {"programme": cast.programme, "kind": "turnover", "happened_on": FELL, "by": cast.manager}
    record_event(**given)
    with pytest.raises(ValidationError, match=message):
        record_event(**{**given, **changed})


def test_a_team_of_another_programme_is_refused(cast):
    with pytest.raises(ValidationError, match="no team of this programme"):
        record_event(
            programme=cast.programme, kind="turnover", happened_on=FELL, team=TeamFactory(), by=cast.manager
        )


def test_the_page_records_an_event_and_takes_it_back(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell=dict.fromkeys(staff, 8))
    client, address = client_of(cast.manager), reverse("events", args=[cast.programme.slug])
    given = {"kind": "reorganisation", "happened_on": FELL.isoformat(), "team": "", "note": "Hours cut."}
    assert client.post(address, given).status_code == 302
    assert client.post(address, given).status_code == 422
    page = client.get(address).content.decode()
    assert "Reorganisation: Hours cut." in page
    assert "n = 64 sessions before, 72 after, of 8 therapists" in page
    event = cast.programme.events.get()
    client.post(reverse("event-take-back", args=[cast.programme.slug, event.pk]))
    assert "Hours cut." not in client.get(address).content.decode()


def test_pages_say_the_state_and_the_rate_of_false_alarms(cast, staff):
    rate_quarterly(cast.programme, staff, rater=cast.supervisor, fell={cast.therapist: 8}, sessions=True)
    page = client_of(cast.supervisor).get(reverse("adherence", args=[cast.programme.slug])).content.decode()
    assert "about one in 400 sessions" in page
    own = reverse("therapist-adherence", args=[cast.programme.slug, cast.therapist.pk])
    page = client_of(cast.supervisor).get(own).content.decode()
    assert "Fallen since about" in page
    assert "about one in 160 sessions" in page
