"""What is computed for a standard, on a programme small enough to count by hand."""

import datetime

import pytest

from onmodel.assessments.models import Assignment, Score
from onmodel.patients.models import Phase
from onmodel.process.models import Plan
from onmodel.requirements.measures import MEASURES
from onmodel.requirements.picture import Picture
from tests.factories import (
    InvolvementFactory,
    MembershipFactory,
    ProgrammeFactory,
    TeamFactory,
    TreatmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2025, 7, 1)


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


@pytest.fixture
def programme(db):
    """Team A of four therapists (one of them psychiatrist), team B of two; a supervisor of 16 hours."""
    programme = ProgrammeFactory()
    team_a = TeamFactory(programme=programme, name="A")
    team_b = TeamFactory(programme=programme, name="B")
    for name, team, hours, training, position in (
        ("Ann", team_a, 28, "b", ""),
        ("Ben", team_a, 24, "a", ""),
        ("Cas", team_a, 16, "", ""),
        ("Dee", team_a, 8, "a", "psychiatrist"),
        ("Eve", team_b, 28, "a", ""),
        ("Fay", team_b, None, "a", ""),
    ):
        MembershipFactory(
            user=UserFactory(name=name),
            programme=programme,
            team=team,
            hours_per_week=hours,
            training=training,
            position=position,
        )
    MembershipFactory(
        user=UserFactory(name="Sam"), programme=programme, role="supervisor", hours_per_week=16, training="d"
    )
    left = MembershipFactory(programme=programme, team=team_b, ends_on=ago(1))
    assert left.user.name not in "Ann Ben"
    return programme


def person(programme, name):
    return programme.memberships.get(user__name=name).user


def found(programme, measure) -> dict[str, float | None]:
    return {f.about: f.value for f in MEASURES[measure](Picture(programme, TODAY))}


def test_team_size_counts_each_therapist_once(programme):
    ann = person(programme, "Ann")
    MembershipFactory(user=ann, programme=programme, team=programme.teams.get(name="A"), hours_per_week=2)
    assert found(programme, "team_size") == {"A": 4, "B": 2}


def test_hours_add_up_over_memberships_and_are_unknown_where_one_is(programme):
    MembershipFactory(
        user=person(programme, "Cas"),
        programme=programme,
        team=programme.teams.get(name="B"),
        hours_per_week=12,
    )
    assert found(programme, "therapist_hours_per_week") == {
        "Ann": 28.0,
        "Ben": 24.0,
        "Cas": 28.0,  # 16 + 12
        "Eve": 28.0,
        "Fay": None,
    }
    assert found(programme, "supervisor_hours_per_week") == {"Sam": 16.0}


def test_caseload_leaves_follow_up_out(programme):
    ann = person(programme, "Ann")
    for days in (400, 100, 10):
        TreatmentFactory(programme=programme, started_on=ago(days), primary_clinician=ann)
    follow_up = programme.treatments.order_by("started_on").first()
    Phase.objects.create(treatment=follow_up, kind="follow_up", starts_on=ago(20))
    TreatmentFactory(
        programme=programme, started_on=ago(500), ended_on=ago(1), end_kind="completed", primary_clinician=ann
    )
    assert found(programme, "active_caseload") == {"Ann": 2}
    assert found(programme, "caseload_with_follow_up") == {"Ann": 3}


def test_shares_of_plans(programme):
    treatments = [TreatmentFactory(programme=programme, started_on=ago(60)) for _ in range(4)]
    assert found(programme, "crisis_plan_share") == {programme.name: 0.0}
    for treatment in treatments[:3]:
        Plan.objects.create(treatment=treatment, kind="crisis_plan", made_on=ago(50), agreed_on=ago(40))
    Plan.objects.create(treatment=treatments[3], kind="crisis_plan", made_on=ago(50))  # not agreed
    assert found(programme, "crisis_plan_share") == {programme.name: 75.0}
    assert found(programme, "days_start_to_crisis_plan") == {programme.name: 20}
    assert found(programme, "days_start_to_treatment_plan") == {programme.name: None}


