"""The structural summary of a profile of octant scales around the interpersonal circle.

With scores s_j at angles a_j (j = 1..m, evenly spaced): elevation e = mean(s), affiliation
x = 2/m sum(s cos a), dominance y = 2/m sum(s sin a) (for octants the factor is 0.25), amplitude
sqrt(x^2 + y^2), displacement atan2(y, x) in degrees from 0 to 360, and fit
R^2 = 1 - sum(s - e - amplitude cos(a - displacement))^2 / sum(s - e)^2.

Source: Gurtman (1994) in Strack & Lorr (eds), Differentiating normal and abnormal personality;
Wright, Pincus, Conroy & Hilsenroth (2009), J Pers Assess 91:311-322; Zimmermann & Wright (2017),
Assessment 24:3-23.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onmodel.measurement.arrays import Floats

#: A profile whose scores differ by less than this is flat: it has no direction and no fit.
FLAT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class StructuralSummary:
    """Each index (n,), NaN where unknown. A flat profile has amplitude 0 and no direction or fit."""

    elevation: Floats
    dominance: Floats
    affiliation: Floats
    amplitude: Floats
    displacement: Floats
    fit: Floats


def structural_summary(scores: Floats, angles: Floats) -> StructuralSummary:
    """The summary of `scores` (n, m) at `angles` (m,) in degrees; unknown where a score is missing.

    Raises ValueError when the angles are not spread evenly: the sums would then mix the indices.
    """
    turns = np.deg2rad(angles)
    check_even(turns)
    elevation = scores.mean(axis=1)
    x = 2 / len(turns) * (scores * np.cos(turns)).sum(axis=1)
    y = 2 / len(turns) * (scores * np.sin(turns)).sum(axis=1)
    spread = scores - elevation[:, None]
    total = (spread**2).sum(axis=1)
    rest = ((spread - np.outer(x, np.cos(turns)) - np.outer(y, np.sin(turns))) ** 2).sum(axis=1)
    amplitude = np.hypot(x, y)
    with np.errstate(divide="ignore", invalid="ignore"):
        fit = np.where(np.sqrt(total) > FLAT, 1 - rest / total, np.nan)
    degrees = np.rad2deg(np.arctan2(y, x)) % 360
    degrees = np.where(degrees >= 360, 0.0, degrees)  # a hair below 0 comes out as 360
    displacement = np.where(amplitude > FLAT, degrees, np.nan)
    return StructuralSummary(elevation, y, x, amplitude, displacement, fit)


def check_even(turns: Floats) -> None:
    """ValueError unless cos and sin are orthogonal to each other and to a constant over the angles."""
    cos, sin = np.cos(turns), np.sin(turns)
    sums = np.array([cos.sum(), sin.sum(), cos @ sin, cos @ cos - sin @ sin])
    if len(turns) < 3 or np.abs(sums).max() > 1e-6:
        raise ValueError("the octants of a circumplex must be spread evenly around the circle")
