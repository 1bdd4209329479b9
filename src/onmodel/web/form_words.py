"""Forms, moments, schedules and steps of the ladder in the reader's language."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from onmodel.assessments.models import Assignment
from onmodel.outreach.models import Contact
from onmodel.packs.pack import Pack


def schedule_title(pack: Pack, schedule: str) -> str:
    found = pack.schedules.get(schedule)
    return found.title.in_(get_language() or "en") if found else schedule


def moment_title(pack: Pack, schedule: str, moment: str) -> str:
    """ "Month 6"; "each time" for what is repeated; the id where the pack no longer has it."""
    if "." in moment or moment == "repeated":
        return _("each time")
    definition = pack.schedules.get(schedule)
    found = next((one for one in (definition.moments if definition else ()) if one.id == moment), None)
    return found.title.in_(get_language() or "en") if found else moment


def moment_of(pack: Pack, form: Assignment) -> str:
    """As its schedule calls it; else as any schedule calls a form of that month."""
    if form.schedule:
        return moment_title(pack, form.schedule, form.moment)
    if form.months is None:
        return _("no moment")
    for schedule in pack.schedules.values():
        for moment in schedule.moments:
            if moment.months == form.months:
                return moment.title.in_(get_language() or "en")
    return _("month %(n)s") % {"n": f"{form.months:g}"}


def abbreviation(pack: Pack, instrument: str) -> str:
    found = pack.instruments.get(instrument)
    return found.abbreviation if found else instrument


def forms_in_words(pack: Pack, forms: list[Assignment]) -> str:
    """ "Month 6: BSI, EQ-5D-3L", moment by moment; a form of no moment by its name alone."""
    by_moment: dict[str, list[str]] = {}
    for form in forms:
        moment = moment_of(pack, form) if form.schedule or form.months is not None else ""
        by_moment.setdefault(moment, []).append(abbreviation(pack, form.instrument))
    return "; ".join(
        f"{moment}: {', '.join(names)}" if moment else ", ".join(names) for moment, names in by_moment.items()
    )


def tried_in_words(tried: Counter[str]) -> str:
    """ "telephone 2, mail 1"; what was never tried is left out."""
    labels = dict(Contact.Kind.choices)
    return ", ".join(f"{labels[kind]} {tried[kind]}" for kind in labels if tried[kind])


def days_late(due: datetime.date, today: datetime.date) -> str:
    days = (today - due).days
    return ngettext("%(n)d day late", "%(n)d days late", days) % {"n": days}


def respondents() -> Mapping[str, str]:
    return {
        "patient": _("patient"),
        "interviewer": _("interviewer"),
        "therapist": _("therapist"),
    }
