"""Set up programmes, and who works in them."""

from __future__ import annotations

import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from onmodel.access.permissions import ROLES
from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.programmes.models import Membership, Organisation, Programme, Team


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
    held = user.memberships.in_force(day).filter(programme=programme, role=role, team=place)
    if held.exists():
        raise ValidationError(_("%(name)s has that role there already.") % {"name": user.name})
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
