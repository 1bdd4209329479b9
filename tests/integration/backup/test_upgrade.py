"""A database of the first version, with data in every table of the record, comes up to date whole."""

import json

import pytest

from tests.integration.backup.first_version import rows

MAKE = "from tests.integration.backup.first_version import make\nmake()"
SHOW = "from tests.integration.backup.first_version import show\nprint(show())"
READ = """
import json
from onmodel.patients.models import Patient
from onmodel.rights.export import patient_data
print(json.dumps(patient_data(Patient.objects.get())))
"""


@pytest.fixture(scope="module")
def old(make_place):
    """An installation of the first version, and what stood in it; then brought up to date."""
    place = make_place(migrated=False)
    place.environment["PYTHONPATH"] = "."
    place.ask(MAKE)
    before = json.loads(place.ask(SHOW))
    place.run("manage", "migrate", "-v0")
    return place, before


def test_every_row_is_there_as_it_was(old):
    place, before = old
    assert set(before) == set(rows())
    assert json.loads(place.ask(SHOW)) == before


def test_the_audit_trail_of_the_first_version_is_chained(old):
    place, _ = old
    assert json.loads(place.run("audit", "verify", "--json").stdout)["holds"]


def test_the_program_reads_it(old):
    place, _ = old
    data = json.loads(place.ask(READ))
    (treatment,) = data["treatments"]
    assert treatment["forms"][0]["answers"][0]["value"] == 2.0
    assert treatment["started_on"] == "2025-03-01"
    assert treatment["incidents"][0]["note"] == "too loud"
    assert data["patient"]["identity"]["record_number"] == "RN-77431"


def test_it_can_be_backed_up_and_comes_back(old, make_place):
    place, before = old
    out = place.folder / "old.age"
    place.run("backup", "--out", str(out))
    other = make_place(migrated=False)
    other.environment["PYTHONPATH"] = "."
    other.run("restore", str(out))
    assert json.loads(other.ask(SHOW)) == before
