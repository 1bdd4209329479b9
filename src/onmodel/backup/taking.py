"""Take a backup, and try it out before calling it one."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from onmodel import __version__
from onmodel.backup.archive import DATABASE, pack, unpack, uploaded, workspace
from onmodel.backup.databases import count_rows, engine_of, migrations_in, opened, settings_of
from onmodel.backup.manifest import Manifest, Part
from onmodel.backup.problems import BackupError
from onmodel.backup.trail import trail_holds

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What was copied, and whether the audit trail in it is whole: a copy of a broken one is a copy too."""

    manifest: Manifest
    trail_holds: bool


def take(out: Path, *, tell: Tell = lambda _: None) -> Taken:
    """Copy database and uploaded files to `out`, encrypted, and bring the copy back in a scratch database.

    Others can go on working. Raises BackupError; then `out` is not there.
    """
    if out.exists():
        raise BackupError(f"{out} is there already; choose another name.")
    if not out.parent.is_dir():
        raise BackupError(f"{out.parent} is not a folder.")
    root = Path(settings.MEDIA_ROOT)
    with workspace() as folder:
        tell("copying")
        manifest = _copy(folder, root)
        tell("encrypting")
        pack(folder, manifest, root, out)
    tell("trying it out")
    try:
        return Taken(manifest=manifest, trail_holds=try_out(out))
    except BackupError:
        out.unlink(missing_ok=True)
        raise


def _copy(folder: Path, root: Path) -> Manifest:
    database = settings_of(None)
    engine = engine_of(database)
    rows = engine.dump(database, folder / DATABASE)
    with opened(database) as connection:
        migrations = migrations_in(connection)
    return Manifest(
        made_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        version=__version__,
        engine=engine.name,
        migrations=migrations,
        rows=rows,
        database=Part.of(folder / DATABASE, DATABASE),
        files=tuple(uploaded(root)),
    )


def try_out(source: Path) -> bool:
    """Open the file, bring it into a scratch database, and count; whether the audit trail holds there.

    BackupError where anything differs.
    """
    with workspace() as folder:
        manifest = unpack(source, folder)
        engine = _engine_named(manifest, source)
        with engine.scratch(folder / DATABASE, folder) as database:
            with opened(database) as connection:
                rows = count_rows(connection)
            holds = trail_holds(database)
    if rows != manifest.rows:
        differing = sorted(
            t for t in rows.keys() | manifest.rows.keys() if rows.get(t) != manifest.rows.get(t)
        )
        raise BackupError(f"{source}: brought back, these tables differ in rows: {', '.join(differing)}.")
    return holds


def _engine_named(manifest: Manifest, source: Path):
    engine = engine_of(settings_of(None))
    if engine.name != manifest.engine:
        raise BackupError(f"{source} is of {manifest.engine}; the program runs on {engine.name}.")
    return engine
