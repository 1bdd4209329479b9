"""What the database holds, so that a demonstration never stands among real records or replaces them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q

from onmodel.accounts.models import User
from onmodel.demonstration.staff import EMAIL_DOMAIN
from onmodel.programmes.models import Organisation, Programme


@dataclass(frozen=True)
class Contents:
    """What is not simulated, by name; and whether the demonstration is there."""

    real_organisations: tuple[str, ...] = ()
    real_accounts: tuple[str, ...] = ()
    simulated: bool = False

    @property
    def only_simulated(self) -> bool:
        return not self.real_organisations and not self.real_accounts


def contents() -> Contents:
    """Look at the database; empty where there are no tables yet.

    An organisation is simulated when it has programmes and all of them are. An account is when its
    address is the demonstration's. Raises django.db.DatabaseError where another version of OnModel
    made the tables.
    """
    if Programme._meta.db_table not in connection.introspection.table_names():
        return Contents()
    programmes = Count("programmes")
    real = Count("programmes", filter=Q(programmes__is_simulated=False))
    organisations = Organisation.objects.annotate(all=programmes, real=real)
    return Contents(
        real_organisations=_names(organisations.filter(Q(all=0) | Q(real__gt=0)), "name"),
        real_accounts=_names(User.objects.exclude(email__endswith=f"@{EMAIL_DOMAIN}"), "username"),
        simulated=organisations.filter(all__gt=0, real=0).exists(),
    )


def _names(rows, field: str) -> tuple[str, ...]:
    return tuple(rows.order_by(field).values_list(field, flat=True))
