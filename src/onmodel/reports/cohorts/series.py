"""The numbers behind a page of outcomes, in one shape for charts, tables, files and the cache."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from onmodel.inference.proportions import Proportion


class Part(StrEnum):
    """What a series is about."""

    COURSE = "course"
    MISSING = "missing"
    CHANGE = "change"
    GOALS = "goals"
    EVENTS = "events"
    ENDS = "ends"
    ATTENDANCE = "attendance"


class Kind(StrEnum):
    """What the values of a series are. Shares are from 0 to 1."""

    MEAN = "mean"
    MODEL = "model"
    SHARE = "share"
    STAYING = "staying"  # Kaplan and Meier: still in treatment
    INCIDENCE = "incidence"  # Aalen and Johansen: ended so, where other ends compete


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A value with its 95 % interval. `n` is what it rests on, `events` the count within n of a share."""

    x: float | None = None
    value: float | None = None
    lower: float | None = None
    upper: float | None = None
    n: int | None = None
    events: int | None = None


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a chart or a few cells of a table.

    `measure` names what is measured by the pack's ids (`bsi.GSI`, a kind of end, a form); `what` what about
    it (recovered, at_start); `group` is a key of `Figures.groups`.
    """

    part: Part
    kind: Kind
    measure: str
    group: str
    points: tuple[Point, ...]
    what: str = ""


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """What the model of a course was, and what it warned of."""

    terms: tuple[str, ...] = ()
    random: str = ""
    warnings: tuple[str, ...] = ()


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """Everything computed for one selection, as of `until`.

    `groups` holds each group's key with its number of patients, in order. `objected` patients are in none.
    """

    until: datetime.date
    computed_at: datetime.datetime
    patients: int
    objected: int
    groups: dict[str, int]
    series: tuple[Series, ...]
    model: Basis = Basis()
    minimum_n: int = 5

    def of(self, part: Part, *kinds: Kind) -> list[Series]:
        return [s for s in self.series if s.part is part and (not kinds or s.kind in kinds)]


def share_point(share: Proportion, *, x: float | None = None) -> Point:
    return Point(
        x=x, value=share.estimate, lower=share.lower, upper=share.upper, n=share.n, events=share.successes
    )


def fewer(figures: Figures, least: int, *, also_events: bool) -> Figures:
    """The figures without what rests on fewer than `least` patients.

    With `also_events` (for readers of aggregates only) also without shares of so few events, or so few
    without the event; and without what is said of a group that is itself so small.
    """
    small = {group for group, n in figures.groups.items() if also_events and n < least}
    kept = tuple(_fewer(s, least, also_events) for s in figures.series if s.group not in small)
    groups = {group: n for group, n in figures.groups.items() if group not in small}
    return msgspec.structs.replace(figures, series=tuple(s for s in kept if s.points), groups=groups)


def _fewer(series: Series, least: int, also_events: bool) -> Series:
    """Points of few become unknown, not absent, so that a table still says how few there were."""
    if series.kind in (Kind.STAYING, Kind.INCIDENCE):
        return msgspec.structs.replace(series, points=tuple(_until_few(series.points, least, also_events)))
    points = tuple(
        _hidden(p, least, also_events) if _is_few(p, least, also_events) else p for p in series.points
    )
    return msgspec.structs.replace(series, points=points)


def _is_few(point: Point, least: int, also_events: bool) -> bool:
    if point.n is None:
        return False
    if point.n < least:
        return True
    if not also_events or point.events is None:
        return False
    return 0 < point.events < least or 0 < point.n - point.events < least


def _hidden(point: Point, least: int, also_events: bool) -> Point:
    """Only where it is; how many there are stays known to those who see patients."""
    return Point(x=point.x, n=None if also_events else point.n)


def _until_few(points: Iterable[Point], least: int, also_events: bool) -> Iterable[Point]:
    """A curve up to where fewer than `least` are still followed; for aggregates, none of so few ends."""
    points = list(points)
    ends = max((p.events or 0 for p in points), default=0)
    if also_events and 0 < ends < least:
        return []
    return [p for p in points if p.n is None or p.n >= least]
