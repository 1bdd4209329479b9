"""A small line for a cell of a table, as SVG paths; made by hand because a page may hold hundreds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

WIDTH, HEIGHT, PAD = 88, 24, 4


@dataclass(frozen=True)
class Sparkline:
    """`paths` are the d-attributes of the unbroken runs, `end` the last known point, written for SVG."""

    width: int
    height: int
    paths: tuple[str, ...]
    end: tuple[str, str] | None


def sparkline(
    values: Sequence[float | None], *, low: float | None = None, high: float | None = None
) -> Sparkline:
    """Evenly spaced values, None leaving a gap; `low` and `high` fix the scale across rows."""
    known = [value for value in values if value is not None]
    if not known:
        return Sparkline(WIDTH, HEIGHT, (), None)
    bottom = min(known) if low is None else low
    top = max(known) if high is None else high
    points = [
        None if value is None else (across(i, len(values)), down(value, bottom, top))
        for i, value in enumerate(values)
    ]
    runs = [list(run) for gap, run in groupby(points, key=lambda point: point is None) if not gap]
    paths = tuple("M" + "L".join(f"{x:g},{y:g}" for x, y in run if len(run) > 1) for run in runs)
    x, y = runs[-1][-1]
    return Sparkline(WIDTH, HEIGHT, tuple(path for path in paths if len(path) > 1), (f"{x:g}", f"{y:g}"))


def across(index: int, count: int) -> float:
    return round(PAD + index * (WIDTH - 2 * PAD) / max(count - 1, 1), 1)


def down(value: float, bottom: float, top: float) -> float:
    share = 0.5 if top == bottom else (value - bottom) / (top - bottom)
    return round(HEIGHT - PAD - share * (HEIGHT - 2 * PAD), 1)
