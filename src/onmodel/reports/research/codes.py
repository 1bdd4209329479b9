"""Codes that stand for a person, a treatment and a form in the data of one study.

Keyed digests (`INDEX_KEY`): the same in each file of a study, so that a later file can be joined to an
earlier one, and others in each other study, so that two studies cannot be joined. They lead back to
nobody without the key and the database. After a new `INDEX_KEY` they are others.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

STUDY = re.compile(r"[a-z0-9][a-z0-9-]{1,38}[a-z0-9]")
A_CODE = 10  # bytes: 80 bits, so that two of a million never meet


@dataclass(frozen=True)
class Codes:
    study: str

    def of(self, kind: str, key: object) -> str:
        message = f"research:{self.study}:{kind}:{key}".encode()
        digest = hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).digest()
        return base64.b32encode(digest[:A_CODE]).decode()


def check_study(study: str) -> None:
    """ValidationError for a short name of a study that is none."""
    if not STUDY.fullmatch(study):
        told = _(
            "%(study)s is no short name of a study: 3 to 40 small letters, digits and hyphens, "
            "such as alliance-2026."
        )
        raise ValidationError({"study": told % {"study": study[:60] or "–"}})
