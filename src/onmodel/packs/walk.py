"""Walk through a definition: its texts, its ids, its cycles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from onmodel.packs.base import Text
from onmodel.packs.explain import join


def texts(value: object, key: str = "") -> Iterator[tuple[str, Text]]:
    """Every text in a definition, with its key."""
    if isinstance(value, Text):
        yield key, value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from texts(getattr(value, name), join(key, name))
    elif isinstance(value, tuple):
        for index, member in enumerate(value):
            yield from texts(member, f"{key}[{index}]")


def duplicates(ids: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The second and later places of an id, with its index."""
    seen: set[str] = set()
    for index, id_ in enumerate(ids):
        if id_ in seen:
            yield index, id_
        seen.add(id_)


def cycles(edges: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Each node from which its own edges lead back to it, with the shortest way round.

    Edges to unknown nodes are left out.
    """
    for start in edges:
        ways: list[tuple[str, ...]] = [(start,)]
        seen: set[str] = set()
        while ways:
            way = ways.pop(0)
            for following in edges[way[-1]]:
                if following == start:
                    yield (*way, start)
                    ways = []
                    break
                if following in edges and following not in seen:
                    seen.add(following)
                    ways.append((*way, following))
