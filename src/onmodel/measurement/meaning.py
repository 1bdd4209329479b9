"""What a score means against others: T scores by a norm, bands, sides of a cut-off.

Which norm or cut-off: of those in the file that fit the question, the first listed. A norm for a
group (women, men) serves only when that group is asked for; where nothing fits, there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from onmodel.measurement.arrays import Flags, Floats, Ints, frozen, to_list
from onmodel.measurement.missing import SLACK
from onmodel.packs.instruments import Band, Bands, CutOff, Direction, Instrument, Norm

Referenced = TypeVar("Referenced", Norm, CutOff)

#: The uses of a cut-off that part the functional from the dysfunctional, best first.
RECOVERY_USES = ("clinical", "caseness")


@dataclass(frozen=True, slots=True, eq=False)
class TScores:
    """T scores (n,), NaN where the score is unknown, and the norm that they rest on."""

    values: Floats
    norm: Norm

    def to_list(self) -> list[float | None]:
        return to_list(self.values)


@dataclass(frozen=True, slots=True, eq=False)
class Banded:
    """The band of each score: `positions` (n,) in `bands.levels`, -1 where unknown or in no band."""

    positions: Ints
    bands: Bands

    def to_list(self) -> list[Band | None]:
        return [self.bands.levels[at] if at >= 0 else None for at in self.positions.tolist()]


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """On which side of a cut-off each score lies: `high` (n,) flags, meaningful where `known`."""

    high: Flags
    known: Flags
    cut_off: CutOff

    def to_list(self) -> list[bool | None]:
        return [bool(h) if k else None for h, k in zip(self.high, self.known, strict=True)]


def direction_of(instrument: Instrument, scale_id: str) -> Direction:
    """What a higher score on the scale means: the scale's own direction, else the form's."""
    own = instrument.scale(scale_id).direction
    return instrument.direction if own is None else Direction(own)


def find_norm(
    instrument: Instrument, scale_id: str, *, population: str | None = None, group: str | None = None
) -> Norm | None:
    """The norm of a scale for a population (None: any) and group (None: one for everybody)."""
    return first_fitting(instrument.norms, scale_id, population, group)


def find_cut_off(
    instrument: Instrument,
    scale_id: str,
    *,
    uses: Sequence[str] = RECOVERY_USES,
    population: str | None = None,
    group: str | None = None,
) -> CutOff | None:
    """The cut-off of a scale for the first of `uses` that has one."""
    for use in uses:
        of_use = (cut_off for cut_off in instrument.cut_offs if cut_off.use == use)
        found = first_fitting(of_use, scale_id, population, group)
        if found is not None:
            return found
    return None


def first_fitting(
    candidates: Iterable[Referenced], scale_id: str, population: str | None, group: str | None
) -> Referenced | None:
    """The first of the scale and population for exactly this group; else the first for everybody."""
    fitting = [
        candidate
        for candidate in candidates
        if candidate.scale == scale_id and population in (None, candidate.population)
    ]
    of_group = [candidate for candidate in fitting if candidate.group == group]
    for_all = [candidate for candidate in fitting if candidate.group is None]
    return next(iter(of_group + for_all), None)


def t_scores(values: Floats, norm: Norm) -> TScores:
    """Linear T scores, 50 + 10 (score - mean) / SD of the norm; ValueError when its SD is not positive."""
    if not norm.sd > 0:
        raise ValueError(f"the norm of {norm.population} for {norm.scale} has no positive SD")
    return TScores(frozen(50 + 10 * (values - norm.mean) / norm.sd), norm)


def find_bands(instrument: Instrument, scale_id: str) -> Bands | None:
    """The bands of a scale; None where it has none."""
    return next((bands for bands in instrument.bands if bands.scale == scale_id), None)


def band_scores(values: Floats, bands: Bands) -> Banded:
    """The band in which each score falls, lower end included."""
    positions = np.full(values.shape, -1, dtype=np.int64)
    for position, band in enumerate(bands.levels):
        inside = values >= band.at_least - SLACK
        if band.below is not None:
            inside &= values < band.below - SLACK
        positions[inside] = position
    return Banded(frozen(positions), bands)


def sides_of(values: Floats, cut_off: CutOff) -> Sides:
    """Which scores lie on the high side; at the cut-off itself as `includes` says.

    ValueError when `includes` is neither high nor low.
    """
    if cut_off.includes not in ("high", "low"):
        raise ValueError(f"a cut-off includes high or low, not {cut_off.includes}")
    at_high = cut_off.includes == "high"
    high = values >= cut_off.value - SLACK if at_high else values > cut_off.value + SLACK
    return Sides(frozen(high), frozen(~np.isnan(values)), cut_off)
