"""Texts sealed with IDENTITY_KEYS: what a session or a second factor must hold and nobody may read."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.http import HttpRequest


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """cryptography's InvalidToken where none of the keys opens it."""
    return _box().decrypt(sealed.encode()).decode()


def keep(request: HttpRequest, name: str, text: str) -> None:
    """Keep a text in the session; an empty one forgets it."""
    if text:
        request.session[name] = seal(text)
    else:
        request.session.pop(name, None)


def kept(request: HttpRequest, name: str) -> str:
    """The text, or nothing where none is kept or its key is gone."""
    try:
        return unseal(request.session.get(name, ""))
    except InvalidToken:
        return ""


def _box() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.IDENTITY_KEYS])
