"""Which files may be kept with an attestation: told by their first bytes, not by their name."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MOST_BYTES = 3 * 1024 * 1024
#: Kind -> how such a file begins, and as what it is sent.
KINDS = {
    "pdf": (b"%PDF-", "application/pdf"),
    "png": (b"\x89PNG\r\n\x1a\n", "image/png"),
    "jpg": (b"\xff\xd8\xff", "image/jpeg"),
}


def kind_of_file(content: bytes) -> str:
    """ValidationError for a file that is too large, or none of `KINDS`."""
    if len(content) > MOST_BYTES:
        sizes = {"size": f"{len(content) / 1024**2:.1f}", "most": MOST_BYTES // 1024**2}
        raise ValidationError(_("The file has %(size)s MB; at most %(most)s MB are kept.") % sizes)
    for kind, (beginning, _sent_as) in KINDS.items():
        if content.startswith(beginning):
            return kind
    raise ValidationError(_("This file is no PDF, PNG or JPEG; save it as one of these."))
