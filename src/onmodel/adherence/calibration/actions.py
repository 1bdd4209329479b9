"""Plan a calibration: ask everybody who takes part, and one person for the reference."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.adherence.actions import ask_rating
from onmodel.adherence.models import Calibration, Rating
from onmodel.audit.actions import record
from onmodel.sessions.actions import patients_of
from onmodel.sessions.models import Session

Purpose = Rating.Purpose


@transaction.atomic
def plan_calibration(
    *,
    session: Session,
    therapist: User,
    held_on: datetime.date,
    reference: User,
    participants: Iterable[User],
    by: User,
) -> Calibration:
    """Plan it, and ask each for a rating before that day.

    Raises ValidationError for a day in the past, nobody who takes part, who gives the reference among them,
    and whoever cannot be asked (`ask_rating`).
    """
    taking_part = list(dict.fromkeys(participants))
    if held_on < timezone.localdate():
        raise ValidationError(_("%(day)s is over: plan a calibration for today or later.") % {"day": held_on})
    if not taking_part:
        raise ValidationError(_("Say who takes part."))
    if reference in taking_part:
        raise ValidationError(
            _("%(name)s gives the reference, and cannot be held against it.") % {"name": reference.name}
        )
    calibration = Calibration.objects.create(
        programme=session.programme, session=session, therapist=therapist, held_on=held_on, planned_by=by
    )
    asked = [(reference, Purpose.REFERENCE), *((one, Purpose.CALIBRATION) for one in taking_part)]
    for rater, purpose in asked:
        rating = ask_rating(session=session, therapist=therapist, rater=rater, purpose=purpose, by=by)
        rating.calibration = calibration
        rating.save(update_fields=["calibration"])
        rating.assignment.due_on = held_on
        rating.assignment.save(update_fields=["due_on"])
    record(
        by=by,
        verb="calibration planned",
        subject=calibration,
        patients=patients_of(session),
        raters=len(asked),
    )
    return calibration
