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
from onmodel.programmes.models import Programme
from onmodel.signals.actions import mark_acted_upon
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
) -> Action:
    """Agree that `owner` does this by that day; a signal that it answers counts as acted upon."""
    if not what.strip():
        raise ValidationError(_("Say what will be done."))
    if not owner.memberships.in_force().of_programme(programme).exists():
        raise ValidationError(_("%(name)s does not work in this programme.") % {"name": owner.name})
    action = Action.objects.create(
        programme=programme, what=what.strip(), owner=owner, due_on=due_on, agreed_by=by, signal=signal
    )
    if signal is not None:
        mark_acted_upon(signal=signal, by=by)
    record(by=by, verb="action agreed", subject=action, due_on=due_on)
    return action


@transaction.atomic
def settle(*, action: Action, state: str, result: str, by: User) -> Action:
    """Mark it done, or dropped with the reason."""
    if state == Action.State.DROPPED and not result.strip():
        raise ValidationError(_("Say why the action was dropped."))
    action.state = state
    action.settled_on = timezone.localdate()
    action.result = result.strip()
    action.save(update_fields=["state", "settled_on", "result"])
    record(by=by, verb=f"action {state}", subject=action)
    return action
