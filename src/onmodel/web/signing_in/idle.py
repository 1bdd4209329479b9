"""A session ends after a time without use, and however busily it is used after `SESSION_COOKIE_AGE`.

The page knows how long is left (`onmodel/session.js`).
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_http_methods

LAST_USED = "last_used"
BEGAN = "began"
WARNING_SECONDS = 120
#: Use is noted once in this part of the limit, so that not every page writes to the database.
NOTED_ONCE_IN = 1 / 30


@dataclass(frozen=True)
class Watch:
    """Whose session it is (a word that says nothing else), and when it ends unless it is used."""

    who: str
    limit: float
    ends_at: float
    is_patient: bool = False

    @property
    def left(self) -> int:
        return max(0, math.ceil(self.ends_at - time.time()))

    @property
    def warning(self) -> int:
        """How long before the end the page warns."""
        return int(min(WARNING_SECONDS, self.limit / 2))


class IdleMiddleware:
    """Ends a session that was not used for too long, before anything else sees who it was."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.session_watch = None
        owner = _owner(request)
        if owner and _ends_at(request) < time.time():
            logout(request)
            request.patient_access = None
        elif owner:
            request.session_watch = _watch(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """A person's act counts as use; asking how long is left, or htmx asking for progress, does not."""
        if request.session_watch is None or (request.method == "GET" and _by_script(request)):
            return
        note_use(request)


def _by_script(request: HttpRequest) -> bool:
    return request.resolver_match.url_name == "session-keep" or "HX-Request" in request.headers


def note_use(request: HttpRequest) -> None:
    request.session.setdefault(BEGAN, time.time())
    if time.time() - request.session.get(LAST_USED, 0) >= _limit(request) * NOTED_ONCE_IN:
        request.session[LAST_USED] = time.time()
    request.session_watch = _watch(request)


def _owner(request: HttpRequest) -> str:
    if request.patient_access:
        return f"patient {request.patient_access.pk}"
    return f"user {request.user.pk}" if request.user.is_authenticated else ""


def _limit(request: HttpRequest) -> float:
    return settings.PATIENT_IDLE_SECONDS if request.patient_access else settings.SESSION_IDLE_SECONDS


def _used(request: HttpRequest) -> float:
    return request.session.get(LAST_USED, time.time())


def _ends_at(request: HttpRequest) -> float:
    last = request.session.get(BEGAN, time.time()) + settings.SESSION_COOKIE_AGE
    return min(_used(request) + _limit(request), last)


def _watch(request: HttpRequest) -> Watch:
    who = salted_hmac("onmodel.session", _owner(request), algorithm="sha256").hexdigest()[:16]
    limit, ends_at = _limit(request), _ends_at(request)
    return Watch(who=who, limit=limit, ends_at=ends_at, is_patient=bool(request.patient_access))


@login_not_required
@require_http_methods(["GET", "POST"])
def session_keep(request: HttpRequest) -> HttpResponse:
    """POST: I am still here. Both: how long is left (0 after the end), whose it is, the token for forms."""
    watch = request.session_watch
    if watch is None:
        return JsonResponse({"left": 0})
    return JsonResponse({"left": watch.left, "who": watch.who, "token": get_token(request)})


def signed_in_again(request: HttpRequest) -> HttpResponse:
    """Where the tab ends in which one signed in again, to go on in the other one."""
    return render(request, "account/signed_in_again.html")
