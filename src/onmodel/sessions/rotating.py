"""Put the first of IDENTITY_KEYS on the keys of recordings, so that an older key can go."""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from django.db import transaction

from onmodel.audit.actions import record
from onmodel.sessions.models import Recording
from onmodel.sessions.sealed_file import has_first_key, reseal_key


@transaction.atomic
def reseal_recordings() -> int:
    """Seal every key of a recording that has not the first one anew; how many were sealed anew.

    Raises RuntimeError, and changes none, where none of the keys opens one.
    """
    changed = 0
    for recording in Recording.objects.select_for_update().exclude(sealed_key="").order_by("pk"):
        if has_first_key(recording.sealed_key):
            continue
        try:
            recording.sealed_key = reseal_key(recording.sealed_key)
        except InvalidToken:
            raise RuntimeError(
                f"The key of recording {recording.pk} opens with none of IDENTITY_KEYS: add the key that it "
                "was sealed with, or erase the recording. No recording was changed."
            ) from None
        recording.save(update_fields=["sealed_key"])
        changed += 1
    if changed:
        record(by=None, verb="recordings sealed anew", subject=None, recordings=changed)
    return changed
