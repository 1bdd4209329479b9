"""The lock of a pack: a published version never changes.

`digests.toml` beside the pack keeps, for each file, its version and a digest of what it says.
Comments, spacing and the order of keys do not count.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

import msgspec

from onmodel.packs.base import Part, Version
from onmodel.packs.problems import PackError, Problem, Weight

LOCK_FILE = "digests.toml"
HEADER = "pack"


class Locked(Part, frozen=True, kw_only=True):
    """A file as it was when it was locked."""

    version: Version
    digest: Annotated[str, msgspec.Meta(pattern=r"^sha256:[0-9a-f]{64}$")]


Lock = Mapping[str, Locked]


def digest(data: object) -> str:
    """`sha256:...` of parsed TOML, the same whatever the order of keys and the layout."""
    text = json.dumps(data, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return f"sha256:{hashlib.sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()}"


def digests(tables: Mapping[str, Mapping[str, Any]]) -> dict[str, Locked]:
    """What the lock of these files would say; `tables` as `onmodel.packs.reading.parse_files` gives them.

    Files without a version are left out: reading refuses them.
    """
    return {
        path.removesuffix(".toml"): Locked(version=data["version"], digest=digest(data))
        for path, data in sorted(tables.items())
        if isinstance(data.get("version"), str)
    }


def is_draft(lock: Lock) -> bool:
    """Whether the pack's own version starts with 0: it has not been published yet."""
    return HEADER not in lock or lock[HEADER].version.startswith("0.")


def compare(now: Lock, locked: Lock, name: str = "") -> Iterator[Problem]:
    """What differs between the files and the lock; `name` (`mbt/`) goes before the files' names."""
    for key, file in now.items():
        yield from _compare_file(f"{name}{key}.toml", file, locked.get(key))
    for key in locked:
        if key not in now:
            gone = f"is in {LOCK_FILE} but the file is gone: run `onmodel packs lock`"
            yield Problem(f"{name}{key}.toml", "", gone, Weight.WARNING)
    yield from _pack_version(now, locked, name)


def relock(now: Lock, locked: Lock, *, draft: bool = False, name: str = "") -> dict[str, Locked]:
    """The new lock. Raises PackError where content changed under an unchanged version.

    With `draft`, a pack that is not published (version 0.x.y, now and in the lock) may change
    under the same version.
    """
    may_change = draft and is_draft(now) and is_draft(locked)
    problems = [p for p in compare(now, locked, name) if p.severity is Weight.REFUSED]
    if problems and not may_change:
        raise PackError(problems)
    return dict(sorted(now.items()))


def lock_text(lock: Lock) -> str:
    """The content of `digests.toml`."""
    lines = ["# Written by `onmodel packs lock`; not to be edited."]
    for key, file in sorted(lock.items()):
        lines += ["", f'["{key}"]', f'version = "{file.version}"', f'digest = "{file.digest}"']
    return "\n".join(lines) + "\n"


def _compare_file(path: str, now: Locked, locked: Locked | None) -> Iterator[Problem]:
    if locked is None:
        yield Problem(path, "version", f"is not in {LOCK_FILE} yet: run `onmodel packs lock`", Weight.WARNING)
    elif _number(now.version) < _number(locked.version):
        yield Problem(path, "version", f"{now.version} is lower than the locked {locked.version}")
    elif now.digest != locked.digest and now.version == locked.version:
        message = f"the content changed but the version is still {now.version}: give it a new version"
        yield Problem(path, "version", message)
    elif now.version != locked.version:
        message = (
            f"{now.version} is not locked yet ({LOCK_FILE} has {locked.version}): run `onmodel packs lock`"
        )
        yield Problem(path, "version", message, Weight.WARNING)


def _pack_version(now: Lock, locked: Lock, name: str) -> Iterator[Problem]:
    """A published pack whose files differ from the lock must have a new version itself."""
    if not locked or is_draft(locked) or HEADER not in now or HEADER not in locked:
        return
    differs = {key for key in now.keys() | locked.keys() if now.get(key) != locked.get(key)} - {HEADER}
    if differs and now[HEADER].version == locked[HEADER].version:
        message = (
            f"is still {now[HEADER].version}, but files differ from the lock: {', '.join(sorted(differs))}"
        )
        yield Problem(f"{name}{HEADER}.toml", "version", message)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
