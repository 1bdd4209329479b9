"""What a programme-to-be can be made of: a format of its pack, a short name, somebody who leads it."""

from __future__ import annotations

import itertools

from django.db.models import QuerySet
from django.utils.text import slugify

from onmodel import library
from onmodel.accounts.models import User
from onmodel.packs.standards import Term
from onmodel.programmes.models import Membership, Organisation, Programme

#: The pack's list of formats.
FORMATS = "programme_formats"
#: Roles of people who do not work there.
NOT_STAFF = ("patient", "stakeholder")


def people_of(organisation: Organisation) -> QuerySet[User]:
    """Who works there today, by name."""
    working = Membership.objects.in_force().filter(organisation=organisation)
    working = working.exclude(role__in=NOT_STAFF)
    return User.objects.filter(pk__in=working.values("user"), is_active=True).order_by("name", "pk")


def formats_of(pack: str) -> dict[str, Term]:
    """The formats in which a programme by that pack can be given, by their id."""
    listed = library.load(pack).terms.get(FORMATS)
    return {term.id: term for term in listed.terms} if listed else {}


def free_slug(name: str) -> str:
    """A short name for addresses that no programme has."""
    wanted = slugify(name)[:40].strip("-") or "programme"
    taken = set(Programme.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    numbered = (f"{wanted}-{number}" for number in itertools.count(2))
    return next(slug for slug in itertools.chain([wanted], numbered) if slug not in taken)
