"""Staffing and capacity: figures, hours over time, caseloads; and keeping what they rest on."""

from __future__ import annotations

import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.charts.drift import Happened
from onmodel.charts.staffing import Hours, hours_chart
from onmodel.programmes.models import Programme
from onmodel.reports.units import bound_in_words
from onmodel.staffing.actions import end_absence, end_vacancy, take_back
from onmodel.staffing.figures import (
    StaffFigure,
    TeamMonth,
    figures,
    hours_over_time,
    loads,
    open_on,
    training_levels,
)
from onmodel.staffing.models import Absence, GroupSize, TimeSpent, Vacancy
from onmodel.staffing.occupancy import on_day
from onmodel.staffing.positions import positions
from onmodel.staffing.record import Record
from onmodel.staffing.words import name_of, unit_of, why_unknown
from onmodel.web.access import programme_for
from onmodel.web.components import Chart, Column, EmptyState, Figure, Status, Table
from onmodel.web.drift_shown import event_in_words
from onmodel.web.post_button import post_button
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.staffing_forms import FORMS, EndForm, KeepForm
from onmodel.wording.numbers import date_written, written

#: What is kept, by its word in an address.
KEPT = {"absence": Absence, "vacancy": Vacancy, "time": TimeSpent, "places": GroupSize}


