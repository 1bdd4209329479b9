"""The pack's scales for sessions: which one rates which kind, and its items as rows of a double rating."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from onmodel.packs.instruments import Instrument, Item, ItemKind
from onmodel.packs.scales import SingleScale
from onmodel.packs.standards import Term
from onmodel.programmes.models import Programme

#: The list of terms whose links say which items belong to which area.
AREAS = "competency_areas"


@dataclass(frozen=True, kw_only=True)
class Row:
    """What is rated in one or more respects: part of the form -> its item there."""

    key: str
    items: dict[str, Item]

    @property
    def first(self) -> Item:
        return next(iter(self.items.values()))

    @property
    def ratings(self) -> dict[str, Item]:
        return {part: item for part, item in self.items.items() if item.kind is ItemKind.CHOICE}

    @property
    def counter(self) -> Item | None:
        return next((item for item in self.items.values() if item.kind is ItemKind.COUNT), None)


@dataclass(frozen=True, kw_only=True)
class Area:
    """An area of competence with the rows that serve it; None for rows that stand alone."""

    term: Term | None
    rows: tuple[Row, ...]


def scale_for(programme: Programme, kind: str) -> Instrument | None:
    """The programme's scale for sessions of that kind; None where its pack has none."""
    for instrument in programme.definitions.instruments.values():
        if kind in instrument.session_kinds:
            return instrument
    return None


def overall_items(instrument: Instrument) -> tuple[Item, ...]:
    """The items that judge the session as a whole: those of the main scale's part of the form."""
    scale = instrument.scale(instrument.main_scale)
    main = instrument.item(scale.item if isinstance(scale, SingleScale) else instrument.all_items()[-1].id)
    return tuple(item for item in instrument.all_items() if item.part == main.part)


def rows(instrument: Instrument) -> tuple[Row, ...]:
    """Every row that is rated item by item, in the order of the form's numbers."""
    whole = {item.id for item in overall_items(instrument)}
    found = [row for row in _rows(instrument) if row.first.id not in whole]
    return tuple(sorted(found, key=lambda row: _number(row.key)))


def areas(programme: Programme, instrument: Instrument) -> tuple[Area, ...]:
    """Rows under the first area that names one of their items; those of no area at the end."""
    listed = programme.definitions.terms.get(AREAS)
    left = list(rows(instrument))
    found = []
    for term in listed.terms if listed else ():
        here = [row for row in left if serves(row, term, instrument)]
        left = [row for row in left if row not in here]
        if here:
            found.append(Area(term=term, rows=tuple(here)))
    if left:
        found.append(Area(term=None, rows=tuple(left)))
    return tuple(found)


def serves(row: Row, term: Term, instrument: Instrument) -> bool:
    return any(f"{instrument.id}.{item.id}" in term.links for item in row.items.values())


def _rows(instrument: Instrument) -> list[Row]:
    """Items of different parts that carry the same label are one row."""
    grouped: dict[str, dict[str, Item]] = defaultdict(dict)
    for item in instrument.all_items():
        key = item.label.en if item.label else item.id
        grouped[key][item.part or ""] = item
    return [Row(key=next(iter(items.values())).id, items=items) for items in grouped.values()]


def _number(key: str) -> tuple[int, str]:
    digits = "".join(sign for sign in key if sign.isdigit())
    return (int(digits) if digits else 10**6, key)
