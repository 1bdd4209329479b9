"""Say that a check is done which no record can tell, and take it back."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.checklists.models import AttestedCheck
from onmodel.checklists.standing import CLINICAL_PROCESS, standings
from onmodel.patients.models import Treatment
from onmodel.process.refusing import refuse_outside


@transaction.atomic
def attest_check(
    *, treatment: Treatment, check: str, done_on: datetime.date, words: str, by: User
) -> AttestedCheck:
    """Keep a person's word that a check is done. ValidationError for one that the record answers."""
    treatment = Treatment.objects.select_for_update(of=("self",)).get(pk=treatment.pk)
    found = standings(treatment.programme, [treatment], timezone.localdate())[treatment.pk]
    standing = next((one for one in found if one.check.id == check), None)
    if standing is None:
        raise ValidationError(_("The checklist has no check %(check)s.") % {"check": check})
    if standing.attested is not None:
        raise ValidationError(_("Somebody said so already; take that back first."))
    if not standing.can_be_attested:
        raise ValidationError(_("The record answers this check: enter it there, and it counts here."))
    refuse_outside(treatment, done_on)
    if not words.strip():
        raise ValidationError(_("Say in a few words what shows it."))
    kept = AttestedCheck.objects.create(
        treatment=treatment,
        checklist=CLINICAL_PROCESS,
        check_id=check,
        done_on=done_on,
        words=words.strip()[:300],
        said_by=by,
    )
    record(by=by, verb="check attested", subject=kept, check=check, on=done_on)
    return kept


@transaction.atomic
def take_back_check(*, attested: AttestedCheck, by: User) -> AttestedCheck:
    """Take back a word on a check; it stays kept that it was said."""
    current = AttestedCheck.objects.select_for_update(of=("self",)).get(pk=attested.pk)
    if current.taken_back_at is not None:
        raise ValidationError(_("It was taken back already."))
    current.taken_back_at, current.taken_back_by = timezone.now(), by
    current.save(update_fields=["taken_back_at", "taken_back_by"])
    record(by=by, verb="check taken back", subject=current, check=current.check_id)
    return current
