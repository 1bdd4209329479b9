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
class Filled:
    """Item values (n, k) with stand-ins, NaN where none stands in.

    `known` (n,) says for whom enough was answered; `stand_ins` (n, k) where a value stands in.
    """

    values: Floats
    known: Flags
    stand_ins: Flags


def allowed_gaps(missing: Missing, items: int) -> int:
    """How many of `items` answers may be missing; the stricter of number and share."""
    limits = []
    if missing.at_most is not None:
        limits.append(missing.at_most)
    if missing.at_most_share is not None:
        limits.append(int(np.floor(missing.at_most_share * items + SLACK)))
    return min(limits, default=0)


def fill_gaps(values: Floats, missing: Missing) -> Filled:
    """Apply the rule for missing answers to item values (n, k).

    Nobody is known without a single answer. With `fill` "none" the gaps stay: the score then rests
    on the answered items alone.
    """
    gaps = np.isnan(values)
    answered = values.shape[1] - gaps.sum(axis=1)
    known = (answered > 0) & (values.shape[1] - answered <= allowed_gaps(missing, values.shape[1]))
    if missing.fill is Fill.NONE or not gaps.any():
        return Filled(values, known, np.zeros_like(gaps))
    means = np.nansum(values, axis=1) / np.maximum(answered, 1)
    if missing.fill is Fill.ROUNDED_MEAN:
        means = np.floor(means + 0.5 + SLACK)  # a half goes up, as on paper
    stand_ins = gaps & known[:, None]
    return Filled(np.where(stand_ins, means[:, None], values), known, stand_ins)
