"""Two versions of a plan side by side: what was taken out of the one, and put into the other."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from operator import itemgetter
from typing import Any

from onmodel.packs.pack import Pack
from onmodel.process.plans.parts import Field, Group, Section, structure, written_of


@dataclass(frozen=True)
class Piece:
    """A run of words; `changed` where the other version does not have it there."""

    words: str
    changed: bool


@dataclass(frozen=True)
class Pair:
    """One field in both versions."""

    field: Field
    group: Group
    before: tuple[Piece, ...]
    after: tuple[Piece, ...]

    @property
    def differs(self) -> bool:
        return any(piece.changed for piece in (*self.before, *self.after))


def side_by_side(
    pack: Pack, kind: str, before: Mapping[str, Any], after: Mapping[str, Any], language: str
) -> list[tuple[Section, list[Pair]]]:
    """Each section with those of its fields in which anything stands, in either version."""
    found = []
    for section in structure(pack, kind):
        pairs = [
            _pair(field, group, before.get(field.key), after.get(field.key), language)
            for group in section.groups
            for field in group.fields
            if before.get(field.key) or after.get(field.key)
        ]
        if pairs:
            found.append((section, pairs))
    return found


def _pair(field: Field, group: Group, before: Any, after: Any, language: str) -> Pair:
    old, new = pieces(written_of(field, before, language), written_of(field, after, language))
    return Pair(field, group, old, new)


def pieces(before: str, after: str) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    """Both texts cut where they differ, word by word; spaces and line ends stay as they are.

    A space between two words that differ goes with them.
    """
    old, new = _words(before), _words(after)
    matched = SequenceMatcher(a=old, b=new, autojunk=False).get_opcodes()
    blocks = [("".join(old[i:j]), "".join(new[k:m]), what != "equal") for what, i, j, k, m in matched]
    marked = [
        changed or (0 < n < len(blocks) - 1 and not left.strip())
        for n, (left, _right, changed) in enumerate(blocks)
    ]
    return (
        _run([(left, mark) for (left, _right, _changed), mark in zip(blocks, marked, strict=True)]),
        _run([(right, mark) for (_left, right, _changed), mark in zip(blocks, marked, strict=True)]),
    )


def _words(text: str) -> list[str]:
    return re.findall(r"\s+|[^\s]+", text)


def _run(parts: list[tuple[str, bool]]) -> tuple[Piece, ...]:
    runs = [(mark, "".join(words for words, _ in same)) for mark, same in groupby(parts, key=itemgetter(1))]
    return tuple(Piece(words, mark) for mark, words in runs if words)
