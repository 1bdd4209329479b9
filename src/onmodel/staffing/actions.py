"""Keep who is away, which places are open, how time is spent and how many places a group has."""

from __future__ import annotations

import datetime
from decimal import Decimal
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.programmes.models import Group, Membership, Programme, Team
from onmodel.staffing.models import MOST_HOURS, Absence, GroupSize, Kept, TimeSpent, Vacancy
from onmodel.staffing.positions import positions
from onmodel.wording.numbers import date_written

FAR_AWAY = datetime.date.max


def _refuse_backwards(starts_on: datetime.date, ends_on: datetime.date | None) -> None:
    if ends_on is not None and ends_on < starts_on:
        days = {"end": date_written(ends_on), "start": date_written(starts_on)}
        refused = _("It would end on %(end)s, before it begins on %(start)s; give a last day from then on.")
        raise ValidationError({"ends_on": refused % days})


def _locked(programme: Programme) -> None:
    Programme.objects.select_for_update().get(pk=programme.pk)


@transaction.atomic
def record_absence(
    *,
    programme: Programme,
    person: User,
    kind: str,
    starts_on: datetime.date,
    by: User | None,
    ends_on: datetime.date | None = None,
) -> Absence:
    """Keep that somebody of the staff is away; without an end, until it is said that (s)he is back.

    ValidationError for who does not work there in that time, an unknown kind, an end before the start, a
    start to come, or days on which the person is away already.
    """
    _refuse_backwards(starts_on, ends_on)
    if kind not in Absence.Kind.values:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": kind})
    if starts_on > timezone.localdate():
        refused = _("%(day)s is still to come; keep an absence once it has begun.")
        raise ValidationError({"starts_on": refused % {"day": date_written(starts_on)}})
    _locked(programme)
    end = ends_on or FAR_AWAY
    worked = Membership.objects.of_programme(programme).overlapping(starts_on, end).filter(user=person)
    if not worked.exists():
        refused = _("%(name)s does not work here in that time.") % {"name": person.name}
        raise ValidationError({"person": refused})
    same = Absence.objects.standing().filter(programme=programme, person=person)
    if other := same.overlapping(starts_on, end).first():
        days = {"name": person.name, "start": date_written(other.starts_on)}
        refused = _("%(name)s is kept as away from %(start)s already; change that one.") % days
        raise ValidationError({"starts_on": refused})
    absence = Absence.objects.create(
        programme=programme, person=person, kind=kind, starts_on=starts_on, ends_on=ends_on, kept_by=by
    )
    record(by=by, verb="absence recorded", subject=absence)
    return absence


@transaction.atomic
def end_absence(*, absence: Absence, ends_on: datetime.date, by: User | None) -> Absence:
    """The last day on which the person was away. A second time says so, unless it is the same day."""
    current = Absence.objects.select_for_update().get(pk=absence.pk)
    _refuse_backwards(current.starts_on, ends_on)
    _refuse_taken_back(current)
    if current.ends_on == ends_on:
        return current
    if current.ends_on is not None:
        raise ValidationError(
            _("It ended on %(day)s already. Take it back and keep it anew if that is wrong.")
            % {"day": date_written(current.ends_on)}
        )
    current.ends_on = ends_on
    current.save(update_fields=["ends_on"])
    record(by=by, verb="absence ended", subject=current)
    return current


@transaction.atomic
def open_vacancy(
    *,
    programme: Programme,
    position: str,
    hours_per_week: Decimal,
    starts_on: datetime.date,
    by: User | None,
    team: Team | None = None,
    token: UUID | None = None,
) -> Vacancy:
    """Keep that a place in the staff is open. With `token` the same sent twice counts once.

    ValidationError for a role that the pack does not know, hours that are not from above 0 to 60, a day to
    come, or a team of another programme.
    """
    if position not in {role.id for role in positions(programme)}:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": position})
    if not 0 < hours_per_week <= MOST_HOURS:
        said = {"hours": hours_per_week, "most": MOST_HOURS}
        refused = _("%(hours)s hours a week are not above 0 and at most %(most)s.") % said
        raise ValidationError({"hours_per_week": refused})
    if starts_on > timezone.localdate():
        refused = _("%(day)s is still to come.") % {"day": date_written(starts_on)}
        raise ValidationError({"starts_on": refused})
    if team is not None and team.programme_id != programme.pk:
        raise ValidationError(_("%(team)s is no team of this programme.") % {"team": team.name})
    _locked(programme)
    token = token or uuid4()
    if known := Vacancy.objects.filter(pk=token).first():
        if known.programme_id != programme.pk:
            raise ValidationError(_("This form is of another programme; open it again."))
        return known
    vacancy = Vacancy.objects.create(
        pk=token,
        programme=programme,
        team=team,
        position=position,
        hours_per_week=hours_per_week,
        starts_on=starts_on,
        kept_by=by,
    )
    record(by=by, verb="vacancy opened", subject=vacancy, position=position)
    return vacancy


