"""The clocks of a programme read from its record, and the signals that follow."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from onmodel.clocks.looking import look_at_others, look_at_treatments
from onmodel.clocks.record import Record
from onmodel.clocks.rules import clock_of, clock_rules, readings, readings_of_treatment
from onmodel.clocks.states import State
from onmodel.monitoring.run import look
from onmodel.outreach.models import Contact
from onmodel.patients.models import Phase
from onmodel.process.models import Call, Incident, Plan, RiskCheck
from onmodel.programmes.models import Threshold
from onmodel.sessions.models import Recording, Session
from onmodel.signals.actions import acknowledge, close
from onmodel.signals.models import Signal
from tests.factories import AssignmentFactory, PatientFactory, TreatmentFactory

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2025, 7, 1)


def ago(days: int) -> datetime.date:
    return TODAY - datetime.timedelta(days=days)


def state_of(cast, rule: str, key: object, on: datetime.date = TODAY) -> State | None:
    record = Record(cast.programme, on)
    clock = clock_of(record, next(r for r in clock_rules(cast.programme) if r.id == rule))
    return next((one.state for one in readings(record, clock) if one.key == key), None)


def signals(cast, rule: str) -> list[Signal]:
    return list(Signal.objects.unsettled().filter(programme=cast.programme, rule=rule))


def begin(cast, days_ago: int) -> None:
    cast.treatment.started_on = ago(days_ago)
    cast.treatment.referred_on = cast.treatment.oriented_on = ago(days_ago + 10)
    cast.treatment.save()


@pytest.mark.parametrize(
    ("referred", "oriented", "started", "state"),
    [
        (None, None, None, State.UNKNOWN),  # nobody recorded when the referral came
        (40, None, None, State.OVERDUE),
        (25, None, None, State.DUE),
        (10, None, None, State.RUNNING),
        (40, 20, None, State.MET),
        (60, 20, None, State.LATE),
        (60, None, 10, State.UNKNOWN),  # treated, so seen; when is not recorded
    ],
)
def test_from_referral_to_orientation(cast, referred, oriented, started, state):
    for name, days in (("referred_on", referred), ("oriented_on", oriented), ("started_on", started)):
        setattr(cast.treatment, name, None if days is None else ago(days))
    cast.treatment.save()
    assert state_of(cast, "late_orientation", cast.treatment.pk) is state


def test_the_programmes_own_variant_holds(cast):
    """At the start, by the other source: a day after it, the plan is overdue."""
    begin(cast, 1)
    assert state_of(cast, "missing_crisis_plan", cast.treatment.pk) is State.RUNNING
    Threshold.objects.create(
        programme=cast.programme,
        standard="clock_crisis_plan",
        variant="qm",
        at_most=0.0,
        reason="ours",
        set_by=cast.manager,
    )
    assert state_of(cast, "missing_crisis_plan", cast.treatment.pk) is State.OVERDUE


def contact(cast, days_ago: int, kind: str, outcome: str) -> None:
    Contact.objects.create(treatment=cast.treatment, kind=kind, outcome=outcome, happened_on=ago(days_ago))


@pytest.mark.parametrize(
    ("tried", "state"),
    [
        ([(10, "telephone", "no_answer")], State.RUNNING),
        ([(20, "telephone", "no_answer")], State.OVERDUE),
        ([(20, "telephone", "no_answer"), (10, "telephone", "no_answer")], State.OVERDUE),  # the first counts
        ([(20, "telephone", "no_answer"), (10, "letter", "sent")], State.MET),
        ([(20, "telephone", "no_answer"), (2, "letter", "sent")], State.LATE),
        ([(20, "telephone", "no_answer"), (15, "telephone", "reached")], State.MET),
        (
            [
                (40, "telephone", "no_answer"),
                (30, "letter", "sent"),
                (25, "telephone", "reached"),
                (20, "telephone", "no_answer"),
            ],
            State.OVERDUE,
        ),
        ([(20, "mail", "sent")], None),  # a message that went out is no attempt that failed
    ],
)
def test_a_letter_when_the_patient_is_not_reached(cast, tried, state):
    begin(cast, 90)
    for one in tried:
        contact(cast, *one)
    assert state_of(cast, "no_letter_when_not_reached", cast.treatment.pk) is state


def test_the_main_phase(cast):
    phase = Phase.objects.create(treatment=cast.treatment, kind="main", starts_on=ago(600))
    assert state_of(cast, "long_main_phase", cast.treatment.pk) is State.OVERDUE
    phase.ends_on = ago(100)
    phase.save()
    assert state_of(cast, "long_main_phase", cast.treatment.pk) is State.MET


def test_nothing_is_asked_where_such_a_thing_was_never_recorded(cast):
    assert state_of(cast, "adherence_not_rated", cast.therapist.pk) is State.UNKNOWN
    AssignmentFactory(
        treatment=None,
        programme=cast.programme,
        subject_kind="therapist",
        person=cast.colleague,
        instrument="mbt_acs",
        status="answered",
        answered_on=ago(10),
    )
    assert state_of(cast, "adherence_not_rated", cast.therapist.pk) is State.OVERDUE
    assert state_of(cast, "adherence_not_rated", cast.colleague.pk) is State.RUNNING


def test_who_gives_no_groups_needs_no_recording_of_one(cast):
    session = Session.objects.create(
        programme=cast.programme, kind="individual", component="individual", held_on=ago(20)
    )
    session.given_by.create(therapist=cast.therapist)
    Recording.objects.create(session=session, reference="tape 1")
    assert state_of(cast, "individual_session_not_recorded", cast.therapist.pk) is State.RUNNING
    assert state_of(cast, "individual_session_not_recorded", cast.colleague.pk) is None
    assert state_of(cast, "group_session_not_recorded", cast.therapist.pk) is None


def test_a_signal_opens_before_its_day_and_grows_more_severe(cast):
    begin(cast, 25)
    look(programme=cast.programme, on=TODAY)
    (signal,) = signals(cast, "missing_crisis_plan")
    assert (signal.severity, signal.due_on) == ("info", ago(-3))
    acknowledge(signal=signal, by=cast.therapist)
    look(programme=cast.programme, on=ago(-4))
    signal.refresh_from_db()
    assert (signal.severity, signal.state, signal.acknowledged_by) == ("urgent", "open", None)


def test_what_a_person_closed_stays_closed_unless_it_grows_more_severe(cast):
    begin(cast, 25)
    look(programme=cast.programme, on=TODAY)
    (signal,) = signals(cast, "missing_crisis_plan")
    close(signal=signal, note="the plan of the last treatment holds", by=cast.therapist)
    look(programme=cast.programme, on=TODAY)
    assert not signals(cast, "missing_crisis_plan")
    look(programme=cast.programme, on=ago(-4))
    (again,) = signals(cast, "missing_crisis_plan")
    close(signal=again, note="still", by=cast.therapist)
    look(programme=cast.programme, on=ago(-5))
    assert not signals(cast, "missing_crisis_plan")


@pytest.mark.parametrize(
    ("agreed", "note"), [(12, "Done on 19 Jun 2025, in time."), (0, "Done on 1 Jul 2025, 12 days late.")]
)
def test_what_came_of_it_is_said(cast, agreed, note):
    begin(cast, 40)
    look(programme=cast.programme, on=ago(9))
    (signal,) = signals(cast, "missing_crisis_plan")
    Plan.objects.create(
        treatment=cast.treatment, kind="crisis_plan", made_on=ago(agreed), agreed_on=ago(agreed)
    )
    look_at_treatments(programme=cast.programme, treatments=[cast.treatment.pk], on=TODAY)
    signal.refresh_from_db()
    assert (signal.state, signal.closing_note, signal.closed_by) == ("closed", note, None)


def test_the_end_of_a_treatment_ends_its_clocks(cast):
    begin(cast, 40)
    look(programme=cast.programme, on=TODAY)
    cast.treatment.ended_on, cast.treatment.end_kind = ago(0), "completed"
    cast.treatment.save()
    look(programme=cast.programme, on=TODAY)
    assert not Signal.objects.unsettled().filter(treatment=cast.treatment)
    notes = Signal.objects.filter(rule="missing_crisis_plan").values_list("closing_note", flat=True)
    assert list(notes) == ["The treatment has ended."]


def test_a_change_looks_at_its_own_treatment_only(cast):
    other = TreatmentFactory(programme=cast.programme, started_on=ago(100))
    begin(cast, 100)
    look_at_treatments(programme=cast.programme, treatments=[cast.treatment.pk], on=TODAY)
    assert {s.treatment_id for s in signals(cast, "missing_crisis_plan")} == {cast.treatment.pk}
    look_at_treatments(programme=cast.programme, treatments=[other.pk], on=TODAY)
    assert len(signals(cast, "missing_crisis_plan")) == 2
    look_at_others(programme=cast.programme, on=TODAY)
    assert len(signals(cast, "missing_crisis_plan")) == 2


def test_as_many_queries_for_many_treatments_as_for_few(cast):
    counts = []
    for more in (3, 40):
        for _ in range(more):
            TreatmentFactory(programme=cast.programme, patient=PatientFactory(organisation=cast.organisation))
        with CaptureQueriesContext(connection) as captured:
            record = Record(cast.programme, TODAY)
            for rule in clock_rules(cast.programme):
                list(readings(record, clock_of(record, rule)))
        counts.append(len(captured))
    assert counts[0] == counts[1]


def test_a_page_that_changes_a_record_looks_again_at_once(cast, client):
    client.force_login(cast.therapist)
    said = {"what": "no_answer", "treatment": str(cast.treatment.pk)}
    assert client.post(reverse("worklist-contact", args=[cast.programme.slug]), said).status_code == 302
    assert Signal.objects.get(rule="missing_crisis_plan").treatment == cast.treatment


def test_a_look_that_fails_keeps_nothing_from_the_person(cast, client, monkeypatch):
    def fail(**_said):
        raise RuntimeError("no clocks today")

    monkeypatch.setattr("onmodel.web.clocks.look_again", fail)
    client.force_login(cast.therapist)
    said = {"what": "no_answer", "treatment": str(cast.treatment.pk)}
    assert client.post(reverse("worklist-contact", args=[cast.programme.slug]), said).status_code == 302
    assert Contact.objects.exists()


def test_the_clocks_of_one_treatment_with_what_asks_first(cast):
    begin(cast, 37)
    record = Record(cast.programme, TODAY, only=frozenset([cast.treatment.pk]))
    states = [reading.state for _clock, reading in readings_of_treatment(record, cast.treatment.pk)]
    never_kept = [State.UNKNOWN] * 4  # risk of drop-out, reviews of both kinds, outcome in them
    assert states == [State.OVERDUE, State.DUE, *never_kept, State.MET]


@pytest.mark.parametrize(
    ("came", "returned", "state"),
    [
        (1, None, State.DUE),  # Monday's message, to be answered on Tuesday
        (4, None, State.OVERDUE),  # Friday's, to be answered on Monday
        (4, 1, None),
    ],
)
def test_a_message_is_answered_on_the_next_working_day(cast, came, returned, state):
    call = Call.objects.create(treatment=cast.treatment, came_on=ago(came), due_on=ago(came - 1))
    if returned is not None:
        call.returned_on = ago(returned)
        call.save()
    assert state_of(cast, "message_not_answered", cast.treatment.pk) is state


def test_a_visit_when_the_letter_brings_no_answer(cast):
    begin(cast, 120)
    contact(cast, 60, "telephone", "no_answer")
    contact(cast, 50, "letter", "sent")
    assert state_of(cast, "no_visit_after_letter", cast.treatment.pk) is State.OVERDUE
    contact(cast, 40, "visit", "no_answer")
    assert state_of(cast, "no_visit_after_letter", cast.treatment.pk) is State.MET


def test_a_letter_about_something_else_asks_for_no_visit(cast):
    begin(cast, 120)
    contact(cast, 50, "letter", "sent")
    contact(cast, 60, "telephone", "no_answer")
    contact(cast, 55, "telephone", "reached")
    assert state_of(cast, "no_visit_after_letter", cast.treatment.pk) is None


def was_there(cast, days_ago: int) -> None:
    session = Session.objects.create(
        programme=cast.programme, kind="individual", component="individual", held_on=ago(days_ago)
    )
    session.attendances.create(treatment=cast.treatment)


def judged(cast, days_ago: int, **risks: str) -> None:
    RiskCheck.objects.create(treatment=cast.treatment, checked_on=ago(days_ago), **risks)


def test_risk_is_judged_on_each_treatment_day(cast):
    begin(cast, 90)
    was_there(cast, 3)
    assert state_of(cast, "risk_not_judged", cast.treatment.pk) is State.UNKNOWN  # never kept here
    judged(cast, 10, risk="low")
    assert state_of(cast, "risk_not_judged", cast.treatment.pk) is State.OVERDUE
    judged(cast, 3, risk="low")
    assert state_of(cast, "risk_not_judged", cast.treatment.pk) is State.MET


@pytest.mark.parametrize(("last", "state"), [(7, State.DUE), (8, State.OVERDUE), (3, State.RUNNING)])
def test_drop_out_risk_is_judged_every_week(cast, last, state):
    begin(cast, 90)
    judged(cast, last, dropout_risk="high")
    judged(cast, 1, risk="low")  # says nothing about dropping out
    assert state_of(cast, "dropout_risk_not_judged", cast.treatment.pk) is state


def test_the_crisis_plan_is_updated_after_its_use(cast):
    begin(cast, 90)
    Plan.objects.create(treatment=cast.treatment, kind="crisis_plan", made_on=ago(80), agreed_on=ago(80))
    incident = Incident.objects.create(
        programme=cast.programme, treatment=cast.treatment, kind="crisis_contact", happened_on=ago(20)
    )
    assert state_of(cast, "crisis_plan_not_updated", cast.treatment.pk) is None  # nobody said it was used
    incident.plan_used = True
    incident.save()
    assert state_of(cast, "crisis_plan_not_updated", cast.treatment.pk) is State.OVERDUE
    Plan.objects.create(treatment=cast.treatment, kind="crisis_plan", made_on=ago(10), agreed_on=ago(10))
    assert state_of(cast, "crisis_plan_not_updated", cast.treatment.pk) is State.MET
