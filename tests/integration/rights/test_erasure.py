"""What is erased is gone everywhere but in the trail, and the trail names nobody."""

import json

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.core.exceptions import ValidationError

from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.audit.models import Event
from onmodel.audit.verifying import verify
from onmodel.cli.main import main
from onmodel.followup.models import Action
from onmodel.patients.models import Patient, Treatment
from onmodel.rights.actions import erase_patient
from tests.integration.rights.conftest import WHO

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
        "consents": 1,
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
    for value in (*WHO.values(), "P-1001", "Talk about the plan", "too loud", str(treatment) + "#"):
        assert value not in everything


def test_others_stay(full):
    erase(full)
    assert Treatment.objects.filter(pk=full.other_treatment.pk).exists()


def test_the_trail_stays_whole_and_tells_that_it_was_done(full):
    patient = full.patient.pk
    erase(full)
    event = Event.objects.get(verb="patient erased")
    assert (event.patient, event.subject_id, event.why) == (patient, str(patient), "asked for in writing")
    assert Event.objects.of_patient(patient).count() > 3
    assert verify().holds


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
