"""The signs of trouble: each by quarter against its limits, with what happened; and the climate."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.charts.drift import Happened
from onmodel.charts.staffing import SignPoint, sign_chart
from onmodel.inference.climate import Climate
from onmodel.programmes.models import Programme
from onmodel.staffing.charted import Charted, Point, Signs, look_at_signs, settings_of
from onmodel.staffing.quarters import Quarter
from onmodel.staffing.record import Record
from onmodel.staffing.words import unit_of, why_unknown
from onmodel.web.access import programme_for
from onmodel.web.components import Chart, Column, EmptyState, Figure, Status, Table
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.views.staffing import events_listed, happened
from onmodel.wording.numbers import written


def signs(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    saw(request, "signs of trouble opened", programme)
    settings = settings_of(programme)
    found = look_at_signs(programme, timezone.localdate(), settings) if settings else None
    if found is None or not found.quarters:
        return render(request, "web/signs.html", programme_page(request, programme))
    events = happened(Record(programme), found.quarters[0].start)
    last = found.quarters[-1]
    context = programme_page(
        request,
        programme,
        quarter=quarter_in_words(last),
        events=events_listed(events),
        climate=_climate_in_words(found.climates.get(last)),
        is_climate=bool(found.climates.get(last) and found.climates[last].is_climate),
        table=_table(found),
        climates=_climates(found),
        charts=[_chart(programme, one, events) for one in found.charted if _has_values(one)],
        settings=settings,
        chance=written(100 * settings.chance, 1),
        most=written(100 * settings.most, 0),
        until=quarter_in_words(found.quarters[min(settings.baseline, len(found.quarters)) - 1]),
        first=quarter_in_words(found.quarters[0]),
    )
    return render(request, "web/signs.html", context)


def quarter_in_words(quarter: Quarter) -> str:
    return _("Q%(number)s %(year)s") % {"number": quarter.number, "year": quarter.year}


def _climate_in_words(climate: Climate | None) -> str:
    if climate is None:
        return _("There are not yet more quarters than the baseline needs.")
    said = {
        "weak": climate.weak,
        "n": climate.looked_at,
        "needed": climate.needed,
        "percent": "" if climate.false_alarm is None else written(100 * climate.false_alarm, 1),
    }
    if climate.needed is None:
        return _("%(n)s signs can be judged: too few to tell several from chance.") % said
    if climate.is_climate:
        return (
            _(
                "%(weak)s of %(n)s signs are worse than usual here. %(needed)s or more together would come "
                "by chance in at most %(percent)s %% of quarters."
            )
            % said
        )
    return (
        _("%(weak)s of %(n)s signs are worse than usual here; it takes %(needed)s to be more than chance.")
        % said
    )


def _table(found: Signs) -> Table:
    rows = []
    for one in found.charted:
        point = one.last
        rows.append(
            [
                in_words(one.term.label),
                _value(point),
                point.counted.n if point and point.counted.n is not None else "–",
                _limits(one, point),
                _state(one, point),
            ]
        )
    columns = [_("Sign"), _("Found"), Column("n", numeric=True), _("Usual here"), _("How it stands")]
    empty = EmptyState(_("No signs"), _("The pack lists no signs."))
    return Table(_("Signs of trouble"), columns, rows, empty=empty, caption_hidden=True, id="signs")


def _value(point: Point | None) -> Figure:
    if point is None:
        return Figure(None, why=why_unknown("not_recorded"))
    counted = point.counted
    digits = {"count": 0, "proportion": 0, "score": 1}[counted.kind]
    return Figure(
        counted.value, unit=unit_of(counted.unit, counted.value), digits=digits, why=why_unknown(counted.why)
    )


def _limits(one: Charted, point: Point | None) -> str:
    if point is None or point.counted.value is None:
        return "–"
    if point.lower is None or point.upper is None:
        return why_unknown(one.why)
    return _("%(low)s to %(high)s") % {"low": written(point.lower, 1), "high": written(point.upper, 1)}


def _state(one: Charted, point: Point | None) -> Status:
    if point is None or point.counted.value is None:
        return Status("unknown", of="sign")
    if point.is_alarm:
        return Status("alarm", of="sign")
    if point.is_weak:
        return Status("weak", of="sign")
    return Status("usual" if point.chance is not None else "unjudged", of="sign")


def _climates(found: Signs) -> Table:
    rows = [
        [
            quarter_in_words(quarter),
            climate.weak,
            climate.looked_at,
            climate.needed,
            Status("climate" if climate.is_climate else "usual", of="sign"),
            ", ".join(
                in_words(one.term.label)
                for one in found.charted
                if any(p.quarter == quarter and p.is_weak for p in one.points)
            )
            or "–",
        ]
        for quarter, climate in sorted(found.climates.items(), reverse=True)
    ]
    columns = [
        _("Quarter"),
        Column(_("Worse than usual"), numeric=True),
        Column(_("Of signs"), numeric=True),
        Column(_("Needed"), numeric=True),
        _("Together"),
        _("Which"),
    ]
    empty = EmptyState(_("Not yet"), _("There are not yet more quarters than the baseline needs."))
    return Table(_("Quarter by quarter"), columns, rows, empty=empty, caption_hidden=True, id="climates")


def _has_values(one: Charted) -> bool:
    return any(point.counted.value is not None for point in one.points)


def _chart(programme: Programme, one: Charted, events: list[Happened]) -> Chart:
    title = in_words(one.term.label)
    points = [
        SignPoint(
            day=point.quarter.start,
            name=quarter_in_words(point.quarter),
            value=point.counted.value,
            n=point.counted.n,
            low=point.lower,
            high=point.upper,
            state="alarm" if point.is_alarm else "weak" if point.is_weak else "usual",
        )
        for point in one.points
    ]
    marked = sum(point.state != "usual" for point in points)
    unit = unit_of(one.points[-1].counted.unit)
    drawing = sign_chart(
        points,
        measure=unit,
        headers=(_("Quarter"), _("Value"), _("Usual here"), "n"),
        states={"usual": _("usual"), "weak": _("worse than usual"), "alarm": _("beyond its limits")},
        centre=one.centre,
        events=events,
        description=_("%(sign)s by quarter: %(marked)s of %(n)s quarters worse than usual.")
        % {"sign": title, "marked": marked, "n": len(points)},
        language=get_language() or "en",
    )
    return Chart(
        drawing,
        title,
        id=f"sign-{one.term.id}",
        simulated=programme.is_simulated,
        note=why_unknown(one.why),
    )
