"""A signal opens once, stays while it is found, closes when it has ended or a person says so."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from onmodel.audit.models import Event
from onmodel.followup.actions import agree, settle
from onmodel.monitoring.run import DETECTORS, look
from onmodel.process.models import Plan
from onmodel.signals import actions
from onmodel.signals.models import Signal
from tests.factories import AssignmentFactory, MembershipFactory, TeamFactory

pytestmark = pytest.mark.django_db

TODAY = datetime.date(2025, 7, 1)


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def rules(programme) -> dict[str, str]:
    """Detector -> a rule of the pack that uses it, by the plan where it names one."""
    return {f"{r.detector}:{r.settings.get('plan', '')}": r.id for r in programme.definitions.all_rules()}


def opened(programme, rule: str) -> list[Signal]:
    return list(Signal.objects.filter(programme=programme, rule=rules(programme)[rule]))


def test_every_rule_of_the_packs_has_a_detector(cast):
    for rule in cast.programme.definitions.all_rules():
        assert rule.detector in DETECTORS, rule.id


@pytest.mark.parametrize(("days", "severity"), [(20, []), (28, ["info"]), (29, ["urgent"])])
def test_a_crisis_plan_is_missing_after_four_weeks_and_asked_for_a_week_before(cast, days, severity):
    cast.treatment.started_on = ago(days)
    cast.treatment.save()
    look(programme=cast.programme, on=TODAY)
    assert [signal.severity for signal in opened(cast.programme, "clock:crisis_plan")] == severity


def test_it_closes_by_itself_once_the_plan_is_agreed(cast):
    look(programme=cast.programme, on=TODAY)
    (signal,) = opened(cast.programme, "clock:crisis_plan")
    assert signal.evidence["due"] == (cast.treatment.started_on + datetime.timedelta(days=28)).isoformat()
    Plan.objects.create(treatment=cast.treatment, kind="crisis_plan", made_on=ago(1), agreed_on=ago(1))
    look(programme=cast.programme, on=TODAY)
    signal.refresh_from_db()
    assert (signal.state, signal.closed_by) == ("closed", None)
    assert signal.closing_note


def test_looking_twice_opens_nothing_twice(cast):
    first = look(programme=cast.programme, on=TODAY)
    second = look(programme=cast.programme, on=TODAY)
    assert first.opened > 0
    assert (second.opened, second.still_found) == (0, first.opened)


def test_a_plan_of_a_treatment_that_ended_is_not_asked_for(cast):
    cast.treatment.ended_on, cast.treatment.end_kind = ago(10), "completed"
    cast.treatment.save()
    look(programme=cast.programme, on=TODAY)
    assert not opened(cast.programme, "clock:crisis_plan")


@pytest.mark.parametrize(
    ("days", "status", "found"), [(14, "open", False), (15, "open", True), (99, "answered", False)]
)
def test_overdue_forms(cast, days, status, found):
    AssignmentFactory(treatment=cast.treatment, due_on=ago(days), status=status, months=3.0)
    look(programme=cast.programme, on=TODAY)
    signals = opened(cast.programme, "overdue_measure:")
    assert bool(signals) is found
    if found:
        assert signals[0].evidence["days"] == days


def scored(treatment, months, value, instrument="bsi", scale="GSI"):
    form = AssignmentFactory(
        treatment=treatment,
        months=months,
        instrument=instrument,
        status="answered",
        answered_on=ago(200 - int(months)),
    )
    form.scores.create(scale=scale, value=value, rule="mean")


@pytest.mark.parametrize(("latest", "found"), [(1.40, False), (1.70, True), (0.3, False)])
def test_deterioration_is_reliable_change_for_the_worse(cast, latest, found):
    """The pack's criterion for the GSI is .49: from 1.00 to 1.40 is within error, to 1.70 is not."""
    scored(cast.treatment, 0.0, 1.00)
    scored(cast.treatment, 6.0, latest)
    look(programme=cast.programme, on=TODAY)
    signals = opened(cast.programme, "deteriorated:")
    assert bool(signals) is found
    if found:
        evidence = signals[0].evidence
        assert evidence["change"] == pytest.approx(0.70)
        assert evidence["criterion"] == pytest.approx(0.49, abs=0.005)


def test_a_risk_answer_opens_an_urgent_signal(cast):
    form = AssignmentFactory(treatment=cast.treatment, months=1.0, status="answered", answered_on=ago(2))
    form.answers.create(item="9", value=1.0)
    form.answers.create(item="1", value=3.0)
    look(programme=cast.programme, on=TODAY)
    (signal,) = opened(cast.programme, "risk_answer:")
    assert (signal.severity, signal.evidence["item"]) == ("urgent", "9")


def test_a_small_team_is_named(cast):
    for team, size in ((cast.team, 5), (TeamFactory(programme=cast.programme, name="Tiny"), 2)):
        for _ in range(size):
            MembershipFactory(programme=cast.programme, team=team)
    look(programme=cast.programme, on=TODAY)
    rule = next(
        r.id
        for r in cast.programme.definitions.all_rules()
        if r.settings.get("standard") == "req_05_team_size"
    )
    about = {s.evidence["about"]: s.evidence["found"] for s in Signal.objects.filter(rule=rule)}
    assert about == {"Green team": 1, "Tiny": 2}


def test_people_settle_signals(cast):
    look(programme=cast.programme, on=TODAY)
    (signal,) = opened(cast.programme, "clock:crisis_plan")
    actions.acknowledge(signal=signal, by=cast.therapist)
    again = actions.acknowledge(signal=signal, by=cast.supervisor)
    assert again.acknowledged_by == cast.therapist  # the first who saw it
    action = agree(
        programme=cast.programme,
        signal=signal,
        what="Write it with her on Tuesday",
        owner=cast.therapist,
        due_on=ago(-7),
        by=cast.supervisor,
    )
    signal.refresh_from_db()
    assert signal.state == "acted_upon"
    settle(action=action, state="done", result="agreed on Tuesday", by=cast.therapist)
    actions.close(signal=signal, note="plan is in force", by=cast.supervisor)
    with pytest.raises(ValidationError, match="closed already"):
        actions.close(signal=signal, note="again", by=cast.supervisor)
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"action agreed", "signal acted upon", "action done", "signal closed"} <= verbs


@pytest.mark.parametrize(
    ("change", "message"),
    [({"what": " "}, "Say what"), ({"owner": "outsider"}, "does not work in this programme")],
)
def test_refused_actions(cast, change, message):
    wanted = {"what": "x", "owner": cast.therapist, "due_on": TODAY, **change}
    if isinstance(wanted["owner"], str):
        wanted["owner"] = getattr(cast, wanted["owner"])
    with pytest.raises(ValidationError, match=message):
        agree(programme=cast.programme, by=cast.manager, **wanted)


def test_dropping_asks_for_a_reason(cast):
    action = agree(programme=cast.programme, what="x", owner=cast.therapist, due_on=TODAY, by=cast.manager)
    with pytest.raises(ValidationError, match="why"):
        settle(action=action, state="dropped", result="", by=cast.manager)
