"""Array types of this package, and the way out of them: NaN is unknown, and becomes None."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
A = TypeVar("A", Floats, Ints, Flags)


def or_none(value: float) -> float | None:
    """The value as a Python number; None for NaN."""
    return None if math.isnan(value) else float(value)


def to_list(values: Floats) -> list[float | None]:
    """`values` (n,) as Python numbers, None where unknown."""
    return [or_none(value) for value in values.tolist()]


def frozen(array: A) -> A:
    """The same array, no longer writable: results do not change after they are handed out."""
    array.flags.writeable = False
    return array
