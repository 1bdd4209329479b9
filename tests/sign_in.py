"""Second factors for tests: an authenticator app computed by hand (RFC 6238)."""

import base64
import hmac
import struct
import time

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator

from onmodel.accounts.models import User

SECRET = "JBSWY3DPEHPK3PXP"


def code_of(secret: str, at: float | None = None) -> str:
    """The six digits that an app with this secret shows at that moment (now)."""
    counter = int(time.time() if at is None else at) // 30
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 0x0F
    (number,) = struct.unpack(">I", digest[offset : offset + 4])
    return f"{(number & 0x7FFFFFFF) % 1_000_000:06}"


def give_app(user: User, secret: str = SECRET) -> None:
    sealed = {"secret": get_adapter().encrypt(secret)}
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data=sealed)
