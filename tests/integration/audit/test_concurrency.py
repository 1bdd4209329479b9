"""Many writers at once make one chain: processes on a SQLite file, connections on PostgreSQL."""

import os
import subprocess
import sys
import threading

import pytest
from django.db import connection, transaction

from onmodel.audit.actions import record
from onmodel.audit.models import Event
from onmodel.audit.verifying import verify

WRITERS, EACH = 4, 25
COMMAND = "from onmodel.cli.main import main; main()"
WRITE = f"""
from onmodel.cli.django import start
start()
from django.db import transaction
from onmodel.audit.actions import record
for n in range({EACH}):
    with transaction.atomic():
        record(by=None, verb="thing done", subject=None, n=n)
"""


def onmodel(*arguments: str, folder) -> subprocess.Popen[bytes]:
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DATABASE_URL"},
        "ONMODEL_DATA": str(folder),
    }
    out = (folder / "said").open("wb")
    with out:
        return subprocess.Popen([sys.executable, *arguments], env=environment, stdout=out)


def test_processes_on_one_sqlite_file(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir()
    assert onmodel("-c", COMMAND, "manage", "migrate", "-v0", folder=folder).wait(120) == 0
    writers = [onmodel("-c", WRITE, folder=folder) for _ in range(WRITERS)]
    assert [writer.wait(120) for writer in writers] == [0] * WRITERS
    verifying = onmodel("-c", COMMAND, "audit", "verify", folder=folder)
    assert verifying.wait(60) == 0
    assert (folder / "said").read_text().startswith(f"{WRITERS * EACH} events, one chain")


def write_some() -> None:
    try:
        for n in range(EACH):
            with transaction.atomic():
                record(by=None, verb="thing done", subject=None, n=n)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_connections_on_one_database():
    """SQLite's database of the tests lives in one connection: there the writers take turns."""
    if connection.vendor == "postgresql":
        writers = [threading.Thread(target=write_some) for _ in range(WRITERS)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
    else:
        for n in range(WRITERS * EACH):
            with transaction.atomic():
                record(by=None, verb="thing done", subject=None, n=n)
    assert Event.objects.count() == WRITERS * EACH
    assert verify().holds
