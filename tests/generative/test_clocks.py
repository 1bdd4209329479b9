"""Whatever happens in whatever order: looked at meanwhile or once at the end, the same signals are open."""

from __future__ import annotations

import datetime
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onmodel.clocks.looking import look_at_others, look_at_treatments
from onmodel.monitoring.run import look
from onmodel.outreach.models import Contact
from onmodel.patients.models import Phase
from onmodel.process.models import Call, Incident, Plan, RiskCheck
from onmodel.sessions.models import Session
from onmodel.signals.models import Signal
from tests.factories import (
    AssignmentFactory,
    MembershipFactory,
    ProgrammeFactory,
    TeamFactory,
    TreatmentFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
BEGIN = datetime.date(2025, 1, 1)
DAYS, PATIENTS = 240, 3

#: What can happen to a patient on a day; `None` is a night's look at everything.
HAPPENINGS = (
    "refer", "orient", "start", "end", "crisis_plan", "treatment_plan", "main", "main_ends",
    "no_answer", "reached", "letter", "start_corrected", "plan_lost", "rated",
    "came", "judged", "message", "answered", "crisis",
)  # fmt: skip
HISTORY = st.lists(
    st.tuples(
        st.integers(0, DAYS),
        st.integers(0, PATIENTS - 1),
        st.sampled_from((*HAPPENINGS, None)),
        st.booleans(),
    ),
    max_size=25,
).map(lambda history: sorted(history, key=lambda one: one[0]))


def place() -> SimpleNamespace:
    programme = ProgrammeFactory(opened_on=BEGIN)
    team = TeamFactory(programme=programme)
    therapist = UserFactory()
    MembershipFactory(user=therapist, programme=programme, team=team, starts_on=BEGIN)
    treatments = [
        TreatmentFactory(programme=programme, team=team, referred_on=None, started_on=None)
        for _ in range(PATIENTS)
    ]
    return SimpleNamespace(programme=programme, treatments=treatments, therapist=therapist)


def happen(here: SimpleNamespace, what: str, patient: int, day: datetime.date) -> None:
    treatment = here.treatments[patient]
    if what in ("refer", "orient", "start"):
        field = {"refer": "referred_on", "orient": "oriented_on", "start": "started_on"}[what]
        setattr(treatment, field, getattr(treatment, field) or day)
    elif what == "start_corrected" and treatment.started_on:
        treatment.started_on -= datetime.timedelta(days=20)
    elif what == "end" and treatment.started_on and not treatment.ended_on:
        treatment.ended_on, treatment.end_kind = day, "completed"
    elif what in ("crisis_plan", "treatment_plan"):
        Plan.objects.create(treatment=treatment, kind=what, made_on=day, agreed_on=day)
    elif what == "plan_lost":
        treatment.plans.all().delete()
    elif what == "main":
        Phase.objects.create(treatment=treatment, kind="main", starts_on=day)
    elif what == "main_ends":
        Phase.objects.filter(treatment=treatment, ends_on__isnull=True).update(ends_on=day)
    elif what in ("no_answer", "reached"):
        Contact.objects.create(treatment=treatment, kind="telephone", outcome=what, happened_on=day)
    elif what == "letter":
        Contact.objects.create(treatment=treatment, kind="letter", outcome="sent", happened_on=day)
    elif what == "came":
        session = Session.objects.create(
            programme=here.programme, kind="individual", component="individual", held_on=day
        )
        session.attendances.create(treatment=treatment)
    elif what == "judged":
        RiskCheck.objects.get_or_create(
            treatment=treatment, checked_on=day, defaults={"risk": "low", "dropout_risk": "low"}
        )
    elif what == "message":
        Call.objects.create(treatment=treatment, came_on=day, due_on=day + datetime.timedelta(days=1))
    elif what == "answered":
        treatment.calls.filter(returned_on__isnull=True).update(returned_on=day)
    elif what == "crisis":
        Incident.objects.create(
            programme=here.programme,
            treatment=treatment,
            kind="crisis_contact",
            happened_on=day,
            plan_used=True,
        )
    elif what == "rated":
        AssignmentFactory(
            treatment=None, programme=here.programme, subject_kind="therapist", person=here.therapist,
            instrument="mbt_acs", status="answered", answered_on=day,
        )  # fmt: skip
    treatment.save()


def step_by_step(history, end: datetime.date) -> set[tuple[object, ...]]:
    """Looked at by some of the changes, and some nights; at the end as after a change of everybody."""
    here = place()
    for number, patient, what, looks in history:
        day = BEGIN + datetime.timedelta(days=number)
        if what is None:
            look(programme=here.programme, on=day)
            continue
        happen(here, what, patient, day)
        if looks:
            look_at_treatments(programme=here.programme, treatments=[here.treatments[patient].pk], on=day)
    look_at_treatments(programme=here.programme, treatments=[t.pk for t in here.treatments], on=end)
    look_at_others(programme=here.programme, on=end)
    return open_signals(here)


def from_scratch(history, end: datetime.date) -> set[tuple[object, ...]]:
    here = place()
    for number, patient, what, _looks in history:
        if what is not None:
            happen(here, what, patient, BEGIN + datetime.timedelta(days=number))
    look(programme=here.programme, on=end)
    return open_signals(here)


def open_signals(here: SimpleNamespace) -> set[tuple[object, ...]]:
    numbers = {treatment.pk: number for number, treatment in enumerate(here.treatments)}
    return {
        (s.rule, s.key, s.severity, s.due_on, numbers.get(s.treatment_id), s.person_id == here.therapist.pk)
        for s in Signal.objects.unsettled().filter(programme=here.programme, due_on__isnull=False)
    }


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY)
def test_the_same_signals_are_open_however_it_was_looked_at(history):
    end = BEGIN + datetime.timedelta(days=DAYS)
    with transaction.atomic():
        assert step_by_step(history, end) == from_scratch(history, end)
        transaction.set_rollback(True)


def test_a_history_that_asks_for_things_opens_signals():
    """So that the property does not hold for want of signals."""
    history = [
        (0, 0, "refer", True),
        (0, 0, "start", True),
        (100, 0, "no_answer", True),
        (0, 1, "refer", True),
    ]
    rules = {signal[0] for signal in from_scratch(history, BEGIN + datetime.timedelta(days=DAYS))}
    assert rules == {
        "missing_crisis_plan", "missing_treatment_plan", "no_letter_when_not_reached", "late_orientation"
    }  # fmt: skip
