"""A therapist's self-checks over time, change against the own earlier ones, and who could be asked along."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from onmodel.accounts.models import User
from onmodel.measurement.scoring import score
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Membership, Programme
from onmodel.selfcheck.actions import FORM, WANTS_SUPPORT
from onmodel.selfcheck.models import SelfCheck

MOST_SUGGESTED = 3


@dataclass(frozen=True, kw_only=True)
class Checked:
    """One self-check opened: scale -> score, item -> text, and whether support was asked for."""

    check: SelfCheck
    scores: dict[str, float]
    texts: dict[str, str]
    wants_support: bool


@dataclass(frozen=True, kw_only=True)
class Change:
    """A scale now, the time before and the first time; None where there was no other time."""

    scale: str
    now: float
    since_last: float | None
    since_first: float | None


@dataclass(frozen=True, kw_only=True)
class Experienced:
    """A colleague of the same team who knows the model longer."""

    user: User
    level: str
    since: datetime.date


def form_of(programme: Programme) -> Instrument | None:
    return programme.definitions.instruments.get(FORM)


def opened(instrument: Instrument, checks: Iterable[SelfCheck]) -> list[Checked]:
    """In the order given."""
    return [_opened(instrument, check) for check in checks]


def _opened(instrument: Instrument, check: SelfCheck) -> Checked:
    given = check.sealed
    row = [[_number(given.get(item.id)) for item in instrument.all_items()]]
    scored = score(instrument, np.array(row, dtype=float)).scales
    values = {one.scale_id: float(one.values[0]) for one in scored}
    return Checked(
        check=check,
        scores={scale: value for scale, value in values.items() if not math.isnan(value)},
        texts={
            item.id: str(given[item.id])
            for item in instrument.all_items()
            if item.kind == "text" and item.id in given
        },
        wants_support=bool(given.get(WANTS_SUPPORT)),
    )


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else math.nan


def changes(instrument: Instrument, course: list[Checked]) -> list[Change]:
    """The last self-check against the one before and the first; without a cut-off, as there is none."""
    if not course:
        return []
    last, before, first = course[-1], course[-2:-1], course[:-1][:1]
    return [
        Change(
            scale=scale.id,
            now=last.scores[scale.id],
            since_last=_since(last, before, scale.id),
            since_first=_since(last, first, scale.id),
        )
        for scale in instrument.scales
        if scale.id in last.scores
    ]


def _since(last: Checked, earlier: list[Checked], scale: str) -> float | None:
    return last.scores[scale] - earlier[0].scores[scale] if earlier and scale in earlier[0].scores else None


def experienced_colleagues(programme: Programme, therapist: User) -> list[Experienced]:
    """Therapists of the same teams with a higher level of training, or with as high a one and longer here;
    the highest and longest first."""
    ranks = level_ranks(programme)
    working = Membership.objects.in_force().filter(programme=programme, role="therapist")
    own = list(working.filter(user=therapist))
    if not own:
        return []
    mine = (max(ranks.get(one.training.lower(), 0) for one in own), min(one.starts_on for one in own))
    others = working.filter(team__in=[one.team_id for one in own if one.team_id]).exclude(user=therapist)
    found = {}
    for one in others.select_related("user"):
        rank = ranks.get(one.training.lower(), 0)
        if rank > mine[0] or (rank == mine[0] and one.starts_on < mine[1]):
            found[one.user_id] = (-rank, one.starts_on, one)
    best = sorted(found.values(), key=lambda key: (key[0], key[1], key[2].user.name))
    return [
        Experienced(user=one.user, level=one.training.lower(), since=one.starts_on)
        for _rank, _since, one in best[:MOST_SUGGESTED]
    ]


def level_ranks(programme: Programme) -> dict[str, int]:
    """Level of training -> how many levels lie below it, by the pack; no level is 0."""
    levels = {
        level.id: level.after
        for file in programme.definitions.accreditation.values()
        for level in file.levels
    }

    def rank(level: str, seen: frozenset[str] = frozenset()) -> int:
        below = [rank(one, seen | {level}) for one in levels.get(level, ()) if one not in seen]
        return 1 + max(below, default=0)

    return {level.lower(): rank(level) for level in levels}
