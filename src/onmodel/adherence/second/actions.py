"""Set the share of sessions that is rated twice, and draw which and by whom."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.adherence.actions import ask_rating
from onmodel.adherence.models import Rating, SecondShare
from onmodel.adherence.sampling import RANDOM
from onmodel.adherence.second.standing import eligible_raters, share_of, standing
from onmodel.audit.actions import record
from onmodel.programmes.models import Programme


@transaction.atomic
def set_second_share(*, programme: Programme, share: float, reason: str, by: User) -> SecondShare:
    """From the next draw on. Raises ValidationError for a share outside 0 to 1, and without a reason."""
    if not 0 <= share <= 1:
        raise ValidationError(_("%(share)s is no share: give 0 to 100 per cent.") % {"share": share})
    if not reason.strip():
        raise ValidationError(_("Say why."))
    Programme.objects.select_for_update().get(pk=programme.pk)
    before = share_of(programme)
    values = {"share": share, "reason": reason.strip(), "set_by": by, "set_at": timezone.now()}
    kept, _made = SecondShare.objects.update_or_create(programme=programme, defaults=values)
    record(
        by=by, verb="share of second ratings set", subject=kept, why=kept.reason, share=share, before=before
    )
    return kept


@transaction.atomic
def draw_second_ratings(*, programme: Programme, day: datetime.date, by: User) -> list[Rating]:
    """Draw sessions of the quarter of `day` by chance until the share is met, and a rater for each by chance.

    Raises ValidationError where the share is met, and where no session or no rater is left.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    found = standing(programme, day)
    if not found.wanted:
        raise ValidationError(_("The share of this quarter is met: nothing was drawn."))
    if not found.candidates:
        raise ValidationError(
            _("No session is left to draw: each was rated twice, seen already, or may not be watched.")
        )
    drawn: list[Rating] = []
    for first in RANDOM.sample(found.candidates, len(found.candidates)):
        raters = eligible_raters(first)
        if len(drawn) < found.wanted and raters:
            drawn.append(_ask(first, RANDOM.choice(raters), by))
    if not drawn:
        raise ValidationError(_("Nobody else can rate these sessions: ask somebody by hand first."))
    record(by=by, verb="second ratings drawn", subject=programme, n=len(drawn), of=found.first)
    return drawn


def _ask(first: Rating, rater: User, by: User) -> Rating:
    return ask_rating(
        session=first.session,
        therapist=first.therapist,
        rater=rater,
        purpose=Rating.Purpose.SECOND,
        draw=first.draw,
        by=by,
    )