@transaction.atomic
def end_vacancy(*, vacancy: Vacancy, ends_on: datetime.date, end: str, by: User | None) -> Vacancy:
    """It was filled or withdrawn on a day. A second time says so, unless it is the same."""
    current = Vacancy.objects.select_for_update().get(pk=vacancy.pk)
    _refuse_backwards(current.starts_on, ends_on)
    _refuse_taken_back(current)
    if end not in Vacancy.End.values:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": end})
    if (current.ends_on, current.end) == (ends_on, end):
        return current
    if current.ends_on is not None:
        raise ValidationError(
            _("It ended on %(day)s already. Take it back and keep it anew if that is wrong.")
            % {"day": date_written(current.ends_on)}
        )
    current.ends_on, current.end = ends_on, end
    current.save(update_fields=["ends_on", "end"])
    record(by=by, verb="vacancy ended", subject=current, end=end)
    return current


@transaction.atomic
def record_time_spent(
    *,
    programme: Programme,
    starts_on: datetime.date,
    ends_on: datetime.date,
    hours_worked: Decimal,
    hours_with_patients: Decimal,
    by: User | None,
) -> TimeSpent:
    """Keep how many of the hours worked in a period were with patients.

    ValidationError for negative hours, more with patients than were worked, an end before the start or to
    come, or a period that overlaps one that is kept.
    """
    _refuse_backwards(starts_on, ends_on)
    if ends_on > timezone.localdate():
        refused = _("%(day)s is still to come.") % {"day": date_written(ends_on)}
        raise ValidationError({"ends_on": refused})
    if hours_worked <= 0 or not 0 <= hours_with_patients <= hours_worked:
        said = {"worked": hours_worked, "direct": hours_with_patients}
        refused = _("%(direct)s hours with patients of %(worked)s worked: from 0 to as many as were worked.")
        raise ValidationError({"hours_with_patients": refused % said})
    _locked(programme)
    if TimeSpent.objects.standing().filter(programme=programme).overlapping(starts_on, ends_on).exists():
        refused = _("Some of these days are in a period that is kept already.")
        raise ValidationError({"starts_on": refused})
    spent = TimeSpent.objects.create(
        programme=programme,
        starts_on=starts_on,
        ends_on=ends_on,
        hours_worked=hours_worked,
        hours_with_patients=hours_with_patients,
        kept_by=by,
    )
    record(by=by, verb="time spent recorded", subject=spent)
    return spent


@transaction.atomic
def set_places(
    *, programme: Programme, group: Group, places: int, starts_on: datetime.date, by: User | None
) -> GroupSize:
    """Keep how many places a group has from a day on; the same again changes nothing."""
    if group.team.programme_id != programme.pk:
        raise ValidationError(_("%(group)s is no group of this programme.") % {"group": group.name})
    if not 1 <= places <= 30:
        refused = _("%(places)s places: a group has from 1 to 30.") % {"places": places}
        raise ValidationError({"places": refused})
    _locked(programme)
    same = GroupSize.objects.standing().filter(group=group, starts_on=starts_on, places=places).first()
    if same is not None:
        return same
    size = GroupSize.objects.create(
        programme=programme, group=group, places=places, starts_on=starts_on, kept_by=by
    )
    record(by=by, verb="group places set", subject=size, places=places)
    return size


@transaction.atomic
def take_back(*, kept: Kept, by: User | None) -> Kept:
    """It was kept by mistake: it counts no more, and stays. A second time changes nothing."""
    current = type(kept).objects.select_for_update().get(pk=kept.pk)
    if current.taken_back_at is None:
        current.taken_back_at, current.taken_back_by = timezone.now(), by
        current.save(update_fields=["taken_back_at", "taken_back_by"])
        record(by=by, verb="staffing record taken back", subject=current)
    return current


def _refuse_taken_back(kept: Kept) -> None:
    if kept.taken_back_at is not None:
        raise ValidationError(_("This was taken back meanwhile."))
