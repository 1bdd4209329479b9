"""One place for signals: for whom they are, merged when alike, and what came of them."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from onmodel.audit.models import Event
from onmodel.followup.actions import agree
from onmodel.monitoring.run import look
from onmodel.signals import actions
from onmodel.signals.models import Signal
from tests.factories import InvolvementFactory, MembershipFactory, PatientFactory, TreatmentFactory

pytestmark = pytest.mark.django_db


def page(user, part: str = "mine") -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("inbox"), {"part": part}).content.decode()


def waiting(user) -> set[str]:
    return set(Signal.objects.waiting_for(user).values_list("rule", flat=True))


def made(cast, rule: str, responsible: str, **about: object) -> Signal:
    kind = "treatment" if "treatment" in about else "team" if "team" in about else "programme"
    kind = "therapist" if "person" in about else kind
    return Signal.objects.create(
        programme=cast.programme, pack="mbt", rule=rule, rule_version="1", severity="attention",
        responsible=responsible, subject_kind=kind, **about,
    )  # fmt: skip


def test_each_goes_to_the_person_who_can_act(cast):
    made(cast, "missing_crisis_plan", "therapist", treatment=cast.treatment)
    made(cast, "late_orientation", "manager", treatment=cast.treatment)
    made(cast, "adherence_not_rated", "supervisor", person=cast.therapist)
    made(cast, "individual_session_not_recorded", "therapist", person=cast.therapist)
    made(cast, "team_items_due", "supervisor", team=cast.team)
    made(cast, "team_size", "manager", team=cast.team)
    made(cast, "audit_due", "manager")
    made(cast, "overdue_measure", "research_assistant", treatment=cast.treatment)
    assert waiting(cast.therapist) == {"missing_crisis_plan", "individual_session_not_recorded"}
    assert waiting(cast.supervisor) == {"adherence_not_rated", "team_items_due"}
    assert waiting(cast.manager) == {"late_orientation", "team_size", "audit_due"}
    for nobody in (cast.colleague, cast.outsider, cast.expert, cast.assistant, cast.leaver):
        assert waiting(nobody) == set()


def test_the_supervisor_of_another_team_is_not_asked(cast):
    other = TreatmentFactory(programme=cast.programme, team=cast.other_team, primary_clinician=None)
    made(cast, "team_items_due", "supervisor", team=cast.other_team)
    made(cast, "missing_crisis_plan", "therapist", treatment=other)
    assert waiting(cast.supervisor) == set()
    membership = MembershipFactory(programme=cast.programme, team=cast.other_team, role="supervisor")
    assert waiting(membership.user) == {
        "team_items_due",
        "missing_crisis_plan",
    }  # nobody else treats the patient


def test_who_agreed_to_act_is_asked(cast):
    signal = made(cast, "team_size", "manager", team=cast.team)
    agree(
        programme=cast.programme, signal=signal, what="Ask two colleagues", owner=cast.supervisor,
        due_on=timezone.localdate(), by=cast.manager,
    )  # fmt: skip
    assert waiting(cast.supervisor) == {"team_size"}


def with_many(cast, n: int) -> None:
    for number in range(n):
        patient = PatientFactory(organisation=cast.organisation, pseudonym=f"M-{number:03}")
        treatment = TreatmentFactory(
            programme=cast.programme, patient=patient, team=cast.team, primary_clinician=cast.therapist
        )
        InvolvementFactory(treatment=treatment, therapist=cast.therapist)
    look(programme=cast.programme)


def test_those_that_are_alike_are_one_line_that_unfolds(cast):
    with_many(cast, 13)
    shown = page(cast.therapist)
    assert shown.count("todo-fold") == 2  # the crisis plan and the treatment plan
    assert shown.count("14 treatments") == 2
    assert "M-005" in shown
    assert f"{reverse('signals', args=[cast.programme.slug])}?rule=missing_crisis_plan" in shown
    client = Client()
    client.force_login(cast.therapist)
    listed = client.get(reverse("signals", args=[cast.programme.slug]), {"rule": "missing_crisis_plan"})
    assert listed.content.decode().count("No crisis plan</a>") == 14


def test_what_is_for_nobody_here_is_among_those_for_others(cast):
    made(cast, "overdue_measure", "research_assistant", treatment=cast.treatment)
    made(cast, "team_size", "manager", team=cast.team)
    others = Signal.objects.waiting_for_others(cast.supervisor).values_list("rule", flat=True)
    assert set(others) == {"overdue_measure", "team_size"}
    others = Signal.objects.waiting_for_others(cast.manager).values_list("rule", flat=True)
    assert set(others) == {"overdue_measure"}


def test_a_patient_with_several_is_counted_once(cast):
    for key in ("a", "b"):
        made(cast, "risk_answer", "therapist", treatment=cast.treatment, key=key)
    (line,) = Signal.objects.waiting_for(cast.therapist).alike()
    assert (line["n"], line["subjects"]) == (2, 1)
    assert "1 treatment<" in page(cast.therapist)


def test_all_that_are_alike_are_marked_as_seen_at_once(cast):
    with_many(cast, 3)
    client = Client()
    client.force_login(cast.therapist)
    said = {"programme": cast.programme.slug, "rule": "missing_crisis_plan"}
    told = client.post(reverse("inbox-acknowledge"), said, follow=True).content.decode()
    assert "4 signals are marked as seen." in told
    seen = Signal.objects.filter(state="acknowledged")
    assert {s.rule for s in seen} == {"missing_crisis_plan"}
    assert {s.acknowledged_by for s in seen} == {cast.therapist}
    assert Event.objects.filter(verb="signal acknowledged").count() == 4
    assert "No crisis plan" not in page(cast.therapist)
    assert "No crisis plan" in page(cast.therapist, "seen")


def test_nobody_marks_what_is_for_another(cast):
    with_many(cast, 1)
    client = Client()
    client.force_login(cast.manager)
    client.post(
        reverse("inbox-acknowledge"), {"programme": cast.programme.slug, "rule": "missing_crisis_plan"}
    )
    assert not Signal.objects.filter(state="acknowledged").exists()


def test_the_parts(cast):
    with_many(cast, 0)
    assert "No crisis plan" in page(cast.supervisor, "team")
    assert "No crisis plan" not in page(cast.supervisor)
    signal = Signal.objects.get(rule="missing_crisis_plan")
    due_on = timezone.localdate() + datetime.timedelta(days=3)
    agree(
        programme=cast.programme, signal=signal, what="Write it on Tuesday", owner=cast.therapist,
        due_on=due_on, by=cast.supervisor,
    )  # fmt: skip
    assert "Write it on Tuesday (Tess Therapist, by" in page(cast.supervisor, "seen")
    actions.close(signal=signal, note="agreed with her on Tuesday", by=cast.therapist)
    assert "agreed with her on Tuesday" in page(cast.supervisor, "closed")
    assert "No crisis plan" not in page(cast.supervisor, "seen")


def test_nothing_waits(cast):
    assert "Nothing waits for you" in page(cast.therapist)
    assert "Nothing was closed lately" in page(cast.therapist, "closed")
