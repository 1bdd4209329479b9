"""The year to come: caseload, waiting list, waiting time; and what if somebody comes or leaves."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.charts.staffing import Ahead, ahead_chart
from onmodel.inference.capacity import Expected, Forecast, Month
from onmodel.patients.models import DAYS_A_MONTH
from onmodel.programmes.models import Programme
from onmodel.staffing.forecasting import Outlook, Places
from onmodel.staffing.record import Record
from onmodel.staffing.words import why_no_forecast
from onmodel.web.access import programme_for
from onmodel.web.components import Chart, Column, Fact, Figure, Table
from onmodel.web.sections import programme_page
from onmodel.web.staffing_forms import WhatIfForm
from onmodel.web.views.staffing import staffing_crumbs
from onmodel.wording.numbers import written

WEEKS_A_MONTH = DAYS_A_MONTH / 7


def forecast(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    outlook = Outlook(Record(programme), timezone.localdate())
    asked = WhatIfForm(request.GET or None, clinicians=outlook.clinicians)
    places = outlook.places()
    found, why = outlook.forecast(places)
    other = None
    if found is not None and asked.is_asked:
        others = outlook.places(**asked.cleaned_data)
        other = (others, *outlook.forecast(others))
    context = programme_page(
        request,
        programme,
        form=asked,
        facts=_facts(outlook, places, found),
        why=why_no_forecast(why) if why else "",
        charts=_charts(programme, found, places) if found else [],
        compared=_compared(places, found, other) if found and other else None,
        found=found,
        places=places,
        finish=None if found is None or not found.unfinished else written(100 * found.unfinished, 0),
    )
    return render(request, "web/forecast.html", {**context, "crumbs": staffing_crumbs(programme)})


def _facts(outlook: Outlook, places: Places, found: Forecast | None) -> list[Fact]:
    known = outlook.known
    return [
        Fact(_("Places"), Figure(places.total, n=len(places.clinicians) or None, digits=0)),
        Fact(_("In treatment today"), sum(not ended for ended in known.ended)),
        Fact(_("Waiting today"), known.waiting),
        Fact(_("Come in a year"), _figure(found.rate, 12.0, n=known.arrivals) if found else None),
        Fact(
            _("Time in treatment"),
            _figure(found.mean_stay, digits=1, unit=_("months"), n=len(known.stays)) if found else None,
        ),
        Fact(_("Treated within a year"), _figure(found.treated) if found else None),
    ]


def _figure(
    expected: Expected, factor: float = 1.0, digits: int = 0, unit: str = "", n: int | None = None
) -> Figure:
    interval = (factor * expected.low, factor * expected.high)
    return Figure(factor * expected.middle, unit=unit, n=n, interval=interval, digits=digits, confidence=80)


def _charts(programme: Programme, found: Forecast, places: Places) -> list[Chart]:
    kinds = (
        ("caseload", _("Patients in treatment"), 1.0, places.total),
        ("waiting", _("Patients waiting for a place"), 1.0, None),
        ("wait", _("Weeks until there is a place, for who comes then"), WEEKS_A_MONTH, None),
    )
    return [_chart(programme, found, name, title, factor, limit) for name, title, factor, limit in kinds]


def _chart(
    programme: Programme, found: Forecast, name: str, title: str, factor: float, limit: float | None
) -> Chart:
    months = [_ahead(month, getattr(month, name), factor) for month in found.months]
    last = months[-1]
    drawing = ahead_chart(
        months,
        measure=title,
        headers=(_("Month from now"), _("Expected"), _("80% interval")),
        limit=limit,
        description=_(
            "%(what)s: %(middle)s expected after %(months)s months (80%% interval %(low)s to %(high)s)."
        )
        % {
            "what": title,
            "middle": written(last.middle, 1),
            "months": last.month,
            "low": written(last.low, 1),
            "high": written(last.high, 1),
        },
        language=get_language() or "en",
    )
    return Chart(drawing, title, id=f"ahead-{name}", simulated=programme.is_simulated)


def _ahead(month: Month, expected: Expected, factor: float) -> Ahead:
    return Ahead(
        month=month.number,
        middle=factor * expected.middle,
        low=factor * expected.low,
        high=factor * expected.high,
    )


def _compared(places: Places, found: Forecast, other: tuple[Places, Forecast | None, str]) -> Table:
    """As it is, and as it would be, at the end of the year."""
    others, then, why = other
    rows = [[_("Places"), places.total, others.total]]
    for name, label, factor, digits, unit in (
        ("caseload", _("In treatment after a year"), 1.0, 0, ""),
        ("waiting", _("Waiting after a year"), 1.0, 0, ""),
        ("wait", _("Until a place, after a year"), WEEKS_A_MONTH, 1, _("weeks")),
    ):
        now = _figure(getattr(found.months[-1], name), factor, digits, unit)
        if then is None:
            what_if = Figure(None, why=why_no_forecast(why))
        else:
            what_if = _figure(getattr(then.months[-1], name), factor, digits, unit)
        rows.append([label, now, what_if])
    treated = _figure(then.treated) if then else Figure(None, why=why_no_forecast(why))
    rows.append([_("Treated within a year"), _figure(found.treated), treated])
    columns = [_("What"), Column(_("As it is")), Column(_("What if"))]
    return Table(_("As it is, and what if"), columns, rows, caption_hidden=True, id="compared")
