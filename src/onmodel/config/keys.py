"""Keys from the environment, or from a file that only the service may read."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import Env


def keys(env: Env, name: str, default: str | None) -> list[str]:
    """NAME holds keys with commas between them, NAME_FILE names a file with one a line.

    The first key is the one in use; the others still open what was closed with them. Without a default
    there may be none.
    """
    path = env.str(f"{name}_FILE", "")
    if path:
        try:
            lines = Path(path).read_text(encoding="utf-8").splitlines()
        except OSError as error:
            raise ImproperlyConfigured(f"{name}_FILE: {path} cannot be read ({error.strerror}).") from None
        found = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    else:
        found = [key.strip() for key in env.list(name, [] if default is None else [default]) if key.strip()]
    if not found and default is not None:
        raise ImproperlyConfigured(f"{name} holds no key.")
    return found
