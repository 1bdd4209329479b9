"""p values of several tests at once."""

from __future__ import annotations

from collections.abc import Sequence


def bonferroni(p: Sequence[float | None]) -> tuple[float | None, ...]:
    """Each p times the number of tests that were done (None: not done), at most 1.

    >>> bonferroni([0.01, 0.04, None])
    (0.02, 0.08, None)
    """
    _check(p)
    m = sum(value is not None for value in p)
    return tuple(None if value is None else min(1.0, m * value) for value in p)


def holm(p: Sequence[float | None]) -> tuple[float | None, ...]:
    """Holm's step-down (1979, Scand J Stat 6:65-70): as safe as Bonferroni and never larger.

    >>> holm([0.01, 0.04, None])
    (0.02, 0.04, None)
    """
    _check(p)
    done = sorted((value, i) for i, value in enumerate(p) if value is not None)
    result: list[float | None] = [None] * len(p)
    largest = 0.0
    for rank, (value, i) in enumerate(done):
        largest = max(largest, min(1.0, (len(done) - rank) * value))
        result[i] = largest
    return tuple(result)


def _check(p: Sequence[float | None]) -> None:
    for value in p:
        if value is not None and not 0 <= value <= 1:
            raise ValueError(f"{value} is not a p value")
