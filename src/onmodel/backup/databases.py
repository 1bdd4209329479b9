"""The two kinds of database: how each is copied, counted, tried out and brought back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import dj_database_url
from django.conf import settings
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import Error

from onmodel.backup.problems import BackupError

Settings = dict[str, Any]


class Engine(Protocol):
    """What is asked of a kind of database."""

    name: str

    def dump(self, database: Settings, target: Path) -> dict[str, int]:
        """Copy the whole database as it stands at one moment, while others write; rows a table."""

    def load(self, source: Path, database: Settings, *, replace: bool) -> None:
        """Bring the copy into the database, whole or not at all."""

    def scratch(self, source: Path, folder: Path) -> Any:
        """A context with the settings of a throw-away database that holds the copy."""


def engine_of(database: Settings) -> Engine:
    from onmodel.backup import postgresql, sqlite

    engine = database["ENGINE"].rpartition(".")[2]
    if engine == "sqlite3":
        return sqlite.Sqlite()
    if engine == "postgresql":
        return postgresql.PostgreSQL()
    raise BackupError(f"A database of the kind {engine!r} cannot be copied; SQLite and PostgreSQL can.")


def settings_of(url: str | None) -> Settings:
    """The program's own database, or the one of that address. Raises BackupError for no address."""
    if url is None:
        return dict(settings.DATABASES["default"])
    try:
        return dict(dj_database_url.parse(url))
    except (ValueError, dj_database_url.ParseError) as error:
        raise BackupError(f"{url!r} is not the address of a database: {error}") from None


@contextmanager
def opened(database: Settings, alias: str = "backup") -> Iterator[BaseDatabaseWrapper]:
    """A connection of its own, apart from whatever the program is doing on its usual one."""
    usual = {"default": settings.DATABASES["default"], alias: {**database, "CONN_MAX_AGE": 0}}
    connections.settings[alias] = connections.configure_settings(usual)[alias]
    try:
        yield connections[alias]
    finally:
        connections[alias].close()
        del connections[alias]
        del connections.settings[alias]


def count_rows(connection: BaseDatabaseWrapper) -> dict[str, int]:
    """How many rows each table has."""
    with connection.cursor() as cursor:
        counts = {}
        for table in sorted(connection.introspection.table_names(cursor)):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608
            counts[table] = cursor.fetchone()[0]
    return counts


def migrations_in(connection: BaseDatabaseWrapper) -> tuple[str, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        return tuple(f"{app}.{name}" for app, name in cursor.fetchall())


def tables_in(database: Settings) -> list[str]:
    """The tables that are there already. BackupError where the database cannot be reached."""
    try:
        with opened(database) as connection, connection.cursor() as cursor:
            return connection.introspection.table_names(cursor)
    except Error as error:
        raise BackupError(f"The database {database['NAME']} cannot be opened: {error}") from None
