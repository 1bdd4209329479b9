"""Write how many sessions patients were expected at, and how many they came to, month by month.

Chances are assumptions of the simulation: about four of five, fewer in the months before a drop-out, and
fewer once the programme was reorganised.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import numpy as np

from onmodel.demonstration.careers import DROPPED_OUT, Career, months_after
from onmodel.demonstration.caseload import BATCH, Caseload
from onmodel.patients.models import Treatment
from onmodel.process.models import Attendance

#: Component of therapy (a term of the pack) -> sessions a month.
SESSIONS = {"individual": 4, "group": 8}
COMES, SPREAD = 0.82, 12.0
LEAVING, LEAVING_MONTHS, REORGANISED = 0.55, 3.0, 0.85
ONE_DAY = datetime.timedelta(days=1)


def write_attendance(caseload: Caseload, rng: np.random.Generator) -> int:
    """A row a month and component of each treatment that began; how many."""
    rows = [
        row
        for treatment, career in zip(caseload.treatments, caseload.careers, strict=True)
        for row in _rows(treatment, career, caseload.today, rng)
    ]
    Attendance.objects.bulk_create(rows, batch_size=BATCH)
    return len(rows)


def _rows(
    treatment: Treatment, career: Career, today: datetime.date, rng: np.random.Generator
) -> Iterator[Attendance]:
    if career.started_on is None:
        return
    own = rng.beta(COMES * SPREAD, (1.0 - COMES) * SPREAD)
    until, month = career.ended_on or today, 0
    while (ends := months_after(career.started_on, month + 1) - ONE_DAY) <= until:
        starts = months_after(career.started_on, month)
        chance = own * _share(career, starts, month)
        for kind, expected in SESSIONS.items():
            yield Attendance(
                treatment=treatment,
                kind=kind,
                starts_on=starts,
                ends_on=ends,
                expected=expected,
                attended=int(rng.binomial(expected, chance)),
            )
        month += 1


def _share(career: Career, day: datetime.date, month: int) -> float:
    """How much of the usual chance is left in that month."""
    share = 1.0 - (1.0 - REORGANISED) * float(career.share_reorganised(np.array([float(month)]))[0])
    ended = career.ended_on if career.end_kind == DROPPED_OUT else None
    leaving = ended is not None and day >= months_after(ended, -LEAVING_MONTHS)
    return share * (LEAVING if leaving else 1.0)
