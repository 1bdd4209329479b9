"""What is done in the background, by the worker that `onmodel serve` runs."""

from __future__ import annotations

from django_tasks import task

from onmodel.accounts.models import User
from onmodel.monitoring.run import look
from onmodel.outcomes.actions import run_import
from onmodel.outcomes.models import ImportRun


@task()
def import_outcomes(run_id: str, user_id: int) -> str:
    """Do an import that was confirmed, then look for signals in what came in; the state of the run."""
    run = ImportRun.objects.select_related("programme").get(pk=run_id)
    user = User.objects.get(pk=user_id)
    run = run_import(run=run, by=user)
    if run.state == ImportRun.State.DONE:
        look(programme=run.programme, by=user)
    return run.state
