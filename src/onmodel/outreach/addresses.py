"""A patient's mail address and telephone number, out of the sealed identity, for the message at hand."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from onmodel.outreach.models import Channel
from onmodel.patients.models import Identity

PARTS = {Channel.MAIL.value: "email", Channel.SMS.value: "phone"}
A_NUMBER = re.compile(r"\+?\d{9,15}")


def addresses_of(patients: Iterable[int]) -> dict[int, dict[str, str]]:
    """Patient -> channel -> address, for the channels that they can be reached by."""
    identities = Identity.objects.filter(patient__in=list(patients))
    return {identity.patient_id: _usable(identity.sealed) for identity in identities}


def _usable(sealed: dict[str, object]) -> dict[str, str]:
    found = {channel: str(sealed.get(part) or "").strip() for channel, part in PARTS.items()}
    mail, number = found[Channel.MAIL], re.sub(r"[^\d+]", "", found[Channel.SMS])
    usable = {}
    if mail and _is_mail(mail):
        usable[Channel.MAIL.value] = mail
    if A_NUMBER.fullmatch(number):
        usable[Channel.SMS.value] = number
    return usable


def _is_mail(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True
