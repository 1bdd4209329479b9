"""A button in a cell that posts to an address of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.http import HttpRequest
from django.middleware.csrf import get_token

from onmodel.web.components import Component


@dataclass(frozen=True)
class PostButton(Component):
    """`about` tells a screen reader what the button of this row is about."""

    template: ClassVar[str] = "components/post_button.html"
    label: str
    action: str
    csrf_token: str
    about: str = ""


def post_button(request: HttpRequest, label: str, action: str, about: str = "") -> PostButton:
    return PostButton(label, action, get_token(request), about)
