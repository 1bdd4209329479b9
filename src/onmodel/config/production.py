"""What an installation for real people must say before it starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET_KEY = 50
FOR_TRYING_OUT = ("only-for-trying-out", "0" * 43)


def require_own_values(settings: Mapping[str, Any]) -> None:
    """Raise ImproperlyConfigured that names every variable that is still as for trying out."""
    if missing := list(_missing(settings)):
        raise ImproperlyConfigured(
            "PRODUCTION or HTTPS_ONLY is on, and so these must be set (docs/settings.md): "
            + "; ".join(missing)
        )


def _missing(settings: Mapping[str, Any]) -> Iterator[str]:
    if len(settings["SECRET_KEY"]) < SHORTEST_SECRET_KEY or _is_known(settings["SECRET_KEY"]):
        yield f"SECRET_KEY, at least {SHORTEST_SECRET_KEY} signs drawn by chance"
    for name in ("IDENTITY_KEYS", "INDEX_KEY", "AUDIT_KEYS"):
        found = settings[name]
        if any(_is_known(key) for key in ([found] if isinstance(found, str) else found)):
            yield f"{name}, without the key that everybody knows"
    if settings["DEBUG"]:
        yield "DEBUG, off"
    if "testserver" in settings["ALLOWED_HOSTS"]:
        yield "ALLOWED_HOSTS, the names under which people reach this site"


def _is_known(key: str) -> bool:
    return key.startswith(FOR_TRYING_OUT)
