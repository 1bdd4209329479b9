"""The browser's own token: so that a form filled at a therapist's device can be told from others.

The token says nothing and opens nothing; the record keeps its digest (`forms.models`).
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from onmodel.forms.actions import device_digest

COOKIE = "device"
A_YEAR = 365 * 24 * 60 * 60


def device_of(request: HttpRequest) -> str:
    """The digest of the browser's token; a browser without one gets it with the answer."""
    token = request.COOKIES.get(COOKIE, "")
    if not 20 <= len(token) <= 64:
        token = request.new_device = getattr(request, "new_device", "") or secrets.token_urlsafe(24)
    return device_digest(token)


class DeviceMiddleware:
    """Sets the token of a browser that was asked for one."""

    def __init__(self, get_response) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if token := getattr(request, "new_device", ""):
            response.set_cookie(
                COOKIE,
                token,
                max_age=A_YEAR,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response
