"""A programme as a project: tasks, the decision, the calculator, and the published programmes beside it."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.implementing.actions import decide, judge, keep_calculation, keep_project, keep_task
from onmodel.implementing.inputs import standard_limits
from onmodel.implementing.likeness import Known, profile
from onmodel.implementing.phases import before_decision, phases_of
from onmodel.programmes.actions import record_event
from tests.projects import BEGUN, INPUTS, arranged, begun_project

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 6, 1)


def client_of(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def done(cast, project, *tasks: str) -> None:
    for task in tasks:
        keep_task(project=project, task=task, state="done", evidence="Minutes of May.", by=cast.manager)


def test_six_phases_with_their_tasks(cast):
    phases = phases_of(cast.programme, begun_project(cast))
    assert [phase.term.id for phase in phases] == [
        "feasibility",
        "commitment",
        "decision",
        "plan",
        "implementation",
        "opening",
    ]
    assert [phase.term.id for phase in before_decision(phases)] == ["feasibility", "commitment"]
    assert sum(len(phase.steps) for phase in phases) == 24


def test_a_task_that_is_due_and_not_settled_is_overdue(cast):
    project = begun_project(cast)
    keep_task(project=project, task="population", state="under_way", due_on=DAY, by=cast.manager)
    (step, *_rest) = phases_of(cast.programme, project)[0].steps
    assert step.overdue(DAY + datetime.timedelta(days=1))
    assert not step.overdue(DAY)
    done(cast, project, "population")
    (step, *_rest) = phases_of(cast.programme, project)[0].steps
    assert step.settled
    assert not step.overdue(DAY + datetime.timedelta(days=1))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"task": "dance"}, "dance is no task"),
        ({"state": "soon"}, "not one of the choices"),
        ({"state": "done"}, "Say what shows that it is done"),
        ({"state": "not_needed", "evidence": " "}, "Say what shows that it is done"),
        ({"due_on": BEGUN - datetime.timedelta(days=1)}, "the project began on 6 Jan 2025"),
    ],
)
def test_what_is_no_task(cast, given, said):
    project = begun_project(cast)
    with pytest.raises(ValidationError, match=said):
        keep_task(project=project, **{"task": "population", "state": "to_do", "by": cast.manager, **given})
    assert not project.tasks.exists()


def test_an_owner_works_there(cast):
    with pytest.raises(ValidationError, match="Otto Outsider has no role"):
        keep_task(
            project=begun_project(cast),
            task="population",
            state="to_do",
            owner=cast.outsider,
            by=cast.manager,
        )


def test_it_does_not_open_before_it_begins(cast):
    with pytest.raises(ValidationError, match="cannot open on 6 Jan 2025"):
        keep_project(programme=cast.programme, begun_on=BEGUN, opens_on=BEGUN, by=cast.manager)


def test_a_decision_keeps_how_much_was_settled_and_stays(cast):
    project = begun_project(cast)
    done(cast, project, "population", "referrals", "discuss_plan", "embedding_funding")
    said = {"taken_by": "The board", "ground": "Enough referrals."}
    decide(project=project, outcome="no_go", taken_on=DAY, by=cast.manager, **said)
    later = DAY + datetime.timedelta(days=30)
    decide(
        project=project,
        outcome="go_if",
        taken_on=later,
        conditions="A psychiatrist.",
        by=cast.manager,
        **said,
    )
    told = [(one.outcome, one.done, one.asked) for one in project.decisions.all()]
    assert told == [("go_if", 3, 9), ("no_go", 3, 9)]  # the task of a later phase counts not


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"outcome": "perhaps"}, "not one of the choices"),
        ({"ground": ""}, "Say who decided"),
        ({"taken_by": "\0"}, "Say who decided"),
        ({"outcome": "go_if"}, "Say on which conditions"),
        ({"taken_on": timezone.localdate() + datetime.timedelta(days=400)}, "is still to come"),
        ({"taken_on": BEGUN - datetime.timedelta(days=1)}, "it was not decided on 5 Jan 2025"),
    ],
)
def test_what_is_no_decision(cast, given, said):
    project = begun_project(cast)
    whole = {"outcome": "go", "taken_by": "The board", "taken_on": DAY, "ground": "All is there."}
    with pytest.raises(ValidationError, match=said):
        decide(project=project, by=cast.manager, **{**whole, **given})
    assert not project.decisions.exists()


def test_a_decision_sent_twice_counts_once(cast):
    project = begun_project(cast)
    given = {"outcome": "go", "taken_by": "The board", "taken_on": "2025-06-01", "ground": "All is there."}
    address = reverse("implementing-decision", args=[cast.programme.slug])
    client = client_of(cast.manager)
    assert client.post(address, given).status_code == 302
    second = client.post(address, given)
    assert (second.status_code, project.decisions.count()) == (422, 1)
    assert "is recorded already" in second.content.decode()


def test_the_limits_of_the_standards_are_filled_in(cast):
    assert standard_limits(cast.programme) == {
        "caseload": (18.0, 18.0),
        "therapist_hours": (24.0, 28.0),
        "team": (4.0, 9.0),
        "direct": (60.0, 65.0),
    }


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"population": [2, 1]}, "the low value 2 lies above the high value 1"),
        ({"months": [0, 1]}, "months: has to be above 0"),
        ({"suitable": [1, 200]}, "200 per cent is more than all"),
        ({"group": ["many", 3]}, "This cannot be calculated"),
        ({"costs": [{"name": "Rent", "basis": "weekly", "amount": [1, 2]}]}, "weekly"),
    ],
)
def test_what_cannot_be_calculated(cast, given, said):
    project = begun_project(cast)
    with pytest.raises(ValidationError, match=said):
        keep_calculation(project=project, inputs={**INPUTS, **given}, by=cast.manager)
    assert not project.calculations.exists()


def filled() -> dict[str, object]:
    """The calculator's form with the inputs of the tests."""
    given = {"note": "Counted by ourselves."}
    for name, bounds in INPUTS.items():
        if name != "costs":
            given |= {f"{name}_low": bounds[0], f"{name}_high": bounds[1]}
    for part, value in (("name", "Training"), ("basis", "therapist"), ("low", 100), ("high", 200)):
        given[f"cost_0_{part}"] = value
    return given


