"""What a backup holds, as a list to hold it against."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from onmodel.backup.problems import BackupError

FORMAT = 1
CHUNK = 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Part:
    """One file of the backup."""

    name: str
    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path, name: str) -> Part:
        return cls(name=name, size=path.stat().st_size, sha256=sha256_of(path))


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """`rows` counts each table at the moment of the copy; `migrations` says which program it fits."""

    made_at: str
    version: str
    engine: str
    migrations: tuple[str, ...]
    rows: dict[str, int]
    database: Part
    files: tuple[Part, ...]
    format: int = FORMAT

    def as_json(self) -> str:
        return json.dumps(asdict(self), indent=1)

    @classmethod
    def parse(cls, text: str, *, of: Path) -> Manifest:
        content: dict[str, Any] = json.loads(text)
        if content.get("format") != FORMAT:
            raise BackupError(
                f"{of}: made in format {content.get('format')}; this version reads format {FORMAT}."
            )
        return cls(
            **content
            | {
                "database": Part(**content["database"]),
                "files": tuple(Part(**part) for part in content["files"]),
                "migrations": tuple(content["migrations"]),
            }
        )


def sha256_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
