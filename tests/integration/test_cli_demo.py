"""`onmodel demo` and `onmodel serve` as a user runs them, in a folder of their own."""

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-c", "from onmodel.cli.main import main; main()"]


def environment_in(folder: Path) -> dict[str, str]:
    """This process's environment, with SQLite in that folder whatever the other tests run on."""
    kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return {**kept, "ONMODEL_DATA": str(folder / "data"), "COLUMNS": "100"}


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return environment_in(tmp_path)


def onmodel(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], env=environment, capture_output=True, text=True, timeout=300
    )


def copied(settings: dict[str, str], folder: Path) -> dict[str, str]:
    """The same installation in another folder."""
    shutil.copytree(settings["ONMODEL_DATA"], folder / "data")
    return environment_in(folder)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def database(environment: dict[str, str]) -> Path:
    return Path(environment["ONMODEL_DATA"]) / "onmodel.sqlite3"


def count(environment: dict[str, str], table: str) -> int:
    with sqlite3.connect(database(environment)) as connection:
        return connection.execute(f"select count(*) from {table}").fetchone()[0]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], str]:
    """A folder with a small simulated service, and what the command said."""
    settings = environment_in(tmp_path_factory.mktemp("loaded"))
    first = onmodel(settings, "demo", "--no-serve", "--patients", "12")
    assert first.returncode == 0, first.stderr
    return settings, first.stdout


def test_demo_loads_and_tells_how_to_sign_in(loaded) -> None:
    settings, said = loaded
    assert "12 patients" in said
    assert "simulated" in said
    for username in ("therapist", "supervisor", "manager", "expert", "patient"):
        assert username in said
    assert count(settings, "patients_patient") == 12


def test_what_is_there_is_not_loaded_again_but_when_asked_to(loaded, tmp_path: Path) -> None:
    settings = copied(loaded[0], tmp_path)
    again = onmodel(settings, "demo", "--no-serve", "--patients", "30")
    assert "there already" in again.stdout
    assert count(settings, "patients_patient") == 12
    anew = onmodel(settings, "demo", "--no-serve", "--fresh", "--patients", "14")
    assert anew.returncode == 0, anew.stderr
    assert count(settings, "patients_patient") == 14


def test_real_records_are_left_alone(loaded, tmp_path: Path) -> None:
    settings = copied(loaded[0], tmp_path)
    with sqlite3.connect(database(settings)) as connection:
        connection.execute(
            "insert into programmes_organisation (name, slug) values ('Riverside', 'riverside')"
        )
    refused = onmodel(settings, "demo", "--no-serve", "--fresh")
    assert refused.returncode == 1
    assert "Riverside" in refused.stderr
    assert "Nothing was changed" in refused.stderr
    assert count(settings, "patients_patient") == 12


def test_a_taken_port_is_refused_before_anything_is_loaded(environment) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = onmodel(environment, "demo", "--port", port)
    assert refused.returncode == 1
    assert f"Port {port} is taken" in refused.stderr
    assert not database(environment).exists()


def test_serving_needs_an_up_to_date_database(environment) -> None:
    Path(environment["ONMODEL_DATA"]).mkdir()
    refused = onmodel(environment, "serve", "--port", str(free_port()))
    assert refused.returncode == 1
    assert "onmodel manage migrate" in refused.stderr


def test_other_machines_are_not_served_under_the_keys_for_trying_out(environment) -> None:
    refused = onmodel(environment, "serve", "--host", "0.0.0.0", "--port", str(free_port()))
    assert refused.returncode == 1
    assert "SECRET_KEY" in refused.stderr


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """An empty database that is up to date."""
    settings = environment_in(tmp_path_factory.mktemp("served"))
    Path(settings["ONMODEL_DATA"]).mkdir()
    assert onmodel(settings, "manage", "migrate", "--verbosity", "0").returncode == 0
    return settings


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=lambda s: s.name)
def test_pages_and_worker_are_served_and_end_together(migrated, end: signal.Signals) -> None:
    port = free_port()
    server = subprocess.Popen([*COMMAND, "serve", "--port", str(port)], env=migrated)
    try:
        assert answers(f"http://127.0.0.1:{port}/")
        assert len(children(server.pid)) == 2  # the pages' process and the worker
    finally:
        family = children(server.pid)
        server.send_signal(end)
        server.wait(60)
    assert gone(family)


def answers(url: str) -> bool:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5) as response:
                return response.status == 200
        except OSError:
            time.sleep(0.2)
    return False


def children(pid: int) -> list[int]:
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True)
    return [int(child) for child in listed.stdout.split()]


def gone(pids: list[int]) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if not any(Path(f"/proc/{pid}").exists() for pid in pids):
            return True
        time.sleep(0.2)
    return False
