"""Does adherence go with outcome here? What the nightly fit found, in words, and what it does not say."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onmodel.access.permissions import Permission
from onmodel.measurement.meaning import direction_of
from onmodel.outcomes.models import AdherenceAssociation
from onmodel.outcomes.with_adherence import minima_of
from onmodel.packs.instruments import Direction, Instrument
from onmodel.programmes.models import Programme
from onmodel.web.access import programme_for
from onmodel.web.components import Column, EmptyState, Table
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written, written


@require_GET
def adherence_outcome(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.PIR_VIEW)
    saw(request, "adherence and outcome opened", programme)
    found = list(programme.adherence_associations.all())
    least = minima_of(programme.definitions)
    context = programme_page(
        request,
        programme,
        table=_table(programme, found),
        until=date_written(found[0].until) if found else "",
        least={name: int(float(str(value))) for name, value in least.values.items()} if least else {},
        why=least.help.in_(get_language() or "en") if least and least.help else "",
    )
    return render(request, "web/adherence_outcome.html", context)


def _table(programme: Programme, found: list[AdherenceAssociation]) -> Table:
    forms = programme.definitions.instruments
    rows = [_row(forms[one.instrument], one) for one in found if one.instrument in forms]
    columns = [
        _("Outcome"),
        _("Own therapists a point above their team"),
        _("Team a point higher"),
        Column(_("Patients"), numeric=True),
        Column(_("Therapists"), numeric=True),
        Column(_("Ratings"), numeric=True),
    ]
    empty = EmptyState(_("Not reckoned yet"), _("The nightly run reckons it."))
    return Table(
        _("Adherence and outcome"), columns, rows, empty=empty, caption_hidden=True, id="associations"
    )


def _row(form: Instrument, one: AdherenceAssociation) -> list[object]:
    found = one.found
    better = (
        _("lower is better") if direction_of(form, one.scale) is Direction.WORSE else _("higher is better")
    )
    name = in_words(form.scale(one.scale).title, one.scale)
    return [
        f"{form.abbreviation} {name} ({better})",
        slope_in_words(found.get("own")),
        slope_in_words(found.get("team")),
        found["patients"],
        found["therapists"],
        found["ratings"],
    ]


def slope_in_words(slope: dict[str, float] | None) -> str:
    """The difference after a year with its interval, and whether it is told from none."""
    if slope is None:
        return _("not shown: too few, or it cannot be told")
    told = slope["lower"] > 0 or slope["upper"] < 0
    figures = {name: written(slope[name], 2) for name in ("estimate", "lower", "upper")}
    said = _("%(estimate)s after a year (95 %% interval %(lower)s to %(upper)s)") % figures
    return said if told else _("%(said)s: not told from none") % {"said": said}
