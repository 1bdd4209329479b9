"""Text messages: who sends them is a class named by SMS_BACKEND, with one method."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from django.conf import settings
from django.utils.module_loading import import_string

TIMEOUT_SECONDS = 20


class SmsError(Exception):
    """The message was refused, or nobody knows whether it went. Says nothing of number or words."""


class SmsSender(Protocol):
    def send(self, to: str, text: str) -> None:
        """Send it; SmsError where it was not taken."""


class FileSender:
    """For development: each message becomes a file in SMS_FILE_PATH."""

    def send(self, to: str, text: str) -> None:
        folder = Path(settings.SMS_FILE_PATH)
        folder.mkdir(parents=True, exist_ok=True)
        stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
        (folder / f"{stamp}-{uuid4().hex[:8]}.txt").write_text(f"To: {to}\n\n{text}\n", encoding="utf-8")


class GatewaySender:
    """Posts JSON (`to`, `from`, `message`) to SMS_GATEWAY_URL, with SMS_GATEWAY_TOKEN as bearer.

    A gateway that wants other names gets a class of one's own in SMS_BACKEND.
    """

    def send(self, to: str, text: str) -> None:
        content = {"to": to, "from": settings.SMS_FROM, "message": text}
        request = urllib.request.Request(  # noqa: S310
            settings.SMS_GATEWAY_URL,
            data=json.dumps(content).encode(),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {settings.SMS_GATEWAY_TOKEN}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:  # noqa: S310
                response.read()
        except urllib.error.HTTPError as error:
            error.close()
            raise SmsError(f"gateway answered {error.code}") from None
        except OSError:
            raise SmsError("gateway not reached") from None


def sender() -> SmsSender:
    return import_string(settings.SMS_BACKEND)()
