"""Codes that people can read out, type on a phone and mistype a little. Only their digest is kept."""

from __future__ import annotations

import secrets

from django.utils.crypto import salted_hmac

#: Of signs that look alike one is in use, or none (1, I and L).
ALPHABET = "23456789ACDEFHJKMNPRTVWXY"
LOOKS_LIKE = str.maketrans({"B": "8", "G": "6", "S": "5", "Z": "2", "U": "V", "0": "D", "O": "D", "Q": "D"})
GROUP = 5


def new_code(length: int) -> str:
    """`length` signs in groups; each brings log2(25) = 4.6 bits."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(length))
    return "-".join(signs[start : start + GROUP] for start in range(0, length, GROUP))


def normal_form(typed: str) -> str:
    """What was meant: capitals, no spaces or dashes, look-alikes as the sign that is in use."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return signs.translate(LOOKS_LIKE)


def digest_of(code: str) -> str:
    """Keyed with SECRET_KEY: who reads the database cannot try codes on it."""
    return salted_hmac("onmodel.patient_access", normal_form(code), algorithm="sha256").hexdigest()
