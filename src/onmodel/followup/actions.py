"""Agree on an action, and settle it."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.followup.models import Action
from onmodel.programmes.changes import refuse_stale, stamp
from onmodel.programmes.models import Programme
from onmodel.signals.actions import mark_acted_upon, signal_stamp
from onmodel.signals.models import Signal


@transaction.atomic
def agree(
    *,
    programme: Programme,
    what: str,
    owner: User,
    due_on: datetime.date,
    by: User,
    signal: Signal | None = None,
    seen: str | None = None,
) -> Action:
    """Agree that `owner` does this by that day; a signal that it answers counts as acted upon.

    ChangedMeanwhileError where something was done about the signal after the person saw `seen`.
    """
    if not what.strip():
        raise ValidationError(_("Say what will be done."))
    if not owner.memberships.in_force().of_programme(programme).exists():
        raise ValidationError(_("%(name)s does not work in this programme.") % {"name": owner.name})
    if signal is not None:
        current = Signal.objects.select_for_update().get(pk=signal.pk)
        refuse_stale(current, signal_stamp(current), seen)
    action = Action.objects.create(
        programme=programme, what=what.strip(), owner=owner, due_on=due_on, agreed_by=by, signal=signal
    )
    if signal is not None:
        mark_acted_upon(signal=signal, by=by)
    record(by=by, verb="action agreed", subject=action, due_on=due_on)
    return action


def action_stamp(action: Action) -> str:
    return stamp(action, ("what", "owner_id", "due_on", "state", "result"))


@transaction.atomic
def settle(*, action: Action, state: str, result: str, by: User, seen: str | None = None) -> Action:
    """Mark it done, or dropped with the reason.

    ChangedMeanwhileError where it was settled after the person saw `seen` (`action_stamp`).
    """
    current = Action.objects.select_for_update().get(pk=action.pk)
    refuse_stale(current, action_stamp(current), seen)
    if state == Action.State.DROPPED and not result.strip():
        raise ValidationError({"result": _("Say why the action was dropped.")})
    action.state = state
    action.settled_on = timezone.localdate()
    action.result = result.strip()
    action.save(update_fields=["state", "settled_on", "result"])
    record(by=by, verb=f"action {state}", subject=action)
    return action
