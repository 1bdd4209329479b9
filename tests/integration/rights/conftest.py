"""A patient of whom everything is recorded that can be."""

import datetime

import pytest

from onmodel.assessments.actions import record_answers
from onmodel.consent.actions import decide
from onmodel.consent.purposes import Purpose
from onmodel.followup.actions import agree
from onmodel.patients.models import GroupPlace, Identity, Phase
from onmodel.process.models import Incident, Plan
from onmodel.programmes.models import Group
from onmodel.signals.models import Signal
from tests.factories import AssignmentFactory

WHO = {
    "name": "Pia Patient",
    "birth_date": "1990-04-05",
    "record_number": "RN-77431",
    "email": "pia@example.org",
    "phone": "06-1234 5678",
}
DAY = datetime.date(2025, 3, 1)


@pytest.fixture
def full(cast):
    """The cast, and the patient's whole record."""
    treatment = cast.treatment
    Identity.objects.create(patient=cast.patient, sealed=WHO)
    form = AssignmentFactory(treatment=treatment)
    items = {item.id: 1.0 for item in cast.programme.definitions.instruments["phq9"].all_items()}
    cast.form = record_answers(assignment=form, answers=items, answered_on=DAY, by=cast.therapist)
    Phase.objects.create(treatment=treatment, kind="main", starts_on=DAY)
    group = Group.objects.create(team=cast.team, name="Tuesday group", starts_on=DAY)
    GroupPlace.objects.create(treatment=treatment, group=group, starts_on=DAY)
    Plan.objects.create(treatment=treatment, kind="crisis_plan", made_on=DAY, made_by=cast.therapist)
    Incident.objects.create(
        programme=cast.programme, treatment=treatment, kind="complaint", happened_on=DAY, note="too loud"
    )
    review = treatment.reviews.create(kind="team", language="en", taken_on=DAY, held_on=DAY)
    review.staff.add(cast.therapist)
    review.decisions.create(what="Ask the sister along", owner=cast.therapist)
    treatment.absence_steps.create(step="letter", happened_on=DAY, result="sent", note="wrote twice")
    cast.signal = Signal.objects.create(
        programme=cast.programme,
        subject_kind="treatment",
        treatment=treatment,
        pack="mbt",
        rule="deteriorated",
        rule_version="1.0.0",
        severity="urgent",
    )
    agree(
        programme=cast.programme,
        what="Talk about the plan",
        owner=cast.therapist,
        due_on=DAY,
        by=cast.supervisor,
        signal=cast.signal,
    )
    decide(
        patient=cast.patient,
        programme=cast.programme,
        purpose=Purpose.RESEARCH,
        decision="given",
        method="paper",
        by=cast.therapist,
        decided_on=DAY,
    )
    return cast
