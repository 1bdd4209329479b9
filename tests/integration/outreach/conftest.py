"""A programme that reminds, with one patient whose forms are due; July 2025, at noon in Amsterdam."""

import datetime

import pytest

from onmodel.outreach.actions import set_reminder_plan
from onmodel.patients.models import Identity
from onmodel.scheduling.actions import choose_schedule

NOON = datetime.datetime(2025, 7, 3, 10, tzinfo=datetime.UTC)  # the day that month 6 is due
MAIL = "pia@example.org"


@pytest.fixture
def due(cast, time_machine):
    """The cast, on the day that the forms of month 6 are due."""
    time_machine.move_to(NOON, tick=False)
    Identity.objects.create(
        patient=cast.patient, sealed={"name": "Pia Patient", "email": MAIL, "phone": "+31 6 1234 5678"}
    )
    choose_schedule(
        programme=cast.programme, schedule="minimal_set", since=datetime.date(2025, 6, 1), by=cast.manager
    )
    set_reminder_plan(programme=cast.programme, is_on=True, language="en", by=cast.manager)
    return cast
