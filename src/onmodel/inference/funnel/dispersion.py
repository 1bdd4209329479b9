"""Whether providers differ by more than chance, and by how much."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from onmodel.inference.columns import Floats
from onmodel.inference.distributions import chi_square_p

Choice = Literal["auto", "none", "multiplicative", "additive"]


@dataclass(frozen=True, slots=True)
class Dispersion:
    """How far providers scatter about the target.

    phi: mean squared z after winsorising (1: chance alone); tau2: variance of the providers' true values;
    q with df and p: the test that all share one value; applied: what the limits allow for.
    """

    phi: float | None
    tau2: float | None
    q: float | None
    df: int
    p: float | None
    applied: Literal["none", "multiplicative", "additive"]


def dispersion(z: Floats, se: Floats, *, winsorise: float = 0.1, choice: Choice = "auto") -> Dispersion:
    """Overdispersion of providers' z scores (k,) with standard errors `se` (k,) in the outcome's unit.

    Spiegelhalter 2005, section 4: z is winsorised (the outermost tenth at each end pulled in), so that the
    providers that stand out do not widen the limits that should find them; phi is the mean of z squared;
    tau2 by DerSimonian and Laird's moments. "auto" allows for it additively when phi > 1 + 2 sqrt(2 / k).

    >>> dispersion(np.array([-3.0, -1.0, 0.0, 1.0, 3.0]), np.full(5, 0.1), winsorise=0).phi
    4.0
    """
    k = len(z)
    if k < 2:
        return Dispersion(None, None, None, 0, None, "none")
    low, high = np.quantile(z, [winsorise, 1 - winsorise]) if winsorise else (-math.inf, math.inf)
    phi = float(np.mean(np.clip(z, low, high) ** 2))
    weights = 1 / se**2
    spread = float(weights.sum() - (weights**2).sum() / weights.sum())
    tau2 = max(0.0, (k * phi - (k - 1)) / spread) if spread > 0 else 0.0
    q = float((z**2).sum())
    applied = choice if choice != "auto" else ("additive" if phi > 1 + 2 * math.sqrt(2 / k) else "none")
    return Dispersion(phi, tau2, q, k - 1, chi_square_p(q, k - 1), applied)