def test_the_calculator_by_hand(cast):
    """200 000 x 1 % x 4 % x 50 % = 40 a year, 60 treated; 60 x 3 / 0.60 / 24 = 12.5, so 13 therapists."""
    project = begun_project(cast)
    client, address = client_of(cast.manager), reverse("implementing-feasibility", args=[cast.programme.slug])
    for _time in range(2):
        assert client.post(address, filled()).status_code == 302
    assert project.calculations.count() == 1
    page = client.get(address)
    facts = {str(fact.label): fact.value for fact in page.context["facts"]}
    assert facts["Begin in a year"] == "20 to 40"
    assert facts["In treatment at a time"] == "30 to 60"
    assert facts["Therapists"] == "7 to 13"
    assert facts["Paid a year"] == "700 to 2,600"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"population_low": "-1"}, "greater than or equal to 0"),
        ({"population_low": "many"}, "Enter a number"),
        ({"population_high": "5"}, "5 lies below the lowest value, 100000"),
        ({"disorder_high": "101"}, "101 per cent is more than all"),
        ({"cost_0_name": ""}, "Say what the amount is for"),
        ({"cost_0_low": ""}, "Give an amount, or leave the line empty"),
    ],
)
def test_the_calculator_refuses_in_words_and_keeps_the_fields(cast, wrong, said):
    project = begun_project(cast)
    address = reverse("implementing-feasibility", args=[cast.programme.slug])
    response = client_of(cast.manager).post(address, {**filled(), **wrong})
    assert (response.status_code, project.calculations.exists()) == (422, False)
    text = response.content.decode()
    assert said in text
    assert "Counted by ourselves." in text


def judged(project, determinant: str, day: datetime.date = DAY):
    return next(one for one in profile(project, day).judged if one.term.id == determinant)


def test_what_the_record_tells_is_marked_and_may_be_overruled(cast):
    project = begun_project(cast)
    assert judged(project, "stable_organisation").known is Known.UNKNOWN
    record_event(
        programme=cast.programme,
        kind="reorganisation",
        happened_on=datetime.date(2025, 5, 1),
        by=cast.manager,
    )
    told = judged(project, "stable_organisation")
    assert (told.present, told.known) == (False, Known.RECORD)
    assert judged(project, "stable_organisation", datetime.date(2027, 5, 2)).present is None
    judge(project=project, present={"stable_organisation": True}, by=cast.manager)
    said = judged(project, "stable_organisation")
    assert (said.present, said.known, said.told) == (True, Known.SAID, False)


def test_an_agreement_with_a_protocol_and_a_settled_phase_tell(cast):
    project = begun_project(cast)
    arranged(cast)
    assert judged(project, "crisis_protocols").present is True
    assert judged(project, "implementation_plan").present is None
    plan = next(phase for phase in phases_of(cast.programme, project) if phase.term.id == "plan")
    done(cast, project, *(step.term.id for step in plan.steps))
    assert judged(project, "implementation_plan").present is True


def test_who_says_what_case_f_tells_is_like_case_f(cast):
    project = begun_project(cast)
    first = profile(project, DAY)
    like = next(one.case for one in first.found if one.case.id == "case_f")
    judge(project=project, present=dict(like.known), by=cast.manager)
    nearest = profile(project, DAY).found[0]
    assert (nearest.case.id, nearest.share, nearest.n) == ("case_f", 1.0, 11)


def test_a_determinant_of_no_pack_is_refused(cast):
    with pytest.raises(ValidationError, match="luck is no determinant"):
        judge(project=begun_project(cast), present={"luck": True}, by=cast.manager)


def test_the_form_keeps_only_what_is_said_otherwise(cast):
    project = begun_project(cast)
    address = reverse("implementing-cases", args=[cast.programme.slug])
    client = client_of(cast.expert)
    asked = client.get(address).context["form"].fields.items()
    as_it_stands = {name: field.initial for name, field in asked}
    given = {**as_it_stands, "broad_support": "yes", "strong_leadership": "no"}
    assert client.post(address, given).status_code == 302
    assert dict(project.judgements.values_list("determinant", "present")) == {
        "broad_support": True,
        "strong_leadership": False,
    }
    page = client.get(address).content.decode()
    assert "give no chance of success or failure" in page
    assert client.post(address, {**given, "broad_support": "perhaps"}).status_code == 422


def test_two_who_keep_one_task(cast):
    project = begun_project(cast)
    address = reverse("implementing-task", args=[cast.programme.slug, "population"])
    client = client_of(cast.manager)
    seen = client.get(address).context["form"].initial["seen"]
    done(cast, project, "population")
    response = client.post(address, {"state": "under_way", "evidence": "Not yet.", "seen": seen})
    assert response.status_code == 409
    assert project.tasks.get().state == "done"


def test_without_a_project_only_its_beginning_is_there(cast):
    slug, client = cast.programme.slug, client_of(cast.manager)
    assert client.get(reverse("implementing-decision", args=[slug])).status_code == 404
    sent = client.post(
        reverse("implementing-project", args=[slug]), {"begun_on": "2025-01-06", "opens_on": "2025-09-01"}
    )
    assert sent.status_code == 302
    assert client.get(reverse("implementing-decision", args=[slug])).status_code == 200
