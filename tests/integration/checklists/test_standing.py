"""The checks of the shipped checklist, from what the record holds."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onmodel.checklists.actions import attest_check, take_back_check
from onmodel.checklists.facts import AND, finder
from onmodel.checklists.standing import checklist_of, done, lacking, next_of, standings
from onmodel.checklists.states import State
from onmodel.outreach.models import Contact
from onmodel.patients.models import Phase
from onmodel.process.assessment.actions import keep_entry
from onmodel.process.models import AssessmentEntry, Plan, Referral
from tests.factories import AssignmentFactory, TreatmentFactory

pytestmark = pytest.mark.django_db
START = datetime.date(2025, 1, 6)


def day(number: int) -> datetime.date:
    return START + datetime.timedelta(days=number)


@pytest.fixture
def begun(cast):
    """Started on day 0, in the initial phase."""
    treatment = cast.treatment
    treatment.phases.all().delete()
    treatment.referred_on, treatment.started_on = day(-30), START
    treatment.save()
    Phase.objects.create(treatment=treatment, kind="initial", starts_on=START)
    return treatment


def on(treatment, number: int) -> dict:
    found = standings(treatment.programme, [treatment], day(number))[treatment.pk]
    return {one.check.id: one for one in found}


def agreed(treatment, kind: str, number: int, occasion: str = "first") -> Plan:
    return Plan.objects.create(
        treatment=treatment, kind=kind, occasion=occasion, made_on=day(number), agreed_on=day(number)
    )


def assessed(treatment, part: str, number: int, *, complete: bool = True, **content: str) -> AssessmentEntry:
    return AssessmentEntry.objects.create(
        treatment=treatment, part=part, assessed_on=day(number), content=content, is_complete=complete
    )


def test_every_fact_that_the_pack_names_can_be_found(cast):
    checks = checklist_of(cast.programme).checks
    assert len(checks) == 17
    for check in checks:
        for name in (check.derived_from or "").split(AND):
            if name:
                finder(name)
    with pytest.raises(ValueError, match="no fact"):
        finder("weather.fine")


def test_before_the_first_limit_nothing_is_missing(begun):
    found = on(begun, 5)
    assert not lacking(list(found.values()))
    assert done(list(found.values())) == 0
    assert {name for name, one in found.items() if one.state is State.UNKNOWN} == {
        "information",
        "contract",
        "baseline",  # no form was planned
    }
    assert found["regular_reviews"].state is State.NOT_DUE


def test_the_crisis_plan_is_due_after_28_days_by_the_therapist(begun):
    assert on(begun, 28)["crisis_plan"].state is State.NOT_DUE
    late = on(begun, 29)["crisis_plan"]
    assert (late.state, late.until, late.responsible) == (State.OVERDUE, day(28), "therapist")
    agreed(begun, "crisis_plan", 40)
    found = on(begun, 41)["crisis_plan"]
    assert (found.state, found.done_on) == (State.DONE, day(40))
    assert on(begun, 39)["crisis_plan"].state is State.OVERDUE  # on day 39 nobody had agreed yet


def test_the_treatment_plan_needs_a_practical_plan_beside_it(begun):
    agreed(begun, "treatment_plan", 30)
    without = on(begun, 43)["treatment_plan"]
    assert (without.state, without.fact.name) == (State.OVERDUE, "plan.practical_plan.started")
    Plan.objects.create(treatment=begun, kind="practical_plan", made_on=day(35))
    found = on(begun, 43)["treatment_plan"]
    assert (found.state, found.done_on) == (State.DONE, day(35))  # the later of 30 and 35


def test_the_diagnosis_needs_the_criteria_too(begun):
    assessed(begun, "diagnosis", 3)
    assert on(begun, 5)["selection_criteria"].fact.name == "referral.criteria.met"
    asked = [term.id for term in begun.programme.definitions.terms["selection_criteria"].terms]
    met = dict.fromkeys(asked, True)
    kept = Referral.objects.create(
        treatment=begun, source="gp", criteria=met, decision="accepted", decided_on=day(1)
    )
    found = on(begun, 5)["selection_criteria"]
    assert (found.state, found.done_on) == (State.DONE, day(3))  # the later of 1 and 3
    kept.criteria = {**kept.criteria, asked[0]: False}
    kept.save()
    assert on(begun, 5)["selection_criteria"].state is State.NOT_DUE


@pytest.mark.parametrize(
    ("check", "part"),
    [
        ("risk_commitment", "risk"),
        ("mentalizing_assessed", "mentalizing_profile"),
        ("medication_review", "medication"),
        ("home_visit", "home_visit"),
    ],
)
def test_a_complete_part_of_the_assessment_shows_a_check(begun, check, part):
    assessed(begun, part, 4, complete=False)
    assert on(begun, 5)[check].state is State.NOT_DUE
    assessed(begun, part, 6)
    assessed(begun, part, 8, complete=False)  # begun anew: the complete one still counts
    found = on(begun, 9)[check]
    assert (found.state, found.done_on, found.fact.key) == (State.DONE, day(6), part)


def test_words_within_a_part_show_a_check(begun):
    assessed(begun, "diagnosis", 3, dg_discussed=day(4).isoformat())
    assessed(begun, "relationships", 5, rl_tracers="Leaves before being left")
    found = on(begun, 6)
    assert found["psycho_education"].done_on == day(4)
    assert found["transference_tracers"].done_on == day(5)


def test_a_visit_that_reached_the_patient_is_a_home_visit(begun):
    Contact.objects.create(treatment=begun, kind="visit", outcome="no_answer", happened_on=day(1))
    assert on(begun, 3)["home_visit"].state is State.NOT_DUE
    Contact.objects.create(treatment=begun, kind="visit", outcome="reached", happened_on=day(2))
    assert on(begun, 3)["home_visit"].done_on == day(2)


def test_the_baseline_is_complete_once_every_form_is_answered(begun):
    first = AssignmentFactory(treatment=begun, months=0.0, status="answered", answered_on=day(1))
    second = AssignmentFactory(
        treatment=begun, months=0.0, status="open", instrument="bsi", closes_on=day(20)
    )
    found = on(begun, 10)["baseline"]
    assert (found.state, found.until) == (State.NOT_DUE, day(20))
    assert on(begun, 21)["baseline"].state is State.OVERDUE
    second.status, second.answered_on = "answered", day(9)
    second.save()
    assert on(begun, 10)["baseline"].done_on == day(9)
    assert first.answered_on < day(9)


def test_what_the_initial_phase_leaves_undone_is_missing_in_the_main_phase(begun):
    Phase.objects.create(treatment=begun, kind="main", starts_on=day(100))
    found = on(begun, 100)
    missing = {name for name, one in found.items() if one.state is State.MISSING}
    assert missing == {
        "selection_criteria",
        "home_visit",
        "psycho_education",
        "risk_commitment",
        "mentalizing_assessed",
        "transference_tracers",
        "medication_review",
        "dynamic_formulation",
        "signal_plan",
    }
    late = {name for name, one in found.items() if one.state is State.OVERDUE}
    assert late == {"crisis_plan", "treatment_plan"}
    assert next_of(list(found.values())).check.id == "crisis_plan"  # day 28 before day 42
    assert found["plan_for_ending"].state is State.NOT_DUE


def test_the_end_is_prepared_in_the_final_phase(begun):
    for kind, since in (("main", 100), ("final", 400)):
        Phase.objects.create(treatment=begun, kind=kind, starts_on=day(since))
    agreed(begun, "treatment_plan", 30)
    assert on(begun, 410)["plan_for_ending"].state is State.NOT_DUE  # the final phase runs
    agreed(begun, "treatment_plan", 405, "ending")
    agreed(begun, "aftercare_plan", 406)
    found = on(begun, 410)
    assert (found["plan_for_ending"].done_on, found["aftercare_plan"].done_on) == (day(405), day(406))


def test_a_person_says_what_no_record_can_tell(begun, cast):
    said = {"done_on": day(2), "words": "Leaflet, at the intake", "by": cast.therapist}
    kept = attest_check(treatment=begun, check="information", **said)
    found = on(begun, 5)["information"]
    assert (found.state, found.done_on, found.attested) == (State.DONE, day(2), kept)
    with pytest.raises(ValidationError, match="said so already"):
        attest_check(treatment=begun, check="information", **said)
    take_back_check(attested=kept, by=cast.supervisor)
    assert on(begun, 5)["information"].state is State.UNKNOWN
    with pytest.raises(ValidationError, match="taken back already"):
        take_back_check(attested=kept, by=cast.supervisor)


@pytest.mark.parametrize(
    ("check", "done_on", "words", "reason"),
    [
        ("crisis_plan", 2, "On paper", "The record answers this check"),
        ("weather", 2, "Fine", "no check weather"),
        ("contract", 2, "  ", "what shows it"),
        ("contract", -31, "Signed", "the referral"),
        ("contract", 40_000, "Signed", "in the future"),
    ],
)
def test_what_cannot_be_attested(begun, cast, check, done_on, words, reason):
    with pytest.raises(ValidationError, match=reason):
        attest_check(treatment=begun, check=check, done_on=day(done_on), words=words, by=cast.therapist)


def test_as_many_queries_for_all_as_for_one(begun, cast):
    others = [TreatmentFactory(programme=cast.programme, team=cast.team) for _ in range(12)]
    counts = []
    for treatments in ([begun], [begun, *others]):
        with CaptureQueriesContext(connection) as captured:
            found = standings(cast.programme, treatments, day(30))
        assert len(found) == len(treatments)
        counts.append(len(captured))
    assert counts[0] == counts[1] <= 15


def test_an_entry_of_the_assessment_counts_here(begun, cast):
    content = {"md_now": "None", "md_judged": "None needed", "md_by": "Dr. A."}
    keep_entry(treatment=begun, part="medication", assessed_on=day(3), content=content, by=cast.therapist)
    assert on(begun, 4)["medication_review"].done_on == day(3)
