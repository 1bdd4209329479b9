"""Set up programmes."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.programmes.models import Membership, Organisation, Programme


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
