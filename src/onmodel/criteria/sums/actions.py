"""Keep a yes/no list about a period."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.criteria.models import YesNoSum
from onmodel.criteria.sums.reading import YesNoList, list_of
from onmodel.measurement.sums import total_from
from onmodel.programmes.models import Programme
from onmodel.wording.numbers import date_written


@transaction.atomic
def keep_sum(
    *,
    programme: Programme,
    checklist: str,
    starts_on: datetime.date,
    ends_on: datetime.date,
    by: User,
    marks: Mapping[str, bool | None] | None = None,
    yes: int | None = None,
) -> YesNoSum:
    """Keep the answers of a list about a period or, of a list whose questions are not printed, its sum.

    Raises ValidationError for an unknown list, a period that ends before it begins or is not over, a
    second time for the same period, a list without any answer, and a sum beyond what was asked.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    chosen = list_of(programme, checklist)
    if chosen is None:
        raise ValidationError(_("The pack has no list %(name)s.") % {"name": checklist})
    _check_period(starts_on, ends_on)
    same = programme.yes_no_sums.filter(checklist=checklist, starts_on=starts_on, ends_on=ends_on)
    if same.exists():
        raise ValidationError(_("This list is kept for that period already; nothing was changed."))
    values = _sum_only(chosen, yes) if chosen.by_sum_only else _marks(chosen, marks or {})
    kept = YesNoSum.objects.create(
        programme=programme, checklist=checklist, starts_on=starts_on, ends_on=ends_on, kept_by=by, **values
    )
    record(by=by, verb="yes/no list kept", subject=kept, checklist=checklist)
    return kept


def _check_period(starts_on: datetime.date, ends_on: datetime.date) -> None:
    said = {"first": date_written(starts_on), "last": date_written(ends_on)}
    if ends_on < starts_on:
        refused = _("The period ends on %(last)s, before it begins on %(first)s.") % said
        raise ValidationError({"ends_on": refused})
    if ends_on > timezone.localdate():
        refused = _("The period ends on %(last)s, which has not come yet.") % said
        raise ValidationError({"ends_on": refused})


def _marks(chosen: YesNoList, marks: Mapping[str, bool | None]) -> dict[str, object]:
    known = {check.id: marks.get(check.id) for check in chosen.checks}
    if all(value is None for value in known.values()):
        raise ValidationError(_("Answer at least one question; what is not answered stays unknown."))
    return {"marks": known}


def _sum_only(chosen: YesNoList, yes: int | None) -> dict[str, object]:
    try:
        if yes is None:
            raise ValueError
        total_from(yes, chosen.maximum)
    except ValueError:
        said = {"value": "–" if yes is None else yes, "most": chosen.maximum}
        refused = _("%(value)s is no sum of this list; it goes from 0 to %(most)s.") % said
        raise ValidationError({"yes": refused}) from None
    return {"yes": yes, "asked": chosen.maximum}
