"""Our icons: strokes on a grid of 16 by 16, drawn in the colour of the text around them."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

ICONS = {
    "arrow": "M3 8h9M8.5 4.5 12 8l-3.5 3.5",
    "calendar": "M3 4.5h10v8.5H3zM3 7.5h10M5.5 3v2.5M10.5 3v2.5",
    "check": "m3.5 8.5 3 3 6-7",
    "chevron": "m4.5 6.5 3.5 3.5 3.5-3.5",
    "circle": "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z",
    "clock": "M8 2.75a5.25 5.25 0 1 0 0 10.5 5.25 5.25 0 0 0 0-10.5zM8 5.5V8l2 1.5",
    "cross": "m4.5 4.5 7 7M11.5 4.5l-7 7",
    "dash": "M4 8h8",
    "down": "M8 3v9.5M4 8.5l4 4 4-4",
    "exclamation": "M8 3v6M8 12.25v.5",
    "eye": "M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8zM8 6.25a1.75 1.75 0 1 0 0 3.5 1.75 1.75 0 0 0 0-3.5z",  # noqa: E501
    "half": "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM8 3.5v9M9.75 4v8M11.25 5.25v5.5",
    "info": "M8 7v5M8 4v.5",
    "pen": "M3.5 12.5 4 10l6.5-6.5 2 2L6 12z",
    "question": "M5.75 5.75a2.25 2.25 0 1 1 3.4 1.95C8.4 8.15 8 8.6 8 9.5M8 12.25v.5",
    "star": "m8 2.75 1.6 3.3 3.65.5-2.65 2.55.65 3.65L8 11l-3.25 1.75.65-3.65L2.75 6.55l3.65-.5z",
    "sum": "M11.5 5V3.5h-7L8.25 8 4.5 12.5h7V11",
    "triangle": "M8 3 14 13H2zM8 6.75v3M8 11.25v.25",
    "up": "M8 13V3.5M4 7.5l4-4 4 4",
    "flask": "M6 2.5h4M6.75 2.5v4L3.25 12.5c-.3.6.1 1 .75 1h8c.65 0 1.05-.4.75-1L9.25 6.5v-4M5 10h6",
    "menu": "M2.5 4.5h11M2.5 8h11M2.5 11.5h11",
    "person": "M8 2.75a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM3 13.25c.4-2.6 2.3-4 5-4s4.6 1.4 5 4",
    "globe": "M8 2.25a5.75 5.75 0 1 0 0 11.5 5.75 5.75 0 0 0 0-11.5zM2.25 8h11.5M8 2.25c2 1.6 2.6 3.6 2.6 5.75S10 12.15 8 13.75C6 12.15 5.4 10.15 5.4 8S6 3.85 8 2.25z",  # noqa: E501
}


def icon(name: str) -> SafeString:
    """The icon as inline SVG, hidden from screen readers: the word beside it says what it means."""
    return format_html(
        '<svg class="icon" viewBox="0 0 16 16" width="16" height="16" fill="none" stroke="currentColor" '
        'stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" '
        'focusable="false"><path d="{}"/></svg>',
        mark_safe(ICONS[name]),  # noqa: S308 - a constant of this module
    )
