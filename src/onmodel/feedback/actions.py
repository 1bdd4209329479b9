"""Keep what is fitted, said and agreed when patient and therapist look together."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.feedback.expecting import fitted, followed_scales, rule_of, settings_of
from onmodel.feedback.models import ExpectedCourse
from onmodel.feedback.steps import step_named
from onmodel.followup.actions import agree
from onmodel.followup.models import Action
from onmodel.programmes.changes import refuse_stale
from onmodel.programmes.models import Programme
from onmodel.signals.actions import signal_stamp
from onmodel.signals.models import Signal


@transaction.atomic
def refresh_courses(*, programme: Programme, until: datetime.date, by: User | None = None) -> int:
    """Fit the courses to expect anew, and forget those that can no longer be fitted. How many there are."""
    least = settings_of(rule_of(programme.definitions)).minimum_patients
    found = [
        course
        for instrument, scale in followed_scales(programme)
        if (course := fitted(programme, instrument, scale, until=until, least=least)) is not None
    ]
    if not found and not programme.expected_courses.exists():
        return 0
    programme.expected_courses.all().delete()
    ExpectedCourse.objects.bulk_create(found)
    record(by=by, verb="expected courses fitted", subject=programme, until=until, scales=len(found))
    return len(found)


@transaction.atomic
def choose_steps(
    *,
    signal: Signal,
    steps: Sequence[str],
    decided: str,
    owner: User,
    due_on: datetime.date,
    by: User,
    seen: str | None = None,
) -> list[Action]:
    """Agree on an action for each support step that was chosen; `decided` says what was decided.

    ChangedMeanwhileError where something was done about the signal after the person saw `seen`.
    """
    if not steps:
        raise ValidationError(_("Choose at least one step."))
    current = Signal.objects.select_for_update().get(pk=signal.pk)
    refuse_stale(current, signal_stamp(current), seen)
    named = [step_named(signal, step) for step in steps]
    why = f": {decided.strip()}" if decided.strip() else ""
    return [
        agree(
            programme=signal.programme,
            signal=signal,
            what=f"{step.label.in_(by.language or 'en')}{why}"[:300],
            owner=owner,
            due_on=due_on,
            by=by,
        )
        for step in named
    ]
