"""The chain: each event's digest covers its content, its number and the digest before it.

Keyed (HMAC-SHA256), so that somebody who can write the database but has no key cannot make a new
chain that fits. `AUDIT_KEYS` holds the keys: the first signs, all verify.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings

#: The content of an event, in the order in which it is digested. Never change it: add a FORMAT.
CONTENT = (
    "sequence",
    "at",
    "by_id",
    "verb",
    "subject_kind",
    "subject_id",
    "patient",
    "patients",
    "channel",
    "address",
    "why",
    "detail",
    "words",
)
#: Of what a format digests, the first so many. An event without words is of the first format, as all were
#: before words stood apart.
FORMATS = {1: 12, 2: 13}
BEGINNING = "0" * 64


def canonical(content: Sequence[Any]) -> bytes:
    """The same bytes for the same content, whichever database it comes back from."""
    format_ = 2 if content[-1] else 1
    return _json([format_, *(_plain(value) for value in content[: FORMATS[format_]])])


def digest(previous: str, content: Sequence[Any], *, key: str | None = None) -> str:
    return _keyed(previous.encode() + b"\n" + canonical(content), key)


def digest_of_words(salt: str, why: str, values: dict[str, Any]) -> str:
    """Salted, so that without the salt nobody can try out what the words may have been."""
    return hashlib.sha256(_json([salt, why, _plain(values)])).hexdigest()


def seal(sequence: int, of: str, *, key: str | None = None) -> str:
    """The seal of the head: which event is the last."""
    return _keyed(f"head\n{sequence}\n{of}".encode(), key)


def fits(found: str, make: Any) -> bool:
    """Whether `make(key)` gives what was found, by any of the keys."""
    return any(hmac.compare_digest(found, make(key)) for key in settings.AUDIT_KEYS)


def _keyed(message: bytes, key: str | None) -> str:
    return hmac.new((key or settings.AUDIT_KEYS[0]).encode(), message, hashlib.sha256).hexdigest()


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _plain(value: Any) -> Any:
    """PostgreSQL gives 1e20 back as a whole number and has no -0.0: whole floats count as whole numbers."""
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, dict):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value
