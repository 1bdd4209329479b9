"""Numbers as the reader's language writes them, and the word for what is not known."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import is_aware, localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

Number = int | float | Decimal


def written(value: Number, digits: int | None = None) -> str:
    """12.5 -> "12.5" or "12,5"; whole numbers without decimals unless `digits` asks for them.

    A minus is a minus sign, not a hyphen. Without `digits` a fraction keeps at most two decimals.
    """
    if digits is None:
        rounded = round(float(value), 2)
        digits = 0 if rounded == int(rounded) else len(f"{rounded:.2f}".rstrip("0").split(".")[1])
    text = number_format(abs(round(Decimal(str(value)), digits)), digits, use_l10n=True, force_grouping=True)
    return f"\N{MINUS SIGN}{text}" if float(f"{float(value):.{digits}f}") < 0 else text


def date_written(value: date) -> str:
    """3 Feb 2025 or 3 feb 2025; a moment in time gets its hours and minutes, in the site's time zone."""
    if isinstance(value, datetime):
        local = localtime(value) if is_aware(value) else value
        return f"{date_written(local.date())}, {date_format(local, 'H:i')}"
    text = date_format(value, "j M Y")
    return text.lower() if (get_language() or "").startswith("nl") else text  # Dutch months have no capital


def unknown(why: str = "") -> SafeString:
    """The word "unknown", with the reason where there is one."""
    if why:
        return format_html('<span class="unknown">{} <span class="why">{}</span></span>', _("unknown"), why)
    return format_html('<span class="unknown">{}</span>', _("unknown"))
