"""Authenticated encryption of identities (Fernet), and the blind indexes to find one without decrypting.

`IDENTITY_KEYS` holds the keys: the first encrypts, all decrypt, so that a key can be replaced.
`INDEX_KEY` is another key, for the indexes alone: whoever has it can test a guess, not read a record.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from collections.abc import Mapping

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.db import models

SHORTEST_NUMBER = 9


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.IDENTITY_KEYS])


def sealed_by_first_key(token: bytes) -> bool:
    try:
        Fernet(settings.IDENTITY_KEYS[0]).decrypt(bytes(token))
    except InvalidToken:
        return False
    return True


def unseal(token: bytes) -> dict[str, object]:
    """What was sealed, by whichever key; cryptography's InvalidToken where none of them opens it."""
    return json.loads(_box().decrypt(bytes(token)))


def seal_text(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal_text(token: str) -> str:
    """What `seal_text` sealed, by whichever key; cryptography's InvalidToken where none of them opens it."""
    return _box().decrypt(token.encode()).decode()


def reseal(token: str) -> str:
    """The same under the first key; cryptography's InvalidToken where none opens it."""
    return _box().rotate(token.encode()).decode()


def normal_name(value: str) -> str:
    """Without accents, case and superfluous spaces: 'Zoë  DE Vries' and 'zoe de vries' are one."""
    apart = unicodedata.normalize("NFKD", value)
    plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(plain.casefold().split())


def name_index(value: str) -> str:
    return _index("name", normal_name(value))


def number_index(value: str) -> str:
    """Record numbers are compared without any spaces."""
    return _index("record number", normal_name(value).replace(" ", ""))


def email_index(value: str) -> str:
    return _index("email", "".join(value.split()).casefold())


def phone_index(value: str) -> str:
    """By its last nine digits: +31 6 1234 5678, 0031612345678 and 06-12345678 are one number."""
    digits = "".join(sign for sign in value if sign.isdecimal())
    return _index("phone", digits[-9:]) if len(digits) >= SHORTEST_NUMBER else ""


def indexes_of(sealed: Mapping[str, object]) -> dict[str, str]:
    """Every index of an identity, by the name of its column."""
    said = {part: str(sealed.get(part) or "") for part in ("name", "record_number", "email", "phone")}
    return {
        "name_index": name_index(said["name"]),
        "record_number_index": number_index(said["record_number"]),
        "email_index": email_index(said["email"]),
        "phone_index": phone_index(said["phone"]),
    }


def _index(kind: str, normal: str) -> str:
    """A keyed digest: equal for equal values, telling nothing else; empty for an empty value."""
    if not normal:
        return ""
    message = f"{kind}:{normal}".encode()
    return hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()


class SealedField(models.BinaryField):
    """A dictionary of plain values, encrypted in the database."""

    def get_prep_value(self, value: dict[str, object] | None) -> bytes | None:
        return None if value is None else _box().encrypt(json.dumps(value).encode())

    def from_db_value(self, value: bytes | memoryview | None, *_: object) -> dict[str, object] | None:
        return None if value is None else unseal(bytes(value))
