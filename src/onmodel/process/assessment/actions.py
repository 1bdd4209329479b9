"""Keep what was found in a part of the assessment."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.patients.models import Treatment
from onmodel.process.assessment.parts import PARTS, cleaned, days_in, missing
from onmodel.process.assessment.records import AssessmentEntry
from onmodel.process.refusing import refuse_future, refuse_outside
from onmodel.process.terms import known
from onmodel.programmes.changes import refuse_stale, stamp


def last_entry(treatment: Treatment, part: str) -> AssessmentEntry | None:
    """The one kept last, whatever its day: what a form is opened upon."""
    return treatment.assessment_entries.filter(part=part).order_by("pk").last()


def entry_stamp(treatment: Treatment, part: str) -> str:
    return stamp(last_entry(treatment, part), ())


@transaction.atomic
def keep_entry(
    *,
    treatment: Treatment,
    part: str,
    assessed_on: datetime.date,
    content: Mapping[str, Any],
    by: User,
    seen: str | None = None,
) -> AssessmentEntry:
    """Keep an entry of a part beside the earlier ones; the same sent twice is kept once.

    ChangedMeanwhileError where another was kept after the person saw `seen` (`entry_stamp`).
    """
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    pack = treatment.programme.definitions
    known(pack, PARTS, part)
    refuse_outside(treatment, assessed_on)
    kept = cleaned(pack, part, content)
    if not kept:
        raise ValidationError(_("Nothing is filled in, so there is nothing to keep."))
    for day in days_in(pack, part, kept):
        refuse_future(day)
    last = last_entry(treatment, part)
    if last is not None and (last.assessed_on, last.content, last.kept_by_id) == (assessed_on, kept, by.pk):
        return last
    refuse_stale(last, stamp(last, ()), seen)
    entry = AssessmentEntry.objects.create(
        treatment=treatment,
        part=part,
        assessed_on=assessed_on,
        content=kept,
        is_complete=not missing(pack, part, kept),
        kept_by=by,
    )
    record(by=by, verb="assessment kept", subject=entry, part=part, complete=entry.is_complete)
    return entry