def test_training_and_psychiatrist(programme):
    assert found(programme, "staff_trained") == {programme.name: pytest.approx(100 * 6 / 7)}  # Cas has none
    assert found(programme, "practitioner_present") == {programme.name: 1}
    assert found(programme, "psychiatrist_in_team") == {"A": 1, "B": 0}
    TreatmentFactory(programme=programme, started_on=ago(60), primary_clinician=person(programme, "Dee"))
    TreatmentFactory(programme=programme, started_on=ago(60), primary_clinician=person(programme, "Ann"))
    assert found(programme, "psychiatrist_not_primary_clinician") == {programme.name: 1}


def test_a_supervisor_who_treats(programme):
    assert found(programme, "supervisor_not_treating") == {"Sam": 1.0}
    treatment = TreatmentFactory(programme=programme, started_on=ago(60))
    InvolvementFactory(treatment=treatment, therapist=person(programme, "Sam"), starts_on=ago(60))
    assert found(programme, "supervisor_not_treating") == {"Sam": 0.0}


def test_duration_is_the_median_of_the_completed(programme):
    for days, kind in ((400, "completed"), (500, "completed"), (549, "completed"), (30, "drop_out")):
        TreatmentFactory(programme=programme, started_on=ago(days + 10), ended_on=ago(10), end_kind=kind)
    assert found(programme, "treatment_months") == {programme.name: pytest.approx(500 / 30.4375)}


def test_referral_to_orientation_is_a_median(programme):
    for wait in (10, 20, 60):
        start = ago(100)
        oriented = start - datetime.timedelta(days=5)
        TreatmentFactory(
            programme=programme,
            referred_on=oriented - datetime.timedelta(days=wait),
            oriented_on=oriented,
            started_on=start,
        )
    assert found(programme, "days_referral_to_orientation") == {programme.name: 20}


def test_adherence_and_team_items(programme):
    ann, team = person(programme, "Ann"), programme.teams.get(name="A")
    for value in (5.0, 3.0):
        form = Assignment.objects.create(
            programme=programme,
            subject_kind="therapist",
            person=ann,
            pack="mbt",
            instrument="mbt_acs",
            instrument_version="1.0.0",
            respondent="supervisor",
            status="answered",
            answered_on=ago(30),
        )
        Score.objects.create(assignment=form, scale="ADHERENCE", value=value, rule="single")
    Assignment.objects.create(
        programme=programme,
        subject_kind="team",
        team=team,
        pack="mbt",
        instrument="team_items",
        instrument_version="1.0.0",
        respondent="supervisor",
        status="answered",
        answered_on=ago(45),
    )
    assert found(programme, "adherence_score")["Ann"] == 4.0
    assert found(programme, "adherence_score")["Ben"] is None
    assert found(programme, "adherence_ratings_per_year") == {
        "Ann": 2,
        "Ben": 0,
        "Cas": 0,
        "Eve": 0,
        "Fay": 0,
    }
    assert found(programme, "team_items_interval_days") == {"A": 45, "B": None}


def test_nothing_recorded_is_unknown_not_nought(db):
    empty = ProgrammeFactory()
    for name in ("crisis_plan_share", "staff_trained", "treatment_months", "outcome_completeness"):
        assert found(empty, name) == {empty.name: None}, name
    assert found(empty, "team_size") == {}


def test_completeness_leaves_out_what_does_not_apply(programme):
    treatment = TreatmentFactory(programme=programme, started_on=ago(200))
    for months, status in ((0.0, "answered"), (1.0, "missed"), (2.0, "answered"), (3.0, "not_applicable")):
        Assignment.objects.create(
            programme=programme,
            subject_kind="treatment",
            treatment=treatment,
            pack="mbt",
            instrument="phq9",
            instrument_version="1.0.0",
            respondent="patient",
            months=months,
            due_on=ago(100),
            status=status,
            set_aside_reason="abroad" if status == "not_applicable" else "",
        )
    assert found(programme, "outcome_completeness") == {programme.name: pytest.approx(200 / 3)}
