"""Supervisors' adherence: one's own, a programme's, and for experts those of the centre."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.accounts.models import User
from onmodel.charts.course import Group, Marks, Observed, course_chart
from onmodel.charts.profile import Rating as Rated
from onmodel.charts.profile import profile_chart
from onmodel.inference.describe import Summary, summarise
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.supervision.models import Meeting
from onmodel.supervisors import course
from onmodel.supervisors.models import SupervisorRating, TookPart
from onmodel.supervisors.rounds import (
    FEWEST,
    Said,
    by_part,
    half_year,
    instrument_for,
    main_item,
    rated_items,
    rounds_about,
    said_about,
    supervisees_of,
    supervisors_of,
)
from onmodel.web.access import organisation_for, programme_for
from onmodel.web.components import Chart, Column, EmptyState, Fact, Figure, Link, Sparkline, Table
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.supervisor_forms import BeginForm
from onmodel.web.views.meetings import page_of
from onmodel.wording.numbers import date_written, written

DAYS_A_MONTH = 365.25 / 12
#: A programme's figure of fewer supervisors would be one person's.
FEWEST_SUPERVISORS = 2


@require_GET
def supervisors(request: HttpRequest, slug: str) -> HttpResponse:
    """Experts see each supervisor, supervisors themselves; managers the programme's figure."""
    programme = programme_for(request, slug, Permission.RHYTHM_VIEW)
    instrument = instrument_for(programme)
    saw(request, "supervisors opened", programme)
    allowed, today = permissions_in(request.user, programme), timezone.localdate()
    everybody = list(supervisors_of(programme))
    rates = Permission.SUPERVISORS_RATE in allowed
    leads = Permission.SUPERVISION_LEAD in allowed
    inside = rates or Permission.SUPERVISION_VIEW in allowed
    shown = everybody if rates else [one for one in everybody if leads and one == request.user]
    context = page_of(
        request,
        programme,
        table=supervisors_table([(programme, shown)], today) if shown and instrument else None,
        figure=_figure(programme, everybody, instrument, today) if instrument and not inside else None,
        to_answer=_to_answer(request.user, programme, everybody, today) if instrument else [],
        waiting=SupervisorRating.objects.waiting()
        .filter(programme=programme, expert=request.user)
        .select_related("supervisor")
        if rates
        else [],
        no_form=instrument is None,
        rates=rates,
    )
    return render(request, "web/supervisors.html", context)


def _to_answer(user: User, programme: Programme, everybody: Iterable[User], day: datetime.date) -> list[User]:
    """The supervisors about whom this supervisee can still answer in this half-year."""
    starts_on, _ends_on = half_year(day)
    done = set(
        TookPart.objects.filter(
            person=user, round__programme=programme, round__starts_on=starts_on
        ).values_list("round__supervisor", flat=True)
    )
    mine = [one for one in everybody if supervisees_of(programme, one).filter(pk=user.pk).exists()]
    return [one for one in mine if one.pk not in done]


def _figure(
    programme: Programme, everybody: list[User], instrument: Instrument, day: datetime.date
) -> Figure:
    """The mean over supervisors of their means of the last year; not where it would be one person's."""
    found = course.courses([programme.pk], instrument)
    means = [
        summary.mean
        for one in everybody
        if (summary := course.last_year(found.get((programme.pk, one.pk), []), day)).mean is not None
    ]
    known = len(means) >= FEWEST_SUPERVISORS
    return Figure(
        sum(means) / len(means) if known else None,
        n=len(means) if known else None,
        digits=1,
        label=_("Adherence of the programme's supervisors, last year"),
        why=_("with fewer than %(n)s supervisors rated it would be one person's") % {"n": FEWEST_SUPERVISORS},
        large=True,
    )


@require_GET
def centre_supervisors(request: HttpRequest, slug: str) -> HttpResponse:
    """Every supervisor of the programmes that the expert looks after, in one organisation."""
    organisation = organisation_for(request, slug, Permission.SUPERVISORS_RATE)
    programmes = Programme.objects.visible_to(request.user, Permission.SUPERVISORS_RATE)
    here = list(programmes.filter(organisation=organisation).select_related("organisation"))
    saw(request, "supervisors opened", organisation)
    today = timezone.localdate()
    table = supervisors_table([(one, list(supervisors_of(one))) for one in here], today, programmes=True)
    context = {
        "organisation": organisation,
        "table": table,
        "simulated": any(one.is_simulated for one in here),
        "crumbs": [(_("Home"), reverse("home"))],
    }
    return render(request, "web/centre_supervisors.html", context)


