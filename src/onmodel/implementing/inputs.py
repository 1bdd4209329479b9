"""What is put into the calculator, as plain values to keep; the limits of the standards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from onmodel.measurement.feasibility import Basis, Cost, Demand, Limits, Range
from onmodel.programmes.models import Programme

DEMAND = ("population", "disorder", "referred", "suitable", "months", "hours", "group")
LIMITS = ("caseload", "therapist_hours", "team", "direct")
#: Limit of the calculator -> the standard that it comes from.
STANDARDS = {
    "caseload": "req_08_caseload",
    "therapist_hours": "req_04_therapist_hours",
    "team": "req_05_team_size",
    "direct": "limit_direct_contact",
}


def demand_of(inputs: Mapping[str, Any]) -> Demand:
    """Raises ValueError for what makes no sense."""
    return Demand(**{name: Range(*inputs[name]) for name in DEMAND})


def limits_of(inputs: Mapping[str, Any]) -> Limits:
    """Raises ValueError for what makes no sense."""
    return Limits(**{name: Range(*inputs[name]) for name in LIMITS})


def costs_of(inputs: Mapping[str, Any]) -> list[Cost]:
    """Raises ValueError for what makes no sense."""
    return [
        Cost(name=one["name"], basis=Basis(one["basis"]), amount=Range(*one["amount"]))
        for one in inputs.get("costs", [])
    ]


def standard_limits(programme: Programme) -> dict[str, tuple[float, float]]:
    """The bounds that hold in this programme; a single bound is both ends, an ideal may be
    the other one. Those without a number are left out."""
    found = {}
    standards = {one.id: one for one in programme.definitions.all_standards()}
    for name, id_ in STANDARDS.items():
        limit = programme.limit_of(standards[id_]) if id_ in standards else None
        if limit is not None:
            named = (limit.at_least, limit.at_most if limit.at_most is not None else limit.ideal_at_least)
            bounds = [bound for bound in named if bound is not None]
            found[name] = (bounds[0], bounds[-1])
    return found