def staffing(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    saw(request, "staffing opened", programme)
    today, record = timezone.localdate(), Record(programme)
    months = hours_over_time(record, today)
    events = happened(record, months[0].day) if months else []
    context = programme_page(
        request,
        programme,
        figures=_figures_table(figures(record, today)),
        hours=_hours(record, months, events) if months else None,
        events=events_listed(events),
        people=_people_table(programme, record, today),
        training=_training_table(programme, record, today),
        groups=_groups_table(record, today),
        vacancies=_vacancies_table(programme, record, today),
        may_keep=Permission.STAFFING_KEEP in permissions_in(request.user, programme),
    )
    return render(request, "web/staffing.html", context)


def _figures_table(found: list[StaffFigure]) -> Table:
    rows = [
        [
            name_of(one.name),
            Figure(
                one.value,
                unit=unit_of(one.unit, one.value),
                digits=0 if one.unit == "percent" else 1 if one.unit == "weeks" else None,
                why=why_unknown(one.why),
            ),
            one.n if one.n is not None else "–",
            ngettext("%(n)s day", "%(n)s days", one.period) % {"n": one.period} if one.period else _("today"),
            bound_in_words(one.limit) if one.limit else "–",
            "–" if one.inside is None else Status("met" if one.inside else "not_met", of="requirement"),
        ]
        for one in found
    ]
    columns = [
        _("Figure"),
        _("Found"),
        Column("n", numeric=True),
        _("Over"),
        _("Standard"),
        _("Met?"),
    ]
    return Table(_("Figures"), columns, rows, caption_hidden=True, id="figures")


def happened(record: Record, since: datetime.date | None) -> list[Happened]:
    """The programme's events on a time axis."""
    return [
        Happened(day=one.happened_on, name=event_in_words(one))
        for one in sorted(record.events, key=lambda event: event.happened_on)
        if since is not None and one.happened_on >= since
    ]


def events_listed(events: list[Happened]) -> list[str]:
    """The events by the numbers that they have in a chart."""
    return [f"{date_written(one.day)}: {one.name}" for one in events]


def _hours(record: Record, months: list[TeamMonth], events: list[Happened]) -> Chart:
    unknown = sum(one.unknown for one in months if one.day == months[-1].day)
    first, last = months[0].day, months[-1].day
    total = {day: sum(m.hours for m in months if m.day == day) for day in (first, last)}
    sums = {"first": written(total[first], 0), "last": written(total[last], 0)}
    drawing = hours_chart(
        [Hours(day=m.day, team=m.team, hours=m.hours, people=m.people) for m in months],
        measure=_("Hours a week"),
        headers=(_("Month"), _("Team"), _("Hours a week"), _("People")),
        events=events,
        description=_("Therapists' hours a week together: %(first)s at first, %(last)s at last.") % sums,
        language=get_language() or "en",
    )
    note = (
        _("Of %(n)s memberships the hours are not known; they are not in it.") % {"n": unknown}
        if unknown
        else ""
    )
    return Chart(
        drawing,
        _("Hours of the therapists, by team"),
        id="hours",
        simulated=record.programme.is_simulated,
        note=note,
    )


def _people_table(programme: Programme, record: Record, today: datetime.date) -> Table:
    language = get_language() or "en"
    named = {role.id: role.title.in_(language) for role in positions(programme)}
    rows = [
        [
            one.name,
            one.team or _("whole programme"),
            named.get(one.position, one.position) or "–",
            one.training.upper() or "–",
            one.hours,
            one.active,
            one.follow_up,
            _("away") if one.is_away else "",
        ]
        for one in loads(record, today)
    ]
    columns = [
        _("Who"),
        _("Team"),
        _("Role"),
        _("Level"),
        Column(_("Hours"), numeric=True),
        Column(_("In treatment"), numeric=True),
        Column(_("In follow-up"), numeric=True),
        Column(_("Today"), hidden_label=True),
    ]
    empty = EmptyState(_("Nobody works here"), _("Memberships make the staff."))
    return Table(_("Staff and caseloads"), columns, rows, empty=empty, caption_hidden=True, id="people")


def _training_table(programme: Programme, record: Record, today: datetime.date) -> Table:
    counts = training_levels(record, today)
    rows = [
        [level.upper() if level else _("none recorded"), count]
        for level, count in sorted(counts.items(), reverse=True)
    ]
    columns = [_("Highest level"), Column(_("People"), numeric=True)]
    return Table(_("Training"), columns, rows, empty="–", caption_hidden=True, id="training")


def _groups_table(record: Record, today: datetime.date) -> Table:
    rows = [[group.name, group.team.name, taken, places] for group, taken, places in on_day(record, today)]
    columns = [
        _("Group"),
        _("Team"),
        Column(_("Patients"), numeric=True),
        Column(_("Places"), numeric=True),
    ]
    empty = EmptyState(_("No groups"), _("This programme has no therapy groups today."))
    return Table(_("Groups"), columns, rows, empty=empty, caption_hidden=True, id="groups")


def _vacancies_table(programme: Programme, record: Record, today: datetime.date) -> Table:
    named = {role.id: role.title.in_(get_language() or "en") for role in positions(programme)}
    rows = [
        [
            named.get(one.position, one.position),
            one.team.name if one.team else _("whole programme"),
            one.hours_per_week,
            one.starts_on,
            Figure((today - one.starts_on).days, unit=_("days"), digits=0),
        ]
        for one in open_on(record, today)
    ]
    columns = [_("Role"), _("Team"), Column(_("Hours"), numeric=True), _("Open since"), _("For")]
    text = _("None is kept as open.") if record.vacancies else _("Vacancies are not kept here yet.")
    empty = EmptyState(_("No open vacancy"), text)
    return Table(_("Open vacancies"), columns, rows, empty=empty, caption_hidden=True, id="vacancies")


def staffing_keep(request: HttpRequest, slug: str) -> HttpResponse:
    """What is kept, and the forms to keep more."""
    programme = programme_for(request, slug, Permission.STAFFING_KEEP)
    return _keep_page(request, programme)


@require_POST
def staffing_record(request: HttpRequest, slug: str, what: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.STAFFING_KEEP)
    if what not in FORMS:
        raise Http404
    form = FORMS[what](request.POST, programme=programme)
    if form.is_valid():
        try:
            form.keep(request.user)
            messages.success(request, _("It is kept."))
            return redirect("staffing-keep", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    return _keep_page(request, programme, form, status=422)


@require_POST
def staffing_end(request: HttpRequest, slug: str, what: str, kept_pk: UUID) -> HttpResponse:
    """Somebody is back, or a vacancy was filled or withdrawn."""
    programme = programme_for(request, slug, Permission.STAFFING_KEEP)
    if what not in ("absence", "vacancy"):
        raise Http404
    kept = get_object_or_404(KEPT[what].objects.filter(programme=programme), pk=kept_pk)
    form = EndForm(request.POST)
    if form.is_valid():
        day = form.cleaned_data["ends_on"]
        try:
            if what == "absence":
                end_absence(absence=kept, ends_on=day, by=request.user)
            else:
                end_vacancy(vacancy=kept, ends_on=day, end=form.cleaned_data["end"], by=request.user)
            messages.success(request, _("It is kept."))
            return redirect("staffing-keep", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    return _keep_page(request, programme, ended=form, status=422)


@require_POST
def staffing_take_back(request: HttpRequest, slug: str, what: str, kept_pk: UUID) -> HttpResponse:
    programme = programme_for(request, slug, Permission.STAFFING_KEEP)
    if what not in KEPT:
        raise Http404
    kept = get_object_or_404(KEPT[what].objects.filter(programme=programme), pk=kept_pk)
    take_back(kept=kept, by=request.user)
    messages.success(request, _("It is taken back, and counts no more."))
    return redirect("staffing-keep", slug=slug)


def _keep_page(
    request: HttpRequest,
    programme: Programme,
    filled: KeepForm | None = None,
    *,
    ended: EndForm | None = None,
    status: int = 200,
) -> HttpResponse:
    saw(request, "staffing records opened", programme)
    record = Record(programme)
    shown = {
        "absence": _absences(request, record),
        "vacancy": _all_vacancies(request, record),
        "time": _times(request, record),
        "places": _sizes(request, record),
    }
    parts = []
    for what, form in FORMS.items():
        mine = filled if filled is not None and filled.what == what else form(programme=programme)
        parts.append({"what": what, "form": mine, "title": form.title, "table": shown[what]})
    context = programme_page(request, programme, parts=parts, ended=ended)
    page = {**context, "crumbs": staffing_crumbs(programme)}
    return render(request, "web/staffing_keep.html", page, status=status)


def staffing_crumbs(programme: Programme) -> list[tuple[str, str]]:
    return [
        (_("Home"), reverse("home")),
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Staffing"), reverse("staffing", args=[programme.slug])),
    ]


def _absences(request: HttpRequest, record: Record) -> Table:
    rows = [
        [
            one.person.name,
            one.get_kind_display(),
            one.starts_on,
            one.ends_on or _end(request, record.programme, "absence", one, one.person.name),
            _taken_back(request, record.programme, "absence", one, one.person.name),
        ]
        for one in record.absences
    ]
    columns = [_("Who"), _("Kind"), _("First day"), _("Last day"), _("Mistaken?")]
    return Table(_("Absences"), columns, rows, empty=_("None is kept."), caption_hidden=True, id="absences")


def _all_vacancies(request: HttpRequest, record: Record) -> Table:
    named = {role.id: role.title.in_(get_language() or "en") for role in positions(record.programme)}
    rows = []
    for one in record.vacancies:
        name = named.get(one.position, one.position)
        ended = f"{date_written(one.ends_on)}, {one.get_end_display()}" if one.ends_on else ""
        rows.append(
            [
                name,
                one.team.name if one.team else _("whole programme"),
                one.hours_per_week,
                one.starts_on,
                ended or _end(request, record.programme, "vacancy", one, name),
                _taken_back(request, record.programme, "vacancy", one, name),
            ]
        )
    columns = [
        _("Role"),
        _("Team"),
        Column(_("Hours"), numeric=True),
        _("Open since"),
        _("Ended"),
        _("Mistaken?"),
    ]
    return Table(
        _("Vacancies"), columns, rows, empty=_("None is kept."), caption_hidden=True, id="all-vacancies"
    )


def _times(request: HttpRequest, record: Record) -> Table:
    rows = [
        [
            f"{date_written(one.starts_on)} – {date_written(one.ends_on)}",
            one.hours_worked,
            one.hours_with_patients,
            Figure(one.percent, unit="%", digits=0),
            _taken_back(request, record.programme, "time", one, date_written(one.starts_on)),
        ]
        for one in record.time_spent
    ]
    columns = [
        _("Period"),
        Column(_("Hours worked"), numeric=True),
        Column(_("With patients"), numeric=True),
        _("Share"),
        _("Mistaken?"),
    ]
    return Table(_("Time"), columns, rows, empty=_("None is kept."), caption_hidden=True, id="times")


def _sizes(request: HttpRequest, record: Record) -> Table:
    names = {group.pk: group.name for group in record.groups}
    rows = [
        [
            names.get(one.group_id, "–"),
            one.places,
            one.starts_on,
            _taken_back(request, record.programme, "places", one, names.get(one.group_id, "")),
        ]
        for one in record.group_sizes
    ]
    columns = [_("Group"), Column(_("Places"), numeric=True), _("From"), _("Mistaken?")]
    return Table(_("Places"), columns, rows, empty=_("None is kept."), caption_hidden=True, id="sizes")


def _end(request: HttpRequest, programme: Programme, what: str, kept, about: str) -> str:
    context = {
        "programme": programme,
        "what": what,
        "kept": kept,
        "about": about,
        "ends": Vacancy.End.choices,
    }
    return render_to_string("web/staffing_end.html", {**context, "today": timezone.localdate()}, request)


def _taken_back(request: HttpRequest, programme: Programme, what: str, kept, about: str):
    address = reverse("staffing-take-back", args=[programme.slug, what, kept.pk])
    return post_button(request, _("Take back"), address, about)
