"""Put the first of IDENTITY_KEYS on self-checks, so that an older key can go."""

from __future__ import annotations

from cryptography.fernet import InvalidToken
from django.db import models, transaction
from django.db.models import ExpressionWrapper, F

from onmodel.audit.actions import record
from onmodel.patients.sealing import sealed_by_first_key, unseal
from onmodel.selfcheck.models import SelfCheck


@transaction.atomic
def reseal_checks() -> int:
    """Seal every self-check that has not the first key anew; how many were sealed anew.

    Raises RuntimeError, and changes none, where none of the keys opens one.
    """
    changed = 0
    closed = ExpressionWrapper(F("sealed"), output_field=models.BinaryField())
    rows = SelfCheck.objects.select_for_update().annotate(closed=closed).order_by("pk")
    for key, token in rows.values_list("pk", "closed"):
        if sealed_by_first_key(bytes(token)):
            continue
        try:
            content = unseal(bytes(token))
        except InvalidToken:
            raise RuntimeError(
                f"Self-check {key} opens with none of IDENTITY_KEYS: add the key that it was sealed with. "
                "No self-check was changed."
            ) from None
        SelfCheck.objects.filter(pk=key).update(sealed=content)
        changed += 1
    if changed:
        record(by=None, verb="self-checks sealed anew", subject=None, checks=changed)
    return changed
