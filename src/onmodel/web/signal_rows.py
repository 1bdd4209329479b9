"""Signals as rows of a table, and their texts with the evidence filled in."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence

from django.core.paginator import Page
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.reports.units import unit_in_words
from onmodel.signals.models import Signal
from onmodel.web.components import Component, EmptyState, Link, Status, Table
from onmodel.wording.numbers import date_written, written

#: Evidence that is a day.
DAYS = (
    "due",
    "since",
    "answered_on",
    "happened_on",
    "started_on",
    "fitted_on",
    "fallen_since",
    "baseline_until",
    "changed_on",
    "quarter_start",
    "quarter_end",
)


class Blank(dict):
    """Evidence for a text: what is not there reads as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def title_of(signal: Signal) -> str:
    rule = signal.definition
    return rule.title.in_(get_language() or "en") if rule else signal.rule


def text_of(signal: Signal) -> str:
    """The rule's sentence with what was found last."""
    rule = signal.definition
    if rule is None:
        return ""
    named = {name: _plain(signal, name, value) for name, value in signal.latest_evidence.items()}
    named.setdefault("limit", _limit(signal))
    return rule.text.in_(get_language() or "en").format_map(Blank(named))


def in_words(signal: Signal, name: str, value: object) -> object:
    """One piece of evidence as a person reads it: days, forms and scales by their names; numbers stay."""
    if name in ("instrument", "scale"):
        return _of_form(signal, name, str(value)) if value is not None else None
    if value is None or (isinstance(value, bool | int | float) and name != "moment"):
        return value
    return _plain(signal, name, value)


def _of_form(signal: Signal, name: str, value: str) -> str:
    """The title of a form, or of one of its scales; as it was kept where the pack has it no more."""
    kept = (signal.latest_evidence | signal.evidence).get("instrument", value)
    forms = signal.programme.definitions.instruments.values()
    form = next((form for form in forms if kept in (form.id, form.abbreviation)), None)
    if form is None:
        return value
    language = get_language() or "en"
    if name == "instrument":
        return form.title.in_(language)
    scale = next((scale for scale in form.scales if scale.id == value), None)
    return scale.title.in_(language) if scale else value


def _item_of(signal: Signal, value: str) -> str:
    """The words of an item of the form that the evidence names."""
    form = signal.programme.definitions.instruments.get(str(signal.latest_evidence.get("instrument")))
    item = next((one for one in (form.all_items() if form else ()) if one.id == value), None)
    return item.label.in_(get_language() or "en") if item and item.label else value


def _plain(signal: Signal, name: str, value: object) -> str:
    if value is None:
        return ""
    if name == "moment":
        return _("month %(n)s") % {"n": f"{value:g}"}
    if name == "unit":
        return unit_in_words(str(value))
    if name in DAYS:
        return date_written(datetime.date.fromisoformat(str(value)))
    if name == "areas":
        return _areas(signal, value)
    if name == "fallen_interval":
        return _("%(low)s to %(high)s") % dict(zip(("low", "high"), map(written, value), strict=True))
    if name in ("standard", "plan"):
        return _name_of(signal, name, str(value))
    if name in ("sign", "signs"):
        return _signs(signal, str(value))
    if name == "team_item":
        return _item_of(signal, str(value))
    return written(value) if isinstance(value, float) else str(value)


def _name_of(signal: Signal, name: str, value: str) -> str:
    """The words of a standard or a kind of plan, in the reader's language."""
    language = get_language() or "en"
    pack = signal.programme.definitions
    if name == "standard":
        found = next((s for s in pack.all_standards() if s.id == value), None)
        return found.text.in_(language) if found else value
    kinds = pack.terms.get("plan_kinds")
    found = next((term for term in (kinds.terms if kinds else ()) if term.id == value), None)
    return found.label.in_(language) if found else value


def _signs(signal: Signal, ids: str) -> str:
    """Signs of trouble by name."""
    listed = signal.programme.definitions.terms.get("indicators_of_trouble")
    named = {term.id: term.label.in_(get_language() or "en") for term in (listed.terms if listed else ())}
    return ", ".join(named.get(one, one) for one in ids.split(", "))


def _areas(signal: Signal, ids: object) -> str:
    """Areas of competence by name; said to be none where no area stands out."""
    listed = signal.programme.definitions.terms.get("competency_areas")
    named = {term.id: term.label.in_(get_language() or "en") for term in (listed.terms if listed else ())}
    return "; ".join(named.get(one, one) for one in ids) or _("none stands out")


def _limit(signal: Signal) -> str:
    low, high = signal.latest_evidence.get("at_least"), signal.latest_evidence.get("at_most")
    if low is not None and high is not None:
        return _("%(low)g to %(high)g") % {"low": low, "high": high}
    if high is not None:
        return _("at most %(high)g") % {"high": high}
    return _("at least %(low)g") % {"low": low} if low is not None else "?"


def about(signal: Signal) -> str | Component:
    """Whom or what it is about, as a link where there is a page."""
    if signal.treatment is not None:
        return Link(signal.treatment.patient.pseudonym, reverse("treatment", args=[signal.treatment_id]))
    if signal.confidential and signal.person is not None:
        return Link(
            signal.person.name, reverse("therapist-adherence", args=[signal.programme.slug, signal.person_id])
        )
    evidence = signal.latest_evidence.get("about")
    return str(evidence or signal.subject)


def for_whom(signal: Signal) -> str:
    """Who can act on it: the therapist by name, anybody else by role; empty where no rule says so."""
    if signal.responsible == "therapist":
        therapist = signal.treatment.primary_clinician if signal.treatment else signal.person
        if therapist is not None:
            return therapist.name
    roles = signal.programme.definitions.all_roles()
    role = next((role for role in roles if role.id == signal.responsible), None)
    return role.title.in_(get_language() or "en") if role else ""


def patients_of(signals: Sequence[Signal]) -> list[int]:
    """The patients whom the rows are about, for the audit trail."""
    return [signal.of_patient for signal in signals if signal.of_patient is not None]


def signals_table(
    signals: Sequence[Signal], *, caption: str, page: Page | None = None, leave_out: Collection[str] = ()
) -> Table:
    """`leave_out` names columns that the page makes needless: about, programme."""
    columns = {
        "signal": _("Signal"),
        "severity": _("Severity"),
        "about": _("About"),
        "programme": _("Programme"),
        "since": _("Since"),
        "state": _("State"),
    }
    shown = [name for name in columns if name not in leave_out]
    rows = [[cells[name] for name in shown] for cells in map(_cells, signals)]
    empty = EmptyState(_("Nothing asks for attention"), _("New signals appear here after the nightly look."))
    return Table(caption, [columns[n] for n in shown], rows, empty=empty, caption_hidden=True, page=page)


def of_change(signal: Signal) -> bool:
    """Whether it tells how a patient's scores went, which a therapist sees after the own impression."""
    rule = signal.definition
    return rule is not None and rule.detector in ("off_track", "deteriorated")


def _cells(signal: Signal) -> dict[str, object]:
    told = "" if of_change(signal) else text_of(signal)
    return {
        "signal": Link(title_of(signal), reverse("signal", args=[signal.pk]), note=told),
        "severity": Status(signal.severity, of="severity"),
        "about": about(signal),
        "programme": signal.programme.name,
        "since": localtime(signal.opened_at).date(),
        "state": Status(signal.state, of="signal"),
    }
