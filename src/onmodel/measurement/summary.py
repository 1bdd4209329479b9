"""A scale over all respondents: how many have a score, mean, SD, alpha."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onmodel.measurement.arrays import Floats
from onmodel.measurement.missing import SLACK
from onmodel.measurement.reliability import Alpha, scale_alpha
from onmodel.measurement.scores import Scores
from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import CircumplexScale, Scale


@dataclass(frozen=True, slots=True)
class ScaleSummary:
    """`n` respondents have a score, `filled` of them with a stand-in; `sd` needs two, `mean` one.

    Of directions (degrees around a circle) `mean` is the direction of their sum, and `sd` None.
    """

    scale_id: str
    n: int
    filled: int
    mean: float | None
    sd: float | None
    alpha: Alpha | None


def summarise(instrument: Instrument, answers: ArrayLike, scores: Scores) -> tuple[ScaleSummary, ...]:
    """One summary a scale; `scores` are those of `answers` (n, k)."""
    summaries = []
    for scale in scores.scales:
        values = scale.values[scale.known]
        circular = is_direction(instrument.scale(scale.scale_id))
        summaries.append(
            ScaleSummary(
                scale_id=scale.scale_id,
                n=len(values),
                filled=int(np.count_nonzero(scale.filled)),
                mean=mean_direction(values) if circular else float(values.mean()) if len(values) else None,
                sd=float(values.std(ddof=1)) if len(values) > 1 and not circular else None,
                alpha=scale_alpha(instrument, scale.scale_id, answers),
            )
        )
    return tuple(summaries)


def is_direction(scale: Scale) -> bool:
    """Whether scores are degrees around a circle, where 359 lies beside 1."""
    return isinstance(scale, CircumplexScale) and scale.index == "displacement"


def mean_direction(degrees: Floats) -> float | None:
    """The direction of the sum of these directions; None where they cancel out, or there are none."""
    towards = np.exp(1j * np.deg2rad(degrees)).sum()
    if abs(towards) <= SLACK * max(len(degrees), 1):
        return None
    return float(np.rad2deg(np.angle(towards)) % 360)
