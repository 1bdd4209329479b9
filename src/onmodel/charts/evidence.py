"""Where marks of evidence and positions between poles stand: one picture of up to two dates, for an SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 960
LABELS = 700
TOP, HEAD, ROW, GAP, BOTTOM = 34, 32, 26, 10, 8
#: Of the scales: where the line between the poles begins and ends, and how far two dates stand apart.
LEFT, RIGHT, APART = 330, 630, 6
STEPS = 2


@dataclass(frozen=True, kw_only=True)
class Strand:
    """One sign: its name, and for each date the mark ("strong", "weak", ...), None where nobody looked."""

    label: str
    marks: Sequence[str | None]


@dataclass(frozen=True, kw_only=True)
class Theme:
    title: str
    strands: Sequence[Strand]


@dataclass(frozen=True, kw_only=True)
class Scale:
    """Positions from -2 (the left pole) to 2 (the right one) by date, None where it was not judged."""

    label: str
    left: str
    right: str
    positions: Sequence[int | None]


@dataclass(frozen=True)
class Mark:
    x: int
    y: int
    kind: str


@dataclass(frozen=True)
class Line:
    """A row as it is drawn; a heading has no marks."""

    label: str
    y: int
    marks: tuple[Mark, ...] = ()
    heading: bool = False


@dataclass(frozen=True)
class Axis:
    """A scale as it is drawn; the marks' kind is the number of the date."""

    label: str
    left: str
    right: str
    y: int
    marks: tuple[Mark, ...]
    ticks: tuple[int, ...]


@dataclass(frozen=True)
class Picture:
    """Everything in units of the viewBox."""

    width: int
    height: int
    lines: tuple[Line, ...]
    axes: tuple[Axis, ...]
    columns: tuple[tuple[int, str], ...]
    start: int = LEFT
    end: int = RIGHT


def evidence_picture(themes: Sequence[Theme], scales: Sequence[Scale], dates: Sequence[str]) -> Picture:
    """Themes with their signs below each other, then the scales; a column for each date, earliest first.

    ValueError where a sign or a scale has not one value for each date, or a position lies outside -2 to 2.
    """
    columns = _columns(len(dates))
    lines, y = [], TOP
    for theme in themes:
        lines.append(Line(theme.title, y + 20, heading=True))
        y += HEAD
        for strand in theme.strands:
            _one_a_date(strand.label, strand.marks, dates)
            marks = [Mark(x, y + 13, kind) for x, kind in zip(columns, strand.marks, strict=True) if kind]
            lines.append(Line(strand.label, y + 18, tuple(marks)))
            y += ROW
        y += GAP
    axes = []
    for scale in scales:
        _one_a_date(scale.label, scale.positions, dates)
        axes.append(_axis(scale, y + HEAD // 2))
        y += HEAD
    return Picture(WIDTH, y + BOTTOM, tuple(lines), tuple(axes), tuple(zip(columns, dates, strict=True)))


def _columns(dates: int) -> tuple[int, ...]:
    room = WIDTH - LABELS
    return tuple(round(LABELS + room * (number + 0.5) / max(dates, 1)) for number in range(dates))


def _one_a_date(label: str, values: Sequence[object], dates: Sequence[str]) -> None:
    if len(values) != len(dates):
        raise ValueError(f"{label}: {len(values)} values for {len(dates)} dates")


def _axis(scale: Scale, y: int) -> Axis:
    """Of two dates the earlier one stands a little above the line, the later one below it."""
    many = len(scale.positions) > 1
    marks = []
    for number, position in enumerate(scale.positions):
        if position is not None:
            below = (APART if number else -APART) if many else 0
            marks.append(Mark(_x(position), y + below, str(number)))
    ticks = tuple(_x(step) for step in range(-STEPS, STEPS + 1))
    return Axis(scale.label, scale.left, scale.right, y, tuple(marks), ticks)


def _x(position: int) -> int:
    if not -STEPS <= position <= STEPS:
        raise ValueError(f"position {position} lies outside -{STEPS} to {STEPS}")
    return round(LEFT + (position + STEPS) / (2 * STEPS) * (RIGHT - LEFT))
