"""Scores by several raters: marks that may be an interval, their spread, who lies apart, and means.

A mark printed as "2/3" is the interval from 2 to 3: nobody decided between them. A mean over such marks is
therefore an interval too, with the mean of the middles inside it (D ch. 8, Table 4).
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_WRITTEN = re.compile(r"\s*(\d{1,3})\s*(?:[/\-–]\s*(\d{1,3})\s*)?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A score from `low` to `high`; one number where both are the same."""

    low: float
    high: float

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def __str__(self) -> str:
        return f"{self.low:g}" if self.low == self.high else f"{self.low:g}/{self.high:g}"


@dataclass(frozen=True, slots=True)
class MeanMark:
    """The mean of `n` marks, all read low, in the middle, and high."""

    low: float
    middle: float
    high: float
    n: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How `n` marks lie, read at their middles: median, lowest and highest."""

    median: float
    lowest: float
    highest: float
    n: int

    @property
    def width(self) -> float:
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a rater lies from the median of all, on average over the `n` items that (s)he scored."""

    rater: str
    mean: float
    n: int


def mark_from(written: str, *, minimum: float, maximum: float) -> Mark:
    """Read "2" or "2/3" (also "2-3").

    Raises ValueError for anything else, a number outside the limits, and an interval that is turned round.

    >>> str(mark_from("2/3", minimum=1, maximum=7))
    '2/3'
    """
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError(f"{written!r} is no mark; write a number, or an interval such as 2/3")
    low = float(found[1])
    high = low if found[2] is None else float(found[2])
    if low > high:
        raise ValueError(f"{written!r} goes down; the lower number comes first")
    if low < minimum or high > maximum:
        raise ValueError(f"{written!r} lies outside {minimum:g} to {maximum:g}")
    return Mark(low, high)


def mean_of(marks: Iterable[Mark]) -> MeanMark | None:
    """The mean of the marks; None without any.

    >>> mean_of([Mark(2, 3), Mark(4, 4)])
    MeanMark(low=3.0, middle=3.25, high=3.5, n=2)
    """
    known = list(marks)
    if not known:
        return None
    return MeanMark(
        low=statistics.fmean(mark.low for mark in known),
        middle=statistics.fmean(mark.middle for mark in known),
        high=statistics.fmean(mark.high for mark in known),
        n=len(known),
    )


def spread_of(marks: Iterable[Mark]) -> Spread | None:
    """How the marks of one item lie; None without any.

    >>> spread_of([Mark(2, 2), Mark(2, 3), Mark(6, 6)])
    Spread(median=2.5, lowest=2.0, highest=6.0, n=3)
    """
    middles = [mark.middle for mark in marks]
    if not middles:
        return None
    return Spread(statistics.median(middles), float(min(middles)), float(max(middles)), len(middles))


def furthest(sheets: Mapping[str, Mapping[str, Mark]]) -> list[Distance]:
    """The raters by how far they lie from the median of all, the furthest first.

    `sheets`: rater -> item -> mark; an item that a rater left out counts nothing for that rater. The
    median is of all raters, oneself included. Fewer than two raters differ from nobody: an empty list.

    >>> [one.rater for one in furthest({"a": {"1": Mark(2, 2)}, "b": {"1": Mark(2, 2)},
    ...     "c": {"1": Mark(5, 5)}})]
    ['c', 'a', 'b']
    """
    if len(sheets) < 2:
        return []
    medians = {item: spread.median for item, spread in spreads(list(sheets.values())).items()}
    found = [
        Distance(
            rater,
            statistics.fmean(abs(mark.middle - medians[item]) for item, mark in sheet.items()),
            len(sheet),
        )
        for rater, sheet in sheets.items()
        if sheet
    ]
    return sorted(found, key=lambda one: (-one.mean, one.rater))


def spreads(sheets: Sequence[Mapping[str, Mark]]) -> dict[str, Spread]:
    """Item -> how its marks lie over these sheets; items that nobody scored lack.

    >>> spreads([{"1": Mark(2, 2)}, {"1": Mark(4, 4)}])["1"].median
    3.0
    """
    items = dict.fromkeys(item for sheet in sheets for item in sheet)
    found = {item: spread_of(sheet[item] for sheet in sheets if item in sheet) for item in items}
    return {item: spread for item, spread in found.items() if spread is not None}
