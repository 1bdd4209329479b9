"""Internal consistency of a scale in the data at hand.

Cronbach's alpha over respondents who answered every item; its interval after Feldt: (1 - alpha) /
(1 - estimate) follows F with n - 1 and (n - 1)(k - 1) degrees of freedom (Feldt, Woodruff & Salih,
1987, Appl Psychol Meas 11:93-103).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import fdtri

from onmodel.measurement.arrays import Floats
from onmodel.measurement.form import as_answers, read_form
from onmodel.measurement.rules import item_values
from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import MeanScale, RecodedScale, SumScale


@dataclass(frozen=True, slots=True)
class Alpha:
    """Cronbach's alpha with its interval at `level`; None where it cannot be known.

    `n` is the number of respondents with every item answered, `items` the number of items.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    items: int
    level: float = 0.95


def cronbach_alpha(values: Floats, level: float = 0.95) -> Alpha:
    """Alpha of item values (n, k), already reversed; rows with a missing value are left out.

    Unknown (None) with fewer than two complete rows or two items, or when the sums do not vary.
    """
    complete = values[~np.isnan(values).any(axis=1)]
    n, k = complete.shape
    if n < 2 or k < 2:
        return Alpha(None, None, None, n, k, level)
    of_sum = complete.sum(axis=1).var(ddof=1)
    if of_sum <= 0:
        return Alpha(None, None, None, n, k, level)
    estimate = float(k / (k - 1) * (1 - complete.var(axis=0, ddof=1).sum() / of_sum))
    tail = (1 - level) / 2
    degrees = n - 1, (n - 1) * (k - 1)
    low = 1 - (1 - estimate) * float(fdtri(*degrees, 1 - tail))
    high = 1 - (1 - estimate) * float(fdtri(*degrees, tail))
    return Alpha(estimate, low, high, n, k, level)


def scale_alpha(
    instrument: Instrument, scale_id: str, answers: ArrayLike, level: float = 0.95
) -> Alpha | None:
    """Alpha of a scale from answers (n, k) in the order of the form.

    None for a scale that is no sum or mean of items, where alpha has no meaning.
    """
    scale = instrument.scale(scale_id)
    if not isinstance(scale, SumScale | MeanScale | RecodedScale):
        return None
    form = read_form(instrument)
    return cronbach_alpha(item_values(scale, form, as_answers(form, answers)), level)
