"""What was found for a standard, team by team or person by person."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext as _

from onmodel.reports.units import unit_in_words
from onmodel.requirements.measures import Found
from onmodel.requirements.standing import Standing, within
from onmodel.web.components import Column, Status, Table


def found_table(standing: Standing, since: dict[tuple[object, object], datetime.date]) -> Table:
    """Those outside the bound first, with the look since which they are."""
    failing = set(standing.failing)
    unit = unit_in_words(standing.limit.unit) if standing.limit else ""
    of_several = any(f.of for f in standing.found)
    rows = [
        [
            f.about,
            f.value,
            f.n,
            Status("unknown" if f.value is None else "not_met" if f in failing else "met", of="requirement"),
            _since(f, since) if f in failing else "–",
            *([_each(f, standing)] if of_several else []),
        ]
        for f in sorted(standing.found, key=lambda one: one not in failing)
    ]
    columns = [
        _("About"),
        Column(unit or _("Value"), numeric=True),
        Column("n", numeric=True),
        _("Met?"),
        _("Outside since"),
        *([_("Treatments outside the bound")] if of_several else []),
    ]
    return Table(_("What was found"), columns, rows, caption_hidden=True)


def _each(found: Found, standing: Standing) -> str:
    """How many of those that the value is the median of are outside the bound."""
    if not found.of or standing.limit is None:
        return "–"
    outside = sum(not within(value, standing.limit) for value in found.of)
    return _("%(outside)s of %(n)s") % {"outside": outside, "n": len(found.of)}


def _since(found: Found, since: dict[tuple[object, object], datetime.date]) -> object:
    key = (found.team.pk if found.team else None, found.person.pk if found.person else None)
    return since.get(key) or _("today's look")
