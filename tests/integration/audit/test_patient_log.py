"""`onmodel audit patient`: who saw what of a patient, as lines and on paper; and that it was printed."""

import pypdf
import pytest
from click.testing import CliRunner

from onmodel.audit.actions import record
from onmodel.audit.models import Event
from onmodel.cli.main import main
from onmodel.patients.models import Patient

pytestmark = pytest.mark.django_db


def run(*arguments: str):
    return CliRunner().invoke(main, ["audit", "patient", *arguments])


@pytest.fixture
def seen(cast):
    record(by=cast.therapist, verb="treatment opened", subject=cast.treatment, why="A crisis at night.")
    record(by=cast.outsider, verb="treatment opened", subject=cast.other_treatment)
    return cast


def test_lines_say_who_what_and_why(seen):
    done = run("P-1001")
    assert done.exit_code == 0
    assert "Tess Therapist (therapist)  opened the record: A crisis at night." in done.output
    assert "Otto" not in done.output
    assert Event.objects.filter(
        verb="access log printed", patient=seen.patient.pk, channel="command"
    ).exists()


def test_in_dutch(seen):
    assert "therapeut" in run("P-1001", "--language", "nl").output


def test_on_paper(seen, tmp_path):
    path = tmp_path / "log.pdf"
    assert run("P-1001", "--out", str(path)).exit_code == 0
    text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    assert "Tess Therapist" in text
    assert "A crisis at night." in text


def test_what_cannot_be_is_said(seen, tmp_path):
    assert "no patient 'P-9'" in run("P-9").output
    assert "ends in .pdf" in run("P-1001", "--out", "log.txt").output
    assert "cannot be written" in run("P-1001", "--out", str(tmp_path / "none" / "log.pdf")).output
    Patient.objects.create(organisation=seen.other_programme.organisation, pseudonym="P-1001")
    both = run("P-1001")
    assert both.exit_code == 1
    assert "--organisation" in both.output
    assert run("P-1001", "--organisation", "riverside").exit_code == 0
