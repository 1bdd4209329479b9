"""A scale over all respondents: how many have a score, mean, SD, alpha."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onmodel.measurement.reliability import Alpha, scale_alpha
from onmodel.measurement.scores import Scores
from onmodel.packs.instruments import Instrument


@dataclass(frozen=True, slots=True)
class ScaleSummary:
    """`n` respondents have a score, `filled` of them with a stand-in; `sd` needs two, `mean` one."""

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
        summaries.append(
            ScaleSummary(
                scale_id=scale.scale_id,
                n=len(values),
                filled=int(np.count_nonzero(scale.filled)),
                mean=float(values.mean()) if len(values) else None,
                sd=float(values.std(ddof=1)) if len(values) > 1 else None,
                alpha=scale_alpha(instrument, scale.scale_id, answers),
            )
        )
    return tuple(summaries)
