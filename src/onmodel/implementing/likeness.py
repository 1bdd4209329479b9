"""What decides a programme's course: what record and people tell, and which published cases are like it."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from onmodel.implementing.models import Project
from onmodel.implementing.phases import PHASES, Phase, phases_of
from onmodel.measurement.resemblance import Case, Resemblance, ranked
from onmodel.packs.pack import Pack
from onmodel.packs.standards import Term
from onmodel.programmes.events import KINDS as EVENTS
from onmodel.programmes.models import Programme
from onmodel.requirements.picture import Picture
from onmodel.requirements.standing import State, latest_attestations, standing

DETERMINANTS, CASES, FACTORS = "determinants", "case_studies", "barriers"
#: So long an event of the programme counts as recent. Ours.
RECENT = datetime.timedelta(days=730)


class Known(StrEnum):
    """How it is known whether a determinant is there."""

    SAID = "said"
    RECORD = "record"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A determinant in this programme; what a person said goes before what the record tells.

    `told` is what the record tells, also where a person said something else.
    """

    term: Term
    present: bool | None
    known: Known
    told: bool | None


@dataclass(frozen=True, kw_only=True)
class Profile:
    """The determinants here, and the published cases, most alike first.

    `factors` are those that experts named and that no determinant stands for.
    """

    judged: tuple[Judged, ...]
    factors: tuple[Judged, ...]
    found: tuple[Resemblance, ...]

    @property
    def known(self) -> dict[str, bool]:
        return {one.term.id: one.present for one in self.judged if one.present is not None}


def determinants_of(pack: Pack) -> tuple[Term, ...]:
    listed = pack.terms.get(DETERMINANTS)
    return listed.terms if listed else ()


def factors_of(pack: Pack) -> tuple[Term, ...]:
    """What experts named as helping or hindering."""
    listed = pack.terms.get(FACTORS)
    return listed.terms if listed else ()


def determinant_of(factor: Term) -> str | None:
    """The determinant that tells of the same; None where the cases do not tell of it."""
    links = (link.partition(".") for link in factor.links)
    return next((id_ for of, _dot, id_ in links if of == DETERMINANTS), None)


def asked_of(pack: Pack) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """What a programme says of itself: the determinants, and the factors that none of them stands for."""
    own = tuple(term for term in factors_of(pack) if determinant_of(term) is None)
    return determinants_of(pack), own


def cases_of(pack: Pack) -> list[Case]:
    """The published cases with what is told of each."""
    listed = pack.terms.get(CASES)
    determinants = determinants_of(pack)
    return [
        Case(
            id=case.id,
            outcome=str(case.values.get("outcome", "")),
            known={one.id: bool(one.values[case.id]) for one in determinants if case.id in one.values},
        )
        for case in (listed.terms if listed else ())
        if case.parent is None
    ]


def profile(project: Project, day: datetime.date) -> Profile:
    programme = project.programme
    told = told_by_record(programme, phases_of(programme, project), day)
    said = dict(project.judgements.values_list("determinant", "present"))
    judged, factors = (
        tuple(_judged(term, said, told.get(term.id)) for term in terms)
        for terms in asked_of(programme.definitions)
    )
    known = {one.term.id: one.present for one in judged if one.present is not None}
    found = tuple(ranked(known, cases_of(programme.definitions)))
    return Profile(judged=judged, factors=factors, found=found)


def _judged(term: Term, said: Mapping[str, bool | None], told: bool | None) -> Judged:
    if term.id in said:
        known = Known.SAID if said[term.id] is not None else Known.UNKNOWN
        return Judged(term=term, present=said[term.id], known=known, told=told)
    known = Known.RECORD if told is not None else Known.UNKNOWN
    return Judged(term=term, present=told, known=known, told=told)


def told_by_record(programme: Programme, phases: list[Phase], day: datetime.date) -> dict[str, bool | None]:
    """What the links of determinants and factors say: standards met or not, recent events, finished phases.

    That no event was recorded tells nothing, and neither do tasks that are not done yet.
    """
    picture, attestations = Picture(programme, day), latest_attestations(programme, day)
    recent = set(
        programme.events.standing()
        .filter(happened_on__range=(day - RECENT, day))
        .values_list("kind", flat=True)
    )
    complete = {phase.term.id for phase in phases if phase.complete}
    standards = {one.id: one for one in programme.definitions.all_standards()}
    found: dict[str, bool | None] = {}
    for term in itertools.chain(*asked_of(programme.definitions)):
        told: list[bool] = []
        for link in term.links:
            if link in standards:
                state = standing(standards[link], picture, attestations.get(link)).state
                told += [] if state is State.UNKNOWN else [state is State.MET]
            of, _dot, id_ = link.partition(".")
            told += [False] if of == EVENTS and id_ in recent else []
            told += [True] if of == PHASES and id_ in complete else []
        found[term.id] = all(told) if told else None
    return found
