"""The addresses that stand in messages: the patient's own link, and the one that stops reminders.

Neither names a patient: the first holds a code after the #, which browsers do not send, the second a
signed number of the message.
"""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse

from onmodel.outreach.models import Sending

SALT = "onmodel.outreach.stop"


def patient_link(code: str) -> str:
    return f"{settings.SITE_URL}{reverse('patient-sign-in')}#{code}"


def stop_token(sending: Sending) -> str:
    return signing.Signer(salt=SALT).sign(sending.pk.hex)


def stop_link(sending: Sending) -> str:
    return f"{settings.SITE_URL}{reverse('reminders-stop', args=[stop_token(sending)])}"


def sending_of(token: str) -> Sending | None:
    """The message whose link it is; None for one that nobody signed, or that is gone."""
    try:
        key = UUID(hex=signing.Signer(salt=SALT).unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Sending.objects.select_related("treatment__patient", "treatment__programme").filter(pk=key).first()
