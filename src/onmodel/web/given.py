"""Answers as a browser sends them: the fields of a form, or what a page's script collected."""

from __future__ import annotations

import json

from django.http import HttpRequest

from onmodel.forms.actions import Given

FIELD = "answer-"
MOST_AT_ONCE = 500


def is_by_script(request: HttpRequest) -> bool:
    return request.content_type == "application/json"


def from_fields(request: HttpRequest) -> list[Given]:
    """Each field of the form; an empty one, and one that is passed over, says so."""
    typed = {
        name.removeprefix(FIELD): str(value) for name, value in request.POST.items() if name.startswith(FIELD)
    }
    if passed := request.POST.get("pass"):
        typed = {passed: ""}
    return [Given(item=item, value=_plain(value)) for item, value in typed.items()]


def sent_by_script(request: HttpRequest) -> dict[str, object]:
    """What the script sent; empty where it is malformed, as nobody typed it."""
    try:
        sent = json.loads(request.body)
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}


def from_script(request: HttpRequest) -> list[Given]:
    rows = sent_by_script(request).get("answers")
    found = map(_one, rows[:MOST_AT_ONCE] if isinstance(rows, list) else [])
    return [one for one in found if one is not None]


def _one(row: object) -> Given | None:
    if not isinstance(row, dict) or not isinstance(row.get("item"), str):
        return None
    value = "" if row.get("value") is None else str(row["value"])
    age, seconds = _finite(row.get("age")), _finite(row.get("seconds"))
    return Given(item=row["item"], value=_plain(value), age=age or 0.0, seconds=seconds)


def _finite(value: object) -> float | None:
    usable = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e9
    return float(value) if usable else None


def _plain(value: str) -> str | None:
    """None for nothing; a comma is a decimal point where a number is meant; half characters are none."""
    text = value.replace("\0", "").encode("utf-8", "ignore").decode().strip()
    digits = text.replace(",", ".", 1)
    return (digits if digits.replace(".", "", 1).isdigit() else text) or None
