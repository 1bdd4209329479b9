"""A programme whose patients were followed: enough of them for a course to expect."""

from __future__ import annotations

import datetime
import uuid

import numpy as np

from onmodel.assessments.bulk import Forms, store_forms
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme, Team
from tests.factories import PatientFactory, TreatmentFactory

START = datetime.date(2025, 1, 1)
MONTHS = (0.0, 3.0, 6.0)


def day_of(months: float) -> datetime.date:
    return START + datetime.timedelta(days=round(months * 30.4375))


def follow(programme: Programme, team: Team, *, patients: int, seed: int = 5) -> list[Treatment]:
    """Patients whose BSI falls from about 2.0 by about 0.1 a month, each in his or her own way.

    Their identities are the same each time, so that the folds they fall in are too.
    """
    treatments = [
        TreatmentFactory(
            id=uuid.uuid5(uuid.NAMESPACE_OID, f"{programme.slug} {seed} {number}"),
            programme=programme,
            team=team,
            started_on=START,
            patient=PatientFactory(organisation=programme.organisation, pseudonym=f"F-{number:03d}"),
        )
        for number in range(patients)
    ]
    rng = np.random.default_rng(seed)
    own = rng.multivariate_normal([0.0, 0.0], [[0.2, 0.0], [0.0, 0.002]], size=patients)
    for months in MONTHS:
        scores = 2.0 - 0.1 * months + own[:, 0] + own[:, 1] * months + rng.normal(0, 0.15, patients)
        store(programme, treatments, months, np.clip(scores, 0, 4))
    return treatments


def store(programme: Programme, treatments: list[Treatment], months: float, scores) -> None:
    """GSI scores of the BSI at a month."""
    n = len(treatments)
    forms = Forms(
        programme=programme,
        instrument=programme.definitions.instruments["bsi"],
        respondent="patient",
        treatments=[treatment.pk for treatment in treatments],
        months=[months] * n,
        answered_on=[day_of(months)] * n,
        entered={"GSI": np.asarray(scores, dtype=float)},
    )
    store_forms(forms, by=None)


def measure(treatment: Treatment, *points: tuple[float, float]) -> None:
    """(month, GSI) of one treatment."""
    for months, score in points:
        store(treatment.programme, [treatment], months, [score])
