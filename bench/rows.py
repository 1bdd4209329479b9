"""One measured thing, and how to measure it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """A value with its unit; `against` says what the ratio is of, `limit` what it has to stay under."""

    name: str
    value: float | None
    unit: str
    against: str = ""
    ratio: float | None = None
    goal: str = ""
    limit: float | None = None

    @property
    def too_much(self) -> bool:
        return self.limit is not None and (self.value is None or self.value >= self.limit)


def seconds(work: Callable[[], object], repeats: int = 5) -> float:
    """The quickest of some runs: the one that other processes disturbed least."""
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best
