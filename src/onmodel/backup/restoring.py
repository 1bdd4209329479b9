"""Bring a backup back. Everything is checked before anything is touched."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.conf import settings

from onmodel.backup.archive import DATABASE, FILES, unpack, workspace
from onmodel.backup.databases import count_rows, engine_of, opened, settings_of, tables_in
from onmodel.backup.manifest import Manifest, sha256_of
from onmodel.backup.problems import BackupError


def restore(
    source: Path, *, into: str | None = None, files: Path | None = None, replace: bool = False
) -> Manifest:
    """Bring database and uploaded files back, into the program's own places or those given.

    Raises BackupError for a wrong key, a damaged file, another kind of database, or a database or
    file that is there already (unless `replace`); then nothing was changed.
    """
    if not source.is_file():
        raise BackupError(f"{source}: there is no such file.")
    database = settings_of(into)
    engine = engine_of(database)
    with workspace() as folder:
        manifest = unpack(source, folder)
        if engine.name != manifest.engine:
            raise BackupError(f"{source} is of {manifest.engine}; {database['NAME']} is of {engine.name}.")
        root = _folder_for_files(into, files, manifest)
        _refuse_what_is_there(database, root, manifest, replace=replace)
        _put_files(folder / FILES, root, manifest)
        engine.load(folder / DATABASE, database, replace=replace)
    with opened(database) as connection:
        if count_rows(connection) != manifest.rows:
            raise BackupError(f"{database['NAME']} was restored, but its rows are not those of {source}.")
    return manifest


def _folder_for_files(into: str | None, files: Path | None, manifest: Manifest) -> Path:
    if files is None and into is not None and manifest.files:
        raise BackupError("The backup holds uploaded files: say with --files where they go.")
    return files or Path(settings.MEDIA_ROOT)


def _refuse_what_is_there(database: dict, root: Path, manifest: Manifest, *, replace: bool) -> None:
    if replace:
        return
    if _has_tables(database):
        raise BackupError(f"The database {database['NAME']} is not empty; --replace overwrites it.")
    for part in manifest.files:
        path = root / part.name
        if path.exists() and sha256_of(path) != part.sha256:
            raise BackupError(f"{path} is there already and differs; --replace overwrites it.")


def _has_tables(database: dict) -> bool:
    """Without making SQLite's file by looking."""
    if engine_of(database).name == "sqlite" and not Path(database["NAME"]).exists():
        return False
    return bool(tables_in(database))


def _put_files(source: Path, root: Path, manifest: Manifest) -> None:
    for part in manifest.files:
        target = root / part.name
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f"{target.name}.partial")
        shutil.copyfile(source / part.name, partial)
        partial.replace(target)
