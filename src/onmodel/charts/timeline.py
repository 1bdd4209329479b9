"""Where bars, columns and marks of a timeline stand: days in, numbers for an SVG out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

WIDTH, LABELS, RIGHT = 960, 120, 16
AXIS, ROW, GAP, BAR = 26, 26, 10, 20
#: What a letter takes, so that a word is only written where it fits.
LETTER = 7.4
NARROWEST = 3.0
#: Days between marks of the axis, the first that gives few enough of them.
MOST_TICKS = 14
STEPS = (1, 2, 3, 6, 12, 24, 60)


@dataclass(frozen=True, kw_only=True)
class Bar:
    """From a day to a day; without an end it goes on. `tone` is one of the style sheet's."""

    label: str
    start: datetime.date
    end: datetime.date | None = None
    tone: str = "info"
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A share from 0 to 1 of a stretch of days, drawn as a column of that height."""

    start: datetime.date
    end: datetime.date
    share: float
    note: str


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something that happened on a day."""

    day: datetime.date
    label: str
    tone: str = "info"


@dataclass(frozen=True, kw_only=True)
class Lane:
    title: str
    bars: Sequence[Bar] = ()
    columns: Sequence[Column] = ()
    marks: Sequence[Mark] = ()


@dataclass(frozen=True)
class Box:
    """A bar or column as it is drawn; `label` is empty where it does not fit."""

    x: float
    y: float
    width: float
    height: float
    tone: str
    label: str
    note: str
    open: bool = False

    @property
    def text_x(self) -> float:
        return round(self.x + 6, 1)

    @property
    def text_y(self) -> float:
        return round(self.y + self.height - 6, 1)


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    tone: str
    note: str

    @property
    def path(self) -> str:
        """A diamond around it."""
        return f"M{self.x:g},{self.y - 7:g}l7,7l-7,7l-7,-7z"


@dataclass(frozen=True)
class Row:
    title: str
    y: float
    boxes: tuple[Box, ...] = ()
    points: tuple[Point, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """Everything in units of the viewBox."""

    width: int
    height: float
    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]
    today: float | None
    left: int = LABELS
    axis: float = field(default=AXIS)


def timeline(
    lanes: Sequence[Lane], *, first: datetime.date, last: datetime.date, today: datetime.date | None
) -> Drawing:
    """Lanes below each other, from `first` to `last`. ValueError where the end lies before the start."""
    if last < first:
        raise ValueError(f"a timeline from {first} to {last}")
    scale = _Scale(first, last)
    rows, y = [], float(AXIS + GAP)
    for lane in lanes:
        row, height = _row(lane, scale, y)
        rows.append(row)
        y += height + GAP
    here = scale.x(today) if today is not None and first <= today <= last else None
    return Drawing(WIDTH, y, tuple(rows), tuple(_ticks(scale)), here)


@dataclass(frozen=True)
class _Scale:
    first: datetime.date
    last: datetime.date

    def x(self, day: datetime.date) -> float:
        days = max((self.last - self.first).days, 1)
        share = min(max((day - self.first).days / days, 0.0), 1.0)
        return round(LABELS + share * (WIDTH - LABELS - RIGHT), 1)


def _row(lane: Lane, scale: _Scale, y: float) -> tuple[Row, float]:
    boxes, height = _bars(lane.bars, scale, y)
    boxes += [_column(column, scale, y) for column in lane.columns]
    points = [Point(scale.x(m.day), round(y + BAR / 2, 1), m.tone, m.label) for m in lane.marks]
    return Row(lane.title, y, tuple(boxes), tuple(points)), max(height, ROW)


def _bars(bars: Sequence[Bar], scale: _Scale, y: float) -> tuple[list[Box], float]:
    """Bars that overlap stand below each other."""
    ends: list[float] = []
    boxes = []
    for bar in sorted(bars, key=lambda one: one.start):
        left, right = scale.x(bar.start), scale.x(bar.end or scale.last)
        width = max(right - left, NARROWEST)
        line = next((n for n, end in enumerate(ends) if end <= left + 0.5), len(ends))
        ends[line : line + 1] = [left + width]
        fits = len(bar.label) * LETTER + 10 <= width
        label = bar.label if fits else ""
        top = round(y + line * ROW, 1)
        boxes.append(Box(left, top, round(width, 1), BAR, bar.tone, label, bar.note, bar.end is None))
    return boxes, len(ends) * ROW


def _column(column: Column, scale: _Scale, y: float) -> Box:
    left, right = scale.x(column.start), scale.x(column.end)
    height = round(max(BAR * column.share, 1.0), 1)
    width = round(max(right - left - 1, NARROWEST), 1)
    return Box(left, round(y + BAR - height, 1), width, height, "info", "", column.note)


def _ticks(scale: _Scale) -> Iterator[tuple[float, str]]:
    """The first days of months, few enough to read: year and month as numbers, in any language the same."""
    months = (scale.last.year - scale.first.year) * 12 + scale.last.month - scale.first.month
    step = next((step for step in STEPS if months / step <= MOST_TICKS), STEPS[-1])
    month = scale.first.year * 12 + scale.first.month  # the month after the first, counted from 0
    while month % step:
        month += 1
    while (day := datetime.date(month // 12, month % 12 + 1, 1)) <= scale.last:
        yield scale.x(day), f"{day.month}-{day.year}"
        month += step
