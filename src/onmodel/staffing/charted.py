"""Signs of trouble by quarter against limits from the first quarters, and several weak ones at once."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from onmodel.inference.cautions import DataError
from onmodel.inference.climate import Climate, chance_of_more, climate
from onmodel.inference.control import shewhart
from onmodel.packs.standards import Rule, Term
from onmodel.programmes.events import last_restart
from onmodel.programmes.models import Programme
from onmodel.staffing.quarters import Quarter, complete_quarters
from onmodel.staffing.record import Record
from onmodel.staffing.signs import COUNTS, LOW_IS_BAD, SIGNS, Counted

#: Five years are looked at.
MOST_QUARTERS = 20
DETECTOR = "weak_signs"


@dataclass(frozen=True, kw_only=True)
class Settings:
    """From the pack's rule: quarters of the baseline, how many of them have to be known, from which chance
    on a sign is weak, and the false alarm rate of a climate at most."""

    baseline: int
    fewest: int
    chance: float
    most: float


@dataclass(frozen=True, kw_only=True)
class Point:
    """One quarter. The bounds are the limits, in the unit of the value; `chance` that of a value as bad or
    worse had nothing changed since the baseline."""

    quarter: Quarter
    counted: Counted
    lower: float | None = None
    upper: float | None = None
    chance: float | None = None
    is_alarm: bool = False
    is_weak: bool = False


@dataclass(frozen=True, kw_only=True)
class Charted:
    """One sign; `why` tells why it has no limits: "few" quarters known, "still" (the baseline does not vary),
    or what is not kept."""

    term: Term
    points: tuple[Point, ...]
    centre: float | None = None
    why: str = ""

    @property
    def last(self) -> Point | None:
        return self.points[-1] if self.points else None


@dataclass(frozen=True, kw_only=True)
class Signs:
    """All signs over the same quarters, and the climate of each quarter after the baseline."""

    programme: Programme
    quarters: tuple[Quarter, ...]
    charted: tuple[Charted, ...]
    climates: dict[Quarter, Climate]
    settings: Settings


def settings_of(programme: Programme) -> Settings | None:
    """None where the pack has no rule for it."""
    rule = next((rule for rule in programme.definitions.all_rules() if rule.detector == DETECTOR), None)
    return settings_in(rule) if rule else None


def settings_in(rule: Rule) -> Settings:
    given = rule.settings
    return Settings(
        baseline=int(given["baseline"]),
        fewest=int(given["fewest"]),
        chance=float(given["chance"]),
        most=float(given["most"]),
    )


def look_at_signs(programme: Programme, day: datetime.date, settings: Settings) -> Signs:
    """The quarters complete on `day`, since the programme began or its last new baseline."""
    record = Record(programme)
    first = max(filter(None, [record.began, last_restart(programme, day)]), default=None)
    quarters = complete_quarters(first, day, most=MOST_QUARTERS) if first else []
    listed = programme.definitions.terms.get(SIGNS)
    charted = tuple(_charted(record, term, quarters, settings) for term in (listed.terms if listed else ()))
    later = quarters[settings.baseline :]
    return Signs(
        programme=programme,
        quarters=tuple(quarters),
        charted=charted,
        climates={quarter: _climate(charted, quarter, settings) for quarter in later},
        settings=settings,
    )


def _charted(record: Record, term: Term, quarters: Sequence[Quarter], settings: Settings) -> Charted:
    count = COUNTS.get(term.id)
    if count is None:
        return Charted(term=term, points=(), why="not_recorded")
    counted = [(quarter, count(record, quarter.start, quarter.end)) for quarter in quarters]
    known = [(quarter, one) for quarter, one in counted if _is_known(one)]
    baseline = [one for quarter, one in known if quarter in quarters[: settings.baseline]]
    unknown = next((one.why for _quarter, one in reversed(counted) if one.why), "")
    if len(baseline) < settings.fewest:
        return Charted(
            term=term,
            points=tuple(Point(quarter=quarter, counted=one) for quarter, one in counted),
            why=unknown if not known else "few",
        )
    limits = _limits([one for _quarter, one in known], len(baseline), term.id in LOW_IS_BAD)
    points, place = [], 0
    for quarter, one in counted:
        if not _is_known(one):
            points.append(Point(quarter=quarter, counted=one))
            continue
        is_later = place >= len(baseline)
        points.append(_point(quarter, one, baseline, limits, place, term.id, settings, is_later=is_later))
        place += 1
    return Charted(
        term=term,
        points=tuple(points),
        centre=limits.centre if limits else None,
        why="" if limits else "still",
    )


def _is_known(counted: Counted) -> bool:
    return counted.value is not None and (counted.kind == "score" or counted.size > 0)


@dataclass(frozen=True)
class Limits:
    """In the unit of the values: the centre, and the limits of each known quarter."""

    centre: float
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    passed: tuple[bool, ...]


def _limits(known: Sequence[Counted], baseline: int, low_is_bad: bool) -> Limits | None:
    """Shewhart's: exact for events; of a score from the ranges of neighbours. None where nothing varies."""
    kind = known[0].kind
    values = [float(one.events) if kind != "score" else one.value or 0.0 for one in known]
    sizes = None if kind == "score" else [one.size for one in known]
    try:
        chart = shewhart(values, kind=kind, sizes=sizes, baseline=baseline, run=None)
    except DataError:
        return None
    scale = [_scale(one) for one in known]
    bad = "below" if low_is_bad else "above"
    return Limits(
        centre=chart.centre * scale[-1],
        lower=tuple(max(0.0, p.lower * s) for p, s in zip(chart.points, scale, strict=True)),
        upper=tuple(p.upper * s for p, s in zip(chart.points, scale, strict=True)),
        passed=tuple(p.signal == bad for p in chart.points),
    )


def _scale(counted: Counted) -> float:
    """From the chart's rate or share to what people read."""
    return {"score": 1.0, "proportion": 100.0, "count": counted.size}[counted.kind]


def _point(
    quarter: Quarter,
    counted: Counted,
    baseline: Sequence[Counted],
    limits: Limits | None,
    place: int,
    sign: str,
    settings: Settings,
    *,
    is_later: bool,
) -> Point:
    if not is_later:
        bounds = (limits.lower[place], limits.upper[place]) if limits else (None, None)
        return Point(quarter=quarter, counted=counted, lower=bounds[0], upper=bounds[1])
    before = [(_value(one), one.size) for one in baseline]
    high_is_bad = sign not in LOW_IS_BAD
    chance = chance_of_more(counted.kind, _value(counted), counted.size, before, high_is_bad=high_is_bad)
    return Point(
        quarter=quarter,
        counted=counted,
        lower=limits.lower[place] if limits else None,
        upper=limits.upper[place] if limits else None,
        chance=chance,
        is_alarm=limits.passed[place] if limits else False,
        is_weak=chance is not None and chance <= settings.chance,
    )


def _value(counted: Counted) -> float:
    return counted.value or 0.0 if counted.kind == "score" else float(counted.events)


def _climate(charted: Sequence[Charted], quarter: Quarter, settings: Settings) -> Climate:
    points = [p for one in charted for p in one.points if p.quarter == quarter and p.chance is not None]
    weak = sum(p.is_weak for p in points)
    return climate(looked_at=len(points), weak=weak, chance=settings.chance, most=settings.most)
