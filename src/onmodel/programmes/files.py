"""Files that are kept to show something of a programme: told by their first bytes, not by their name."""

from __future__ import annotations

import hashlib
import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

MOST_BYTES = 3 * 1024 * 1024
#: Kind -> how such a file begins, and as what it is sent.
KINDS = {
    "pdf": (b"%PDF-", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
}


class KeptFile(models.Model):
    """What was shown, byte for byte, with its SHA-256."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=5)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.pk}.{self.kind}"

    @property
    def is_as_kept(self) -> bool:
        return _digest(bytes(self.content)) == self.digest

    @property
    def sent_as(self) -> str:
        return KINDS[self.kind][1]


def as_kept(content: bytes) -> dict[str, object]:
    """The fields of a `KeptFile`. ValidationError for a file that is too large, or none of `KINDS`."""
    return {"kind": kind_of_file(content), "content": content, "digest": _digest(content)}


def kind_of_file(content: bytes) -> str:
    """ValidationError for a file that is too large, or none of `KINDS`."""
    if len(content) > MOST_BYTES:
        sizes = {"size": f"{len(content) / 1024**2:.1f}", "most": MOST_BYTES // 1024**2}
        raise ValidationError(_("The file has %(size)s MB; at most %(most)s MB are kept.") % sizes)
    for kind, (beginning, _sent_as) in KINDS.items():
        if content.startswith(beginning):
            return kind
    raise ValidationError(_("This file is no PDF, PNG or JPEG; save it as one of these."))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
