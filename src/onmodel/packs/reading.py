"""Read a pack: the files' content in, a `Pack` or every problem out."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar, cast

import msgspec

from onmodel.packs.base import Definition
from onmodel.packs.explain import explain, numbers_that_are_none, suggestion
from onmodel.packs.lock import LOCK_FILE, Locked, digest
from onmodel.packs.pack import KINDS, Pack, PackHeader
from onmodel.packs.problems import Finding, PackError, Problem, in_file

HEADER_FILE = "pack.toml"
_T = TypeVar("_T", bound=msgspec.Struct)
_Tables = dict[str, dict[str, Any]]


def read_pack(files: Mapping[str, bytes], base: Pack | None = None) -> Pack:
    """The pack that `files` (path relative to its folder -> content) describe, on top of `base`.

    Files that are not TOML are left alone. A definition replaces the base's one of the same kind
    and id. Raises PackError with every problem of every file; what the definitions say about each
    other is looked at by `onmodel.packs.checks`.
    """
    tables, problems = parse_files(files)
    name = pack_name(tables)
    header = _header(tables, name, problems)
    if header is not None:
        problems += _extending(header, base, name)
    found = {kind: _read_kind(kind, tables, name, problems) for kind in KINDS}
    problems += _misplaced(files, name)
    if problems or header is None:
        raise PackError(problems)
    return _merged(header, found, tables, base)


def parse_files(files: Mapping[str, bytes]) -> tuple[_Tables, list[Problem]]:
    """The parsed content of every TOML file but the lock, and the problems of those that are none."""
    tables: _Tables = {}
    problems: list[Problem] = []
    for path in sorted(files):
        if not path.endswith(".toml") or path == LOCK_FILE:
            continue
        parsed = parse_toml(files[path])
        if isinstance(parsed, Finding):
            problems.append(Problem(path, *parsed))
        else:
            tables[path] = parsed
    name = pack_name(tables)
    return tables, [problem._replace(file=f"{name}{problem.file}") for problem in problems]


def parse_toml(content: bytes) -> dict[str, Any] | Finding:
    """The tables of a TOML file, or why it is not one, with line and column."""
    try:
        return tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Finding("", f"line {line}: is not UTF-8 text (byte {content[error.start]:#04x})")
    except tomllib.TOMLDecodeError as error:
        return Finding("", f"is not valid TOML: {error}")
    except (ValueError, RecursionError) as error:
        return Finding("", f"is not valid TOML: {error}")


def read_lock(files: Mapping[str, bytes], name: str = "") -> dict[str, Locked]:
    """What `digests.toml` says by kind and id; empty where there is none. Raises PackError."""
    if LOCK_FILE not in files:
        return {}
    parsed = parse_toml(files[LOCK_FILE])
    if isinstance(parsed, Finding):
        raise PackError([Problem(f"{name}{LOCK_FILE}", *parsed)])
    findings = list(explain(parsed, dict[str, Locked]))
    if findings:
        raise PackError(in_file(f"{name}{LOCK_FILE}", findings))
    return msgspec.convert(parsed, dict[str, Locked])


def convert(data: dict[str, Any], cls: type[_T]) -> _T | list[Finding]:
    """The definition that `data` describes, or everything that is wrong with it."""
    findings = list(numbers_that_are_none(data))
    try:
        definition = msgspec.convert(data, cls)
    except (msgspec.ValidationError, OverflowError) as error:
        return findings + (list(explain(data, cls)) or [Finding("", str(error))])
    return findings or definition


def pack_name(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """`mbt/` from the header's id, to name files with; empty where the header has none."""
    name = tables.get(HEADER_FILE, {}).get("id")
    return f"{name}/" if isinstance(name, str) else ""


def _header(tables: _Tables, name: str, problems: list[Problem]) -> PackHeader | None:
    if HEADER_FILE not in tables:
        if not any(problem.file.endswith(HEADER_FILE) for problem in problems):
            problems.append(Problem(HEADER_FILE, "", "is missing: a pack is named and dated there"))
        return None
    header = convert(tables[HEADER_FILE], PackHeader)
    if isinstance(header, PackHeader):
        return header
    problems += in_file(f"{name}{HEADER_FILE}", header)
    return None


def _extending(header: PackHeader, base: Pack | None, name: str) -> Iterator[Problem]:
    given = base.id if base else None
    if header.extends != given:
        wanted = f"names {header.extends!r}" if header.extends else "is empty"
        with_ = f"{given!r} was given" if given else "no such pack was found"
        yield Problem(f"{name}{HEADER_FILE}", "extends", f"{wanted}, but {with_}")


def _read_kind(kind: str, tables: _Tables, name: str, problems: list[Problem]) -> dict[str, Definition]:
    """The definitions of one folder by id; problems are added to `problems`."""
    found: dict[str, Definition] = {}
    for path, data in tables.items():
        folder, _, file = path.rpartition("/")
        if folder != kind:
            continue
        definition = convert(data, KINDS[kind])
        if not isinstance(definition, Definition):
            problems += in_file(f"{name}{path}", definition)
        elif definition.id != file.removesuffix(".toml"):
            message = f"{definition.id!r} must be the same as the file's name, {file.removesuffix('.toml')!r}"
            problems.append(Problem(f"{name}{path}", "id", message))
        else:
            found[definition.id] = definition
    return found


def _misplaced(files: Mapping[str, bytes], name: str) -> Iterator[Problem]:
    for path in sorted(files):
        if not path.endswith(".toml") or path in (HEADER_FILE, LOCK_FILE):
            continue
        folder = path.rpartition("/")[0]
        if folder not in KINDS:
            known = ", ".join(KINDS)
            hint = suggestion(folder, KINDS)
            yield Problem(f"{name}{path}", "", f"stands in no folder of a pack ({known}){hint}")


def _merged(
    header: PackHeader, found: dict[str, dict[str, Definition]], tables: _Tables, base: Pack | None
) -> Pack:
    """The pack with the definitions of `base` below its own."""
    own = {f"{kind}/{id_}": header.id for kind, by_id in found.items() for id_ in by_id}
    digests = {path.removesuffix(".toml"): digest(data) for path, data in tables.items()}
    kinds: dict[str, Any] = {}
    for kind, by_id in found.items():
        inherited = cast("Mapping[str, Definition]", getattr(base, kind)) if base else {}
        kinds[kind] = {**inherited, **by_id}
    return Pack(
        **{field: getattr(header, field) for field in header.__struct_fields__},
        **kinds,
        origins={**(base.origins if base else {}), **own},
        digests={**(base.digests if base else {}), **digests},
    )
