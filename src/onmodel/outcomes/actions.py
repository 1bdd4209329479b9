"""Bring a file of outcomes in: try it, then write it, whole or not at all."""

from __future__ import annotations

import datetime
import hashlib
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import require
from onmodel.accounts.models import User
from onmodel.assessments.rows import count_again
from onmodel.audit.actions import Draft, record, record_all
from onmodel.outcomes.comparison import outcomes_of
from onmodel.outcomes.importing.planning import Plan, Progress, make_plan, silent
from onmodel.outcomes.importing.problems import ImportRefusedError, Problem
from onmodel.outcomes.importing.summary import summarise
from onmodel.outcomes.importing.writing import write
from onmodel.outcomes.models import AdherenceAssociation, ImportRun
from onmodel.outcomes.with_adherence import association
from onmodel.programmes.models import Programme

State = ImportRun.State
#: Problems kept with a run; their whole number stands in its summary.
MOST_PROBLEMS = 5_000
LEFT_LYING = datetime.timedelta(days=7)


def open_import(*, programme: Programme, file: File, map_text: str, by: User | None) -> ImportRun:
    """Keep the file for an import; nothing of it is read yet. `by` is None at the command line."""
    _authorise(programme, by)
    discard_stale(programme=programme)
    run = ImportRun(programme=programme, file_name=Path(file.name).name, map=map_text, started_by=by)
    run.file.save(f"{run.id}{Path(file.name).suffix.lower()}", file, save=False)
    run.digest = digest_of(run)
    try:
        with transaction.atomic():
            run.save()
            record(by=by, verb="import opened", subject=run, file=run.file_name, digest=run.digest)
    except BaseException:
        run.file.delete(save=False)
        raise
    return run


def preview_import(*, programme: Programme, file: File, map_text: str, by: User | None) -> ImportRun:
    """Keep the file and say what importing it would do, without doing it."""
    run = open_import(programme=programme, file=file, map_text=map_text, by=by)
    return preview_again(run=run, map_text=map_text, by=by)


def preview_again(*, run: ImportRun, map_text: str, by: User | None) -> ImportRun:
    """Try the same file by another map."""
    _authorise(run.programme, by)
    if run.state not in (State.PREVIEW, State.REFUSED):
        return run
    if not is_kept(run):
        return _conclude(run, State.FAILED, {}, [_lost(run)])
    run.map = map_text
    run.digest = digest_of(run)
    earlier = _same_before(run)
    if earlier is not None:
        return _conclude(run, State.UNCHANGED, earlier.summary | {"earlier": _told(earlier)})
    plan = _plan(run, silent)
    if plan is None:
        return run
    if plan.changes_nothing:
        return _conclude(run, State.UNCHANGED, summarise(plan))
    run.summary = summarise(plan)
    run.total_rows = len(plan.source)
    run.problems = []
    run.state = State.PREVIEW
    run.save()
    return run


def queue_import(*, run: ImportRun, by: User) -> bool:
    """Say that a previewed import shall be done; False where that was said before."""
    _authorise(run.programme, by)
    claimed = ImportRun.objects.filter(pk=run.pk, state=State.PREVIEW).exclude(map="")
    with transaction.atomic():
        claimed = claimed.update(state=State.QUEUED)
        if claimed:
            record(by=by, verb="import confirmed", subject=run, digest=run.digest)
    run.refresh_from_db()
    return bool(claimed)


def run_import(*, run: ImportRun, by: User | None, progress: Progress = silent) -> ImportRun:
    """Do the import in one transaction, its event inside. The same file and map a second time: nothing.

    Only the first call for a run does anything. An error that was not foreseen marks it failed, and is
    raised.
    """
    _authorise(run.programme, by)
    waiting = ImportRun.objects.filter(pk=run.pk, state__in=[State.PREVIEW, State.QUEUED])
    if not waiting.update(state=State.RUNNING, started_at=timezone.now()):
        run.refresh_from_db()
        return run
    run.state = State.RUNNING
    try:
        return _run(run, by, progress)
    except Exception as error:
        _conclude(run, State.FAILED, {}, [_failure(run, error)])
        forget_file(run)
        raise


def _failure(run: ImportRun, error: Exception) -> Problem:
    if isinstance(error, IntegrityError):
        reason = _("nothing was written; the records changed meanwhile")
        return Problem(None, run.file_name, "", reason, _("import the file again"))
    reason = _("nothing was written; the import stopped: %(error)s") % {"error": error}
    return Problem(None, run.file_name, "", reason)


def discard_import(*, run: ImportRun, by: User | None) -> None:
    """Throw away a file that was tried and will not be imported."""
    _authorise(run.programme, by)
    if run.state in (State.PREVIEW, State.REFUSED, State.FAILED):
        with transaction.atomic():
            subject = ImportRun(pk=run.pk)
            run.delete()
            record(by=by, verb="import discarded", subject=subject, file=run.file_name, digest=run.digest)
        if run.file:
            run.file.delete(save=False)


