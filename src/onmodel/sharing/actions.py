"""Agree how far patients' answers reach; share one's own notes with the supervisor, or no longer."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.patients.models import Involvement, Treatment
from onmodel.programmes.models import Programme
from onmodel.sharing.models import ORDER, Agreement, OwnShare
from onmodel.sharing.reading import agreed_in


@transaction.atomic
def agree_on_sharing(*, programme: Programme, reaches: str, reason: str, by: User) -> Agreement:
    """Agree how far patients' answers about their therapists reach from now on.

    What protects more holds from today; what protects less from tomorrow, so that nothing that was
    answered today reaches further than its patient was told.
    """
    if not reason.strip():
        raise ValidationError(_("Say how this was decided, and with whom."))
    if reaches not in ORDER:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": reaches})
    Programme.objects.select_for_update().get(pk=programme.pk)
    today = timezone.localdate()
    wider = ORDER.index(reaches) > ORDER.index(agreed_in(programme, today))
    agreement = Agreement.objects.create(
        programme=programme,
        reaches=reaches,
        starts_on=today + datetime.timedelta(days=1) if wider else today,
        reason=reason.strip(),
        agreed_by=by,
    )
    record(by=by, verb="sharing agreed", subject=agreement, why=reason.strip(), reaches=reaches)
    return agreement


@transaction.atomic
def share_own(*, treatment: Treatment, by: User) -> OwnShare:
    """Let the supervisor see what one notes of the own feelings in this treatment."""
    if not Involvement.objects.filter(treatment=treatment, therapist=by).exists():
        raise PermissionDenied
    share, new = OwnShare.objects.in_force().get_or_create(treatment=treatment, therapist=by)
    if new:
        record(by=by, verb="own feelings shared", subject=share)
    return share


@transaction.atomic
def withdraw_own(*, treatment: Treatment, by: User) -> None:
    """The supervisor sees it no longer, from now on."""
    share = OwnShare.objects.in_force().filter(treatment=treatment, therapist=by).first()
    if share is None:
        return
    share.withdrawn_at = timezone.now()
    share.save(update_fields=["withdrawn_at"])
    record(by=by, verb="own feelings no longer shared", subject=share)
