"""What was backed up comes back, whatever happened in between; what is not right is refused by name."""

import json
import signal
import tarfile

import pytest

from onmodel.backup import locks
from onmodel.backup.archive import unpack
from onmodel.backup.problems import BackupError
from tests.integration.backup.conftest import on_postgresql

ORGANISATION = """
from onmodel.programmes.models import Organisation
Organisation.objects.create(name="Riverside", slug="riverside")
"""
COUNT = """
from onmodel.programmes.models import Organisation
from onmodel.audit.models import Event
written = Organisation.objects.filter(slug__startswith="written")
print(written.count(), Event.objects.filter(verb="written").count())
"""
WRITE = """
from itertools import count
from django.db import transaction
from onmodel.audit.actions import record
from onmodel.programmes.models import Organisation
for number in count():
    with transaction.atomic():
        made = Organisation.objects.create(name="x" * 150, slug=f"written-{number}")
        record(by=None, verb="written", subject=made)
    print(number, flush=True)
"""


@pytest.fixture(scope="module")
def taken(place):
    """A backup of an installation with a record and an uploaded file."""
    place.ask(ORGANISATION)
    (place.files / "imports").mkdir(parents=True)
    (place.files / "imports" / "outcomes.csv").write_bytes(b"patient;score\n1;2\n")
    out = place.folder / "taken.age"
    listed = json.loads(place.run("backup", "--out", str(out), "--json").stdout)
    return out, listed


def test_the_list_of_a_backup_tells_what_is_in_it(taken):
    _, listed = taken
    assert listed["trail_holds"]
    assert listed["rows"]["programmes_organisation"] == 1
    assert [part["name"] for part in listed["files"]] == ["imports/outcomes.csv"]
    assert "programmes.0001_initial" in listed["migrations"]


def test_nothing_readable_is_in_the_file(taken):
    out, _ = taken
    content = out.read_bytes()
    assert b"Riverside" not in content
    assert b"outcomes.csv" not in content
    assert content.startswith(b"age-encryption.org/v1")


def test_a_backup_comes_back_in_an_empty_installation(taken, make_place):
    out, listed = taken
    other = make_place(migrated=False)
    other.run("restore", str(out))
    assert (other.files / "imports" / "outcomes.csv").read_bytes() == b"patient;score\n1;2\n"
    again = other.folder / "again.age"
    assert json.loads(other.run("backup", "--out", str(again), "--json").stdout)["rows"] == listed["rows"]
    refused = other.run("restore", str(out), expect=1)
    assert "is not empty; --replace overwrites it" in refused.stderr
    other.ask(ORGANISATION.replace("iverside", "oadside"))
    other.run("restore", str(out), "--replace")
    names = "from onmodel.programmes.models import Organisation\nprint(*Organisation.objects.all())"
    assert other.ask(names) == "Riverside"


def test_another_place_needs_a_folder_for_the_files(taken, make_place, place):
    out, _ = taken
    other = make_place(migrated=False)
    url = other.environment["DATABASE_URL"]
    assert "--files" in place.run("restore", str(out), "--into", url, expect=1).stderr
    place.run("restore", str(out), "--into", url, "--files", str(other.files))
    assert (other.files / "imports" / "outcomes.csv").exists()


def test_another_key_opens_nothing(taken, place):
    out, _ = taken
    refused = place.run("restore", str(out), "--replace", expect=1, BACKUP_KEYS=locks.new_key())
    assert "none of the keys in BACKUP_KEYS opens this file" in refused.stderr


def test_a_key_that_was_replaced_still_opens(taken, place, key):
    out, _ = taken
    keys = f"{locks.new_key()},{key}"
    place.run("restore", str(out), "--replace", BACKUP_KEYS=keys)


@pytest.mark.parametrize(
    ("keys", "says"), [("", "BACKUP_KEYS is not set"), ("secret", "something that is no key")]
)
def test_without_a_key_no_backup_is_made(place, keys, says):
    out = place.folder / "without.age"
    assert says in place.run("backup", "--out", str(out), expect=1, BACKUP_KEYS=keys).stderr
    assert not out.exists()


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (cut, "damaged or cut off"),
        (flipped, "damaged or cut off"),
        (lambda content: b"", "not a backup"),
        (lambda content: b"PK" + content, "not a backup"),
    ],
)
def test_a_damaged_file_is_named_and_not_used(taken, tmp_path, settings, key, damage, says):
    settings.BACKUP_KEYS = [key]
    damaged = tmp_path / "damaged.age"
    damaged.write_bytes(damage(taken[0].read_bytes()))
    with pytest.raises(BackupError, match=rf"damaged\.age: .*{says}"):
        unpack(damaged, tmp_path)


def test_a_part_that_differs_from_the_list_is_named(taken, tmp_path, settings, key):
    """Somebody with the key has changed a file inside."""
    settings.BACKUP_KEYS = [key]
    unpack(taken[0], tmp_path)
    (tmp_path / "files" / "imports" / "outcomes.csv").write_bytes(b"patient;score\n1;3\n")
    changed, plain = tmp_path / "changed.age", tmp_path / "changed.tar"
    with tarfile.open(plain, "w") as archive:
        for name in ("database", "files", "manifest.json"):
            archive.add(tmp_path / name, name)
    locks.encrypt(plain, changed)
    (tmp_path / "out").mkdir()
    with pytest.raises(BackupError, match=r"outcomes\.csv in it is not what its list says"):
        unpack(changed, tmp_path / "out")


def test_a_file_that_is_there_is_not_overwritten(taken, place):
    refused = place.run("backup", "--out", str(taken[0]), expect=1)
    assert "is there already" in refused.stderr


def test_a_broken_trail_is_copied_and_said(make_place):
    place = make_place()
    break_it = "from django.db import connection\nconnection.cursor().execute('DROP TRIGGER {} {}')"
    on = "ON audit_event" if on_postgresql() else ""
    place.ask(break_it.format("audit_event_no_change", on))
    done = place.run("backup", "--out", str(place.folder / "broken.age"))
    assert "the audit trail in it does not hold" in done.stderr


def test_a_killed_writer_loses_nothing_and_leaves_nothing_half(make_place):
    """Backups are taken while another process writes, and after it was killed in the middle of it."""
    place = make_place()
    writer = place.start(WRITE)
    for _ in range(20):
        writer.stdout.readline()
    during = place.folder / "during.age"
    place.run("backup", "--out", str(during))
    writer.send_signal(signal.SIGKILL)
    told = int(writer.communicate()[0].split()[-1]) + 1
    after = place.folder / "after.age"
    place.run("backup", "--out", str(after))
    counts = []
    for source in (during, after):
        place.run("restore", str(source), "--replace")
        records, events = (int(count) for count in place.ask(COUNT).split())
        assert records == events
        counts.append(records)
    assert 20 <= counts[0] <= counts[1]
    assert counts[1] in (told, told + 1)
