"""The pack's kinds of partners: what an agreement with them should say, how often it is looked at again."""

from __future__ import annotations

from onmodel.packs.standards import Limit, Standard, StandardKind, Term
from onmodel.programmes.models import Programme

#: The pack's list of kinds.
KINDS = "partners"
CRISIS_SERVICE = "crisis_service"


def kinds_of(programme: Programme) -> dict[str, Term]:
    """The kinds by their id, in the pack's order; empty where the pack lists none."""
    return {term.id: term for term in _terms(programme) if term.parent is None}


def parts_of(programme: Programme, kind: str | None = None) -> dict[str, Term]:
    """What agreements should say: of one kind, or of all."""
    below = (term for term in _terms(programme) if term.parent is not None)
    return {term.id: term for term in below if kind in (None, term.parent)}


def _terms(programme: Programme) -> tuple[Term, ...]:
    listed = programme.definitions.terms.get(KINDS)
    return listed.terms if listed else ()


def rhythm_of(programme: Programme, kind: str) -> Standard | None:
    """The standard that says how often agreements of that kind are reviewed; None where none does."""
    return _linked(programme, kind, StandardKind.RHYTHM)


def criterion_of(programme: Programme, kind: str) -> Standard | None:
    """The criterion that is about such agreements."""
    return _linked(programme, kind, StandardKind.CRITERION)


def _linked(programme: Programme, kind: str, of: StandardKind) -> Standard | None:
    term = kinds_of(programme).get(kind)
    if term is None:
        return None
    standards = programme.definitions.all_standards()
    return next((one for one in standards if one.id in term.links and one.kind is of), None)


def limit_of(programme: Programme, kind: str) -> Limit | None:
    """How often agreements of that kind are reviewed here."""
    standard = rhythm_of(programme, kind)
    return programme.limit_of(standard) if standard else None
