"""Units, bounds and reasons in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from onmodel.packs.standards import Limit
from onmodel.requirements.standing import Why


def unit_in_words(unit: str, count: float | None = None) -> str:
    """The name of a pack's unit, singular for a count of 1; the unit itself where it has no name here."""
    many = 1 if count == 1 else 2
    names = {
        "days": ngettext("day", "days", many),
        "weeks": ngettext("week", "weeks", many),
        "months": ngettext("month", "months", many),
        "seconds": ngettext("second", "seconds", many),
        "minutes": ngettext("minute", "minutes", many),
        "hours_per_week": ngettext("hour a week", "hours a week", many),
        "people": ngettext("person", "people", many),
        "patients": ngettext("patient", "patients", many),
        "teams": ngettext("team", "teams", many),
        "groups": ngettext("group", "groups", many),
        "working_days": ngettext("working day", "working days", many),
        "per_year": _("a year"),
        "per_week": _("a week"),
        "per_month": _("a month"),
        "percent": "%",
        "score": pgettext("unit", "points"),
        "sessions": ngettext("session", "sessions", many),
        "yes": "",
    }
    return str(names.get(unit, unit.replace("_", " ")))


def number_in_words(value: float) -> str:
    return f"{value:g}"


def bound_in_words(limit: Limit) -> str:
    """ "4 to 9 people", "at most 18 patients", "at least 24 hours a week"."""
    unit = unit_in_words(limit.unit, limit.at_least if limit.at_most is None else limit.at_most)
    low = None if limit.at_least is None else number_in_words(limit.at_least)
    high = None if limit.at_most is None else number_in_words(limit.at_most)
    if low is not None and high is not None:
        return _("%(low)s to %(high)s %(unit)s") % {"low": low, "high": high, "unit": unit}
    if high is not None:
        return _("at most %(high)s %(unit)s") % {"high": high, "unit": unit}
    if low is not None:
        return _("at least %(low)s %(unit)s") % {"low": low, "unit": unit}
    return ""


def why_in_words(why: Why) -> str:
    return str(
        {
            Why.NOT_RECORDED: _("The program does not record this yet; a person can attest it."),
            Why.NO_DATA: _("Too little was recorded, or nothing, to compute it from."),
            Why.NOT_ATTESTED: _("Nobody has attested it."),
            Why.EXPIRED: _("The attestation has expired."),
        }[why]
    )
