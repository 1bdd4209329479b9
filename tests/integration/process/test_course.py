"""A patient's course is kept, and what cannot be is refused with the day and the reason."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from onmodel.patients.models import Patient, Treatment
from onmodel.process.course import actions
from onmodel.process.course.introduction import introduction_of
from onmodel.process.course.timeline import course_of
from onmodel.process.models import Referral
from onmodel.sessions.actions import keep_attendance, keep_session
from tests.factories import TreatmentFactory

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 3)
TOMORROW = timezone.localdate() + datetime.timedelta(days=1)


def later(days: int) -> datetime.date:
    return DAY + datetime.timedelta(days=days)


@pytest.fixture
def new(cast) -> Treatment:
    """Somebody who was just referred."""
    return actions.refer(
        programme=cast.programme,
        pseudonym="P-3000",
        referred_on=DAY,
        source="gp",
        team=cast.team,
        by=cast.supervisor,
    )


def ends(cast, treatment, **given):
    usual = {
        "ended_on": later(100),
        "kind": "completed",
        "ground": "as_planned",
        "reason": "As agreed.",
        "decided_by": [cast.therapist],
    }
    return actions.end_treatment(treatment=treatment, by=cast.therapist, **(usual | given))


def test_a_referral_begins_a_treatment_that_waits(cast, new):
    assert list(Treatment.objects.waiting_on(DAY)) == [new]
    assert [phase.kind for phase in new.phases.all()] == ["referral"]
    assert new.referral.source == "gp"
    assert new.referral.meets_criteria is None


def test_who_waits_or_is_in_treatment_is_not_referred_again(cast, new):
    with pytest.raises(ValidationError, match="P-3000 is waiting or in treatment"):
        actions.refer(
            programme=cast.programme,
            pseudonym="P-3000",
            referred_on=later(5),
            source="gp",
            by=cast.supervisor,
        )


def test_who_comes_back_has_a_new_treatment_that_names_the_earlier_one(cast, new):
    actions.start_phase(treatment=new, kind="initial", starts_on=later(10), by=cast.therapist)
    ends(cast, new)
    with pytest.raises(ValidationError, match="lies before the end of the earlier treatment"):
        actions.refer(
            programme=cast.programme,
            pseudonym="P-3000",
            referred_on=later(90),
            source="gp",
            by=cast.supervisor,
        )
    again = actions.refer(
        programme=cast.programme,
        pseudonym="P-3000",
        referred_on=later(200),
        source="return",
        by=cast.supervisor,
    )
    assert again.referral.returns_from == new
    assert Patient.objects.filter(pseudonym="P-3000").count() == 1


def test_a_referral_says_which_criteria_are_met_and_which_nobody_judged(cast, new):
    kept = actions.keep_referral(
        treatment=new,
        source="mental_health",
        criteria={"age": True, "personality_disorder": False},
        oriented_on=later(20),
        decision="declined",
        decided_on=later(21),
        by=cast.therapist,
    )
    assert kept.meets_criteria is False
    assert "no_schizophrenia" not in kept.criteria
    new.refresh_from_db()
    assert new.oriented_on == later(20)
    assert Referral.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"source": "stork"}, "stork is not one of the choices"),
        ({"criteria": {"tall": True}}, "tall is not one of the choices"),
        ({"oriented_on": DAY - datetime.timedelta(days=1)}, "lies before the referral"),
        ({"oriented_on": TOMORROW}, "lies in the future"),
        ({"decision": "accepted"}, "has a day"),
        ({"decision": "maybe", "decided_on": later(1)}, "maybe"),
    ],
)
def test_a_wrong_referral_is_refused(cast, new, given, message):
    with pytest.raises(ValidationError, match=message):
        actions.keep_referral(treatment=new, by=cast.therapist, **({"source": "gp"} | given))
    assert new.referral.source == "gp"


def test_a_patient_is_assigned_and_handed_over(cast, new):
    give = {"treatment": new, "team": cast.team, "by": cast.supervisor}
    actions.assign(primary_clinician=cast.therapist, assigned_on=later(10), **give)
    actions.assign(primary_clinician=cast.supervisor, assigned_on=later(40), **give)
    new.refresh_from_db()
    parts = list(new.involvements.order_by("starts_on").values_list("therapist", "starts_on", "ends_on"))
    assert parts == [(cast.therapist.pk, later(10), later(39)), (cast.supervisor.pk, later(40), None)]
    assert new.primary_clinician == cast.supervisor
    assert new.referral.__class__.objects.get(treatment=new).assigned_on == later(10)


def test_only_who_works_there_becomes_primary_clinician(cast, new):
    give = {"treatment": new, "assigned_on": later(10), "by": cast.supervisor}
    with pytest.raises(ValidationError, match="Otto Outsider did not work"):
        actions.assign(team=cast.team, primary_clinician=cast.outsider, **give)
    elsewhere = cast.other_programme.teams.create(name="Red", starts_on=DAY)
    with pytest.raises(ValidationError, match="another programme"):
        actions.assign(team=elsewhere, primary_clinician=cast.therapist, **give)


def test_the_first_phase_of_treatment_is_its_start_and_ends_what_was_offered_meanwhile(cast, new):
    actions.offer_meanwhile(treatment=new, kind="introduction", starts_on=later(5), by=cast.therapist)
    actions.start_phase(treatment=new, kind="initial", starts_on=later(30), by=cast.therapist)
    actions.start_phase(treatment=new, kind="main", starts_on=later(90), by=cast.therapist)
    new.refresh_from_db()
    assert new.started_on == later(30)
    assert [(p.kind, p.ends_on) for p in new.phases.all()] == [
        ("referral", later(29)),
        ("initial", later(89)),
        ("main", None),
    ]
    assert new.waiting_offers.get().ends_on == later(30)


@pytest.mark.parametrize(
    ("kind", "day", "message"),
    [
        ("initial", TOMORROW, "lies in the future"),
        ("initial", DAY, "lies before"),
        ("initial", DAY - datetime.timedelta(days=3), "lies before the referral"),
        ("hibernation", later(5), "hibernation is not one of the choices"),
        ("referral", later(5), "in that phase already"),
    ],
)
def test_a_wrong_phase_is_refused(cast, new, kind, day, message):
    with pytest.raises(ValidationError, match=message):
        actions.start_phase(treatment=new, kind=kind, starts_on=day, by=cast.therapist)
    assert new.phases.count() == 1


def test_parts_begin_once_and_end_after_they_began(cast, new):
    part = actions.take_part(treatment=new, component="group", starts_on=later(10), by=cast.therapist)
    with pytest.raises(ValidationError, match="already"):
        actions.take_part(treatment=new, component="group", starts_on=later(12), by=cast.therapist)
    with pytest.raises(ValidationError, match="lies before its start"):
        actions.stop(stretch=part, ends_on=later(9), by=cast.therapist)
    assert actions.stop(stretch=part, ends_on=later(20), by=cast.therapist).ends_on == later(20)
    with pytest.raises(ValidationError, match="ended already"):
        actions.stop(stretch=part, ends_on=later(21), by=cast.therapist)


def test_the_end_closes_everything_and_the_therapists_access(cast):
    treatment = cast.treatment
    actions.take_part(treatment=treatment, component="group", starts_on=DAY, by=cast.therapist)
    assert cast.therapist in {row.therapist for row in treatment.involvements.all()}
    ending = ends(cast, treatment)
    treatment.refresh_from_db()
    assert (treatment.ended_on, treatment.end_kind) == (later(100), "completed")
    assert list(ending.decided_by.all()) == [cast.therapist]
    assert not treatment.parts.filter(ends_on=None).exists()
    assert not Treatment.objects.visible_to(cast.therapist).filter(pk=treatment.pk).exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"ended_on": datetime.date(2024, 12, 24)}, "lies before the start of treatment"),
        ({"ended_on": TOMORROW}, "lies in the future"),
        ({"kind": "evaporated"}, "evaporated is not one of the choices"),
        ({"ground": "weather"}, "weather is not one of the choices"),
        ({"reason": "  "}, "why the treatment ends"),
        ({"decided_by": []}, "It takes 1 person"),
        ({"kind": "drop_out", "ground": "not_reached"}, "a discussion in the team"),
        ({"kind": "push_out", "ground": "safety", "discussed_on": later(90)}, "It takes 2 people"),
        ({"discussed_on": later(101)}, "lies before the discussion"),
    ],
)
def test_a_wrong_end_is_refused(cast, given, message):
    with pytest.raises(ValidationError, match=message):
        ends(cast, cast.treatment, **given)
    cast.treatment.refresh_from_db()
    assert cast.treatment.ended_on is None


def test_nobody_drops_out_without_a_discussion_and_one_person_discharges_nobody(cast):
    ends(
        cast,
        cast.treatment,
        kind="push_out",
        ground="safety",
        discussed_on=later(99),
        decided_by=[cast.therapist, cast.supervisor],
    )
    with pytest.raises(ValidationError, match="ended already"):
        ends(cast, cast.treatment)


def test_a_treatment_does_not_end_before_something_of_it_began(cast):
    actions.take_part(treatment=cast.treatment, component="group", starts_on=later(120), by=cast.therapist)
    with pytest.raises(ValidationError, match="something of this treatment began"):
        ends(cast, cast.treatment)


def held(cast, theme: str, day: datetime.date, *, came: bool = True):
    session = keep_session(
        programme=cast.programme,
        held_on=day,
        component="introduction",
        theme=theme,
        treatment=cast.treatment,
        therapists=[cast.therapist],
        by=cast.therapist,
    )
    keep_attendance(session=session, present=[cast.treatment] if came else [], by=cast.therapist)


def test_the_introductory_course_is_read_from_the_sessions(cast):
    held(cast, "session_01", DAY)
    held(cast, "session_02", later(7), came=False)
    held(cast, "session_02", later(14))
    held(cast, "session_03", later(21), came=False)
    steps = introduction_of(cast.treatment)
    assert len(steps) == 12  # QM 4.2.2
    assert [(step.held_on, step.came) for step in steps[:4]] == [
        (DAY, True),
        (later(14), True),
        (later(21), False),
        (None, None),
    ]


def test_a_theme_belongs_to_its_part_of_the_programme(cast):
    with pytest.raises(ValidationError, match="session_01 is no theme"):
        keep_session(
            programme=cast.programme,
            held_on=DAY,
            component="individual",
            theme="session_01",
            treatment=cast.treatment,
            therapists=[cast.therapist],
            by=cast.therapist,
        )


def test_banked_sessions_are_counted_from_those_that_were_held(cast):
    kept = actions.agree_follow_up(
        treatment=cast.treatment, kind="banked", sessions=6, starts_on=later(7), by=cast.therapist
    )
    held(cast, "session_01", DAY)
    held(cast, "session_02", later(7))
    held(cast, "session_03", later(14), came=False)
    assert kept.used() == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "forever"}, "forever is not one of the choices"),
        ({"sessions": 0}, "0 sessions"),
        ({"starts_on": datetime.date(2020, 1, 1)}, "lies before the start of treatment"),
        ({"ends_on": DAY}, "lies before the start of follow-up"),
    ],
)
def test_a_wrong_follow_up_is_refused(cast, given, message):
    usual = {"kind": "banked", "sessions": 6, "starts_on": later(7)}
    with pytest.raises(ValidationError, match=message):
        actions.agree_follow_up(treatment=cast.treatment, by=cast.therapist, **(usual | given))


def test_a_course_says_in_a_sentence_where_it_stands(cast, new):
    assert "waiting for" in course_of(new).summary
    actions.start_phase(treatment=new, kind="initial", starts_on=later(30), by=cast.therapist)
    new.refresh_from_db()
    assert course_of(new).summary.startswith("Pre-treatment and initial phase since 2 Apr 2025, in month")
    ends(cast, new)
    new.refresh_from_db()
    course = course_of(new)
    assert course.summary == "Ended on 11 Jun 2025: Completed."
    assert [words for _day, words in course.days][:1] == ["End: Completed"]


def test_a_course_says_how_often_the_patient_came_lately(cast):
    held(cast, "session_01", DAY)
    held(cast, "session_02", later(7), came=False)
    assert "Came to 1 of the last 2 sessions" in course_of(cast.treatment).summary


def test_the_patient_does_not_read_incidents_in_the_course(cast):
    cast.treatment.incidents.create(programme=cast.programme, kind="complaint", happened_on=DAY)
    assert "Formal complaint" in str(course_of(cast.treatment).days)
    assert "Formal complaint" not in str(course_of(cast.treatment, own=True).days)


def test_a_treatment_of_which_no_day_is_known_has_no_course(cast):
    bare = TreatmentFactory(programme=cast.programme, referred_on=None, started_on=None)
    assert course_of(bare) is None


def test_a_course_without_phases_says_what_is_known(cast):
    assert course_of(cast.treatment).summary.startswith("In month ")
    bare = TreatmentFactory(programme=cast.programme, referred_on=DAY, started_on=None)
    assert course_of(bare).summary == "3 Mar 2025: Referral."
