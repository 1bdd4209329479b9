"""Plans: written, agreed to by both, kept in versions, read by the patient once released."""

import datetime

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from onmodel.feedback.actions import agree_on_plan
from onmodel.monitoring.run import look
from onmodel.process.models import Plan
from onmodel.process.plans import actions
from onmodel.process.plans.paper import plan_pdf
from onmodel.programmes.changes import ChangedMeanwhileError

pytestmark = pytest.mark.django_db
DAY = datetime.date(2025, 3, 3)
WORDS = {"cp_parts.own_action": "Walk.\nThen call.", "cp_stages.stage_1.name": "Restless"}


def later(days: int) -> datetime.date:
    return DAY + datetime.timedelta(days=days)


def draft(cast, kind="crisis_plan", content=WORDS, **given) -> Plan:
    return actions.draft_plan(
        treatment=cast.treatment, kind=kind, content=content, by=cast.therapist, **({"made_on": DAY} | given)
    )


def agree(cast, plan: Plan, day=None) -> Plan:
    for party in ("patient", "team"):
        plan = agree_on_plan(plan=plan, party=party, agreed_on=day or later(3), by=cast.therapist)
    return plan


def test_a_plan_is_in_force_once_both_agreed(cast):
    plan = draft(cast)
    half = agree_on_plan(plan=plan, party="team", agreed_on=later(2), by=cast.therapist)
    assert half.agreed_on is None
    whole = agree_on_plan(plan=plan, party="patient", agreed_on=later(5), by=cast.therapist)
    assert whole.agreed_on == later(5)
    assert list(Plan.objects.in_force(later(4))) == []
    assert list(Plan.objects.in_force(later(5))) == [whole]


def test_a_version_that_was_agreed_to_stays_and_the_next_begins_with_its_words(cast):
    first = agree(cast, draft(cast))
    with pytest.raises(ValidationError, match="write a new one"):
        actions.edit_plan(plan=first, content={}, by=cast.therapist)
    second = draft(cast, content=None, occasion="used", made_on=later(30))
    assert second.content == first.content
    agree(cast, second, later(33))
    assert list(Plan.objects.in_force()) == [second]
    assert cast.treatment.plans.count() == 2


def test_one_version_is_written_at_a_time(cast):
    draft(cast)
    with pytest.raises(ValidationError, match="being written already"):
        draft(cast)
    draft(cast, kind="signal_plan", content={})


def test_who_saw_another_state_overwrites_nothing(cast):
    plan = draft(cast)
    seen = actions.plan_stamp(plan)
    actions.edit_plan(plan=plan, content={"cp_parts.contacts": "My sister"}, by=cast.therapist, seen=seen)
    with pytest.raises(ChangedMeanwhileError):
        actions.edit_plan(plan=plan, content={}, by=cast.supervisor, seen=seen)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"kind": "horoscope"}, "horoscope is not one of the choices"),
        ({"occasion": "bored"}, "bored is not one of the choices"),
        ({"content": {"stars": "x"}}, "has no part stars"),
        ({"content": {"cp_parts.contacts": "x" * 2001}}, "longer than 2000"),
        ({"made_on": datetime.date(2020, 1, 1)}, "lies before the referral"),
        ({"made_on": timezone.localdate() + datetime.timedelta(days=1)}, "lies in the future"),
    ],
)
def test_a_wrong_draft_is_refused(cast, given, message):
    with pytest.raises(ValidationError, match=message):
        draft(cast, **given)
    assert not cast.treatment.plans.exists()


@pytest.mark.parametrize(
    ("party", "day", "message"),
    [
        ("patient", DAY - datetime.timedelta(days=1), "lies before the day on which the plan was written"),
        ("patient", timezone.localdate() + datetime.timedelta(days=1), "lies in the future"),
        ("landlord", later(1), "by the patient or by the team"),
    ],
)
def test_a_wrong_agreement_is_refused(cast, party, day, message):
    with pytest.raises(ValidationError, match=message):
        actions.agree_to_plan(plan=draft(cast), party=party, agreed_on=day, by=cast.therapist)


def test_nobody_agrees_to_nothing_or_twice(cast):
    with pytest.raises(ValidationError, match="Nothing is written"):
        actions.agree_to_plan(plan=draft(cast, content={}), party="team", agreed_on=DAY, by=cast.therapist)
    plan = draft(cast, kind="signal_plan", content={"sp_signs": "No sleep"})
    actions.agree_to_plan(plan=plan, party="team", agreed_on=DAY, by=cast.therapist)
    with pytest.raises(ValidationError, match="kept already"):
        actions.agree_to_plan(plan=plan, party="team", agreed_on=DAY, by=cast.therapist)


def test_only_a_plan_in_force_is_given_to_a_service(cast):
    plan = draft(cast)
    give = {"plan": plan, "service": "Crisis service", "shared_on": later(9), "by": cast.therapist}
    with pytest.raises(ValidationError, match="Only a plan to which"):
        actions.share_plan(**give)
    agree(cast, plan)
    actions.share_plan(**give)
    with pytest.raises(ValidationError, match="Name the service"):
        actions.share_plan(**(give | {"service": " "}))
    with pytest.raises(ValidationError, match="lies before the agreement"):
        actions.share_plan(**(give | {"shared_on": later(1)}))
    assert [share.service for share in plan.shares.all()] == ["Crisis service"]


def test_the_goals_of_a_plan_in_force_are_the_goals_that_are_followed(cast):
    content = {"tp_goals.symptoms.words": "Sleep again", "tp_goals.function.words": "See friends"}
    agree(cast, draft(cast, kind="treatment_plan", content=content))
    goals = {goal.general: goal.words for goal in cast.treatment.goals.all()}
    assert goals == {"symptoms": "Sleep again", "function": "See friends"}
    again = draft(cast, kind="treatment_plan", content=content, made_on=later(40))
    agree(cast, again, later(41))
    assert set(cast.treatment.goals.values_list("plan", flat=True)) == {again.pk}
    assert cast.treatment.goals.count() == 2


def test_an_agreed_plan_quiets_the_signal_about_it(cast):
    look(programme=cast.programme)
    assert cast.treatment.signals.unsettled().filter(rule="missing_crisis_plan").exists()
    agree(cast, draft(cast))
    look(programme=cast.programme)
    assert not cast.treatment.signals.unsettled().filter(rule="missing_crisis_plan").exists()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_a_plan_is_printed_on_one_page_and_the_same_plan_gives_the_same_bytes(cast, language):
    plan = draft(
        cast, content=WORDS | {f"cp_stages.stage_{n}.helps": "To breathe out slowly. " * 12 for n in range(4)}
    )
    paper = plan_pdf(plan, language)
    assert paper == plan_pdf(plan, language)
    assert paper.startswith(b"%PDF")
    assert paper.count(b"/Type /Page\n") + paper.count(b"/Type /Page/") in (0, 1)


def test_a_character_without_a_glyph_is_printed_all_the_same(cast):
    assert plan_pdf(draft(cast, content={"cp_parts.contacts": "\U0001f9ea ☂"}), "en").startswith(b"%PDF")
