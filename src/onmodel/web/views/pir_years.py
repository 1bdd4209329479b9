"""A programme's signed reports side by side, with what happened and what became of recommendations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onmodel.access.permissions import Permission
from onmodel.charts.drift import Happened
from onmodel.charts.years import Reported, years_chart
from onmodel.pirs.models import Pir, Recommendation
from onmodel.pirs.years import Series, frozen_reports, series_of
from onmodel.programmes.events import ProgrammeEvent
from onmodel.programmes.models import Programme
from onmodel.reports.document import Figure
from onmodel.reports.wording import detail_of, value_of
from onmodel.web.access import programme_for
from onmodel.web.components import Chart, Column, EmptyState, Link, Status, Table
from onmodel.web.drift_shown import event_in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.views.pir import language_asked
from onmodel.wording.numbers import date_written

#: A picture says more than the table from so many known values on.
LEAST_DRAWN = 3
MOST_DRAWN = 12


@require_GET
def pir_years(request: HttpRequest, slug: str) -> HttpResponse:
    """Every figure of the first lines and signs of each report, small charts over time, and the rest."""
    programme = programme_for(request, slug, Permission.PIR_VIEW)
    saw(request, "PIRs compared", programme)
    reports = frozen_reports(programme.pirs.frozen(), language_asked())
    context = programme_page(request, programme, table=None)
    if reports:
        pirs, series = list(reports), series_of(list(reports.values()))
        events = _events(programme, pirs)
        context |= {
            "table": _table(pirs, series),
            "charts": _charts(pirs, series, events, simulated=programme.is_simulated),
            "events": [(event.happened_on, _in_words(event)) for event in events],
            "recommendations": _recommendations(programme),
        }
    context["crumbs"] = [*context["crumbs"], (_("Reports"), reverse("pirs", args=[slug]))]
    return render(request, "web/pir_years.html", context)


def _events(programme: Programme, pirs: Sequence[Pir]) -> list[ProgrammeEvent]:
    """What happened from the first day that a report is about to the last, the oldest first."""
    standing = programme.events.standing().select_related("programme", "team")
    within = standing.filter(happened_on__range=(pirs[0].start, pirs[-1].end))
    return list(within.order_by("happened_on"))


def _in_words(event: ProgrammeEvent) -> str:
    what = event_in_words(event) + (f" ({event.team.name})" if event.team else "")
    return f"{what}. {event.note}" if event.note else what


def period_of(pir: Pir) -> str:
    return f"{date_written(pir.start)} – {date_written(pir.end)}"


def _table(pirs: Sequence[Pir], series: Iterable[Series]) -> Table:
    columns: list[Column | str] = [_("Figure")]
    columns += [Column(period_of(pir), numeric=True) for pir in pirs]
    rows = [[one.name, *(_shown(figure) for figure in one.figures)] for one in series]
    head = [_("Whole report"), *(Link(_("open"), reverse("pir-record", args=[pir.pk])) for pir in pirs)]
    return Table(_("Figures"), columns, [head, *rows], narrow="scroll", caption_hidden=True, id="figures")


def _shown(figure: Figure | None) -> object:
    if figure is None:
        return "–"
    return " · ".join(filter(None, (value_of(figure), detail_of(figure))))


def _charts(
    pirs: Sequence[Pir], series: Iterable[Series], events: Iterable[ProgrammeEvent], *, simulated: bool
) -> list[Chart]:
    happened = [Happened(day=event.happened_on, name=event_in_words(event)) for event in events]
    drawn = [one for one in series if one.known >= LEAST_DRAWN][:MOST_DRAWN]
    return [_chart(place, pirs, one, happened, simulated) for place, one in enumerate(drawn)]


def _chart(
    place: int, pirs: Sequence[Pir], series: Series, happened: list[Happened], simulated: bool
) -> Chart:
    points = [
        Reported(
            day=pir.end,
            name=period_of(pir),
            value=figure.value if figure else None,
            n=figure.n if figure else None,
            low=figure.lower if figure else None,
            high=figure.upper if figure else None,
        )
        for pir, figure in zip(pirs, series.figures, strict=True)
    ]
    unit = next((figure.unit for figure in series.figures if figure and figure.unit), "")
    drawing = years_chart(points, measure=series.name, events=happened, language=language_asked())
    title = f"{series.name} ({unit})" if unit else series.name
    return Chart(drawing, title, id=f"years-{place}", simulated=simulated)


def _recommendations(programme: Programme) -> Table:
    found = Recommendation.objects.filter(pir__programme=programme, pir__frozen_at__isnull=False)
    rows = []
    for one in found.select_related("owner", "pir").prefetch_related("fates").order_by("pir__end", "id"):
        last = next(reversed(list(one.fates.all())), None)
        state = Status(last.became if last else "unknown", of="recommendation")
        words = last.words if last else "–"
        rows.append([one.what, period_of(one.pir), one.owner.name, one.due_on, state, words])
    columns = [_("Recommendation"), _("In the report of"), _("Owner"), _("By")]
    columns += [_("What became of it"), _("Remark")]
    empty = EmptyState(_("Nothing was recommended"), "")
    return Table(_("Recommendations"), columns, rows, empty=empty, caption_hidden=True, id="recommendations")
