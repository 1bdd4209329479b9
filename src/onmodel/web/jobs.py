"""What is done in the background, by the worker that `onmodel serve` runs."""

from __future__ import annotations

from typing import Any

from django_tasks import task

from onmodel.accounts.models import User
from onmodel.monitoring.run import look
from onmodel.outcomes.actions import run_import
from onmodel.outcomes.models import ImportRun
from onmodel.programmes.models import Programme
from onmodel.reports.cohorts.readers import scope_of
from onmodel.reports.cohorts.selection import Selection
from onmodel.reports.cohorts.standing import Wanted


@task()
def import_outcomes(run_id: str, user_id: int) -> str:
    """Do an import that was confirmed, then look for signals in what came in; the state of the run."""
    run = ImportRun.objects.select_related("programme").get(pk=run_id)
    user = User.objects.get(pk=user_id)
    run = run_import(run=run, by=user)
    if run.state == ImportRun.State.DONE:
        look(programme=run.programme, by=user)
    return run.state


@task()
def compute_figures(programme_id: int, user_id: int, selection: dict[str, Any]) -> str:
    """Compute what a reader asked for, of the treatments that the reader may see now, and keep it."""
    programme = Programme.objects.select_related("organisation").get(pk=programme_id)
    scope = scope_of(User.objects.get(pk=user_id), programme)
    wanted = Wanted(programme, scope, Selection.from_plain(selection))
    try:
        return f"{wanted.compute().patients} treatments"
    finally:
        wanted.silence()
