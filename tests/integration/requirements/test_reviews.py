"""What is computed from reviews that were kept, on teams small enough to count by hand."""

import datetime

import pytest

from onmodel.patients.models import Phase
from onmodel.process.models import Review
from onmodel.programmes.models import Threshold
from onmodel.requirements.picture import Picture
from onmodel.requirements.reviews import OF_REVIEWS
from onmodel.requirements.standing import Known, State, Why, standing
from tests.factories import ProgrammeFactory, TeamFactory, TreatmentFactory, UserFactory

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2025, 7, 1)


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


@pytest.fixture
def team(db):
    return TeamFactory(programme=ProgrammeFactory(), name="A")


def treated(team, started: int, *held: int, kind: str = "team", used: bool | None = True, **said):
    """A treatment begun so many days ago, with reviews of so many days ago."""
    treatment = TreatmentFactory(programme=team.programme, team=team, started_on=ago(started), **said)
    for days in held:
        Review.objects.create(
            treatment=treatment,
            kind=kind,
            language="en",
            taken_on=ago(days),
            held_on=ago(days),
            outcome_used=used,
        )
    return treatment


def found(team, measure) -> dict[str, tuple[float | None, int]]:
    picture = Picture(team.programme, TODAY)
    return {one.about: (one.value, one.n) for one in OF_REVIEWS[measure](picture)}


def stands(team, standard: str):
    definition = team.programme.definitions.standard(standard)
    return standing(definition, Picture(team.programme, TODAY), None)


def test_nothing_is_known_where_no_review_was_kept(team):
    treated(team, 300)
    for measure in OF_REVIEWS:
        assert found(team, measure) == {"A": (None, 0)}
    one = stands(team, "rhythm_team_progress_review")
    assert (one.state, one.known, one.why) == (State.UNKNOWN, Known.UNKNOWN, Why.NO_DATA)


def test_the_median_of_the_longest_gaps(team):
    treated(team, 200, 160, 120, 80, 40)  # counted from day -160, the first that the team kept: 40
    treated(team, 150, 100, 60, 20)  # 50, 40, 40, 20
    treated(team, 300, 155, 20)  # 160 - 155 = 5, 135, 20
    assert found(team, "days_between_team_reviews") == {"A": (50.0, 3)}  # of 40, 50, 135
    assert found(team, "days_between_patient_reviews") == {"A": (None, 0)}
    one = stands(team, "rhythm_team_progress_review")
    assert one.state is State.NOT_MET  # 50 > 42
    (of_team,) = one.found
    assert sorted(of_team.of) == [40, 50, 135]


def test_a_treatment_that_has_no_review_counts_where_the_team_keeps_them(team):
    treated(team, 100, 90, 50, 10)  # from day -90: 40
    treated(team, 80)  # 80
    treated(team, 70)  # 70
    assert found(team, "days_between_team_reviews") == {"A": (70.0, 3)}


def test_a_treatment_counts_once_a_review_can_be_asked(team):
    treated(team, 100, 90, 60, 30)  # 30
    treated(team, 41)  # the bound is 42 days: none can be asked yet
    assert found(team, "days_between_team_reviews") == {"A": (30.0, 1)}
    treated(team, 42)
    assert found(team, "days_between_team_reviews") == {"A": (36.0, 2)}  # of 30 and 42


def test_the_programmes_own_bound_says_when(team):
    Threshold.objects.create(
        programme=team.programme,
        standard="rhythm_team_progress_review",
        at_most=20,
        reason="We meet each fortnight.",
        set_by=UserFactory(),
    )
    treated(team, 100, 90, 75, 60, 45, 30, 15)  # 15
    treated(team, 25)
    assert found(team, "days_between_team_reviews") == {"A": (20.0, 2)}  # of 15 and 25


def test_who_is_in_follow_up_or_has_ended_does_not_count(team):
    treated(team, 100, 90, 50, 10)  # 40
    left = treated(team, 100)
    Phase.objects.create(treatment=left, kind="follow_up", starts_on=ago(20))
    treated(team, 100, ended_on=ago(1), end_kind="completed")
    treated(team, 100, 30, kind="patient")  # from day -90: 90
    assert found(team, "days_between_team_reviews") == {"A": (65.0, 2)}  # of 40 and 90


def test_each_team_by_itself_and_what_has_no_team_as_the_programme(team):
    other = TeamFactory(programme=team.programme, name="B")
    treated(team, 100, 90, 50, 10)
    treated(other, 100)
    nobody = treated(team, 100, 60)
    nobody.team = None
    nobody.save()
    assert found(team, "days_between_team_reviews") == {
        "A": (40.0, 1),
        "B": (None, 0),
        team.programme.name: (60.0, 1),
    }


def test_reviews_that_used_outcome_within_a_year(team):
    treated(team, 500, 450, 300, 200, 10)  # of the last 365 days: 300, 200, 10
    treated(team, 400, 350)  # one
    treated(team, 364, 300, 200, 100, 50)  # in treatment for less than a year
    treated(team, 420, 390, kind="patient", used=False)  # none
    assert found(team, "outcome_reviews_per_year") == {"A": (1.0, 3)}  # of 3, 1, 0
    assert stands(team, "rhythm_outcome_in_review").state is State.NOT_MET  # 1 < 2


def test_reviews_that_do_not_say_whether_outcome_was_used_tell_nothing(team):
    treated(team, 500, 450, 300, used=None)
    assert found(team, "outcome_reviews_per_year") == {"A": (None, 0)}


def test_the_log_has_to_be_a_year_old(team):
    treated(team, 500, 300, 100)  # the first was kept 300 days ago
    assert found(team, "outcome_reviews_per_year") == {"A": (None, 0)}


def test_reviews_are_read_once(team, django_assert_num_queries):
    for days in (100, 120, 140):
        treated(team, days, 90, 50, 10)
    picture = Picture(team.programme, TODAY)
    with django_assert_num_queries(6):
        for measure in OF_REVIEWS.values():
            measure(picture)
