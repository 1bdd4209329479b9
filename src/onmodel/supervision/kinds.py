"""The pack's kinds of meetings: whose they are, and how often they should be."""

from __future__ import annotations

from onmodel.packs.standards import Limit, Standard, StandardKind, Term
from onmodel.programmes.models import Programme

#: The pack's list of kinds.
KINDS = "meeting_kinds"
TEAM, PEOPLE, PROGRAMME = "team", "people", "programme"
DAYS_OF_UNIT = {"per_week": 7.0, "per_month": 365.25 / 12, "per_year": 365.25}


def kinds_of(programme: Programme) -> dict[str, Term]:
    """The kinds by their id, in the pack's order; empty where the pack lists none."""
    listed = programme.definitions.terms.get(KINDS)
    return {term.id: term for term in listed.terms} if listed else {}


def whose(kind: Term) -> str:
    """TEAM, PEOPLE or PROGRAMME."""
    return str(kind.values.get("of", TEAM))


def proposed_days(kind: Term) -> int | None:
    """Every how many days a plan proposes it."""
    days = kind.values.get("every_days")
    return None if days is None else int(float(days))


def is_supervision(kind: Term) -> bool:
    return bool(kind.values.get("supervision", False))


def rhythm_of(programme: Programme, kind: Term) -> Standard | None:
    """The standard that says how often the kind should be; None where it goes with none."""
    standards = programme.definitions.all_standards()
    linked = (one for one in standards if one.id in kind.links and one.kind is StandardKind.RHYTHM)
    return next(linked, None)


def kinds_for(programme: Programme, measure: str) -> frozenset[str]:
    """The kinds that count for a measure: those that go with a standard known by it."""
    named = {one.id for one in programme.definitions.all_standards() if one.measure == measure}
    return frozenset(id_ for id_, kind in kinds_of(programme).items() if named.intersection(kind.links))


def days_between(limit: Limit | None) -> float | None:
    """At most how many days lie between two, by the standard; None where no number says so."""
    if limit is None or not limit.at_least or limit.unit not in DAYS_OF_UNIT:
        return None
    return DAYS_OF_UNIT[limit.unit] / limit.at_least
