"""Log a whole series at once: of each planned meeting whether it was held, and who came."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.supervision.actions import Log, log_planned, not_held
from onmodel.supervision.models import Meeting
from onmodel.wording.numbers import date_written


@dataclass(frozen=True, kw_only=True)
class Said:
    """What became of a planned meeting: held with those who came, or not held for that reason."""

    meeting: Meeting
    present: tuple[User, ...] = ()
    reason: str = ""


@transaction.atomic
def log_several(*, said: Sequence[Said], by: User) -> int:
    """Log all of them, or none where one is refused; how many.

    Raises ValidationError as `log_planned` and `not_held`, naming the day of the meeting.
    """
    if not said:
        raise ValidationError(_("Say of at least one meeting whether it was held."))
    for one in sorted(said, key=lambda one: str(one.meeting.pk)):
        try:
            _log(one, by)
        except ValidationError as error:
            shown = {"day": date_written(one.meeting.day), "why": " ".join(error.messages)}
            raise ValidationError(_("%(day)s: %(why)s") % shown) from None
    return len(said)


def _log(one: Said, by: User) -> None:
    if one.reason:
        not_held(meeting=one.meeting, reason=one.reason, by=by)
        return
    meeting = one.meeting
    log = Log(day=meeting.day, starts_at=meeting.starts_at, ends_at=meeting.ends_at, present=one.present)
    log_planned(meeting=meeting, log=log, by=by)
