"""What the simulated patients can fill in today, and whom they are told to call."""

from __future__ import annotations

import datetime

from onmodel.accounts.models import User
from onmodel.assessments.models import Assignment
from onmodel.forms.models import SafetyText
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme

WEEK = datetime.timedelta(days=7)
HOURS = 4
#: 555-01xx rings nowhere.
ENGLISH = (
    "Do not stay alone with it. Use your crisis plan.\n\n"
    "By day: call the team, 088 555 0100 (simulated number).\n\n"
    "In the evening, at night, at the weekend: the crisis service, 088 555 0199 (simulated number).\n\n"
    "In immediate danger call 112."
)
DUTCH = (
    "Blijf er niet alleen mee. Gebruik uw crisisplan.\n\n"
    "Overdag: bel het team, 088 555 0100 (gesimuleerd nummer).\n\n"
    "'s Avonds, 's nachts, in het weekend: de crisisdienst, 088 555 0199 (gesimuleerd nummer).\n\n"
    "Bel bij direct gevaar 112."
)


def write_safety_text(programme: Programme, by: User) -> None:
    SafetyText.objects.create(
        programme=programme, version=1, english=ENGLISH, dutch=DUTCH, hours=HOURS, set_by=by
    )


def write_weekly_checks(programme: Programme, treatments: list[Treatment], today: datetime.date) -> int:
    """This week's check for everybody in treatment; how many."""
    version = programme.definitions.instruments["weekly_check"].version
    current = [t for t in treatments if t.started_on and t.started_on <= today and not t.ended_on]
    rows = [
        Assignment(
            programme=programme,
            subject_kind="treatment",
            treatment=treatment,
            pack=programme.pack,
            instrument="weekly_check",
            instrument_version=version,
            respondent="patient",
            occasion=today.isoformat(),
            opens_on=today,
            due_on=today + WEEK,
            closes_on=today + 2 * WEEK,
            status=Assignment.Status.OPEN,
        )
        for treatment in current
    ]
    Assignment.objects.bulk_create(rows, batch_size=1000)
    return len(rows)
