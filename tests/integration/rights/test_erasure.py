"""What is erased is gone everywhere but in the trail, and the trail names nobody."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models

from onmodel.assessments.actions import set_aside
from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.audit.models import Event, Words
from onmodel.audit.verifying import verify
from onmodel.cli.main import main
from onmodel.followup.models import Action
from onmodel.patients.models import Patient, Treatment
from onmodel.rights.actions import erase_patient
from onmodel.rights.correcting import correct_form
from tests.factories import AssignmentFactory
from tests.integration.rights.conftest import DAY, WHO

pytestmark = pytest.mark.django_db


def erase(cast, **more):
    return erase_patient(patient=cast.patient, reason="asked for in writing", by=cast.manager, **more)


def test_a_dry_run_counts_and_changes_nothing(full):
    counts = erase(full, dry_run=True)
    assert counts == {
        "identities": 1,
        "accounts": 1,
        "treatments": 1,
        "forms": 1,
        "answers": 10,
        "scores": 1,
        "signals": 1,
        "actions": 1,
        "recordings": 0,
        "consents": 1,
        "words in the audit trail": 0,
    }
    assert Patient.objects.filter(pk=full.patient.pk).exists()


def test_nothing_of_the_patient_is_left(full):
    patient, treatment = full.patient.pk, full.treatment.pk
    erase(full)
    assert not Patient.objects.filter(pk=patient).exists()
    assert not Treatment.objects.filter(pk=treatment).exists()
    for model in (Assignment, Answer, Score, Action):
        assert not model.objects.exists()
    everything = json.dumps(
        [list(model._default_manager.values()) for model in apps.get_models()], default=repr
    )
    for value in (
        *WHO.values(),
        "P-1001",
        "Talk about the plan",
        "too loud",
        "wrote twice",
        "Ask the sister along",
        str(treatment) + "#",
    ):
        assert value not in everything


def test_others_stay(full):
    erase(full)
    assert Treatment.objects.filter(pk=full.other_treatment.pk).exists()


def test_the_trail_stays_whole_and_tells_that_it_was_done(full):
    patient = full.patient.pk
    erase(full)
    event = Event.objects.get(verb="patient erased")
    assert (event.patient, event.subject_id, event.reason) == (patient, str(patient), "asked for in writing")
    assert Event.objects.of_patient(patient).count() > 3
    assert verify().holds


def test_what_people_wrote_of_the_patient_goes_and_the_acts_stay(full):
    """Reasons, and what a correction kept of before and after; a word about another patient stays."""
    patient, form = full.patient.pk, full.form
    correct_form(form=form, values={"1": 3.0}, answered_on=DAY, reason="Pia misread it", by=full.therapist)
    set_aside(
        assignment=AssignmentFactory(treatment=full.treatment, months=6.0),
        reason="Pia ran off",
        by=full.therapist,
    )
    set_aside(assignment=AssignmentFactory(treatment=full.other_treatment), reason="moved", by=full.outsider)
    erase(full)
    kept = json.dumps(list(Words.objects.values("why", "values")))
    assert "Pia" not in kept
    assert "moved" in kept
    acts = set(Event.objects.of_patient(patient).values_list("verb", flat=True))
    assert acts >= {"form corrected", "form set aside", "patient erased"}
    assert verify().holds


#: What does not go by itself with anything that it hangs on; `erase_patient` removes it.
REMOVED_BY_NAME = {Treatment, Action}


def hanging_on(model: type[models.Model]) -> Iterator[models.ForeignObjectRel]:
    """Every relation by which rows belong to a row of this model, and to those."""
    for relation in model._meta.related_objects:
        if not relation.many_to_many:
            yield relation
            yield from hanging_on(relation.related_model)


def test_every_table_that_hangs_on_a_patient_is_emptied(full):
    """Also of apps that come later: such a row goes by itself, or is removed by name."""
    relations = list(hanging_on(Patient))
    goes = {relation.related_model for relation in relations if relation.on_delete is models.CASCADE}
    assert {relation.related_model for relation in relations} - goes == REMOVED_BY_NAME
    Treatment.objects.exclude(patient=full.patient).delete()
    Patient.objects.exclude(pk=full.patient.pk).delete()
    erase(full)
    tables = {relation.related_model for relation in hanging_on(Patient)}
    assert not [table for table in tables if table._base_manager.exists()]


def test_the_account_opens_nothing_any_more(full, client):
    erase(full)
    full.patient_user.refresh_from_db()
    assert not full.patient_user.is_active
    assert not client.login(username="patient", password="correct horse battery")


def test_a_reason_is_needed(full):
    with pytest.raises(ValidationError):
        erase_patient(patient=full.patient, reason=" ", by=full.manager)
    assert Patient.objects.filter(pk=full.patient.pk).exists()


def test_by_command(full):
    arguments = ["patient", "erase", "P-1001", "--reason", "asked for", "--json"]
    done = CliRunner().invoke(main, [*arguments, "--dry-run"])
    assert json.loads(done.output)["rows"]["answers"] == 10
    assert CliRunner().invoke(main, arguments).exit_code == 0
    assert not Patient.objects.filter(pseudonym="P-1001").exists()
