"""Days: a whole group at once, risk with what was done, calls, incidents, time-outs."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from onmodel.process.days import actions
from onmodel.process.days.actions import Entry
from onmodel.sessions.models import Session
from tests.factories import TreatmentFactory

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 6, 6)  # a Friday
TOMORROW = timezone.localdate() + datetime.timedelta(days=1)


def later(days: int) -> datetime.date:
    return DAY + datetime.timedelta(days=days)


@pytest.fixture
def group(cast):
    """A group of the cast's patient and another one."""
    made = cast.team.groups.create(name="Tuesday", starts_on=datetime.date(2025, 1, 1))
    other = TreatmentFactory(programme=cast.programme, team=cast.team)
    for treatment in (cast.treatment, other):
        treatment.group_places.create(group=made, starts_on=datetime.date(2025, 1, 1))
    made.other = other
    return made


def keep(cast, group, *entries):
    return actions.keep_group_day(
        programme=cast.programme,
        group=group,
        held_on=DAY,
        component="group",
        therapists=[cast.therapist],
        entries=entries,
        by=cast.therapist,
    )


def test_a_group_day_keeps_attendance_risk_and_reports_at_once(cast, group):
    first = Entry(
        treatment=cast.treatment,
        present=True,
        risk="raised",
        dropout_risk="low",
        done="Went through the crisis plan.",
        happened="Spoke of the quarrel.",
        next_step="Back to it on Tuesday.",
        goals=["function"],
    )
    session = keep(cast, group, first, Entry(treatment=group.other, present=False, dropout_risk="low"))
    came = {row.treatment_id: row.present for row in session.attendances.all()}
    assert came == {cast.treatment.pk: True, group.other.pk: False}
    check = cast.treatment.risk_checks.get()
    assert (check.risk, check.done) == ("raised", "Went through the crisis plan.")
    assert cast.treatment.session_reports.get().goals == ["function"]
    assert not group.other.session_reports.exists()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"risk": "raised"}, "P-1001: The risk is more than low"),
        ({"risk": "purple"}, "P-1001: purple is not one of the choices"),
        ({"done": "Talked."}, "P-1001: Something was done about a risk"),
        ({"next_step": "More."}, "P-1001: The report lacks its first line"),
        ({"happened": "x" * 201}, "P-1001: A line of a report has at most 200"),
        ({"happened": "Spoke.", "goals": ["fame"]}, "P-1001: fame is not one of the choices"),
    ],
)
def test_what_is_wrong_with_one_patient_names_the_patient_and_keeps_nothing(cast, group, given, message):
    with pytest.raises(ValidationError, match=message):
        keep(cast, group, Entry(treatment=cast.treatment, present=True, **given))
    if "risk" in given:
        assert not cast.treatment.risk_checks.exists()


def test_risk_said_again_replaces_what_stood_there(cast):
    say = {"treatment": cast.treatment, "checked_on": DAY, "by": cast.therapist}
    actions.assess_risk(risk="low", **say)
    actions.assess_risk(risk="high", done="Crisis service called.", **say)
    assert cast.treatment.risk_checks.get().risk == "high"
    with pytest.raises(ValidationError, match="Say how high"):
        actions.assess_risk(**say)
    with pytest.raises(ValidationError, match="lies in the future"):
        actions.assess_risk(**(say | {"risk": "low", "checked_on": TOMORROW}))


def test_a_report_is_about_somebody_who_was_expected(cast, group):
    session = Session.objects.create(
        programme=cast.programme, team=cast.team, kind="individual", component="individual", held_on=DAY
    )
    with pytest.raises(ValidationError, match="not expected"):
        actions.report_session(
            session=session, treatment=cast.treatment, happened="Spoke.", by=cast.therapist
        )


def test_a_message_of_friday_is_to_be_answered_on_monday(cast):
    call = actions.note_call(treatment=cast.treatment, came_on=DAY, about="Cannot come.", by=cast.therapist)
    assert call.due_on == later(3)
    assert list(cast.treatment.calls.waiting()) == [call]
    with pytest.raises(ValidationError, match="lies before the message"):
        actions.return_call(call=call, returned_on=later(-1), by=cast.therapist)
    actions.return_call(call=call, returned_on=later(3), result="Comes on Tuesday.", by=cast.therapist)
    assert not cast.treatment.calls.waiting().exists()
    with pytest.raises(ValidationError, match="returned already"):
        actions.return_call(call=call, returned_on=later(4), by=cast.therapist)


def test_an_incident_is_kept_and_reviewed_once(cast):
    incident = actions.keep_incident(
        treatment=cast.treatment, kind="self_harm", happened_on=DAY, plan_used=True, by=cast.therapist
    )
    with pytest.raises(ValidationError, match="lies before the incident"):
        actions.review_incident(incident=incident, reviewed_on=later(-1), review="x", by=cast.therapist)
    with pytest.raises(ValidationError, match="what the team made of it"):
        actions.review_incident(incident=incident, reviewed_on=later(1), review=" ", by=cast.therapist)
    actions.review_incident(incident=incident, reviewed_on=later(1), review="Plan worked.", by=cast.therapist)
    with pytest.raises(ValidationError, match="reviewed already"):
        actions.review_incident(incident=incident, reviewed_on=later(2), review="Again.", by=cast.therapist)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "eclipse"}, "eclipse is not one of the choices"),
        ({"happened_on": TOMORROW}, "lies in the future"),
        ({"minutes": 0}, "0 minutes"),
    ],
)
def test_a_wrong_incident_is_refused(cast, given, message):
    usual = {"kind": "self_harm", "happened_on": DAY}
    with pytest.raises(ValidationError, match=message):
        actions.keep_incident(treatment=cast.treatment, by=cast.therapist, **(usual | given))


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"decided_by": ["therapist"]}, "It takes 2 people to decide this; named: 1"),
        ({"decided_by": ["therapist", "therapist"]}, "It takes 2 people"),
        ({"decided_by": ["therapist", "outsider"]}, "Otto Outsider did not work"),
        ({"ends_on": later(-1)}, "lies before the start of the time-out"),
        ({"starts_on": TOMORROW}, "lies in the future"),
        ({"reason": " "}, "Say why"),
    ],
)
def test_a_time_out_takes_two_of_the_staff(cast, given, message):
    usual = {"starts_on": DAY, "reason": "Violence.", "decided_by": ["therapist", "supervisor"]}
    said = usual | given
    said["decided_by"] = [getattr(cast, name) for name in said["decided_by"]]
    with pytest.raises(ValidationError, match=message):
        actions.give_time_out(treatment=cast.treatment, by=cast.therapist, **said)
    assert not cast.treatment.time_outs.exists()


def test_a_time_out_ends_and_there_is_one_at_a_time(cast):
    say = {
        "treatment": cast.treatment,
        "reason": "Violence.",
        "decided_by": [cast.therapist, cast.supervisor],
        "by": cast.therapist,
    }
    given = actions.give_time_out(starts_on=DAY, **say)
    with pytest.raises(ValidationError, match="already"):
        actions.give_time_out(starts_on=later(2), **say)
    with pytest.raises(ValidationError, match="lies before"):
        actions.end_time_out(time_out=given, ends_on=later(-1), by=cast.therapist)
    actions.end_time_out(time_out=given, ends_on=later(5), by=cast.therapist)
    assert actions.give_time_out(starts_on=later(9), **say).decided_by.count() == 2
