"""What of the record stands beside each criterion while it is scored (`terms/criteria_evidence`)."""

from __future__ import annotations

from onmodel.criteria.evidence import Evidence, Source
from onmodel.criteria.scores import FORM
from onmodel.packs.standards import StandardKind
from onmodel.packs.texts import Text
from onmodel.programmes.models import Programme

LISTED = "criteria_evidence"


def evidence_beside(programme: Programme, evidence: Evidence) -> dict[str, list[Source]]:
    """Item of the form -> its sources; a criterion that the pack links to nothing has none."""
    return {item: evidence.of(links) for item, (_label, links) in _linked(programme).items()}


def short_names(programme: Programme) -> dict[str, Text]:
    """Item of the form -> a word or two for a chart."""
    return {item: label for item, (label, _links) in _linked(programme).items()}


def _linked(programme: Programme) -> dict[str, tuple[Text, list[str]]]:
    pack = programme.definitions
    listed = pack.terms.get(LISTED)
    criteria = {one.id for one in pack.all_standards() if one.kind is StandardKind.CRITERION}
    found = {}
    for term in listed.terms if listed else ():
        own = next(link for link in term.links if link.startswith(f"{FORM}."))
        rest = [link for link in term.links if link != own and link not in criteria]
        found[own.partition(".")[2]] = (term.label, rest)
    return found
