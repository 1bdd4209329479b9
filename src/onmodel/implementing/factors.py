"""What experts named as helping or hindering, beside what the published cases and this programme tell of it.

The source says how many experts named a factor, not in which case it played a part. Of a case is known what
is told of the determinant that the pack links the factor to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from onmodel.implementing.likeness import Judged, Profile, determinant_of, factors_of
from onmodel.packs.pack import Pack
from onmodel.packs.standards import Term


@dataclass(frozen=True, kw_only=True)
class Factor:
    """`named` is by how many experts, `read_from` the determinant that tells of the same, `cases` in which
    published cases it was so or not, `here` how it is in this programme."""

    term: Term
    named: int
    read_from: Term | None
    cases: Mapping[str, bool]
    here: Judged


def factors(pack: Pack, profile: Profile) -> list[Factor]:
    """In the order of the source."""
    judged = {one.term.id: one for one in (*profile.judged, *profile.factors)}
    return [_factor(term, judged, profile) for term in factors_of(pack)]


def _factor(term: Term, judged: Mapping[str, Judged], profile: Profile) -> Factor:
    determinant = determinant_of(term)
    cases = {one.case.id: one.case.known for one in profile.found}
    return Factor(
        term=term,
        named=int(float(term.values["mentioned"])),
        read_from=judged[determinant].term if determinant else None,
        cases={case: known[determinant] for case, known in sorted(cases.items()) if determinant in known},
        here=judged[determinant or term.id],
    )
