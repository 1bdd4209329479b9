"""The roles of a pack that somebody works in, and those that a programme cannot do without."""

from __future__ import annotations

from onmodel.packs.standards import Role, Term
from onmodel.programmes.models import Programme

#: The list of terms with the roles that have to be filled; `values.of` says for each team or the programme.
NEEDED = "needed_roles"


def positions(programme: Programme) -> list[Role]:
    """The roles that treat, supervise or manage: those that a vacancy may be for."""
    working = ("therapist", "supervisor", "manager")
    return [role for role in programme.definitions.all_roles() if role.acts_as in working]


def needed_roles(programme: Programme) -> tuple[Term, ...]:
    listed = programme.definitions.terms.get(NEEDED)
    return listed.terms if listed else ()
