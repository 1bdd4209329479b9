"""SQLite: copied page by page by its own online backup, while others go on writing."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from onmodel.backup.databases import Settings, count_rows, opened
from onmodel.backup.problems import BackupError

PATIENCE = 60  # seconds to wait for a writer


class Sqlite:
    name = "sqlite"

    def dump(self, database: Settings, target: Path) -> dict[str, int]:
        path = Path(database["NAME"])
        if not path.exists():
            raise BackupError(f"There is no database {path}.")
        copy(path, target)
        _check(target)
        with opened(at(target)) as connection:
            return count_rows(connection)

    def load(self, source: Path, database: Settings, *, replace: bool) -> None:
        """In one transaction of SQLite's own: a program that has the database open sees it change."""
        _check(source)
        path = Path(database["NAME"])
        path.parent.mkdir(parents=True, exist_ok=True)
        copy(source, path)

    @contextmanager
    def scratch(self, source: Path, folder: Path) -> Iterator[Settings]:
        path = folder / "scratch.sqlite3"
        shutil.copyfile(source, path)
        _check(path)
        yield at(path)


def at(path: Path) -> Settings:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)}


def copy(source: Path, target: Path) -> None:
    with (
        closing(sqlite3.connect(source, timeout=PATIENCE)) as here,
        closing(sqlite3.connect(target, timeout=PATIENCE)) as there,
    ):
        try:
            here.backup(there)
        except sqlite3.Error as error:
            raise BackupError(f"{source} could not be copied to {target}: {error}") from None


def _check(path: Path) -> None:
    """SQLite's own look at every page and every reference."""
    with closing(sqlite3.connect(path)) as connection:
        try:
            found = connection.execute("PRAGMA integrity_check").fetchall()
            lost = connection.execute("PRAGMA foreign_key_check").fetchall()
        except sqlite3.Error as error:
            raise BackupError(f"{path} is no sound database: {error}") from None
    if found != [("ok",)] or lost:
        raise BackupError(f"{path} is no sound database: {found[:3]} {lost[:3]}")
