"""Check a pack that could be read: what its definitions say in themselves and about each other."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterator
from typing import Any

from onmodel.packs import instrument_checks, meaning_checks, standard_checks
from onmodel.packs.base import Definition
from onmodel.packs.instruments import Instrument
from onmodel.packs.pack import KINDS, Pack, PackHeader
from onmodel.packs.problems import Finding, Problem, ProblemSeverity, in_file
from onmodel.packs.reference_checks import check_references
from onmodel.packs.scale_checks import check_scales
from onmodel.packs.walk import texts

#: The permission roles of the program, which a pack's roles stand for.
PROGRAM_ROLES = (
    "patient",
    "therapist",
    "supervisor",
    "manager",
    "expert",
    "research_assistant",
    "stakeholder",
    "administrator",
    "privacy_officer",
)
MUST_SAY = ("source", "author", "licence")


def check_pack(
    pack: Pack,
    *,
    day: datetime.date | None = None,
    base: Pack | None = None,
    acts_as: Collection[str] = PROGRAM_ROLES,
) -> tuple[Problem, ...]:
    """Every problem of the pack, in the order of its files.

    `day` is the day for which the review dates are looked at (None: they are not). What `base`
    has wrong by itself is left out. `acts_as` are the roles that the program knows.
    """
    own = set(check_pack(base, acts_as=acts_as)) if base else set()
    found = [*_definitions(pack), *check_references(pack, acts_as)]
    if day is not None:
        found += _reviews(pack, day)
    kept = dict.fromkeys(problem for problem in found if problem not in own)
    return tuple(sorted(kept, key=lambda problem: problem.file))


def check_instrument(instrument: Instrument) -> Iterator[Finding]:
    """Every check of one instrument."""
    for check in (*instrument_checks.CHECKS, check_scales, *meaning_checks.CHECKS):
        yield from check(instrument)


def check_texts(definition: Definition) -> Iterator[Finding]:
    """No text is empty in either language, and the header says where the file comes from."""
    for field in MUST_SAY:
        if not getattr(definition, field).strip():
            yield Finding(field, "is empty")
    for key, text in texts(definition):
        for language in ("en", "nl"):
            if not text.in_(language).strip():
                yield Finding(f"{key}.{language}", "is empty")


#: Kind -> the check of one file of it.
OF_KIND: dict[str, Callable[[Any], Iterator[Finding]]] = {
    "instruments": check_instrument,
    "schedules": standard_checks.check_schedule,
    "checklists": standard_checks.check_checklist,
    "standards": standard_checks.check_standards,
    "rules": standard_checks.check_rules,
    "accreditation": standard_checks.check_accreditation,
    "terms": standard_checks.check_terms,
    "reports": standard_checks.check_report,
}


def _definitions(pack: Pack) -> Iterator[Problem]:
    header = PackHeader(**{field: getattr(pack, field) for field in PackHeader.__struct_fields__})
    yield from in_file(f"{pack.id}/pack.toml", check_texts(header))
    for kind in KINDS:
        for id_, definition in getattr(pack, kind).items():
            file = pack.file_of(kind, id_)
            yield from in_file(file, check_texts(definition))
            if kind in OF_KIND:
                yield from in_file(file, OF_KIND[kind](definition))


def _reviews(pack: Pack, day: datetime.date) -> Iterator[Problem]:
    """The pack's own files whose next review is due."""
    due = [("pack.toml", pack.next_review)]
    for kind in KINDS:
        for id_, definition in getattr(pack, kind).items():
            if pack.origins.get(f"{kind}/{id_}", pack.id) == pack.id:
                due.append((f"{kind}/{id_}.toml", definition.next_review))
    for path, review in due:
        if review <= day:
            message = f"the next review was due on {review:%Y-%m-%d}"
            yield Problem(f"{pack.id}/{path}", "next_review", message, ProblemSeverity.WARNING)
