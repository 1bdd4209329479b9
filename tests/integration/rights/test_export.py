"""A copy of the record is whole, readable, in both languages, and kept in the access log."""

import io
import json
import zipfile

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from onmodel.audit.models import Event
from onmodel.cli.main import main
from onmodel.patients.models import Patient
from onmodel.rights.export import patient_data
from onmodel.rights.files import as_json
from onmodel.rights.paper import patient_pdf
from tests.factories import TreatmentFactory
from tests.integration.rights.conftest import DAY, WHO

pytestmark = pytest.mark.django_db


def test_everything_that_hangs_on_a_patient_is_in_it(full):
    data = patient_data(full.patient)
    (treatment,) = data["treatments"]
    assert data["patient"]["identity"] == WHO
    assert data["patient"]["account"]["username"] == "patient"
    assert data["patient"]["consents"][0]["purpose"] == "research"
    assert treatment["plans"][0]["made_by"] == "Tess Therapist"
    assert treatment["incidents"][0]["note"] == "too loud"
    assert treatment["reviews"][0]["decisions"][0]["what"] == "Ask the sister along"
    assert treatment["absence_steps"][0]["note"] == "wrote twice"
    assert treatment["signals"][0]["actions"][0]["what"] == "Talk about the plan"
    assert treatment["group_places"][0]["group"] == "Tuesday group"
    (form,) = treatment["forms"]
    assert len(form["answers"]) == 10
    assert form["answered_on"] == "2025-03-01"
    assert form["scores"][0]["value"] == 9.0
    assert [event["what"] for event in data["access_log"]][:1] == ["answers recorded"]
    json.loads(as_json(data))


def hanging_on_a_patient() -> set[str]:
    """The models whose rows go when a patient goes, by the relations of the database."""
    found, seen = [Patient], set()
    while found:
        model = found.pop()
        for relation in model._meta.related_objects:
            if relation.related_model not in seen:
                seen.add(relation.related_model)
                found.append(relation.related_model)
    return {model._meta.label for model in seen}


def test_no_model_with_patients_data_is_forgotten(full):
    """Each one is reached by the walk of the export; a new one is exported without a word here."""
    names = {apps.get_model(label)._meta.model_name for label in hanging_on_a_patient()}
    text = as_json(patient_data(full.patient)).decode()
    relations = {
        relation.get_accessor_name()
        for label in {"patients.Patient", "patients.Treatment", "assessments.Assignment", "signals.Signal"}
        for relation in apps.get_model(label)._meta.related_objects
    } - {"assignments", "treatments"}
    assert len(names) >= len(relations)
    for name in relations:
        assert f'"{name}"' in text


def test_bytes_of_a_file_are_not_in_it_as_text(full):
    letter = full.treatment.letters.create(
        language="en",
        until=DAY,
        state="released",
        released_at=timezone.now(),
        pdf=b"%PDF-1.7",
        drafted_by=full.therapist,
    )
    (found,) = patient_data(full.patient)["treatments"][0]["letters"]
    assert found["id"] == str(letter.pk)
    assert "pdf" not in found


def test_secrets_are_not_in_it(full):
    text = as_json(patient_data(full.patient)).decode()
    for secret in ("password", "digest", "record_number_index", "session"):
        assert f'"{secret}"' not in text


@pytest.mark.parametrize(("language", "words"), [("en", "The patient"), ("nl", "De patiënt")])
def test_the_paper_is_tagged_and_readable(full, language, words):
    reader = PdfReader(io.BytesIO(patient_pdf(patient_data(full.patient), language)))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == language
    text = "\n".join(page.extract_text() for page in reader.pages)
    for part in (words, "RN-77431", "P-1001", "Tess Therapist", "too loud"):
        assert part in text


def test_the_command_writes_both_in_one_file(full, tmp_path):
    out = tmp_path / "copy.zip"
    done = CliRunner().invoke(main, ["patient", "export", "P-1001", "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert sorted(zipfile.ZipFile(out).namelist()) == ["P-1001-en.pdf", "P-1001-nl.pdf", "P-1001.json"]
    event = Event.objects.get(verb="patient exported")
    assert event.patient == full.patient.pk


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["export", "P-1", "--out", "x.json"], 1, "There is no patient 'P-1'"),
        (["export", "P-1001", "--out", "x.doc"], 2, "ends in .zip, .json or .pdf"),
        (["erase", "P-1"], 2, "--reason"),
    ],
)
def test_the_command_says_what_is_wrong(full, arguments, code, says):
    done = CliRunner().invoke(main, ["patient", *arguments])
    assert (done.exit_code, says in done.output) == (code, True), done.output


def test_patients_take_all_and_staff_only_what_they_see(full, client):
    elsewhere = TreatmentFactory(patient=full.patient, programme=full.other_programme)
    url = reverse("patient-copy", args=[full.treatment.pk, "json"])
    client.force_login(full.patient_user)
    own = json.loads(client.post(url).content)
    assert own["patient"]["identity"]["name"] == "Pia Patient"
    assert len(own["treatments"]) == 2
    client.force_login(full.manager)
    seen = client.post(url)
    staff = json.loads(seen.content)
    assert [treatment["id"] for treatment in staff["treatments"]] == [str(full.treatment.pk)]
    assert str(elsewhere.pk) not in seen.text
    for value in WHO.values():
        assert value not in seen.text
    assert staff["access_log"] is None
    assert Event.objects.filter(verb="patient exported").count() == 2
    assert client.get(url).status_code == 405
