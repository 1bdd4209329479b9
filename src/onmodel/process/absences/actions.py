"""Keep what was tried to bring a patient back who stays away."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.patients.models import Treatment
from onmodel.process.absences.ladder import REVIEW
from onmodel.process.absences.reading import STEPS
from onmodel.process.absences.records import AbsenceStep
from onmodel.process.refusing import refuse_few, refuse_outside, refuse_strangers
from onmodel.process.terms import known


@transaction.atomic
def log_absence_step(
    *,
    treatment: Treatment,
    step: str,
    happened_on: datetime.date,
    result: str,
    done_by: Collection[User],
    by: User,
    note: str = "",
) -> AbsenceStep:
    """Keep a call, a letter or a visit to a patient who stays away, and what came of it."""
    term = known(treatment.programme.definitions, STEPS, step)
    if term.id == REVIEW:
        raise ValidationError(_("A review is kept with the reviews."))
    refuse_outside(treatment, happened_on)
    refuse_few(done_by, 1)
    refuse_strangers(done_by, treatment.programme, happened_on)
    if result not in AbsenceStep.Result.values:
        raise ValidationError(_("Say what came of it."))
    kept = AbsenceStep.objects.create(
        treatment=treatment,
        step=term.id,
        happened_on=happened_on,
        result=result,
        note=note.strip(),
        kept_by=by,
    )
    kept.done_by.set(done_by)
    record(by=by, verb="absence followed up", subject=kept, step=step, result=result, on=happened_on)
    return kept