def supervisors_table(
    places: list[tuple[Programme, list[User]]], day: datetime.date, *, programmes: bool = False
) -> Table:
    """Expert's mean of the last year with its course; supervisees' mean of the last round shown."""
    rows = []
    for programme, people in places:
        instrument = instrument_for(programme)
        if instrument is None or not people:
            continue
        found = course.courses([programme.pk], instrument)
        said = rounds_about(programme, people, day)
        for one in people:
            own = found.get((programme.pk, one.pk), [])
            name = Link(one.name, reverse("supervisor-adherence", args=[programme.slug, one.pk]))
            rows.append(
                [
                    name,
                    *([programme.name] if programmes else []),
                    _by_expert(own, day),
                    _line(own),
                    own[-1][0] if own else _("never"),
                    _by_supervisees(instrument, said.get(one.pk, [])),
                ]
            )
    columns = [
        _("Supervisor"),
        *([_("Programme")] if programmes else []),
        _("Rated by experts, last year"),
        _("Course"),
        _("Last rated"),
        _("By supervisees"),
    ]
    empty = EmptyState(_("Nobody supervises here yet"), "")
    return Table(_("Supervisors"), columns, rows, empty=empty, caption_hidden=True, id="supervisors")


def _by_expert(own: course.Course, day: datetime.date) -> Figure:
    summary = course.last_year(own, day)
    return Figure(
        summary.mean,
        n=summary.n if summary.n else None,
        interval=course.interval(summary),
        digits=1,
        why=_("not rated in the last year"),
    )


def _line(own: course.Course) -> object:
    if len(own) < 2:
        return "–"
    figures = {"first": written(own[0][1], 1), "last": written(own[-1][1], 1), "n": len(own)}
    label = _("from %(first)s to %(last)s, n = %(n)s") % figures
    return Sparkline([value for _day, value in own], label, low=1, high=7)


def _by_supervisees(instrument: Instrument, said: list[Said]) -> Figure:
    shown = [one for one in said if one.n is not None]
    main = main_item(instrument)
    last = shown[-1].items.get(main) if shown and main else None
    return Figure(
        last.mean if last else None,
        n=last.n if last else None,
        digits=1,
        why=_("no half-year with %(n)s answers yet") % {"n": FEWEST},
    )


# --- one supervisor ---
@require_GET
def supervisor_adherence(request: HttpRequest, slug: str, person: int) -> HttpResponse:
    programme = programme_for(request, slug, Permission.RHYTHM_VIEW)
    return supervisor_page(request, programme, supervisor_for(request, programme, person))


def supervisor_for(request: HttpRequest, programme: Programme, person: int) -> User:
    """Oneself as supervisor; for experts each supervisor of the programme."""
    allowed = permissions_in(request.user, programme)
    own = person == request.user.pk and Permission.SUPERVISION_LEAD in allowed
    if not own and Permission.SUPERVISORS_RATE not in allowed:
        raise Http404
    return get_object_or_404(supervisors_of(programme), pk=person)


def supervisor_page(
    request: HttpRequest,
    programme: Programme,
    supervisor: User,
    status: int = 200,
    begin_form: BeginForm | None = None,
) -> HttpResponse:
    instrument = instrument_for(programme)
    if instrument is None:
        return redirect("supervisors", slug=programme.slug)
    saw(request, "supervisor opened", programme, supervisor=supervisor.pk)
    today = timezone.localdate()
    own = course.course_of(programme, supervisor, instrument)
    said = said_about(programme, supervisor, today)
    last = next((one for one in reversed(said) if one.items), None)
    experts = course.answers_of(programme, supervisor, instrument, today)
    rates = supervisor != request.user
    context = programme_page(
        request,
        programme,
        supervisor=supervisor,
        own=not rates,
        facts=_facts(own, said, instrument, today),
        course=_course_chart(own, said, instrument, today, simulated=programme.is_simulated),
        profile=_profile(instrument, experts, last, simulated=programme.is_simulated),
        items=_items_table(instrument, experts, last),
        rounds=_rounds_table(said, instrument),
        ratings=_ratings_table(request, programme, supervisor),
        begin_form=(begin_form or BeginForm(meetings=meetings_of(programme, supervisor))) if rates else None,
        fewest=FEWEST,
    )
    context["crumbs"] = [
        *context["crumbs"],
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Supervisors"), reverse("supervisors", args=[programme.slug])),
    ]
    return render(request, "web/supervisor.html", context, status=status)


def meetings_of(programme: Programme, supervisor: User):
    """The meetings at which the supervisor was."""
    return Meeting.objects.filter(
        programme=programme, attendees__user=supervisor, attendees__present=True
    ).distinct()


def _facts(own: course.Course, said: list[Said], instrument: Instrument, day: datetime.date) -> list[Fact]:
    return [
        Fact(_("Rated by experts, last year"), _by_expert(own, day)),
        Fact(_("By supervisees, last half-year shown"), _by_supervisees(instrument, said)),
        Fact(_("Last rated"), own[-1][0] if own else _("never")),
    ]


