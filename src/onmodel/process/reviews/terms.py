"""Kinds of review and points of its agenda, as the pack lists them."""

from __future__ import annotations

import datetime
import math

from onmodel.process.terms import entry
from onmodel.programmes.models import Programme

KINDS = "review_kinds"
POINTS = "review_points"


def with_patient(programme: Programme, kind: str) -> bool:
    """Whether the patient is to be there in a review of that kind."""
    term = entry(programme.definitions, KINDS, kind)
    return bool(term and term.values.get("with_patient"))


def next_day(programme: Programme, kind: str, held_on: datetime.date) -> datetime.date | None:
    """The last day on which the next review is in time; None where the kind goes with no standard."""
    pack = programme.definitions
    term = entry(pack, KINDS, kind)
    standards = {standard.id: standard for standard in pack.all_standards()}
    for name in term.links if term else ():
        limit = programme.limit_of(standards[name]) if name in standards else None
        if limit is not None and limit.at_most is not None and limit.unit == "days":
            return held_on + datetime.timedelta(days=math.floor(limit.at_most))
    return None
