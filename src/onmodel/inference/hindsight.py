"""How expectations came out: predicted for patients who were left out, held against what happened.

Patients are divided into folds; each fold's patients are predicted from a model of the others. Two
questions. Does a measurement fall in its band as often as the band says (coverage)? And how many of those
who in the end did badly stood off track early on, how many of the others did not (hits)?
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.expected import Reference, Standing, Track, expect, reference_of, standing
from onmodel.inference.mixed import Model, fit_mixed
from onmodel.inference.proportions import Proportion, proportion

#: The bands whose coverage is counted.
LEVELS = (0.8, 0.95)


@dataclass(frozen=True, slots=True)
class Coverage:
    """The share of measurements inside the band of `level`: `from_start`, predicted from the first score
    alone; `next_one`, from all scores before it.
    """

    level: float
    from_start: Proportion | None
    next_one: Proportion | None


@dataclass(frozen=True, slots=True)
class Hits:
    """Early standing against the end, of patients with both. `found`: the share that stood off track of
    those who did badly (sensitivity). `left_alone`: the share that did not, of the others (specificity).
    `right`: the share that did badly, of those off track (predictive value). `badly`: by standing.
    """

    patients: int
    found: Proportion | None
    left_alone: Proportion | None
    right: Proportion | None
    badly: Mapping[Track, Proportion | None]


@dataclass(frozen=True, slots=True)
class Hindsight:
    """`folds` that could be fitted, of those asked for; `patients` and `measurements` that were predicted."""

    folds: int
    asked: int
    patients: int
    measurements: int
    coverage: tuple[Coverage, ...]
    hits: Mapping[str, Hits]


@dataclass(frozen=True, slots=True)
class Left:
    """A patient who was left out, with the reference of the others."""

    patient: str
    months: list[float]
    scores: list[float]
    reference: Reference


def look_back(
    frame: pl.DataFrame,
    model: Model,
    *,
    ends: Mapping[str, Mapping[str, bool]],
    early: float,
    higher_is_worse: bool,
    tail: float,
    sure: float,
    folds: int = 10,
    seed: int = 0,
) -> Hindsight:
    """Leave each fold of patients out in turn, predict them, and count.

    `ends`: a name of doing badly -> patient -> whether that came about; only those patients count. The
    standing is that at the last measurement up to month `early`. Rows with a null are left out.
    ValueError for fewer than two folds.

    >>> rows = [(i, m, 30 - m * (i % 5) / 4 + (i * 7 + m) % 4) for i in range(40) for m in (0, 6, 12)]
    >>> table = pl.DataFrame(rows, schema=["id", "month", "bdi"], orient="row")
    >>> worse = {str(i): i % 5 == 0 for i in range(40)}
    >>> found = look_back(table, Model("id", "month", "bdi"), ends={"not better": worse}, early=6,
    ...                   higher_is_worse=True, tail=1 / 3, sure=0.7, folds=2)
    >>> found.folds, found.patients, found.measurements, found.hits["not better"].found.n
    (2, 40, 80, 8)
    """
    if folds < 2:
        raise ValueError(f"at least 2 folds are needed, not {folds}")
    rows = frame.drop_nulls([model.patient, model.time, model.outcome]).sort(model.time)
    left = list(_left_out(rows, model, folds, seed))
    stood = {
        one.patient: found.status
        for one in left
        if (found := _early(one, early, higher_is_worse=higher_is_worse, tail=tail, sure=sure)) is not None
    }
    return Hindsight(
        folds=len({id(one.reference) for one in left}),
        asked=folds,
        patients=len(left),
        measurements=sum(len(one.months) - 1 for one in left),
        coverage=tuple(_coverage(left, level) for level in LEVELS),
        hits={name: _hits(stood, badly) for name, badly in ends.items()},
    )


def _left_out(rows: pl.DataFrame, model: Model, folds: int, seed: int) -> Iterator[Left]:
    """Each patient with two measurements or more, as long as the others' model could be fitted."""
    patients = rows[model.patient].unique().sort()
    order = np.random.default_rng(seed).permutation(len(patients)) % folds
    for fold in range(folds):
        out = patients.filter(pl.Series(order == fold))
        inside = rows[model.patient].is_in(out.implode())
        reference = reference_of(fit_mixed(rows.filter(~inside), model)) if (~inside).any() else None
        if reference is None:
            continue
        for (patient,), own in rows.filter(inside).group_by(model.patient, maintain_order=True):
            if len(own) > 1:
                yield Left(str(patient), own[model.time].to_list(), own[model.outcome].to_list(), reference)


def _early(one: Left, early: float, *, higher_is_worse: bool, tail: float, sure: float) -> Standing | None:
    known = sum(month <= early for month in one.months)
    if known == len(one.months):
        return None  # nothing came after
    months, scores = one.months[:known], one.scores[:known]
    return standing(one.reference, months, scores, higher_is_worse=higher_is_worse, tail=tail, sure=sure)


def _coverage(left: Sequence[Left], level: float) -> Coverage:
    first, following = [], []
    for one in left:
        later = range(1, len(one.months))
        low, high = expect(one.reference, one.months[:1], one.scores[:1], one.months[1:]).band(level)
        scores = np.array(one.scores[1:])
        first += ((low <= scores) & (scores <= high)).tolist()
        for at in later:
            low, high = expect(one.reference, one.months[:at], one.scores[:at], one.months[at : at + 1]).band(
                level
            )
            following.append(bool(low[0] <= one.scores[at] <= high[0]))
    return Coverage(level, _share(first), _share(following))


def _hits(stood: Mapping[str, Track], badly: Mapping[str, bool]) -> Hits:
    known = [(stood[patient] is Track.OFF, bad) for patient, bad in badly.items() if patient in stood]
    return Hits(
        patients=len(known),
        found=_share([off for off, bad in known if bad]),
        left_alone=_share([not off for off, bad in known if not bad]),
        right=_share([bad for off, bad in known if off]),
        badly={
            track: _share([bad for patient, bad in badly.items() if stood.get(patient) is track])
            for track in Track
        },
    )


def _share(found: Sequence[bool]) -> Proportion | None:
    return proportion(sum(found), len(found)) if found else None
