"""Authenticated encryption of identities (Fernet), and the blind index to find one without decrypting.

`IDENTITY_KEYS` holds the keys: the first encrypts, all decrypt, so that a key can be replaced.
"""

from __future__ import annotations

import hashlib
import hmac
import json

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.IDENTITY_KEYS])


def blind_index(value: str) -> str:
    """A keyed digest of a value in a normal form: equal for equal values, telling nothing else."""
    normal = " ".join(value.casefold().split())
    key = hashlib.sha256(b"index:" + settings.IDENTITY_KEYS[-1].encode()).digest()
    return hmac.new(key, normal.encode(), hashlib.sha256).hexdigest()


class SealedField(models.BinaryField):
    """A dictionary of plain values, encrypted in the database."""

    def get_prep_value(self, value: dict[str, object] | None) -> bytes | None:
        return None if value is None else _box().encrypt(json.dumps(value).encode())

    def from_db_value(self, value: bytes | memoryview | None, *_: object) -> dict[str, object] | None:
        return None if value is None else json.loads(_box().decrypt(bytes(value)))
