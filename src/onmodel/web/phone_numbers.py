"""Numbers that a phone calls when they are tapped."""

from __future__ import annotations

import re

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

#: From a 0 or a country's + on seven digits or more, or one of Europe's short ones (112, 113, 116 123).
NUMBER = re.compile(r"(?<![\w.,/-])((?:\+|0)\d(?:[ -]?\d){5,13}|11\d(?: ?\d{3})?)(?![\w/-]|[ .,]\d)")


def with_links(text: str) -> SafeString:
    """The text, escaped, with a link at each number to call."""
    parts = NUMBER.split(text)
    return format_html_join("", "{}", ((_link(part) if n % 2 else part,) for n, part in enumerate(parts)))


def _link(number: str) -> SafeString:
    return format_html('<a href="tel:{}">{}</a>', re.sub(r"[ -]", "", number), number)
