"""What a browser may do with our pages: load and run only files of this site.

No inline script, style or event handler, no `eval`: a name with a tag in it cannot run anything,
even where a template forgot to escape it. Charts keep to this by Vega's expression interpreter
(docs/adr/0004-components-and-assets.md).
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "media-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
}
HEADER = "; ".join(f"{directive} {sources}" for directive, sources in POLICY.items())
#: A page about people is not kept by the browser or by anything on the way to it.
CACHING = "private, no-store"
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def header() -> str:
    """The policy; the button of the institution's sign-in may lead a form to that institution."""
    addresses = [settings.OIDC_SERVER_URL, *settings.OIDC_ALSO_AT]
    origins = [f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, addresses) if parts.netloc]
    return HEADER.replace("form-action 'self'", " ".join(["form-action 'self'", *origins]))


class ContentSecurityPolicyMiddleware:
    """Adds the policies to every response that does not bring stricter ones of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code in (404, 500):
            return response  # Django's technical pages style themselves inline
        response.headers.setdefault("Content-Security-Policy", header())
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cache-Control", CACHING)
        return response
