"""Compute everything of a page of outcomes."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db.models import QuerySet
from django.utils import timezone

from onmodel.consent.models import allowed
from onmodel.consent.purposes import Purpose
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.reports.cohorts import parts
from onmodel.reports.cohorts.material import Material
from onmodel.reports.cohorts.selection import Selection
from onmodel.reports.cohorts.series import Figures

#: Where no report of the pack says how few patients are too few.
MINIMUM_N = 5
Tell = Callable[[int, int], None]


def minimum_n(programme: Programme) -> int:
    template = programme.definitions.reports.get("pir")
    return template.minimum_n if template else MINIMUM_N


def compute(
    programme: Programme,
    treatments: QuerySet[Treatment],
    selection: Selection,
    *,
    until: datetime.date,
    tell: Tell = lambda done, of: None,
) -> Figures:
    """Everything of one selection, of patients who did not object to the monitoring of quality.

    `tell` hears how many steps of how many are done.
    """
    asked = selection.of(treatments, until)
    counted = asked.filter(allowed(Purpose.QUALITY_MONITORING))
    material = Material(programme, counted, selection, until, minimum_n(programme))
    steps = (parts.missing, parts.change, parts.goals, parts.events, parts.ends, parts.attendance)
    tell(0, len(steps) + 1)
    found, basis = parts.course(material)
    for done, step in enumerate(steps, 1):
        tell(done, len(steps) + 1)
        found += step(material)
    return Figures(
        until=until,
        computed_at=timezone.now(),
        patients=len(material.patients),
        objected=asked.count() - len(material.patients),
        groups=material.groups,
        series=tuple(found),
        model=basis,
        minimum_n=material.minimum_n,
    )
