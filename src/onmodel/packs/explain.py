"""Say everything that is wrong with the data of a file, in words for whoever writes packs.

`msgspec` stops at the first error; a file that is refused is walked again here, field by field.
"""

from __future__ import annotations

import datetime
import difflib
import math
from collections.abc import Iterable, Iterator
from enum import EnumMeta
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import msgspec

from onmodel.packs.problems import Finding

#: Python's types by the words of TOML.
WORDS: dict[type, str] = {
    str: "text",
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    list: "a list",
    tuple: "a list",
    dict: "a table",
    datetime.datetime: "a date with a time",
    datetime.date: "a date",
    datetime.time: "a time",
}


def explain(data: object, type_: Any, key: str = "") -> Iterator[Finding]:
    """Every way in which `data` (as read from TOML) is not a `type_`, with its key."""
    options = _alternatives(type_)
    if len(options) > 1:
        yield from _explain_union(data, options, key)
        return
    type_ = options[0]
    origin = get_origin(type_)
    if isinstance(type_, type) and issubclass(type_, msgspec.Struct):
        yield from _explain_struct(data, type_, key)
    elif origin is tuple:
        yield from _explain_list(data, get_args(type_)[0], key)
    elif origin is dict:
        yield from _explain_table(data, get_args(type_)[1], key)
    else:
        yield from _explain_value(data, type_, key)


def numbers_that_are_none(data: object, key: str = "") -> Iterator[Finding]:
    """`nan` and `inf` are valid TOML, but no figures."""
    if isinstance(data, float) and not math.isfinite(data):
        yield Finding(key, f"{data} is not a figure; leave the field out where the figure is unknown")
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from numbers_that_are_none(value, join(key, name))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from numbers_that_are_none(value, f"{key}[{index}]")


def join(key: str, name: str) -> str:
    """The key of a field within another."""
    return f"{key}.{name}" if key else name


def word_for(data: object) -> str:
    """What a value is, in the words of TOML."""
    return WORDS.get(type(data), type(data).__name__)


def suggestion(word: str, known: Iterable[str]) -> str:
    """ " Did you mean ...?" where a known word looks like this one, else nothing."""
    close = difflib.get_close_matches(word, sorted(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


def _alternatives(type_: Any) -> list[Any]:
    """The members of a union without None (which TOML has no word for); else the type itself."""
    if get_origin(type_) in (Union, UnionType):
        return [member for member in get_args(type_) if member is not type(None)]
    return [type_]


def _explain_struct(data: object, cls: type[msgspec.Struct], key: str) -> Iterator[Finding]:
    if not isinstance(data, dict):
        yield Finding(key, f"must be a table, not {word_for(data)}")
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(cls)}
    tag = cls.__struct_config__.tag_field
    for name in data:
        if name not in fields and name != tag:
            yield Finding(join(key, name), f"is no field that a pack knows{suggestion(name, fields)}")
    for name, field in fields.items():
        if name in data:
            yield from explain(data[name], field.type, join(key, name))
        elif field.required:
            yield Finding(join(key, name), "is missing")


def _explain_list(data: object, member: Any, key: str) -> Iterator[Finding]:
    if not isinstance(data, list):
        yield Finding(key, f"must be a list, not {word_for(data)}")
        return
    for index, value in enumerate(data):
        yield from explain(value, member, f"{key}[{index}]")


def _explain_table(data: object, member: Any, key: str) -> Iterator[Finding]:
    if not isinstance(data, dict):
        yield Finding(key, f"must be a table, not {word_for(data)}")
        return
    for name, value in data.items():
        yield from explain(value, member, join(key, name))


def _explain_union(data: object, members: list[Any], key: str) -> Iterator[Finding]:
    """A choice of structs by their tag, or of plain types."""
    tags = {
        m.__struct_config__.tag: m for m in members if isinstance(m, type) and issubclass(m, msgspec.Struct)
    }
    if not tags:
        if all(any(explain(data, member)) for member in members):
            words = ", ".join(WORDS.get(get_origin(m) or m, str(m)) for m in members)
            yield Finding(key, f"must be one of {words}, not {word_for(data)}")
        return
    field = next(iter(tags.values())).__struct_config__.tag_field or "type"
    if not isinstance(data, dict):
        yield Finding(key, f"must be a table, not {word_for(data)}")
    elif field not in data:
        yield Finding(join(key, field), f"is missing; choose one of {', '.join(sorted(map(str, tags)))}")
    elif not isinstance(data[field], str) or data[field] not in tags:
        known = ", ".join(sorted(map(str, tags)))
        yield Finding(join(key, field), f"{data[field]!r} is none of {known}")
    else:
        yield from explain(data, tags[data[field]], key)


def _explain_value(data: object, type_: Any, key: str) -> Iterator[Finding]:
    try:
        msgspec.convert(data, type_)
    except (msgspec.ValidationError, OverflowError) as error:
        yield Finding(key, _plain(error, data, type_))


def _plain(error: Exception, data: object, type_: Any) -> str:
    """`msgspec`'s message about one value, without its type names."""
    meta = [m for m in get_args(type_)[1:] if isinstance(m, msgspec.Meta)] if _is_annotated(type_) else []
    bare = get_args(type_)[0] if _is_annotated(type_) else type_
    if isinstance(bare, EnumMeta):
        known = [str(member.value) for member in bare]  # type: ignore[var-annotated]
        hint = suggestion(data, known) if isinstance(data, str) else ""
        return f"{data!r} is none of {', '.join(known)}{hint}"
    if meta and isinstance(data, str) and bare is str:
        return f"{data!r} is not written as it must be: {meta[0].description or meta[0].pattern}"
    if bare in WORDS and not isinstance(data, bare):
        return f"must be {WORDS[bare]}, not {word_for(data)}"
    return str(error).removesuffix(" - at `$`").replace("`", "")


def _is_annotated(type_: Any) -> bool:
    return get_origin(type_) is Annotated
