"""Whether a programme meets its standards, and how that is known: computed, attested, or not at all."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from onmodel.packs.standards import KnownBy, Limit, Standard, StandardKind
from onmodel.programmes.models import Programme
from onmodel.requirements.measures import MEASURES, Found, Measure
from onmodel.requirements.models import Attestation
from onmodel.requirements.partners import OF_PARTNERS
from onmodel.requirements.picture import Picture
from onmodel.requirements.reviews import OF_REVIEWS
from onmodel.requirements.supervision import OF_SUPERVISION

#: A measure's name -> what computes it; layers above add their own when they are set up.
COMPUTED: dict[str, Measure] = MEASURES | OF_SUPERVISION | OF_PARTNERS | OF_REVIEWS


class State(StrEnum):
    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


class Known(StrEnum):
    COMPUTED = "computed"
    ATTESTED = "attested"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why it is not known."""

    NOT_RECORDED = "not_recorded"  # the program cannot compute it from what it records yet
    NO_DATA = "no_data"  # it could, but nothing relevant was recorded
    NOT_ATTESTED = "not_attested"
    EXPIRED = "expired"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where a programme stands on one standard, on one day."""

    standard: Standard
    limit: Limit | None
    state: State
    known: Known
    found: tuple[Found, ...] = ()
    failing: tuple[Found, ...] = ()
    attestation: Attestation | None = None
    why: Why | None = None

    @property
    def overridden(self) -> bool:
        """Whether the programme set this threshold itself."""
        default = self.standard.limit_variant()
        return self.limit is not None and default is not None and self.limit != default


def within(value: float, limit: Limit) -> bool:
    low_enough = limit.at_most is None or value <= limit.at_most
    return low_enough and (limit.at_least is None or value >= limit.at_least)


def standings(
    programme: Programme,
    day: datetime.date,
    kinds: Iterable[StandardKind] = (StandardKind.REQUIREMENT, StandardKind.RECOMMENDATION),
) -> list[Standing]:
    """Each standard of these kinds, in the pack's order."""
    wanted = set(kinds)
    picture = Picture(programme, day)
    attestations = latest_attestations(programme, day)
    chosen = [s for s in programme.definitions.all_standards() if s.kind in wanted]
    return [standing(standard, picture, attestations.get(standard.id)) for standard in chosen]


def latest_attestations(programme: Programme, day: datetime.date) -> dict[str, Attestation]:
    rows = programme.attestations.filter(attested_on__lte=day).select_related("attested_by")
    return {row.standard: row for row in rows.order_by("attested_on", "id")}


def standing(standard: Standard, picture: Picture, attestation: Attestation | None) -> Standing:
    """Computed where it can be, else attested, else unknown with the reason."""
    limit = picture.programme.limit_of(standard)
    computed = _computed(standard, limit, picture)
    if computed.state is not State.UNKNOWN:
        return computed
    if attestation is None:
        return computed
    if attestation.expires_on and attestation.expires_on < picture.day:
        return Standing(
            standard=standard,
            limit=limit,
            state=State.UNKNOWN,
            known=Known.UNKNOWN,
            attestation=attestation,
            why=Why.EXPIRED,
        )
    state = State.MET if attestation.met else State.NOT_MET
    return Standing(
        standard=standard, limit=limit, state=state, known=Known.ATTESTED, attestation=attestation
    )


def _computed(standard: Standard, limit: Limit | None, picture: Picture) -> Standing:
    def unknown(why: Why, found: tuple[Found, ...] = ()) -> Standing:
        return Standing(
            standard=standard, limit=limit, state=State.UNKNOWN, known=Known.UNKNOWN, found=found, why=why
        )

    if standard.measure is None or (limit is None and standard.known_by is KnownBy.ATTESTED):
        return unknown(Why.NOT_ATTESTED)
    measure = COMPUTED.get(standard.measure)
    if measure is None or limit is None:
        return unknown(Why.NOT_RECORDED)
    found = tuple(measure(picture))
    known = [f for f in found if f.value is not None]
    failing = tuple(f for f in known if not within(f.value, limit))
    if failing:
        state = State.NOT_MET
    elif known and len(known) == len(found):
        state = State.MET
    else:
        return unknown(Why.NO_DATA, found)
    return Standing(
        standard=standard, limit=limit, state=state, known=Known.COMPUTED, found=found, failing=failing
    )
