"""Internal consistency of a scale in the data at hand.

Cronbach's alpha over respondents who answered every item; its interval after Feldt: (1 - alpha) /
(1 - estimate) follows F with n - 1 and (n - 1)(k - 1) degrees of freedom (Feldt, Woodruff & Salih,
1987, Appl Psychol Meas 11:93-103).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onmodel.measurement.arrays import Floats
from onmodel.measurement.form import as_answers, read_form
from onmodel.measurement.rules import item_values
from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import MeanScale, RecodedScale, SumScale


@dataclass(frozen=True, slots=True)
class Alpha:
    """Cronbach's alpha of `items` items in `n` respondents who answered all; None where unknown."""

    value: float | None
    n: int
    items: int

    def interval(self, level: float = 0.95) -> tuple[float, float] | None:
        """Feldt's interval at this level; None where alpha is unknown."""
        if self.value is None:
            return None
        from scipy.special import fdtri  # here, for it takes longer to load than to score a file

        tail = (1 - level) / 2
        degrees = self.n - 1, (self.n - 1) * (self.items - 1)
        low, high = (1 - (1 - self.value) * float(fdtri(*degrees, p)) for p in (1 - tail, tail))
        return low, high


def cronbach_alpha(values: Floats) -> Alpha:
    """Alpha of item values (n, k), already reversed; rows with a missing value are left out.

    Unknown (None) with fewer than two complete rows or two items, or when the sums do not vary.

    >>> from itertools import product
    >>> answers = [[f + a, f + b, f + c] for f, a, b, c in product((0.0, 1.0), repeat=4)]
    >>> round(cronbach_alpha(np.array(answers)).value, 3)  # items correlate 1/2: 3 x 0.5 / (1 + 2 x 0.5)
    0.75
    """
    complete = values[~np.isnan(values).any(axis=1)]
    n, k = complete.shape
    of_sum = complete.sum(axis=1).var(ddof=1) if n > 1 and k > 1 else 0.0
    if of_sum <= 0:
        return Alpha(None, n, k)
    return Alpha(float(k / (k - 1) * (1 - complete.var(axis=0, ddof=1).sum() / of_sum)), n, k)


def scale_alpha(instrument: Instrument, scale_id: str, answers: ArrayLike) -> Alpha | None:
    """Alpha of a scale from answers (n, k) in the order of the form.

    None for a scale that is no sum or mean of items, where alpha has no meaning.
    """
    scale = instrument.scale(scale_id)
    if not isinstance(scale, SumScale | MeanScale | RecodedScale):
        return None
    form = read_form(instrument)
    return cronbach_alpha(item_values(scale, form, as_answers(form, answers)))
