"""Signals about the signs of trouble: one beyond its limits, and several weak ones in the same quarter."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from onmodel.packs.standards import Rule
from onmodel.programmes.models import Programme
from onmodel.signals.detection import Finding
from onmodel.staffing.charted import Signs, look_at_signs, settings_in, settings_of


def weak_signs(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """A climate: in the last complete quarter more weak signs than chance gives."""
    signs = look_at_signs(programme, day, settings_in(rule))
    last = signs.quarters[-1] if signs.quarters else None
    climate = signs.climates.get(last) if last else None
    if last is None or climate is None or not climate.is_climate:
        return
    weak = [one.term.id for one in signs.charted if one.last and one.last.is_weak]
    yield Finding(
        rule=rule,
        evidence={
            "about": programme.name,
            "quarter_start": last.start.isoformat(),
            "quarter_end": last.end.isoformat(),
            "found": climate.weak,
            "needed": climate.needed,
            "n": climate.looked_at,
            "percent": round(100 * (climate.false_alarm or 0.0), 1),
            "signs": ", ".join(weak),
        },
    )


def sign_beyond_limits(programme: Programme, rule: Rule, day: datetime.date) -> Iterable[Finding]:
    """In the last complete quarter a sign lies on the bad side of its limits."""
    settings = settings_of(programme)
    if settings is None:
        return
    signs = look_at_signs(programme, day, settings)
    yield from _beyond(signs, rule)


def _beyond(signs: Signs, rule: Rule) -> Iterable[Finding]:
    for one in signs.charted:
        point = one.last
        if point is None or not point.is_alarm or point.counted.value is None:
            continue
        yield Finding(
            rule=rule,
            key=one.term.id,
            evidence={
                "sign": one.term.id,
                "quarter_start": point.quarter.start.isoformat(),
                "quarter_end": point.quarter.end.isoformat(),
                "found": round(point.counted.value, 1),
                "low": None if point.lower is None else round(point.lower, 1),
                "high": None if point.upper is None else round(point.upper, 1),
                "n": point.counted.n,
            },
        )
