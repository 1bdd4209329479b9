"""The course of a programme's main outcome for its first page: drawn once, kept until the records change."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

import msgspec
from django.core.cache import caches
from django.utils import timezone

from onmodel.charts.drawing import Drawing
from onmodel.outcomes.course import outcome_course
from onmodel.outcomes.summary import MainOutcome, main_outcome
from onmodel.programmes.models import Programme
from onmodel.reports.blocks.outcome import course_chart_of
from onmodel.reports.cohorts.keeping import data_version
from onmodel.reports.drawing import draw
from onmodel.reports.period import Period
from onmodel.requirements.picture import YEAR


@dataclass(frozen=True)
class Overview:
    """`drawing` is None where there is too little to draw; `measured` is False where there is no outcome."""

    measured: bool
    title: str = ""
    note: str = ""
    patients: int = 0
    drawing: Drawing | None = None


def overview(programme: Programme, language: str) -> Overview:
    """As it stands today. Two queries where no record changed since it was last asked for."""
    version = data_version()
    key = sha256(f"overview {programme.pk} {language}".encode()).hexdigest()
    of, content = caches["figures"].get(key, (None, b""))
    if of == version:
        try:
            return msgspec.json.decode(content, type=Overview)
        except msgspec.DecodeError:
            pass  # kept by another version of the program
    outcome = main_outcome(programme)
    found = _computed(programme, outcome, language) if outcome else Overview(measured=False)
    caches["figures"].set(key, (version, msgspec.json.encode(found)))
    return found


def _computed(programme: Programme, outcome: MainOutcome, language: str) -> Overview:
    today = timezone.localdate()
    period = Period(programme, today - YEAR, today)
    course = outcome_course(
        programme,
        outcome.instrument,
        outcome.scale,
        until=today,
        months=period.template.months,
        minimum_n=period.template.minimum_n,
    )
    described = course_chart_of(period, course)
    return Overview(
        measured=True,
        title=described.title,
        note=described.note,
        patients=course.patients,
        drawing=draw(described, language),
    )
