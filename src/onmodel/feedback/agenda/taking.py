"""Each point of the agenda with what the record says about it, in plain words."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from onmodel.feedback.agenda import measured, recorded
from onmodel.feedback.agenda.since import Since
from onmodel.patients.models import Treatment
from onmodel.process.reviews.terms import POINTS
from onmodel.process.terms import entries

#: Term of review_points -> what finds its lines. A point that is not here is asked about.
FOUND_BY: dict[str, Callable[[Since], Iterator[str]]] = {
    "last_decisions": recorded.last_decisions,
    "goals": measured.goals,
    "outcome": measured.outcome,
    "plan_adherence": recorded.plan_adherence,
    "attendance": recorded.attendance,
    "crisis_plan": recorded.crisis_plan,
    "incidents_risk": recorded.incidents_risk,
    "medication": recorded.medication,
    "signals": recorded.signals,
}


def agenda_of(
    treatment: Treatment, *, language: str, today: datetime.date, impression_due: bool = False
) -> list[dict[str, Any]]:
    """A row for each point of the pack: `point`, `title`, `lines`. Lines are empty where nothing is known.

    With `impression_due` no score is told: whoever reads it has an impression to give first.
    """
    since = Since.of(treatment, today)
    found_by = FOUND_BY | ({"outcome": _impression_first} if impression_due else {})
    with override(language):
        return [
            {
                "point": term.id,
                "title": term.label.in_(language),
                "lines": list(found_by[term.id](since)) if term.id in found_by else [],
            }
            for term in entries(treatment.programme.definitions, POINTS)
        ]


def _impression_first(_since: Since) -> Iterator[str]:
    yield _("A new measurement waits for your own impression; give it first, then take the agenda once more.")
