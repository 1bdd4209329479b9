"""A year of looking for signals, and what people did with what was found.

The nightly run looks every night; here a look every other month stands for it. Times of opening, being seen
and closing are those of the simulated day; the audit trail keeps the time of loading.
"""

from __future__ import annotations

import datetime

from django.utils import timezone

from onmodel.adherence.drift import DETECTOR
from onmodel.criteria.actions import keep_risk
from onmodel.criteria.looks import KEPT_FOR
from onmodel.demonstration.careers import in_trouble, months_before
from onmodel.demonstration.chance import stream
from onmodel.demonstration.half_years import REPORTED, half_years
from onmodel.demonstration.staff import StaffedProgramme
from onmodel.monitoring.run import look
from onmodel.packs.standards import Closing
from onmodel.signals.actions import acknowledge, close
from onmodel.signals.models import Signal

#: From the reorganisation on, only for adherence, which fell first.
LOOKED_FOR_DRIFT_BACK = (32, 30, 28, 26, 24, 21, 18, 15)
MONTHS_LOOKED_BACK = (11, 9, 7, 5, 3, 1)
SEEN, SEEN_WHEN_ADRIFT = 0.9, 0.35
NOTE = "Simulated: discussed in the team and with the patient; the crisis plan was looked at."


def write_history(staffed: StaffedProgramme, seed: int, today: datetime.date) -> int:
    """Look as of days of the past and of today; how many signals were opened."""
    opened = 0
    for back in LOOKED_FOR_DRIFT_BACK if staffed.plan.is_adrift else ():
        opened += _look(staffed, months_before(today, back), only=DETECTOR)
    for day in _days(staffed, today):
        opened += _look(staffed, day)
        _handle(staffed, seed, day, seen=SEEN_WHEN_ADRIFT if in_trouble(staffed.plan, day, today) else SEEN)
        if day >= today - KEPT_FOR:
            keep_risk(programme=staffed.programme, by=None, on=day)
    return opened + _look(staffed, today)


def _days(staffed: StaffedProgramme, today: datetime.date) -> list[datetime.date]:
    """Of the past year; where half-years are reported, also the last day of each and one in its middle."""
    days = {months_before(today, back) for back in MONTHS_LOOKED_BACK}
    if staffed.plan.recovered:
        for start, end in half_years(today, REPORTED):
            days |= {start + (end - start) / 2, end}
    return sorted(days)


def noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), timezone.get_current_timezone())


def _look(staffed: StaffedProgramme, day: datetime.date, only: str = "") -> int:
    begun = timezone.now()
    opened = look(programme=staffed.programme, on=day, by=None, only=only).opened
    signals = Signal.objects.filter(programme=staffed.programme)
    at = min(noon(day), begun)
    for field in ("opened_at", "last_found_at", "closed_at"):
        signals.filter(**{f"{field}__gte": begun}).update(**{field: at})
    return opened


def _handle(staffed: StaffedProgramme, seed: int, day: datetime.date, *, seen: float) -> None:
    """The supervisor sees most signals about patients, and closes those that wait for a person."""
    begun = timezone.now()
    rules = staffed.programme.definitions.all_rules()
    by_person = {rule.id for rule in rules if rule.closing is Closing.BY_PERSON}
    unsettled = Signal.objects.unsettled().filter(programme=staffed.programme, treatment__isnull=False)
    for signal in unsettled.filter(state=Signal.State.OPEN):
        if stream(seed, f"{signal.rule} {signal.treatment_id} {day}").random() > seen:
            continue
        if signal.rule in by_person:
            close(signal=signal, note=NOTE, by=staffed.supervisor)
        else:
            acknowledge(signal=signal, by=staffed.supervisor)
    later = noon(day + datetime.timedelta(days=4))
    signals = Signal.objects.filter(programme=staffed.programme)
    signals.filter(acknowledged_at__gte=begun).update(acknowledged_at=later)
    signals.filter(closed_at__gte=begun).update(closed_at=later)
