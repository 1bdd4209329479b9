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
from onmodel.packs.problems import PackError, Problem, ProblemSeverity

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
    """What differs between the files and the lock; `name` (`mbt/`) goes before the files' names.

    A changed file under an unchanged version is refused; what waits to be locked is one warning.
    """
    waiting = sorted(now.keys() ^ locked.keys())
    for key in sorted(now.keys() & locked.keys()):
        yield from _compare_file(f"{name}{key}.toml", now[key], locked[key], _remedy(now, locked, name))
        if _number(now[key].version) > _number(locked[key].version):
            waiting.append(key)
    yield from _pack_version(now, locked, name)
    if waiting:
        more = f" and {len(waiting) - 5} more" if len(waiting) > 5 else ""
        message = (
            f"does not have what the files say of {', '.join(waiting[:5])}{more}: run `onmodel packs lock`"
        )
        yield Problem(f"{name}{LOCK_FILE}", "", message, ProblemSeverity.WARNING)


def relock(now: Lock, locked: Lock, *, draft: bool = False, name: str = "") -> dict[str, Locked]:
    """The new lock. Raises PackError where content changed under an unchanged version.

    With `draft`, a pack that is not published (version 0.x.y, now and in the lock) may change
    under the same version.
    """
    may_change = draft and is_draft(now) and is_draft(locked)
    problems = [p for p in compare(now, locked, name) if p.severity is ProblemSeverity.REFUSED]
    if problems and not may_change:
        raise PackError(problems)
    return dict(sorted(now.items()))


def lock_text(lock: Lock) -> str:
    """The content of `digests.toml`."""
    lines = ["# Written by `onmodel packs lock`; not to be edited."]
    for key, file in sorted(lock.items()):
        lines += ["", f'["{key}"]', f'version = "{file.version}"', f'digest = "{file.digest}"']
    return "\n".join(lines) + "\n"


def _compare_file(path: str, now: Locked, locked: Locked, remedy: str) -> Iterator[Problem]:
    if _number(now.version) < _number(locked.version):
        yield Problem(path, "version", f"{now.version} is lower than the locked {locked.version}")
    elif now.digest != locked.digest and now.version == locked.version:
        yield Problem(
            path, "version", f"the content changed but the version is still {now.version}: {remedy}"
        )


def _remedy(now: Lock, locked: Lock, name: str) -> str:
    if not (is_draft(now) and is_draft(locked)):
        return "give it a new version"
    return (
        f"give it a new version, or lock the draft anew with `onmodel packs lock {name.strip('/')} --draft`"
    )


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