def adequate_of(instrument: Instrument) -> float | None:
    """The option that the form itself calls adequate."""
    named = (option for option in instrument.options if option.label and option.label.en == "adequate")
    return next((option.value for option in named), None)


def _course_chart(
    own: course.Course, said: list[Said], instrument: Instrument, today: datetime.date, *, simulated: bool
) -> Chart | None:
    """Experts' ratings one by one, supervisees' means at the end of each half-year."""
    main = main_item(instrument)
    experts = [Observed(months=_months(today, day), mean=value, n=1) for day, value in own]
    supervisees = [
        Observed(
            months=_months(today, one.ends_on),
            mean=one.items[main].mean,
            n=one.items[main].n,
        )
        for one in said
        if main in one.items
    ]
    groups = [(_("Experts"), experts), (_("Supervisees"), supervisees)]
    if not any(points for _name, points in groups):
        return None
    title = in_words(instrument.scale(instrument.main_scale).title)
    drawing = course_chart(
        [Group(name=name, observed=points) for name, points in groups if points],
        measure=title,
        lower_is_better=False,
        marks=Marks(cut_off=adequate_of(instrument), cut_off_word=_("adequate")),
        domain=(1, 7),
        time=_("Months before today"),
        language=get_language() or "en",
    )
    return Chart(drawing, _("Over time"), id="course", n=len(own), simulated=simulated)


def _months(today: datetime.date, day: datetime.date) -> float:
    return -float(round((today - day).days / DAYS_A_MONTH))


def _profile(
    instrument: Instrument, experts: list[dict[str, float]], said: Said | None, *, simulated: bool
) -> Chart | None:
    """By part of the form: experts of the last year beside supervisees of the last half-year shown."""
    own = {part: summarise(values) for part, values in by_part(instrument, experts).items()}
    both = ((_("Experts"), own), (_("Supervisees"), said.parts if said else {}))
    if not any(found for _kind, found in both):
        return None
    rated = [
        _as_rated(in_words(part.title), kind, found.get(part.id))
        for part in instrument.parts
        for kind, found in both
        if found
    ]
    bar = adequate_of(instrument)
    drawing = profile_chart(rated, adequate=bar, language=get_language() or "en", step=52)
    return Chart(drawing, _("By part of the form"), id="profile", simulated=simulated)


def _as_rated(item: str, kind: str, summary: Summary | None) -> Rated:
    if summary is None:
        return Rated(item=item, kind=kind, value=None)
    low, high = course.interval(summary) or (None, None)
    return Rated(item=item, kind=kind, value=summary.mean, low=low, high=high, n=summary.n)


def _items_table(instrument: Instrument, experts: list[dict[str, float]], said: Said | None) -> Table | None:
    """By item, the two means beside each other."""
    own, theirs = course.by_item(experts), said.items if said else {}
    rows = [
        [in_words(instrument.item(item).label, item), _mean(own.get(item)), _mean(theirs.get(item))]
        for item in rated_items(instrument)
        if item in own or item in theirs
    ]
    if not rows:
        return None
    columns = [_("Item"), _("Experts, last year"), _("Supervisees, last half-year shown")]
    return Table(_("By item"), columns, rows, id="items")


def _mean(summary: Summary | None) -> Figure:
    if summary is None:
        return Figure(None)
    return Figure(summary.mean, n=summary.n, digits=1)


def _rounds_table(said: list[Said], instrument: Instrument) -> Table:
    main = main_item(instrument)
    rows = []
    for one in reversed(said):
        overall = one.items.get(main) if main else None
        figure = Figure(
            overall.mean if overall else None,
            n=overall.n if overall else None,
            interval=course.interval(overall) if overall else None,
            digits=1,
            why=_("fewer than %(n)s answers") % {"n": FEWEST},
        )
        rows.append([f"{date_written(one.starts_on)} – {date_written(one.ends_on)}", figure])
    empty = EmptyState(_("No half-year is over yet in which supervisees answered"), "")
    columns = [_("Half-year"), _("Overall, by supervisees")]
    return Table(_("Supervisees"), columns, rows, empty=empty, caption_hidden=True, id="rounds")


def _ratings_table(request: HttpRequest, programme: Programme, supervisor: User) -> Table:
    found = SupervisorRating.objects.visible_to(request.user).filter(
        programme=programme, supervisor=supervisor
    )
    rows = [
        [
            Link(date_written(one.day), reverse("supervisor-rating", args=[one.pk])),
            one.expert.name,
            one.get_basis_display(),
            _("submitted") if one.submitted_at else _("not submitted yet"),
        ]
        for one in found.select_related("expert")[:30]
    ]
    empty = EmptyState(_("No expert has rated this supervision yet"), "")
    columns = [Column(_("Supervision of")), _("Expert"), _("How"), _("State")]
    return Table(_("Ratings by experts"), columns, rows, empty=empty, caption_hidden=True, id="ratings")
