"""Load packs from their folders, with the pack that each builds on and the words stored for it."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path

from onmodel.library.folders import files_of, folder_of, folders, forget_folders, read_header
from onmodel.library.storage import stamp, with_texts
from onmodel.packs.checks import check_pack
from onmodel.packs.lock import LOCK_FILE, compare, digests, lock_text, relock
from onmodel.packs.pack import Pack
from onmodel.packs.problems import PackError, Problem, refused
from onmodel.packs.reading import parse_files, read_lock, read_pack


def load(pack_id: str) -> Pack:
    """The pack, checked, with its base merged in and the official wording that was loaded.

    Kept in memory until wording is stored anew; a changed file is seen at the next start. Raises
    PackError where the pack, or one that it builds on, is missing or refused.
    """
    return _load(folder_of(pack_id), stamp())


def forget() -> None:
    """Forget the packs in memory, so that changed files are read again."""
    _load.cache_clear()
    forget_folders()


def read(pack_id: str, above: tuple[str, ...] = ()) -> Pack:
    """The pack as its files say, without loaded wording and unchecked. Raises PackError."""
    return read_pack(files_of(folder_of(pack_id)), _base(pack_id, above))


def check(pack_id: str, day: datetime.date) -> tuple[Problem, ...]:
    """Every problem of a pack: of its files, of what they say, and of its lock."""
    try:
        base = _base(pack_id, ())
        pack = read_pack(files_of(folder_of(pack_id)), base)
        return (*check_pack(pack, day=day, base=base), *_lock_problems(pack_id))
    except PackError as error:
        return error.problems


def lock(pack_id: str, *, draft: bool = False) -> tuple[Path, tuple[str, ...]]:
    """Write the lock of a pack; gives its path and the names that are new or changed in it.

    Raises PackError where a file changed under an unchanged version (with `draft` a pack of
    version 0.x.y may), or where the pack cannot be read.
    """
    read(pack_id)
    folder = folder_of(pack_id)
    files = files_of(folder)
    now, locked = digests(parse_files(files)[0]), read_lock(files, f"{pack_id}/")
    new = relock(now, locked, draft=draft, name=f"{pack_id}/")
    (folder / LOCK_FILE).write_text(lock_text(new), encoding="utf-8")
    return folder / LOCK_FILE, tuple(
        sorted(k for k in new.keys() | locked.keys() if new.get(k) != locked.get(k))
    )


@functools.lru_cache(maxsize=32)
def _load(folder: Path, texts: object) -> Pack:
    pack_id = read_header(folder).id
    base = _base(pack_id, ())
    pack = read_pack(files_of(folder), base)
    if problems := refused(check_pack(pack)):
        raise PackError(problems)
    return with_texts(pack)


def _base(pack_id: str, above: tuple[str, ...]) -> Pack | None:
    """The pack that this one builds on, read the same way; None where there is none."""
    extends = read_header(folder_of(pack_id)).extends
    if extends is None:
        return None
    chain = (*above, pack_id)
    if extends in chain:
        message = f"goes round in a circle: {' -> '.join((*chain, extends))}"
        raise PackError([Problem(f"{pack_id}/pack.toml", "extends", message)])
    if extends not in folders():
        known = ", ".join(folders())
        message = f"names {extends!r}, but no pack has this name; there are {known}"
        raise PackError([Problem(f"{pack_id}/pack.toml", "extends", message)])
    return read(extends, chain)


def _lock_problems(pack_id: str) -> tuple[Problem, ...]:
    files = files_of(folder_of(pack_id))
    now, locked = digests(parse_files(files)[0]), read_lock(files, f"{pack_id}/")
    return tuple(compare(now, locked, f"{pack_id}/"))
