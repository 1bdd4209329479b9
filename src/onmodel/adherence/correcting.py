"""Ratings made comparable: the raters' severity and the kind of session taken out. No database here.

Severity is told from raters who rated the same therapist in the same half-year only, most of them the same
session: had a rater who came later rated lower, that might be the therapists. A rater who shares no such
half-year with those of the baseline cannot be compared, and is left out of what is held against it.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from onmodel.inference.cautions import DataError
from onmodel.inference.raters import rater_study


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One rating of one therapist in one session: `kind` is its form, `form` the row of its answers."""

    day: datetime.date
    therapist: int
    team: int | None
    kind: str
    rater: int
    session: Hashable
    form: int
    value: float

    @property
    def cell(self) -> tuple[int, str, int, int]:
        """Within this, differences between raters are the raters'."""
        return (self.therapist, self.kind, self.day.year, (self.day.month - 1) // 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A session's corrected score for one therapist: the mean over its raters."""

    day: datetime.date
    therapist: int
    team: int | None
    kind: str
    forms: tuple[int, ...]
    value: float


@dataclass(frozen=True, kw_only=True)
class Correction:
    """`severity`: how much higher than others a rater rates; raters with the same `link` can be compared.
    `kinds`: how much higher a kind of session is rated than the commonest one, within therapists."""

    severity: Mapping[int, float]
    link: Mapping[int, int]
    kinds: Mapping[str, float]

    @property
    def raters(self) -> int:
        """Of how many raters the severity is taken out."""
        return len(self.severity)

    def of(self, one: Rated) -> float:
        return one.value - self.severity.get(one.rater, 0.0) - self.kinds.get(one.kind, 0.0)


@dataclass(frozen=True, kw_only=True)
class Series:
    """The sessions of a therapist, a team or a programme in order of time, the first `baseline` of them
    what the others are held against; `left_out` ratings could not be compared with those."""

    scores: tuple[Scored, ...]
    baseline: int
    left_out: int

    @cached_property
    def values(self) -> list[float]:
        return [one.value for one in self.scores]

    @property
    def is_complete(self) -> bool:
        """Whether there is a baseline, and a session after it."""
        return len(self.scores) > self.baseline


@lru_cache(maxsize=16)
def correction_of(ratings: tuple[Rated, ...], *, baseline: int) -> Correction:
    """What to take out; `baseline` sessions of each therapist tell the kinds of session apart. Kept for the
    same ratings: each level of a programme asks for it."""
    shared = _shared(ratings)
    severity = _severity(shared)
    link = _links(shared if severity else [], {one.rater for one in ratings})
    early = _by(ratings, lambda one: one.therapist)
    kinds = _kinds([one for own in early.values() for one in own[:baseline]])
    return Correction(severity=severity, link=link, kinds=kinds)


def series_of(ratings: Sequence[Rated], correction: Correction, *, baseline: int) -> Series:
    """One unit's ratings as sessions; ratings by raters, or of kinds, that its baseline cannot be held
    against are left out."""
    start = _sessions(ratings)[:baseline]
    raters = {correction.link[one.rater] for session in start for one in session}
    kinds = {one.kind for session in start for one in session} | set(correction.kinds)
    kept = [one for one in ratings if correction.link[one.rater] in raters and one.kind in kinds]
    scores = tuple(_scored(session, correction) for session in _sessions(kept))
    return Series(scores=scores, baseline=baseline, left_out=len(ratings) - len(kept))


def sessions_of(ratings: Iterable[Rated], correction: Correction) -> list[Scored]:
    """Every session's corrected score, in order of time."""
    return [_scored(session, correction) for session in _sessions(ratings)]


def spread_of(series: Iterable[Series]) -> tuple[float, int] | None:
    """The SD of a session around an unchanged level, from the baselines of all, and its degrees of freedom;
    None where nothing varies or there is no baseline."""
    total, df = 0.0, 0
    for one in series:
        if len(one.scores) >= one.baseline:
            start = np.array(one.values[: one.baseline])
            total += float(((start - start.mean()) ** 2).sum())
            df += len(start) - 1
    return (float(np.sqrt(total / df)), df) if df and total > 0 else None


def _by(ratings: Iterable[Rated], key: Callable[[Rated], Hashable]) -> dict[Hashable, list[Rated]]:
    found: dict[Hashable, list[Rated]] = defaultdict(list)
    for one in ratings:
        found[key(one)].append(one)
    return found


def _sessions(ratings: Iterable[Rated]) -> list[list[Rated]]:
    """Ratings of the same session and therapist together, in order of time."""
    return list(_by(ratings, lambda one: (one.session, one.therapist)).values())


def _scored(session: Sequence[Rated], correction: Correction) -> Scored:
    first = session[0]
    return Scored(
        day=first.day,
        therapist=first.therapist,
        team=first.team,
        kind=first.kind,
        forms=tuple(one.form for one in session),
        value=sum(correction.of(one) for one in session) / len(session),
    )


def _shared(ratings: Iterable[Rated]) -> list[Rated]:
    """Those of half-years in which somebody was rated by several."""
    cells = _by(ratings, lambda one: one.cell).values()
    return [one for cell in cells if len({r.rater for r in cell}) > 1 for one in cell]


def _severity(shared: Sequence[Rated]) -> dict[int, float]:
    """Shrunken by how much is known of each; nothing where too little is shared."""
    try:
        study = rater_study(
            [one.value for one in shared],
            [str(one.cell) for one in shared],
            [str(one.rater) for one in shared],
            [f"{one.session}:{one.therapist}" for one in shared],
        )
    except DataError:
        return {}
    return {int(rater.name): rater.value for rater in study.raters}


def _links(shared: Iterable[Rated], raters: Iterable[int]) -> dict[int, int]:
    """Rater -> the lowest number among those who are joined by shared half-years, one after the other."""
    link = {rater: rater for rater in raters}
    for cell in _by(shared, lambda one: one.cell).values():
        joined = {link[one.rater] for one in cell}
        link = {rater: min(joined) if own in joined else own for rater, own in link.items()}
    return link


def _kinds(early: Sequence[Rated]) -> dict[str, float]:
    """Of each kind that therapists were rated in beside the commonest: the mean difference within them,
    each weighed by how well it is known. Nothing is said of a kind that nobody gave beside it."""
    counts = _by(early, lambda one: one.kind)
    if not counts:
        return {}
    usual = max(counts, key=lambda kind: (len(counts[kind]), str(kind)))
    found = {str(usual): 0.0}
    for kind in counts:
        weight = total = 0.0
        for own in _by(early, lambda one: one.therapist).values():
            here = [one.value for one in own if one.kind == kind]
            there = [one.value for one in own if one.kind == usual]
            if kind != usual and here and there:
                w = len(here) * len(there) / (len(here) + len(there))
                weight, total = weight + w, total + w * float(np.mean(here) - np.mean(there))
        if weight:
            found[str(kind)] = total / weight
    return found
