"""The map of treatment integrity: where the programme is on and off model, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from onmodel.access.permissions import Permission
from onmodel.criteria.evidence import Source, Stand
from onmodel.criteria.integrity import Cell, IntegrityMap, integrity_map
from onmodel.programmes.models import Programme
from onmodel.reports.blocks.integrity import rule_in_words
from onmodel.reports.evidence_words import name_of, says
from onmodel.web.access import programme_for
from onmodel.web.components import Column, Fact, Link, Status, Table
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.wording.levels import level_in_words
from onmodel.wording.numbers import date_written


@dataclass(frozen=True, kw_only=True)
class CellShown:
    id: str
    level: str
    state: str
    status: Status
    about: str
    known: str
    off: str


@require_GET
def integrity(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    drawn = integrity_map(programme, timezone.localdate())
    if drawn is None:
        raise Http404
    context = programme_page(
        request,
        programme,
        day=date_written(drawn.day),
        facts=_facts(drawn),
        levels=[level_in_words(level) for level in drawn.levels],
        rows=[
            (in_words(term.label), [_shown(drawn.cell(term.id, level)) for level in drawn.levels])
            for term in drawn.components
        ],
        rule=rule_in_words(),
        tables=[_sources(programme, drawn, cell) for cell in drawn.cells],
    )
    return render(request, "web/integrity.html", context)


def _facts(drawn: IntegrityMap) -> list[Fact]:
    words = {
        Stand.OFF: _("Off model"),
        Stand.PARTLY: _("Partly on model"),
        Stand.ON: pgettext("integrity", "On model"),
        Stand.UNKNOWN: _("Unknown"),
    }
    return [
        Fact(word, drawn.count(state), _("of %(n)s parts") % {"n": len(drawn.cells)})
        for state, word in words.items()
    ]


def _shown(cell: Cell | None) -> CellShown | None:
    if cell is None:
        return None
    off = len(cell.off)
    return CellShown(
        id=cell.term.id.replace("_", "-"),
        level=level_in_words(cell.level),
        state=cell.state.value,
        status=Status(cell.state.value, of="integrity"),
        about=in_words(cell.term.label),
        known=_("%(known)s of %(all)s sources known") % {"known": cell.known, "all": len(cell.sources)},
        off=ngettext("%(n)s off model", "%(n)s off model", off) % {"n": off} if off else "",
    )


def _sources(programme: Programme, drawn: IntegrityMap, cell: Cell) -> Table:
    """What the cell rests on, what is off model first."""
    order = [Stand.OFF, Stand.ON, Stand.UNKNOWN]
    component = next(term for term in drawn.components if term.id == cell.component)
    rows = [
        [_link(programme, source), Status(source.state.value, of="integrity"), says(source)]
        for source in sorted(cell.sources, key=lambda one: order.index(one.state))
    ]
    caption = _("%(component)s, %(level)s") % {
        "component": in_words(component.label).partition(":")[0],
        "level": level_in_words(cell.level).lower(),
    }
    columns = [_("Source"), Column(_("State")), _("Found")]
    return Table(caption, columns, rows, caption_hidden=True, id=cell.term.id.replace("_", "-"))


#: Form -> the page that has its scores.
PAGES = {"quality_criteria": "criteria", "team_factors": "consensus", "supervisory_adherence": "supervisors"}


def _link(programme: Programme, source: Source) -> Link | str:
    """The source's own page, where everybody who sees the map may go."""
    form = source.link.partition(".")[0]
    if not source.is_score and source.standing is not None:
        return Link(name_of(source), reverse("requirement", args=[programme.slug, source.link]))
    if form in PAGES:
        return Link(name_of(source), reverse(PAGES[form], args=[programme.slug]))
    return name_of(source)
