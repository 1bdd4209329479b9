"""A database of its own, on the kind that the tests run on, with a program's environment for it."""

import os
import secrets
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from onmodel.backup import locks

ONMODEL = [sys.executable, "-c", "from onmodel.cli.main import main; main()"]


@dataclass(frozen=True)
class Place:
    """Where one installation keeps its things, and the environment that says so."""

    folder: Path
    environment: dict[str, str]

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def run(self, *arguments: str, expect: int = 0, **environment: str) -> subprocess.CompletedProcess:
        done = subprocess.run(
            [*ONMODEL, *arguments],
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        assert done.returncode == expect, done.stderr
        return done

    def ask(self, code: str) -> str:
        """What Python code prints in this installation."""
        process = self.start(code)
        printed = process.communicate(timeout=120)[0].strip()
        assert process.returncode == 0
        return printed

    def start(self, code: str) -> subprocess.Popen:
        setup = "from onmodel.cli.django import start; start()\n"
        return subprocess.Popen(
            [sys.executable, "-c", setup + code], env=self.environment, stdout=subprocess.PIPE, text=True
        )


def on_postgresql() -> bool:
    return settings.DATABASES["default"]["ENGINE"].endswith("postgresql")


@pytest.fixture(scope="session")
def server():
    """Make and drop databases on the PostgreSQL of the tests; None on SQLite."""
    if not on_postgresql():
        yield None
        return
    import psycopg

    usual = settings.DATABASES["default"]
    host = usual["HOST"] or usual["OPTIONS"].get("host", "")
    with psycopg.connect(host=host, user=usual["USER"], dbname="postgres", autocommit=True) as connection:
        made = []

        def make() -> str:
            name = f"onmodel_place_{secrets.token_hex(4)}"
            connection.execute(f'CREATE DATABASE "{name}"')
            made.append(name)
            return f"postgresql://{usual['USER']}@/{name}?host={quote(host, safe='')}"

        yield make
        for name in made:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def key():
    return locks.new_key()


@pytest.fixture(scope="session")
def make_place(tmp_path_factory, server, key):
    """An installation; `migrated` gives it its tables."""

    def make(*, migrated: bool = True) -> Place:
        folder = tmp_path_factory.mktemp("place")
        kept = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        url = server() if server else f"sqlite:///{folder / 'onmodel.sqlite3'}"
        environment = {**kept, "DATABASE_URL": url, "ONMODEL_DATA": str(folder), "BACKUP_KEYS": key}
        place = Place(folder, environment)
        if migrated:
            place.run("manage", "migrate", "-v0")
        return place

    return make


@pytest.fixture(scope="module")
def place(make_place):
    return make_place()
