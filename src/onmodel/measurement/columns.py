"""Which column of a file holds which item: by the item's id, alone or after a name for the form.

For item 1 of the PHQ-9: 1, q1, item1, item_01, phq9_1, PHQ9.1, phq9_item1, phq9q1, ... Case, spaces
and signs between the parts do not count, nor do zeros before a number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from onmodel.packs.instruments import Instrument

#: What people put before an item's number.
WORDS = ("", "item", "items", "i", "q", "question", "vraag", "v")


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """`columns` maps key -> column name; `missing` the keys without one; `doubled` those with several."""

    columns: dict[str, str]
    missing: tuple[str, ...]
    doubled: dict[str, tuple[str, ...]]


def plain(name: str) -> str:
    """The letters and digits of a name in lower case; what parts two numbers becomes an underscore."""
    parted = re.sub(r"(?<=\d)[\W_]+(?=\d)", "_", name.casefold())
    return re.sub(r"[^\w]|(?<!\d)_|_(?!\d)", "", parted)


def variants(key: str) -> set[str]:
    """The forms of an id; a number also with zeros before it."""
    return {key.zfill(width) for width in (1, 2, 3)} if key.isdigit() else {key}


def stems(instrument: Instrument) -> list[str]:
    """What may stand before an id: a word, the form's name, or both."""
    forms = ("", instrument.id, instrument.abbreviation)
    return [form + word for form in forms for word in WORDS]


def match_columns(
    instrument: Instrument, keys: Sequence[str], names: Iterable[str], prefix: str | None = None
) -> ColumnMatch:
    """Find for each key (an item's id, a scale's id) the column that holds it.

    With `prefix` only columns that begin with it count, and what follows must be the id itself.
    """
    allowed = [""] if prefix is not None else stems(instrument)
    places = {
        plain(stem + sign + variant): key
        for key in keys
        for stem in allowed
        for variant in variants(key)
        for sign in ("", "_")
    }
    found: dict[str, list[str]] = {key: [] for key in keys}
    for name in names:
        if prefix is not None and not name.casefold().startswith(prefix.casefold()):
            continue
        key = places.get(plain(name[len(prefix or "") :]))
        if key is not None:
            found[key].append(name)
    return ColumnMatch(
        columns={key: columns[0] for key, columns in found.items() if len(columns) == 1},
        missing=tuple(key for key, columns in found.items() if not columns),
        doubled={key: tuple(columns) for key, columns in found.items() if len(columns) > 1},
    )
