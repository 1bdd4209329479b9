"""A record goes when its period is over, counted from its last change, and not a day before."""

import datetime
import json

import pytest
from click.testing import CliRunner
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils import timezone

from onmodel.audit.models import Event
from onmodel.cli.main import main
from onmodel.outcomes.models import ImportRun
from onmodel.patients.models import Patient
from onmodel.rights.retention import erase_past, past_period, set_period
from tests.factories import AssignmentFactory, TreatmentFactory

pytestmark = pytest.mark.django_db

ENDED = datetime.date(2004, 2, 29)


@pytest.fixture
def old(cast):
    """A treatment that ended on 29 February 2004."""
    return TreatmentFactory(
        programme=cast.programme,
        referred_on=datetime.date(2002, 1, 1),
        started_on=datetime.date(2002, 3, 1),
        ended_on=ENDED,
        end_kind="completed",
    )


def past(day: datetime.date) -> list[str]:
    return [one.what for one in past_period(day) if one.kind == "record"]


@pytest.mark.parametrize(
    ("day", "is_past"),
    [
        (datetime.date(2024, 2, 28), False),
        (datetime.date(2024, 2, 29), False),
        (datetime.date(2024, 3, 1), True),
    ],
)
def test_twenty_years_after_the_last_change(old, day, is_past):
    assert (old.patient.pseudonym in past(day)) is is_past


def test_a_later_answer_counts(old):
    AssignmentFactory(treatment=old, status="answered", answered_on=datetime.date(2006, 1, 1))
    assert not past(datetime.date(2025, 12, 31))
    assert past(datetime.date(2026, 1, 2)) == [old.patient.pseudonym]


def test_a_treatment_under_way_is_never_past(cast):
    assert cast.patient.pseudonym not in past(datetime.date(2090, 1, 1))


def test_an_organisation_sets_its_own_period(old, cast):
    set_period(organisation=cast.organisation, kind="record", months=12, reason="trial", by=cast.manager)
    assert past(datetime.date(2005, 3, 1)) == [old.patient.pseudonym]
    with pytest.raises(ValidationError):
        set_period(organisation=cast.organisation, kind="record", months=0, reason="no", by=None)


def test_erasing_leaves_an_event_a_patient(old):
    erase_past(datetime.date(2026, 1, 1), by=None)
    assert not Patient.objects.filter(pk=old.patient.pk).exists()
    assert Event.objects.get(verb="patient erased").reason == "past its retention period"


def test_a_file_that_waits_to_be_imported_goes_after_a_month(cast, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    run = ImportRun(programme=cast.programme, file_name="a.csv", digest="1", state="refused")
    run.started_at = timezone.now() - datetime.timedelta(days=40)
    run.file.save("a.csv", ContentFile(b"x"), save=True)
    path = tmp_path / run.file.name
    erase_past(timezone.localdate(), by=None)
    assert not path.exists()
    assert past_period(timezone.localdate()) == []


def test_the_command_looks_before_it_erases(old):
    listed = json.loads(CliRunner().invoke(main, ["retention", "--dry-run", "--json"]).output)
    assert [(one["what"], one["last"]) for one in listed["past"]] == [(old.patient.pseudonym, "2004-02-29")]
    done = CliRunner().invoke(main, ["retention"])
    assert "1 past their period and erased" in done.output
    assert not Patient.objects.filter(pk=old.patient.pk).exists()
    assert CliRunner().invoke(main, ["retention", "--on", "2090-01-01"]).exit_code == 2
