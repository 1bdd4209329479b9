"""PostgreSQL: copied by its own pg_dump in one snapshot, brought back in one transaction."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import transaction
from django.db.utils import Error

from onmodel.backup.databases import Settings, count_rows, opened
from onmodel.backup.problems import BackupError

PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql*/bin")
VARIABLES = {
    "HOST": "PGHOST",
    "PORT": "PGPORT",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "NAME": "PGDATABASE",
}
OPTIONS = {"host": "PGHOST", "port": "PGPORT", "service": "PGSERVICE"}


class PostgreSQL:
    name = "postgresql"

    def dump(self, database: Settings, target: Path) -> dict[str, int]:
        """pg_dump and the counts look at the same snapshot."""
        with opened(database) as connection, transaction.atomic(using=connection.alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
            rows = count_rows(connection)
            _run(database, "pg_dump", "-Fc", f"--snapshot={snapshot}", "-f", str(target))
        return rows

    def load(self, source: Path, database: Settings, *, replace: bool) -> None:
        script = source.with_suffix(".sql")
        _run(database, "pg_restore", "--no-owner", "--no-privileges", "-f", str(script), str(source))
        empty_first = ["-c", "DROP SCHEMA public CASCADE; CREATE SCHEMA public"] if replace else []
        options = ["-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-o", os.devnull]
        _run(database, "psql", *options, *empty_first, "-f", str(script))

    @contextmanager
    def scratch(self, source: Path, folder: Path) -> Iterator[Settings]:
        """A database beside the real one; BackupError where the account may not make one."""
        from django.conf import settings

        usual = settings.DATABASES["default"]
        name = f"onmodel_trial_{secrets.token_hex(6)}"
        _say(usual, f'CREATE DATABASE "{name}"')
        try:
            own = {**usual, "NAME": name}
            self.load(source, own, replace=False)
            yield own
        finally:
            _say(usual, f'DROP DATABASE "{name}"')


def _say(database: Settings, statement: str) -> None:
    try:
        with opened(database, "backup_server") as connection, connection.cursor() as cursor:
            cursor.execute(statement)
    except Error as error:
        raise BackupError(f"PostgreSQL refused {statement!r}: {str(error).strip()}") from None


def _run(database: Settings, program: str, *arguments: str) -> None:
    environment = {**os.environ, **environment_of(database)}
    done = subprocess.run(  # noqa: S603
        [str(_find(program)), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program} stopped: {done.stderr.strip()[-2000:]}")


def environment_of(database: Settings) -> dict[str, str]:
    """Where the database is, in the variables that PostgreSQL's programs read; no password in a command."""
    options = database.get("OPTIONS") or {}
    named = {OPTIONS.get(name, f"PG{name.upper()}"): value for name, value in options.items()}
    named = {name: value for name, value in named.items() if isinstance(value, str | int)}
    named |= {variable: database[key] for key, variable in VARIABLES.items() if database.get(key)}
    return {name: str(value) for name, value in named.items()}


def _find(program: str) -> Path:
    """The newest one on the machine: an older one cannot read a newer server."""
    found = [path / program for pattern in PLACES for path in Path("/").glob(pattern)]
    found = [path for path in found if path.exists()]
    if found:
        return max(found, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])
    on_path = shutil.which(program)
    if on_path is None:
        raise BackupError(f"{program} was not found; it comes with PostgreSQL's client programs.")
    return Path(on_path)
