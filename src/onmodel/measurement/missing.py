"""Missing answers: how many may be missing, and what stands in for them.

What stands in is reckoned on answers as they count in the scale (reversed, recoded), so that a
reversed item and a plain one are filled alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from onmodel.measurement.arrays import Flags, Floats
from onmodel.packs.scales import Fill, Missing

#: Sums of decimals are compared with this slack, so that 0.1 + 0.2 counts as 0.3.
SLACK = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Total:
    """Item values added up.

    `total` (n,) is the sum of `counted` (n,) values, stand-ins among them; `known` (n,) says for
    whom enough was answered; `stand_ins` (n, k) where a value stands in, None when nowhere.
    """

    total: Floats
    counted: Floats
    known: Flags
    stand_ins: Flags | None


def allowed_gaps(missing: Missing, items: int) -> int:
    """How many of `items` answers may be missing; the stricter of number and share."""
    limits = []
    if missing.at_most is not None:
        limits.append(missing.at_most)
    if missing.at_most_share is not None:
        limits.append(int(np.floor(missing.at_most_share * items + SLACK)))
    return min(limits, default=0)


def add_up(values: Floats, missing: Missing) -> Total:
    """Add up item values (n, k) by the rule for missing answers.

    Nobody is known without a single answer. With `fill` "none" nothing stands in: the total then
    rests on the answered items alone.
    """
    gaps = np.isnan(values)
    absent = gaps.sum(axis=1)
    answered = (values.shape[1] - absent).astype(np.float64)
    total = np.where(gaps, 0.0, values).sum(axis=1)
    known = (answered > 0) & (absent <= allowed_gaps(missing, values.shape[1]))
    if missing.fill is Fill.NONE or not (absent[known] > 0).any():
        return Total(total, answered, known, None)
    mean = total / np.maximum(answered, 1)
    if missing.fill is Fill.ROUNDED_MEAN:
        mean = np.floor(mean + 0.5 + SLACK)  # a half goes up, as on paper
    return Total(total + absent * mean, answered + absent, known, gaps & known[:, None])
