"""Correct who a patient is; open a treatment in an emergency, and judge that afterwards."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.patients.emergency import EmergencyAccess
from onmodel.patients.models import Identity, Patient, Treatment
from onmodel.patients.sealing import number_index
from onmodel.programmes.changes import refuse_stale, stamp

#: What an identity holds, in the order in which it is shown.
PARTS = ("name", "birth_date", "record_number", "email", "phone", "address")
SHORTEST_REASON = 10


def identity_stamp(patient: Patient) -> str:
    return stamp(Identity.objects.filter(patient=patient).first(), ("sealed",))


@transaction.atomic
def correct_identity(
    *, patient: Patient, parts: Mapping[str, object], by: User, seen: str | None = None
) -> Identity:
    """Keep who the patient is. The event says which parts changed, not what they were or are.

    Raises ValidationError for a part that does not exist, a birth date in the future, or a record number
    that another patient of the organisation has; ChangedMeanwhileError where it was corrected after the
    person saw `seen` (`identity_stamp`).
    """
    unknown = set(parts) - set(PARTS)
    if unknown:
        raise ValidationError(_("An identity has no %(part)s.") % {"part": ", ".join(sorted(unknown))})
    identity = Identity.objects.select_for_update().filter(patient=patient).first()
    refuse_stale(identity, identity_stamp(patient), seen)
    if identity is None:
        identity = Identity(patient=patient, sealed={})
    said = {part: _written(parts[part]) for part in PARTS if part in parts}
    _check(patient, said)
    changed = [part for part, value in said.items() if str(identity.sealed.get(part, "")) != value]
    if changed:
        identity.sealed = {**identity.sealed, **said}
        identity.save()
        record(by=by, verb="identity corrected", subject=identity, parts=changed)
    return identity


def _written(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime.date) else str(value or "").strip()


def _check(patient: Patient, said: Mapping[str, str]) -> None:
    born = said.get("birth_date", "")
    if born and datetime.date.fromisoformat(born) > timezone.localdate():
        raise ValidationError({"birth_date": _("A birth date does not lie in the future.")})
    number = number_index(said.get("record_number", ""))
    others = Identity.objects.filter(patient__organisation=patient.organisation_id).exclude(patient=patient)
    if number and others.filter(record_number_index=number).exists():
        raise ValidationError({"record_number": _("Another patient has this record number.")})


@transaction.atomic
def open_in_emergency(*, treatment: Treatment, reason: str, by: User) -> EmergencyAccess:
    """Let `by` see the treatment for a day. Whether they may ask for it, the caller has checked.

    A second time within that day adds nothing.
    """
    reason = reason.strip()
    if len(reason) < SHORTEST_REASON:
        raise ValidationError(_("Say in a sentence why you need this record now."))
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    access = EmergencyAccess.objects.in_force().filter(treatment=treatment, user=by).first()
    if access is None:
        access = EmergencyAccess.objects.create(treatment=treatment, user=by, reason=reason)
        record(by=by, verb="emergency access opened", subject=access, why=reason, until=access.ends_at)
    return access


@transaction.atomic
def review_emergency(*, access: EmergencyAccess, justified: bool, note: str, by: User) -> EmergencyAccess:
    """Judge a use of emergency access, once; nobody judges their own."""
    access = EmergencyAccess.objects.select_for_update().get(pk=access.pk)
    if access.user_id == by.pk:
        raise ValidationError(_("Nobody judges their own emergency access."))
    if access.reviewed_at is not None:
        raise ValidationError(_("This emergency access was judged already."))
    if not note.strip():
        raise ValidationError(_("Say what the judgement rests on."))
    access.justified, access.review_note = justified, note.strip()
    access.reviewed_at, access.reviewed_by = timezone.now(), by
    access.save(update_fields=["justified", "review_note", "reviewed_at", "reviewed_by"])
    record(by=by, verb="emergency access judged", subject=access, why=access.review_note, justified=justified)
    return access
