"""Ratings as a page sends them: each as it is given, by its script; without script the whole form."""

from __future__ import annotations

from collections.abc import Iterable

from django.http import HttpRequest, JsonResponse

from onmodel.forms.actions import Given, Kept
from onmodel.packs.instruments import Instrument


def ratings_of(request: HttpRequest, instrument: Instrument) -> list[Given]:
    """What stands in the form for items of the instrument; an item that was not sent is not touched."""
    known = [item.id for item in instrument.all_items()]
    return [Given(item=name, value=request.POST[name]) for name in known if name in request.POST]


def is_for_script(request: HttpRequest) -> bool:
    return request.headers.get("Accept") == "application/json"


def told_what_is_kept(kept: Kept, missing: Iterable[str]) -> JsonResponse:
    answer = {"kept": list(kept.items), "problems": dict(kept.problems), "missing": list(missing)}
    return JsonResponse(answer, status=422 if kept.problems else 200)


def told_why_not(texts: Iterable[str]) -> JsonResponse:
    return JsonResponse({"kept": [], "problems": {"": " ".join(texts)}}, status=422)
