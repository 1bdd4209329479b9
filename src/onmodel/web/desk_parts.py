"""Tables of the expert's desk: where to look first and why, and how supervisors are rated."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.criteria.integrity import MAP
from onmodel.criteria.looks import RiskLook
from onmodel.criteria.stand import Stand
from onmodel.pirs.desk import Followed
from onmodel.programmes.models import Programme
from onmodel.supervisors import course
from onmodel.supervisors.latest import Rated, rated_in
from onmodel.web.components import Column, EmptyState, Figure, Link, Table
from onmodel.web.rating_form import in_words
from onmodel.wording.levels import level_in_words
from onmodel.wording.numbers import date_written, written


# --- where to look first ---
def order_table(followed: list[Followed]) -> Table:
    rows = [
        [
            Link(one.programme.name, reverse("programme", args=[one.programme.slug])),
            _why(one),
            _known(one.look),
            _parts(one.before) if one.before else "–",
            one.urgent,
            one.attention,
            one.look.day if one.look else _("not looked at yet"),
        ]
        for one in followed
    ]
    columns = [
        _("Programme"),
        _("Why here"),
        _("Sources known"),
        _("Four weeks before"),
        Column(_("Urgent today"), numeric=True),
        Column(_("Attention today"), numeric=True),
        _("Looked at on"),
    ]
    empty = EmptyState(_("You follow no programme"), "")
    return Table(_("Where to look first"), columns, rows, empty=empty, caption_hidden=True, id="order-table")


def _why(one: Followed) -> SafeString | str:
    """What the order is made of, with the map that it comes from; what is nought is left out."""
    if one.look is None:
        return _("unknown until the nightly run has looked")
    drawn = _parts(one.look)
    if one.look.cells:
        drawn = Link(drawn, reverse("integrity", args=[one.programme.slug]))
    behind = [words for words in (_off_cells(one.programme, one.look), *_besides(one.look)) if words]
    lines = format_html_join("", '<div class="soft">{}</div>', ((words,) for words in behind))
    return format_html("{}{}", drawn, lines)


def _parts(look: RiskLook) -> str:
    if not look.cells:
        return _("no map of integrity")
    said = {"off": look.off_model, "partly": look.partly, "all": len(look.cells)}
    return _("%(off)s of %(all)s parts off model, %(partly)s partly") % said


def _off_cells(programme: Programme, look: RiskLook) -> str:
    """The parts that are off model: component, then the levels."""
    listed = programme.definitions.terms.get(MAP)
    labels = {term.id: in_words(term.label) for term in listed.terms} if listed else {}
    levels: dict[str, list[str]] = {}
    for cell in look.in_state(Stand.OFF):
        levels.setdefault(cell.component, []).append(level_in_words(cell.level).lower())
    # A component's label says after a colon what it means.
    named = {key: labels.get(key, key).partition(":")[0] for key in levels}
    return "; ".join(f"{named[key]}: {', '.join(found)}" for key, found in levels.items())


def _besides(look: RiskLook) -> list[str]:
    """What else put it there: signals, improvements, audits."""
    urgent, overdue = look.urgent, look.overdue
    said = []
    if urgent:
        said.append(ngettext("%(n)s urgent signal", "%(n)s urgent signals", urgent) % {"n": urgent})
    if overdue:
        words = ngettext("%(n)s improvement past its day", "%(n)s improvements past their day", overdue)
        said.append(words % {"n": overdue})
    if look.last_audit is None:
        return [*said, _("never audited")]
    return [*said, _("audited on %(day)s") % {"day": date_written(look.last_audit)}]


def _known(look: RiskLook | None) -> str:
    if look is None or not look.cells:
        return "–"
    known, sources = look.known_sources
    return _("%(known)s of %(all)s") % {"known": known, "all": sources}


# --- supervisors ---
def supervisors_rated(user: User, followed: list[Followed], day: datetime.date) -> Table | None:
    """Those of the programmes whose supervisors the reader rates; None where that is no programme."""
    rates = set(Programme.objects.visible_to(user, Permission.SUPERVISORS_RATE).values_list("pk", flat=True))
    programmes = [one.programme for one in followed if one.programme.pk in rates]
    if not programmes:
        return None
    rows = [_supervisor(one, day) for one in rated_in(programmes, day)]
    columns = [_("Supervisor"), _("Programme"), _("Latest rating"), _("Rated by experts, last year")]
    empty = EmptyState(_("Nobody supervises here yet"), "")
    return Table(_("Supervisors"), columns, rows, empty=empty, caption_hidden=True, id="supervisors-table")


def _supervisor(one: Rated, day: datetime.date) -> list[object]:
    summary = course.last_year(one.course, day)
    return [
        Link(
            one.supervisor.name,
            reverse("supervisor-adherence", args=[one.programme.slug, one.supervisor.pk]),
        ),
        one.programme.name,
        _latest(one),
        Figure(
            summary.mean,
            n=summary.n or None,
            interval=course.interval(summary),
            digits=1,
            why=_("not rated in the last year"),
        ),
    ]


def _latest(one: Rated) -> str:
    if one.last is None:
        return _("unknown: never rated")
    day, value = one.last
    return _("%(value)s on %(day)s") % {"value": written(value, 1), "day": date_written(day)}
