"""What a process is held to: its centre and the spread of a point, from a stable stretch or a standard."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Floats

Kind = Literal["score", "count", "proportion"]
#: Mean of the range of two values from a normal distribution, in SDs.
D2 = 1.128379167095513
FEW = 12


@dataclass(frozen=True, slots=True, eq=False)
class Process:
    """Points in order of time.

    values (k,): scores, rates or shares; sizes (k,): patients or exposure of each; centre; se (k,): the SD of
    each point when nothing changed.
    """

    kind: Kind
    values: Floats
    sizes: Floats
    centre: float
    se: Floats
    sd: float | None
    n_baseline: int
    warnings: tuple[Caution, ...]


def process(
    values: Sequence[float],
    *,
    kind: Kind,
    sizes: Sequence[float] | None,
    baseline: int | None,
    centre: float | None,
    sd: float | None,
) -> Process:
    """Centre and spread from the first `baseline` points (None: all), unless they are given.

    Scores: the SD of one patient's score comes from the ranges between neighbouring points (so that a slow
    drift does not hide itself), each made comparable for its sizes. Raises DataError for values that are not
    of the kind.
    """
    y = np.asarray(values, dtype=float)
    n = np.ones(len(y)) if sizes is None else np.asarray(sizes, dtype=float)
    _check(y, n, kind)
    m = len(y) if baseline is None else baseline
    if not 2 <= m <= len(y):
        raise DataError(f"a baseline of {m} points cannot be had from {len(y)}; it needs at least 2")
    shares = y if kind == "score" else y / n
    middle = centre if centre is not None else float((shares[:m] * n[:m]).sum() / n[:m].sum())
    spread = sd if sd is not None or kind != "score" else _sd(shares[:m], n[:m])
    variance = {
        "score": (spread or 0.0) ** 2,
        "count": middle,
        "proportion": middle * (1 - middle),
    }[kind]
    if not variance > 0:
        raise DataError("the baseline does not vary: no limits can be drawn")
    return Process(
        kind, shares, n, middle, np.sqrt(variance / n), spread, m, _cautions(kind, m, middle, n, centre)
    )


def _check(y: Floats, n: Floats, kind: Kind) -> None:
    if len(y) < 2 or len(y) != len(n):
        raise DataError("a chart needs two points or more, and as many sizes as points")
    if not (np.isfinite(y).all() and np.isfinite(n).all() and (n > 0).all()):
        raise DataError("every point needs a value and a size above 0")
    if kind != "score" and ((y < 0) | (y != np.floor(y))).any():
        raise DataError(f"a {kind} chart needs numbers of events: 0, 1, 2, ...")
    if kind == "proportion" and (y > n).any():
        at = int(np.argmax(y > n))
        raise DataError(f"point {at + 1} has {y[at]:g} events among {n[at]:g}", row=at, value=float(y[at]))


def _sd(values: Floats, n: Floats) -> float:
    """From moving ranges: the mean of |difference| / sqrt(1/n + 1/n) x sqrt(2), over d2."""
    ranges = np.abs(np.diff(values)) / np.sqrt(1 / n[1:] + 1 / n[:-1]) * math.sqrt(2)
    return float(ranges.mean() / D2)


def _cautions(kind: Kind, m: int, centre: float, n: Floats, given: float | None) -> tuple[Caution, ...]:
    said = []
    if m < FEW and given is None:
        message = f"the baseline has {m} points; limits from fewer than {FEW} are rough"
        said.append(Caution("short_baseline", message))
    expected = float(np.median(n)) * centre
    if kind != "score" and expected < 5:
        message = f"about {expected:.1f} events a point: join periods, or expect run lengths to differ"
        said.append(Caution("few_events", message))
    return tuple(said)
