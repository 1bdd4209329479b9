"""Signals as rows of a table, and their texts with the evidence filled in."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.reports.units import unit_in_words
from onmodel.signals.models import Signal
from onmodel.web.components import Component, EmptyState, Link, Status, Table


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


def _plain(signal: Signal, name: str, value: object) -> str:
    if isinstance(value, float):
        return (
            number_format(round(value, 2), use_l10n=True).rstrip("0").rstrip(".,")
            if value % 1
            else f"{value:.0f}"
        )
    if name == "unit":
        return unit_in_words(str(value))
    if name in ("standard", "plan"):
        return _name_of(signal, name, str(value))
    return "" if value is None else str(value)


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
    evidence = signal.latest_evidence.get("about")
    return str(evidence or signal.subject)


def signals_table(signals: Sequence[Signal], *, caption: str, page=None, sort: str = "") -> Table:
    rows = [
        [
            Link(title_of(signal), reverse("signal", args=[signal.pk]), note=text_of(signal)),
            Status(signal.severity, of="severity"),
            about(signal),
            signal.programme.name,
            signal.opened_at,
            Status(signal.state, of="signal"),
        ]
        for signal in signals
    ]
    columns = [_("Signal"), _("Severity"), _("About"), _("Programme"), _("Since"), _("State")]
    empty = EmptyState(_("Nothing asks for attention"), _("New signals appear here after the nightly look."))
    return Table(caption, columns, rows, empty=empty, caption_hidden=True, page=page, sort=sort)
