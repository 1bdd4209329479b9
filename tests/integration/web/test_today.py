"""Home is what needs doing now, of whoever looks, in order of harm and date."""

import datetime

import pytest
from django.test import Client
from django.utils import timezone

from onmodel.adherence.models import Rating
from onmodel.followup.actions import agree
from onmodel.sessions.models import Session
from onmodel.signals.models import Signal
from onmodel.supervision.models import Meeting
from onmodel.teams.actions import answer_as_member, rate_team
from onmodel.teams.rhythm import asked_items, form_of
from tests.factories import AssignmentFactory, TreatmentFactory

pytestmark = pytest.mark.django_db
CALM = "Nothing needs doing now"


@pytest.fixture(autouse=True)
def teams_said_theirs(cast):
    """The teams were rated and answered about, so that they ask for nothing here."""
    items = asked_items(form_of(cast.programme))
    marks = dict.fromkeys(items, 5)
    for team, member in ((cast.team, cast.therapist), (cast.other_team, cast.colleague)):
        rate_team(team=team, answers=marks, rated_on=day(0), by=cast.supervisor)
        answer_as_member(team=team, answers=marks, by=member)


def home(user) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/").content.decode()


def tasks(user) -> list[str]:
    """The titles in the order in which they stand."""
    shown = home(user).split('class="todo-title"')[1:]
    return [part.partition(">")[2].partition("<")[0] for part in shown]


def day(number: int) -> datetime.date:
    return timezone.localdate() + datetime.timedelta(days=number)


def signal(cast, rule: str, severity: str, due: int | None, **about: object) -> Signal:
    return Signal.objects.create(
        programme=cast.programme, pack="mbt", rule=rule, rule_version="1", severity=severity,
        responsible="therapist", subject_kind="treatment", treatment=cast.treatment,
        due_on=None if due is None else day(due),
    )  # fmt: skip


def test_in_order_of_harm_and_date(cast):
    signal(cast, "long_main_phase", "info", 20)
    signal(cast, "missing_treatment_plan", "attention", -3)
    signal(cast, "missing_crisis_plan", "urgent", -1)
    for what, due in (("Call the referrer", -5), ("Write to the doctor", 5)):
        agree(
            programme=cast.programme, what=what, owner=cast.therapist,
            due_on=day(max(due, 0)), by=cast.supervisor,
        ).__class__.objects.filter(what=what).update(due_on=day(due))  # fmt: skip
    assert tasks(cast.therapist) == [
        "No crisis plan",
        "Call the referrer",
        "No signed treatment plan",
        "Write to the doctor",
        "Main phase longer than planned",
    ]


def test_what_is_agreed_for_later_waits(cast):
    agree(programme=cast.programme, what="Later", owner=cast.manager, due_on=day(8), by=cast.manager)
    assert CALM in home(cast.manager)
    agree(programme=cast.programme, what="Soon", owner=cast.manager, due_on=day(7), by=cast.manager)
    assert tasks(cast.manager) == ["Soon"]


def test_what_was_agreed_at_a_meeting(cast):
    meeting = Meeting.objects.create(
        programme=cast.programme, team=cast.team, kind="team_supervision", day=day(-7), state="held"
    )
    for what, due in (("Bring a recording", 3), ("Later", 30)):
        meeting.agreements.create(what=what, owner=cast.therapist, due_on=day(due))
    assert tasks(cast.therapist) == ["Bring a recording"]
    assert CALM in home(cast.supervisor)


def test_a_rating_asked_of_me(cast):
    session = Session.objects.create(
        programme=cast.programme, team=cast.team, kind="individual", component="individual", held_on=day(-9)
    )
    form = AssignmentFactory(
        treatment=None, programme=cast.programme, subject_kind="therapist", person=cast.therapist,
        instrument="mbt_acs", respondent="supervisor", respondent_user=cast.supervisor, months=None,
        due_on=day(-1),
    )  # fmt: skip
    Rating.objects.create(
        programme=cast.programme, session=session, therapist=cast.therapist, rater=cast.supervisor,
        assignment=form, purpose="rating",
    )  # fmt: skip
    assert tasks(cast.supervisor) == ["Rating"]
    assert "Tess Therapist" in home(cast.supervisor)
    assert CALM in home(cast.therapist)


def test_own_forms_that_are_due(cast):
    AssignmentFactory(treatment=cast.treatment, respondent="therapist", months=None, due_on=day(0))
    AssignmentFactory(
        treatment=cast.treatment, respondent="therapist", months=None, due_on=day(1), instrument="gad7"
    )
    AssignmentFactory(
        treatment=cast.treatment, respondent="patient", months=None, due_on=day(0), instrument="bsi"
    )
    assert len(tasks(cast.therapist)) == 1
    assert "P-1001" in home(cast.therapist)
    assert CALM in home(cast.supervisor)


def test_an_assistant_has_patients_to_reach(cast):
    AssignmentFactory(treatment=cast.treatment, due_on=day(-30), status="open")
    other = TreatmentFactory(programme=cast.programme)
    AssignmentFactory(treatment=other, due_on=day(-40), status="open")
    assert tasks(cast.assistant) == ["2 patients to reach today"]


@pytest.mark.parametrize("who", ["therapist", "supervisor", "manager", "assistant", "expert"])
def test_a_calm_day_says_so(cast, who):
    assert CALM in home(getattr(cast, who))


@pytest.mark.parametrize("who", ["stakeholder", "administrator", "privacy_officer"])
def test_who_has_no_part_in_the_work_has_no_list(cast, who):
    shown = home(getattr(cast, who))
    assert CALM not in shown
    assert 'class="todo"' not in shown
