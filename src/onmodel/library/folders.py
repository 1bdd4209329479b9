"""Where packs stand: those that ship, and those of the folders in ONMODEL_PACKS."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable
from pathlib import Path

from onmodel.packs.pack import PackHeader
from onmodel.packs.problems import Finding, PackError, Problem, in_file
from onmodel.packs.reading import HEADER_FILE, convert, parse_toml

SHIPPED = Path(__file__).parent


def folders() -> dict[str, Path]:
    """Pack id -> its folder, in the order in which they are found; kept until `forget_folders`.

    A folder in ONMODEL_PACKS (several are parted by commas) is a pack or holds packs. A pack whose
    header cannot be read goes by the name of its folder. Raises PackError where a folder is
    missing or two packs have one id.
    """
    return dict(_folders(tuple(extra_folders())))


def forget_folders() -> None:
    """Look for packs again at the next call."""
    _folders.cache_clear()


@functools.lru_cache(maxsize=8)
def _folders(extra: tuple[Path, ...]) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in _candidates(extra):
        id_ = _id_of(folder)
        if id_ in found:
            raise PackError([Problem(str(folder / HEADER_FILE), "id", f"{id_!r} is also in {found[id_]}")])
        found[id_] = folder
    return found


def folder_of(pack_id: str) -> Path:
    """The folder of a pack. Raises PackError where there is no such pack."""
    known = folders()
    if pack_id not in known:
        message = f"no pack has this name; there are {', '.join(known)}"
        if Path(pack_id).is_dir():
            message += f"; to have the folder {pack_id} found, set ONMODEL_PACKS={pack_id}"
        raise PackError([Problem(pack_id, "", message)])
    return known[pack_id]


def available() -> tuple[PackHeader, ...]:
    """The headers of all packs. Raises PackError where one cannot be read."""
    return tuple(read_header(folder) for folder in folders().values())


def read_header(folder: Path) -> PackHeader:
    """The header of the pack in `folder`. Raises PackError."""
    file = f"{folder.name}/{HEADER_FILE}"
    parsed = parse_toml((folder / HEADER_FILE).read_bytes())
    if isinstance(parsed, Finding):
        raise PackError(in_file(file, [parsed]))
    header = convert(parsed, PackHeader)
    if not isinstance(header, PackHeader):
        raise PackError(in_file(file, header))
    return header


def files_of(folder: Path) -> dict[str, bytes]:
    """Every TOML file of a pack: path within the folder -> content."""
    paths = sorted(path for path in folder.rglob("*.toml") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def extra_folders() -> list[Path]:
    """The folders that ONMODEL_PACKS names."""
    return [Path(name.strip()) for name in os.environ.get("ONMODEL_PACKS", "").split(",") if name.strip()]


def _candidates(extra: Iterable[Path]) -> list[Path]:
    found = _packs_in(SHIPPED)
    for folder in extra:
        if not folder.is_dir():
            raise PackError([Problem(str(folder), "", "ONMODEL_PACKS names this folder, but there is none")])
        inside = [folder] if (folder / HEADER_FILE).is_file() else _packs_in(folder)
        if not inside:
            raise PackError(
                [Problem(str(folder), "", f"ONMODEL_PACKS names this folder; no {HEADER_FILE} in it")]
            )
        found += inside
    return found


def _packs_in(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob(f"*/{HEADER_FILE}"))


def _id_of(folder: Path) -> str:
    parsed = parse_toml((folder / HEADER_FILE).read_bytes())
    id_ = None if isinstance(parsed, Finding) else parsed.get("id")
    return id_ if isinstance(id_, str) else folder.name
