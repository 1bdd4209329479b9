"""Set up programmes, and who works in them."""

from __future__ import annotations

import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from onmodel import library
from onmodel.access.permissions import ROLES, Permission, roles_with
from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.programmes.events import ProgrammeEvent, kinds_of
from onmodel.programmes.models import Membership, Organisation, Programme, Team
from onmodel.programmes.planning import formats_of, free_slug, people_of

#: Of one person, all memberships of a time together.
MOST_HOURS = 60


@transaction.atomic
def create_programme(
    *, name: str, slug: str = "", pack: str, organisation: str, by: User | None
) -> Programme:
    """A new programme, in an organisation that is made where there is none of this name.

    `by` becomes its manager; None at the command line, where nobody is signed in.
    """
    home, _made = Organisation.objects.get_or_create(
        slug=slugify(organisation), defaults={"name": organisation}
    )
    programme = Programme.objects.create(
        organisation=home, name=name, slug=slug or slugify(name), pack=pack, opened_on=timezone.localdate()
    )
    if by is not None:
        Membership.objects.create(
            user=by,
            organisation=home,
            programme=programme,
            role="manager",
            starts_on=timezone.localdate(),
        )
    record(by=by, verb="programme created", subject=programme, pack=pack)
    return programme


@transaction.atomic
def plan_programme(
    *, organisation: Organisation, name: str, pack: str, leader: User, by: User, format: str = ""
) -> Programme:
    """A programme-to-be, not opened yet; its leader is made its manager.

    Whoever makes it keeps in it the role that let it be made. Raises ValidationError for no name or one that
    the organisation has already, a pack or format that there is not, a leader who does not work there.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)
    called = " ".join(name.replace("\0", "").split())
    if not called:
        raise ValidationError(_("Give it a name."))
    if organisation.programmes.filter(name__iexact=called).exists():
        shown = {"organisation": organisation.name, "name": called}
        raise ValidationError(
            _("%(organisation)s has a programme %(name)s already; nothing was changed.") % shown
        )
    _check_format(pack, format)
    if not people_of(organisation).filter(pk=leader.pk).exists():
        raise ValidationError(_("%(name)s does not work in this organisation today.") % {"name": leader.name})
    programme = Programme.objects.create(
        organisation=organisation, name=called[:200], slug=free_slug(called), pack=pack, format=format
    )
    record(by=by, verb="programme created", subject=programme, pack=pack)
    allowing = roles_with(Permission.PROGRAMME_BEGIN)
    held = by.memberships.in_force().filter(organisation=organisation, role__in=allowing)
    given = [(leader, "manager"), *((by, role) for role in sorted(set(held.values_list("role", flat=True))))]
    for user, role in given:
        if not user.memberships.in_force().of_programme(programme).filter(role=role).exists():
            add_membership(user=user, programme=programme, role=role, by=by)
    return programme


def _check_format(pack: str, format: str) -> None:
    packs = [header.id for header in library.available()]
    if pack not in packs:
        shown = {"pack": pack, "packs": ", ".join(packs)}
        raise ValidationError(_("There is no pack %(pack)s; there are: %(packs)s.") % shown)
    if format and format not in formats_of(pack):
        raise ValidationError(
            _("%(format)s is no format of pack %(pack)s.") % {"format": format, "pack": pack}
        )


@transaction.atomic
def create_account(*, username: str, name: str, password: str, by: User | None, email: str = "") -> User:
    """A new account. ValidationError for a name that is taken or a password that is too weak."""
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError(_("The user name %(name)s is taken.") % {"name": username})
    user = User(username=username, name=name.strip() or username, email=email)
    validate_password(password, user)
    user.set_password(password)
    user.full_clean()
    user.save()
    record(by=by, verb="account created", subject=user)
    return user


@transaction.atomic
def add_membership(
    *,
    user: User,
    programme: Programme,
    role: str,
    by: User | None,
    team: str = "",
    position: str = "",
    training: str = "",
    hours_per_week: float | None = None,
    starts_on: datetime.date | None = None,
) -> Membership:
    """Give a person a role in a programme from a day on; a team of a new name is made.

    ValidationError for a role that there is not, hours out of range, or the same role twice at once.
    """
    if role not in ROLES:
        wrong = {"role": role, "roles": ", ".join(ROLES)}
        raise ValidationError(_("There is no role %(role)s; the roles are %(roles)s.") % wrong)
    if hours_per_week is not None and not 0 <= hours_per_week <= 60:
        raise ValidationError(_("%(hours)g hours a week are not from 0 to 60.") % {"hours": hours_per_week})
    day = starts_on or timezone.localdate()
    place = None
    if team:
        place, _created = Team.objects.get_or_create(
            programme=programme, name=team, defaults={"starts_on": day}
        )
    to_come = user.memberships.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))
    if to_come.filter(programme=programme, role=role, team=place).exists():
        raise ValidationError(
            _("%(name)s has that role there already, at the same time.") % {"name": user.name}
        )
    _refuse_too_many_hours(user, day, hours_per_week)
    membership = Membership.objects.create(
        user=user,
        organisation=programme.organisation,
        programme=programme,
        team=place,
        role=role,
        position=position,
        training=training,
        hours_per_week=hours_per_week,
        starts_on=day,
    )
    record(by=by, verb="membership added", subject=membership, role=role)
    return membership


def _refuse_too_many_hours(user: User, day: datetime.date, more: float | None) -> None:
    """All that somebody works at a time fits in a week."""
    held = user.memberships.in_force(day).aggregate(hours=Sum("hours_per_week"))["hours"]
    together = float(held or 0) + (more or 0)
    if together > MOST_HOURS:
        said = {"name": user.name, "hours": f"{together:g}", "most": MOST_HOURS}
        raise ValidationError(
            _("%(name)s would work %(hours)s hours a week in all; at most %(most)s can be.") % said
        )


@transaction.atomic
def end_memberships(
    *, user: User, programme: Programme, by: User | None, on: datetime.date | None = None
) -> int:
    """End every membership of a person in a programme after a day; access ends with them."""
    day = on or timezone.localdate()
    ending = list(user.memberships.in_force(day).filter(programme=programme))
    for membership in ending:
        membership.ends_on = day
        membership.save(update_fields=["ends_on"])
    for membership in ending:
        record(by=by, verb="membership ended", subject=membership, on=day.isoformat())
    return len(ending)


@transaction.atomic
def record_event(
    *,
    programme: Programme,
    kind: str,
    happened_on: datetime.date,
    by: User | None,
    team: Team | None = None,
    note: str = "",
) -> ProgrammeEvent:
    """Keep that something happened that may tell in the programme's figures.

    Raises ValidationError for a kind that the pack does not list, a day to come, a team of another programme,
    or the same a second time.
    """
    if kind not in {term.id for term in kinds_of(programme)}:
        raise ValidationError(_("%(value)s is not one of the choices.") % {"value": kind})
    if happened_on > timezone.localdate():
        raise ValidationError(
            _("%(day)s is still to come; record it once it has happened.") % {"day": happened_on}
        )
    if team is not None and team.programme_id != programme.pk:
        raise ValidationError(_("%(team)s is no team of this programme.") % {"team": team.name})
    Programme.objects.select_for_update().get(pk=programme.pk)
    if programme.events.standing().filter(kind=kind, team=team, happened_on=happened_on).exists():
        raise ValidationError(_("This is recorded for that day already."))
    event = ProgrammeEvent.objects.create(
        programme=programme,
        team=team,
        kind=kind,
        happened_on=happened_on,
        note=note.replace("\0", "").strip()[:300],
        recorded_by=by,
    )
    record(by=by, verb="programme event recorded", subject=event, kind=kind, happened_on=happened_on)
    return event


@transaction.atomic
def take_back_event(*, event: ProgrammeEvent, by: User | None) -> ProgrammeEvent:
    """It was recorded by mistake: it counts no more, and stays. A second time changes nothing."""
    current = ProgrammeEvent.objects.select_for_update().get(pk=event.pk)
    if current.taken_back_at is None:
        current.taken_back_at, current.taken_back_by = timezone.now(), by
        current.save(update_fields=["taken_back_at", "taken_back_by"])
        record(by=by, verb="programme event taken back", subject=current)
    return current
