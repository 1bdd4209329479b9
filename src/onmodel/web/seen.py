"""Who saw what of whom: the one thing that a page writes when it is only read (docs/adr/0007).

Call it after the reader was let in and before anything is shown. The same page again within a few
minutes is one look, not two.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.audit.actions import record
from onmodel.audit.models import Event, marked
from onmodel.audit.origin import coming_from

ONE_LOOK = datetime.timedelta(minutes=5)


def saw(
    request: HttpRequest,
    verb: str,
    subject: models.Model,
    *,
    patients: Iterable[int] = (),
    why: str = "",
    **detail: object,
) -> None:
    """Write that the reader saw it, and of which patients; one insert, or none within the same look."""
    patients, by = list(patients), reader(request)
    earlier = Event.objects.filter(
        by=by,
        at__gte=timezone.now() - ONE_LOOK,
        verb=verb,
        subject_kind=subject._meta.label_lower,
        subject_id=str(subject.pk),
        patients=marked(patients),
    ).select_related("said")
    if any(event.detail == detail and event.reason == why for event in earlier):
        return
    with transaction.atomic():
        record(by=by, verb=verb, subject=subject, patients=patients, why=why, **detail)


def reader(request: HttpRequest) -> User | None:
    """Who reads; nobody by name where a patient reads by a link or code."""
    return request.user if request.user.is_authenticated else None


def address_of(request: HttpRequest) -> str:
    """Where the request comes from, past the proxies that are ours (TRUSTED_PROXIES)."""
    passed = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(passed) >= proxies:
        return passed[-proxies][:45]
    return request.META.get("REMOTE_ADDR", "")[:45]


class OriginMiddleware:
    """Every event of a request comes from the web, at that address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with coming_from("web", address_of(request)):
            return self.get_response(request)