def discard_stale(*, programme: Programme) -> None:
    """Throw away files that were tried and left lying: they may hold more than the map uses."""
    left = ImportRun.objects.filter(programme=programme, state__in=[State.PREVIEW, State.REFUSED])
    for run in left.filter(started_at__lt=timezone.now() - LEFT_LYING):
        discard_import(run=run, by=None)


def forget_file(run: ImportRun) -> None:
    """Delete the file itself: what was read stands in the records, what else is in it is not ours to keep."""
    if run.file:
        run.file.delete(save=False)
        ImportRun.objects.filter(pk=run.pk).update(file="")


def is_kept(run: ImportRun) -> bool:
    """Whether the file is there: a restored backup has none."""
    return bool(run.file) and run.file.storage.exists(run.file.name)


def _lost(run: ImportRun) -> Problem:
    return Problem(None, run.file_name, "", _("the file is no longer here"), _("choose it again"))


def digest_of(run: ImportRun) -> str:
    """SHA-256 of file and map: the same for the same import."""
    digest = hashlib.sha256()
    with run.file.open("rb") as content:
        for chunk in content.chunks():
            digest.update(chunk)
    digest.update(b"\0" + run.map.strip().replace("\r\n", "\n").encode())
    return digest.hexdigest()


def _authorise(programme: Programme, by: User | None) -> None:
    if by is not None:
        require(by, Permission.OUTCOMES_IMPORT, programme=programme)


def _run(run: ImportRun, by: User | None, progress: Progress) -> ImportRun:
    earlier = _same_before(run)
    if earlier is not None:
        return _conclude(run, State.UNCHANGED, earlier.summary | {"earlier": _told(earlier)})
    told = _telling(run, progress)
    plan = _plan(run, told)
    if plan is None:
        return run
    summary = summarise(plan)
    if plan.changes_nothing:
        return _conclude(run, State.UNCHANGED, summary)
    told("writing", 0, summary["new_forms"] + summary["filled_forms"])
    with transaction.atomic():
        drafts = write(plan, by=by, progress=progress)
        _conclude(run, State.DONE, summary)
        record_all([*drafts, _imported(run, plan, summary)], by=by)
    count_again()
    forget_file(run)
    return run


def _imported(run: ImportRun, plan: Plan, summary: dict[str, Any]) -> Draft:
    counts = {key: value for key, value in summary.items() if isinstance(value, int)}
    patients = [person.patient.pk for person in plan.people if person.patient is not None]
    detail = {"file": run.file_name, "digest": run.digest, **counts}
    return Draft(verb="outcomes imported", subject=run, patients=patients, detail=detail)


def _plan(run: ImportRun, progress: Progress) -> Plan | None:
    """The plan of a run; None, with the run refused, where anything is wrong."""
    try:
        plan = make_plan(
            programme=run.programme,
            path=Path(run.file.path),
            map_text=run.map,
            name=run.file_name,
            progress=progress,
        )
    except ImportRefusedError as error:
        _conclude(run, State.REFUSED, {"problems": len(error.problems)}, error.problems)
        return None
    if plan.problems:
        _conclude(run, State.REFUSED, summarise(plan), plan.problems)
        return None
    return plan


def _conclude(
    run: ImportRun, state: ImportRun.State, summary: dict[str, Any], problems: Any = ()
) -> ImportRun:
    run.state = state
    run.summary = summary
    run.problems = [problem.as_dict() for problem in list(problems)[:MOST_PROBLEMS]]
    run.ended_at = timezone.now()
    run.save()
    if state == State.UNCHANGED:
        forget_file(run)
    return run


def _same_before(run: ImportRun) -> ImportRun | None:
    """The import of this file by this map that was done before."""
    done = ImportRun.objects.filter(programme=run.programme, digest=run.digest, state=State.DONE)
    return done.exclude(pk=run.pk).first()


def _told(earlier: ImportRun) -> dict[str, str]:
    ended = earlier.ended_at.isoformat() if earlier.ended_at else ""
    return {"at": ended, "by": earlier.started_by.name if earlier.started_by else ""}


def _telling(run: ImportRun, progress: Progress) -> Progress:
    """Progress that is also kept with the run, for a page to show. Not used inside the transaction."""

    def tell(stage: str, done: int, total: int) -> None:
        ImportRun.objects.filter(pk=run.pk).update(stage=stage, done_rows=done, total_rows=total)
        run.stage, run.done_rows, run.total_rows = stage, done, total
        progress(stage, done, total)

    return tell


@transaction.atomic
def refresh_associations(*, programme: Programme, until: datetime.date, by: User | None = None) -> int:
    """Fit anew how each outcome goes with adherence, as of that day. How many there are."""
    found = [
        AdherenceAssociation(
            programme=programme,
            instrument=instrument.id,
            scale=scale,
            found=association(programme, instrument, scale, until=until).as_json(),
            until=until,
        )
        for instrument, scale in outcomes_of(programme)
    ]
    if not found and not programme.adherence_associations.exists():
        return 0
    programme.adherence_associations.all().delete()
    AdherenceAssociation.objects.bulk_create(found)
    record(by=by, verb="adherence and outcome fitted", subject=programme, until=until, scales=len(found))
    return len(found)
