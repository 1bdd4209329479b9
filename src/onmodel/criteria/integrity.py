"""The map of treatment integrity: three components by three levels, each with what it rests on.

The rule of a cell, the same for all, each source counting as one: *unknown* where no source is known;
*off model* where more than half of the known ones are; *partly* where some are; *on model* where none is
and at least half of the sources are known. Where none is off but fewer are known, it stays unknown: a
found fault is a fault, but a few good signs are no proof.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from onmodel.criteria.evidence import Evidence, Source, Stand
from onmodel.packs.standards import Term
from onmodel.programmes.models import Programme

MAP = "integrity_map"


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One component at one level."""

    term: Term
    sources: tuple[Source, ...]

    @property
    def component(self) -> str:
        return self.term.parent or ""

    @property
    def level(self) -> str:
        return str(self.term.level or "")

    @property
    def known(self) -> int:
        return sum(source.known for source in self.sources)

    @property
    def off(self) -> tuple[Source, ...]:
        return tuple(source for source in self.sources if source.state is Stand.OFF)

    @property
    def state(self) -> Stand:
        return state_of([source.state for source in self.sources])


@dataclass(frozen=True, kw_only=True)
class IntegrityMap:
    """`components` are the rows, `levels` the columns; `cells` one for each."""

    programme: Programme
    day: datetime.date
    components: tuple[Term, ...]
    levels: tuple[str, ...]
    cells: tuple[Cell, ...]

    def cell(self, component: str, level: str) -> Cell | None:
        same = (one for one in self.cells if one.component == component and one.level == level)
        return next(same, None)

    def count(self, state: Stand) -> int:
        return sum(cell.state is state for cell in self.cells)


def state_of(states: Sequence[Stand]) -> Stand:
    """A cell's state from its sources'; the rule stands at the head of this module."""
    known = [state for state in states if state is not Stand.UNKNOWN]
    off = known.count(Stand.OFF)
    if not known:
        return Stand.UNKNOWN
    if 2 * off > len(known):
        return Stand.OFF
    if off:
        return Stand.PARTLY
    return Stand.ON if 2 * len(known) >= len(states) else Stand.UNKNOWN


def integrity_map(
    programme: Programme, day: datetime.date, evidence: Evidence | None = None
) -> IntegrityMap | None:
    """The map on that day; None for a pack without one."""
    listed = programme.definitions.terms.get(MAP)
    if listed is None:
        return None
    evidence = evidence or Evidence(programme, day)
    cells = tuple(
        Cell(term=term, sources=tuple(evidence.of(term.links))) for term in listed.terms if term.parent
    )
    return IntegrityMap(
        programme=programme,
        day=day,
        components=tuple(term for term in listed.terms if not term.parent),
        levels=tuple(dict.fromkeys(cell.level for cell in cells)),
        cells=cells,
    )
