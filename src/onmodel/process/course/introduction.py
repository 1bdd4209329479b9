"""The introductory course: which of its sessions a patient had, read from the sessions kept."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from onmodel.packs.standards import Term
from onmodel.patients.models import Treatment
from onmodel.process.terms import entries

#: The pack's list of the course's themes; a session names one of them.
THEMES = "mbt_i_sessions"


@dataclass(frozen=True)
class Step:
    """One theme of the course: the day it was given to this patient, and whether the patient came.

    None where no session of it was kept.
    """

    theme: Term
    held_on: datetime.date | None
    came: bool | None


def introduction_of(treatment: Treatment) -> list[Step]:
    """A step for each theme in the pack's order; a theme given twice counts where the patient came."""
    had: dict[str, tuple[datetime.date, bool]] = {}
    rows = treatment.attendances.exclude(session__theme="").select_related("session")
    for row in rows.order_by("session__held_on"):
        if not had.get(row.session.theme, (None, False))[1]:
            had[row.session.theme] = (row.session.held_on, row.present)
    return [
        Step(term, *had.get(term.id, (None, None)))
        for term in entries(treatment.programme.definitions, THEMES)
    ]
