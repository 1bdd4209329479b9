"""What the simulated patients agreed to: most say yes, some say no, a few take a yes back."""

from __future__ import annotations

import datetime

import numpy as np

from onmodel.accounts.models import User
from onmodel.consent.models import Consent
from onmodel.consent.purposes import Purpose
from onmodel.patients.models import Treatment

#: Chances of a yes, a no and a yes that is taken back later; the rest was never asked.
CHANCES = {
    Purpose.QUALITY_MONITORING: (0.0, 0.01, 0.0),
    Purpose.RESEARCH: (0.62, 0.17, 0.03),
    Purpose.SESSION_RECORDING: (0.55, 0.25, 0.05),
    Purpose.BENCHMARK: (0.58, 0.18, 0.02),
}
SOURCE, VERSION = "generic", "1.0.0"


def write_consents(
    rng: np.random.Generator, treatments: list[Treatment], by: User, today: datetime.date
) -> int:
    """Decisions around the start of each treatment; how many were written."""
    rows = [row for treatment in treatments for row in _of(rng, treatment, by, today)]
    Consent.objects.bulk_create(rows, batch_size=1000)
    return len(rows)


def _of(rng: np.random.Generator, treatment: Treatment, by: User, today: datetime.date) -> list[Consent]:
    started = treatment.started_on
    if started is None or started > today:
        return []
    rows = []
    for purpose, (yes, no, back) in CHANCES.items():
        luck, later = rng.random(), int(rng.integers(30, 300))
        if luck < yes + back:
            rows.append(_row(treatment, purpose, "given", started, by))
        elif luck < yes + back + no:
            rows.append(_row(treatment, purpose, "refused", started, by))
        withdrawn_on = started + datetime.timedelta(days=later)
        if yes <= luck < yes + back and withdrawn_on <= today:
            rows.append(_row(treatment, purpose, "withdrawn", withdrawn_on, by))
    return rows


def _row(treatment: Treatment, purpose: Purpose, decision: str, day: datetime.date, by: User) -> Consent:
    return Consent(
        patient=treatment.patient,
        purpose=purpose,
        decision=decision,
        decided_on=day,
        method=Consent.Method.PAPER,
        text_source=SOURCE,
        text_version=VERSION,
        recorded_by=by,
    )
