"""Scores, and what they rest on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onmodel.measurement.arrays import Flags, Floats, Ints, or_none, to_list


@dataclass(frozen=True, slots=True, eq=False)
class ScaleScores:
    """One scale of n respondents.

    `values` (n,) is NaN where unknown; `answered` (n,) how many of `items` were answered; `filled`
    (n,) for how many a value stood in (0 where the score is unknown). `items` are the ids that the
    scale rests on, through other scales too; empty for an entered score. `rule` is the rule's name
    in the pack; `value_set` the id of the weights, for a rule that has them.
    """

    scale_id: str
    values: Floats
    answered: Ints
    items: tuple[str, ...]
    rule: str
    filled: Ints
    value_set: str | None = None

    @property
    def known(self) -> Flags:
        """(n,): True where there is a score."""
        return ~np.isnan(self.values)

    def at(self, row: int) -> float | None:
        """The score of one respondent; None where unknown."""
        return or_none(float(self.values[row]))

    def to_list(self) -> list[float | None]:
        """The scores as Python numbers, None where unknown."""
        return to_list(self.values)


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Every scale of an instrument for n respondents, with the version that was scored."""

    instrument_id: str
    version: str
    scales: tuple[ScaleScores, ...]

    def __len__(self) -> int:
        """The number of respondents."""
        return len(self.scales[0].values) if self.scales else 0

    def __getitem__(self, scale_id: str) -> ScaleScores:
        """The scale with this id; KeyError where there is none."""
        for scale in self.scales:
            if scale.scale_id == scale_id:
                return scale
        raise KeyError(scale_id)

    def row(self, row: int) -> dict[str, float | None]:
        """Scale id -> score of one respondent, None where unknown."""
        return {scale.scale_id: scale.at(row) for scale in self.scales}
