"""The clocks of one treatment as a table: what is waited for, how it stands, by when."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.clocks.record import Record
from onmodel.clocks.rules import Clock, Reading, readings_of_treatment
from onmodel.clocks.states import Run, State
from onmodel.patients.models import Treatment
from onmodel.web.components import EmptyState, Status, Table
from onmodel.web.folding import Folded, folded
from onmodel.wording.numbers import date_written, unknown

#: The states in which a clock asks for something.
ASKING = (State.OVERDUE, State.DUE)


def clocks_table(treatment: Treatment) -> Table | Folded:
    """What asks for something stands first; what is over last."""
    record = Record.of(treatment, timezone.localdate())
    found = list(readings_of_treatment(record, treatment.pk))
    rows = [_row(clock, reading) for clock, reading in found]
    columns = [_("What"), _("State"), _("Last day"), _("Done")]
    empty = EmptyState(_("No clock runs"), _("Clocks begin with the referral, the start or a phase."))
    table = Table(_("Clocks"), columns, rows, empty=empty, caption_hidden=True, id="clocks")
    asking = [reading.state in ASKING for _clock, reading in found]
    return folded(table, asking, _("Clocks that ask for nothing now (%(n)s)"))


def _row(clock: Clock, reading: Reading) -> list[Any]:
    name = clock.rule.name or clock.rule.title
    state = Status(reading.state.value, of="clock")
    run = reading.run
    if reading.state is State.UNKNOWN or run is None:
        return [name.in_(get_language() or "en"), unknown(_("not recorded")), "–", "–"]
    return [name.in_(get_language() or "en"), state, run.due_on, _done(run)]


def _done(run: Run) -> str:
    return date_written(run.done_on) if run.done_on else "–"
