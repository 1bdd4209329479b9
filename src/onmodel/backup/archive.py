"""The inside of a backup file: the database's copy, the uploaded files, and at its end the manifest."""

from __future__ import annotations

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings

from onmodel.backup import locks
from onmodel.backup.manifest import Manifest, Part, sha256_of
from onmodel.backup.problems import BackupError

RECORDINGS = "recordings/"
DATABASE, FILES, MANIFEST = "database", "files", "manifest.json"


@contextmanager
def workspace() -> Iterator[Path]:
    """A folder that only this account reads, beside the data themselves; gone afterwards."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="backup-", dir=settings.DATA_DIR) as folder:
        yield Path(folder)


def uploaded(root: Path) -> list[Part]:
    """Every uploaded file but recordings of sessions, which would outlive their period in it.

    One that goes while we look is not part of the backup.
    """
    parts = []
    for path in sorted(root.rglob("*")) if root.exists() else ():
        try:
            name = path.relative_to(root).as_posix()
            if path.is_file() and not path.is_symlink() and not name.startswith(RECORDINGS):
                parts.append(Part.of(path, name))
        except FileNotFoundError:
            continue
    return parts


def pack(folder: Path, manifest: Manifest, root: Path, out: Path) -> None:
    """Write the encrypted file under another name, then give it its own: never half a backup."""
    plain = folder / "backup.tar"
    with tarfile.open(plain, "w", format=tarfile.PAX_FORMAT) as archive:
        archive.add(folder / DATABASE, DATABASE)
        for part in manifest.files:
            archive.add(root / part.name, f"{FILES}/{part.name}", recursive=False)
        listed = folder / MANIFEST
        listed.write_text(manifest.as_json(), encoding="utf-8")
        archive.add(listed, MANIFEST)
    partial = out.with_name(f"{out.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        locks.encrypt(plain, partial)
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
        plain.unlink(missing_ok=True)


def unpack(source: Path, folder: Path) -> Manifest:
    """Decrypt into the folder and hold every part against the manifest; BackupError where one differs."""
    plain = folder / "opened.tar"
    locks.decrypt(source, plain)
    try:
        with tarfile.open(plain) as archive:
            archive.extractall(folder, filter="data")
    except tarfile.TarError as error:
        raise BackupError(f"{source}: the file is damaged ({error}).") from None
    plain.unlink()
    if not (folder / MANIFEST).exists():
        raise BackupError(f"{source}: the file has no list of what it holds; it is not a whole backup.")
    manifest = Manifest.parse((folder / MANIFEST).read_text(encoding="utf-8"), of=source)
    _hold_against(source, folder, manifest)
    return manifest


def _hold_against(source: Path, folder: Path, manifest: Manifest) -> None:
    places = {manifest.database: folder / DATABASE}
    places |= {part: folder / FILES / part.name for part in manifest.files}
    for part, path in places.items():
        if not path.exists() or path.stat().st_size != part.size or sha256_of(path) != part.sha256:
            raise BackupError(f"{source}: {part.name} in it is not what its list says.")
