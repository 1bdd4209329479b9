"""The one question: may this user do this in this programme, today?"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from onmodel.access.permissions import ROLES, Permission, roles_with

if TYPE_CHECKING:
    from onmodel.accounts.models import User


def has_permission(
    user: User, permission: Permission, *, programme: object, on: datetime.date | None = None
) -> bool:
    """Whether a membership of this user, in force on that day, carries the permission there."""
    if not user.is_authenticated:
        return False
    day = on or timezone.localdate()
    memberships = user.memberships.in_force(day).filter(role__in=roles_with(permission))
    return memberships.of_programme(programme).exists()


def has_together(user: User, *permissions: Permission, programme: object) -> bool:
    """Whether one of the user's roles carries all of these: what each of two roles allows does not add up."""
    roles = set.intersection(*(set(roles_with(permission)) for permission in permissions))
    return user.memberships.in_force().filter(role__in=roles).of_programme(programme).exists()


def has_permission_throughout(user: User, permission: Permission, *, programmes: Iterable[object]) -> bool:
    """Whether the user has the permission in each of the programmes, and there is one."""
    found = [has_permission(user, permission, programme=programme) for programme in programmes]
    return bool(found) and all(found)


def require(user: User, permission: Permission, *, programme: object) -> None:
    """Raise PermissionDenied (a 403) unless the user has the permission."""
    if not has_permission(user, permission, programme=programme):
        raise PermissionDenied


def permissions_in(user: User, programme: object) -> frozenset[Permission]:
    """Everything that the user may do in the programme today, by all memberships together."""
    if not user.is_authenticated:
        return frozenset()
    roles = user.memberships.in_force().of_programme(programme).values_list("role", flat=True)
    return frozenset(permission for role in roles for permission in ROLES[role].permissions)
