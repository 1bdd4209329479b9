"""Which measurement moments of a patient came, were answered, missed, or are still to come. Pure.

Completeness lies between the 44 % without and the 76 % with outreach that are known from the field,
highest at the start and at 18 months, and falls once treatment has been left early.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from onmodel.demonstration.careers import Career, in_trouble, months_after
from onmodel.demonstration.service import ProgrammePlan

MONTHS = (0.0, 6.0, 12.0, 18.0, 24.0, 30.0, 36.0)
COMPLETENESS = dict(zip(MONTHS, (0.94, 0.78, 0.74, 0.76, 0.60, 0.52, 0.60), strict=True))
AFTER_LEAVING_EARLY = 0.5
OPENS_DAYS_BEFORE, CLOSES_DAYS_AFTER = 30, 60
PLANNED_DAYS_AHEAD = 92


class State(StrEnum):
    PLANNED = "planned"
    OPEN = "open"
    ANSWERED = "answered"
    MISSED = "missed"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """A measurement moment of one patient; `patient` counts the programme's careers."""

    patient: int
    months: float
    opens_on: datetime.date
    due_on: datetime.date
    closes_on: datetime.date
    state: State
    answered_on: datetime.date | None = None


def visits(
    rng: np.random.Generator, plan: ProgrammePlan, careers: Sequence[Career], today: datetime.date
) -> list[Visit]:
    """Every moment whose window has opened by today or opens within three months."""
    horizon = today + datetime.timedelta(days=PLANNED_DAYS_AHEAD)
    return [
        _visit(rng, plan, patient, career, months, today)
        for patient, career in enumerate(careers)
        if career.started_on is not None
        for months in MONTHS
        if opens_on(career.started_on, months) <= horizon
    ]


def opens_on(started_on: datetime.date, months: float) -> datetime.date:
    return months_after(started_on, months) - datetime.timedelta(days=OPENS_DAYS_BEFORE)


def _visit(
    rng: np.random.Generator,
    plan: ProgrammePlan,
    patient: int,
    career: Career,
    months: float,
    today: datetime.date,
) -> Visit:
    assert career.started_on is not None
    due = months_after(career.started_on, months)
    closes = due + datetime.timedelta(days=CLOSES_DAYS_AFTER)
    luck, lateness = rng.random(), rng.triangular(-20.0, 2.0, 50.0)
    answered = due + datetime.timedelta(days=round(lateness if months else -abs(lateness) / 3))
    comes = luck < chance_of_answer(plan, career, months, due, today)
    opened = opens_on(career.started_on, months)
    return Visit(
        patient=patient,
        months=months,
        opens_on=opened,
        due_on=due,
        closes_on=closes,
        state=_state(comes and answered <= today, opened, closes, today),
        answered_on=answered if comes and answered <= today else None,
    )


def _state(answered: bool, opens: datetime.date, closes: datetime.date, today: datetime.date) -> State:
    if answered:
        return State.ANSWERED
    if today < opens:
        return State.PLANNED
    return State.OPEN if today <= closes else State.MISSED


def chance_of_answer(
    plan: ProgrammePlan, career: Career, months: float, due: datetime.date, today: datetime.date
) -> float:
    """How likely the forms of this moment come back."""
    chance = COMPLETENESS[months]
    if career.left_early() and career.ended_on is not None and due > career.ended_on:
        chance *= AFTER_LEAVING_EARLY
    if not plan.is_adrift or in_trouble(plan, due, today):
        chance *= plan.completeness
    return min(chance, 0.97)
