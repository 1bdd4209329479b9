"""Do the night's work: each step of each programme by itself, so that one that fails stops no other."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass

from django.utils import timezone

from onmodel.criteria.actions import keep_risk
from onmodel.monitoring.run import look
from onmodel.nightly.models import TOO_LONG_AGO, Run
from onmodel.outcomes.actions import refresh_associations
from onmodel.outreach.actions import plan_reminders
from onmodel.outreach.delivering import send_due
from onmodel.outreach.tasks import call_for_the_next
from onmodel.programmes.models import Programme
from onmodel.scheduling.actions import follow_schedules
from onmodel.selfcheck.actions import forget_leavers
from onmodel.teams.actions import forget_turns

log = logging.getLogger(__name__)


def _schedules(programme: Programme) -> dict[str, int]:
    return follow_schedules(programme=programme)


def _reminders(programme: Programme) -> dict[str, int]:
    return {"planned": len(plan_reminders(programme=programme))}


def _signals(programme: Programme) -> dict[str, object]:
    return asdict(look(programme=programme))


def _risk(programme: Programme) -> dict[str, int]:
    return {"off model": keep_risk(programme=programme, by=None).off_model}


def _associations(programme: Programme) -> dict[str, int]:
    return {"fitted": refresh_associations(programme=programme, until=timezone.localdate())}


def _team_turns(programme: Programme) -> dict[str, int]:
    return {"forgotten": forget_turns(programme=programme)}


def _self_checks(programme: Programme) -> dict[str, int]:
    return {"of leavers removed": forget_leavers(programme=programme)}


#: In this order: what is due before who is reminded, and both before what is off.
STEPS: dict[str, Callable[[Programme], dict[str, object]]] = {
    "schedules": _schedules,
    "reminders": _reminders,
    "signals": _signals,
    "risk": _risk,
    "adherence and outcome": _associations,
    "team turns": _team_turns,
    "self-checks": _self_checks,
}


def run_night() -> Run:
    """Every step of every programme, then the messages that may go out now."""
    run = Run.objects.create()
    programmes = Programme.objects.select_related("organisation").order_by("slug")
    for programme in programmes:
        for name, step in STEPS.items():
            run.steps.append(_tried(programme.slug, name, lambda p=programme, s=step: s(p)))
    run.steps.append(_tried("", "sending", lambda: asdict(send_due())))
    run.steps.append(_tried("", "next sending", lambda: call_for_the_next() or {}))
    run.ended_at = timezone.now()
    run.outcome = Run.Outcome.FAILED if run.failures() else Run.Outcome.GOOD
    run.save()
    return run


def _tried(programme: str, name: str, step: Callable[[], dict[str, object]]) -> dict[str, object]:
    """What it did; the kind of error where it failed, and all of it in the log."""
    try:
        return {"programme": programme, "step": name, "did": step()}
    except Exception as error:
        log.exception("The step %s failed for %s", name, programme or "all")
        return {"programme": programme, "step": name, "error": type(error).__name__}


@dataclass(frozen=True)
class Watch:
    """What staff should know of the nights. `trouble`: never, late or failed; empty when all is well."""

    trouble: str = ""
    last_good: datetime.datetime | None = None
    failed: tuple[str, ...] = ()


def watch(now: datetime.datetime | None = None) -> Watch:
    """Whether the last night is too long ago, or went wrong; two queries at most."""
    moment = now or timezone.now()
    last = Run.objects.exclude(outcome=Run.Outcome.RUNNING).first()
    if last is not None and last.outcome == Run.Outcome.GOOD:
        good: datetime.datetime | None = last.started_at
    else:
        good = Run.objects.good().values_list("started_at", flat=True).first()
    if last is None and good is None:
        return Watch("never")
    if last is not None and last.outcome == Run.Outcome.FAILED:
        return Watch("failed", good, tuple(sorted({step["step"] for step in last.failures()})))
    return Watch("late" if good < moment - TOO_LONG_AGO else "", good)
