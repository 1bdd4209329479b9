"""What every entry about the clinical process is refused for."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmodel.accounts.models import User
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.wording.numbers import date_written


def refuse_future(day: datetime.date) -> None:
    if day > timezone.localdate():
        raise ValidationError(
            _("%(day)s lies in the future; enter what has happened.") % {"day": date_written(day)}
        )


def refuse_before(day: datetime.date, earlier: datetime.date | None, what: str) -> None:
    """`what` says in words what happened on the earlier day."""
    if earlier is not None and day < earlier:
        wrong = {"day": date_written(day), "earlier": date_written(earlier), "what": what}
        raise ValidationError(_("%(day)s lies before %(what)s (%(earlier)s).") % wrong)


def refuse_outside(treatment: Treatment, day: datetime.date) -> None:
    """A day in the future, before the referral or the start where none is known, or after the end."""
    refuse_future(day)
    if treatment.referred_on:
        refuse_before(day, treatment.referred_on, _("the referral"))
    else:
        refuse_before(day, treatment.started_on, _("the start of treatment"))
    if treatment.ended_on is not None and day > treatment.ended_on:
        wrong = {"day": date_written(day), "end": date_written(treatment.ended_on)}
        raise ValidationError(_("%(day)s lies after the end of treatment (%(end)s).") % wrong)


def refuse_few(people: Collection[User], least: int) -> None:
    """Fewer different people than it takes to decide."""
    if len({person.pk for person in people}) < least:
        said = ngettext(
            "It takes %(least)s person to decide this; named: %(n)s.",
            "It takes %(least)s people to decide this; named: %(n)s.",
            least,
        )
        raise ValidationError(said % {"least": least, "n": len({person.pk for person in people})})


def refuse_strangers(people: Collection[User], programme: Programme, day: datetime.date) -> None:
    """People who did not work in the programme as a clinician on that day."""
    for person in people:
        working = person.memberships.in_force(day).of_programme(programme)
        if not working.filter(role__in=["therapist", "supervisor"]).exists():
            wrong = {"name": person.name, "day": date_written(day)}
            raise ValidationError(_("%(name)s did not work in this programme on %(day)s.") % wrong)
