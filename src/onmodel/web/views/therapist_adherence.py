"""One therapist: profile against what is adequate, course, most and least used, abilities to work on."""

from __future__ import annotations

import datetime

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.accounts.models import User
from onmodel.adherence import profile, scales
from onmodel.adherence.drift import look_for_drift
from onmodel.charts.course import Group, Marks, Observed, course_chart
from onmodel.charts.profile import Rating as Rated
from onmodel.charts.profile import profile_chart
from onmodel.inference.raters import Estimate, RaterStudy, enough_for_a_verdict
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme
from onmodel.reports.blocks.adherence import adequate
from onmodel.reports.period import Period
from onmodel.sessions.models import Session
from onmodel.web.access import programme_for
from onmodel.web.components import Chart, Column, Fact, Figure, Table
from onmodel.web.drift_shown import Shown, shown
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.selfcheck_parts import shared_checks
from onmodel.web.session_forms import therapists_of
from onmodel.web.supervision_of import worked_on
from onmodel.wording.numbers import date_written, written

DAYS_A_MONTH = 365.25 / 12
SURE = 0.05
ABILITIES = "abilities"
SHOWN_AREAS = 2


@require_GET
def therapist_adherence(request: HttpRequest, slug: str, person: int) -> HttpResponse:
    """The therapist's own page; supervisors see those of their team."""
    programme = programme_for(request, slug, Permission.SESSION_VIEW)
    therapist = _therapist_for(request, programme, person)
    saw(request, "therapist's adherence opened", programme, therapist=therapist.pk)
    today = timezone.localdate()
    context = programme_page(
        request,
        programme,
        therapist=therapist,
        own=therapist == request.user,
        shared=shared_checks(request, programme, therapist),
        parts=[_part(request, programme, therapist, kind, today) for kind in Session.Kind],
        drift=_drift(request, programme, therapist, today),
    )
    context["parts"] = [part for part in context["parts"] if part is not None]
    context["worked_on"] = worked_on(programme, therapist, request.user)
    context["crumbs"] = [
        *context["crumbs"],
        (_("Adherence"), reverse("adherence", args=[programme.slug])),
    ]
    return render(request, "web/therapist_adherence.html", context)


def _therapist_for(request: HttpRequest, programme: Programme, person: int) -> User:
    if person == request.user.pk:
        return request.user
    if Permission.ADHERENCE_RATE not in permissions_in(request.user, programme):
        raise Http404
    return get_object_or_404(therapists_of(programme, request.user), pk=person)


def _drift(request: HttpRequest, programme: Programme, therapist: User, today: datetime.date) -> list[Shown]:
    """How the level goes over both kinds of session, of the ratings that the reader may see."""
    kinds = [form for kind in Session.Kind if (form := scales.scale_for(programme, kind.value))]
    forms: set[int] = set()
    for instrument in kinds:
        seen = profile.about(programme, therapist, request.user, instrument)
        forms |= set(seen.values_list("pk", flat=True))
    found = look_for_drift(programme, today, forms=forms, therapist=therapist.pk)
    if therapist.pk not in found.therapists:
        return []
    events = list(programme.events.standing().select_related("team", "programme"))
    watched = found.therapists[therapist.pk]
    title = _("Individual and group sessions together")
    return [shown(watched, found, title=title, events=events, simulated=programme.is_simulated)]


def _part(
    request: HttpRequest, programme: Programme, therapist: User, kind: Session.Kind, today: datetime.date
) -> dict[str, object] | None:
    """What is known from one kind of session; None where no form of its scale was filled."""
    instrument = scales.scale_for(programme, kind.value)
    if instrument is None:
        return None
    forms = profile.about(programme, therapist, request.user, instrument)
    course = profile.rated_sessions(forms, instrument.main_scale)
    if not course:
        return None
    since, bar = today - profile.A_YEAR, adequate(Period(programme=programme, start=today, end=today))
    items = profile.by_item(forms, instrument, since)
    study = profile.study(programme, instrument, instrument.main_scale, since)
    return {
        "title": kind.label,
        "facts": _facts(study, therapist, instrument, course, since, bar),
        "profile": _profile(instrument, items, bar, programme.is_simulated, kind.value),
        "areas": _areas(programme, instrument, items),
        "course": _course(instrument, course, study, bar, today, programme.is_simulated, kind.value),
        "change": _change(course),
        "used": _used(instrument, profile.used(forms, instrument, since)),
        "abilities": _abilities(programme, instrument, items, bar),
    }


def _facts(
    found: RaterStudy | None,
    therapist: User,
    instrument: Instrument,
    course: list[profile.RatedSession],
    since: datetime.date,
    bar: float | None,
) -> list[Fact]:
    lately = [one.value for one in course if one.day >= since]
    mean = sum(lately) / len(lately) if lately else None
    estimate = profile.estimate_of(found, therapist)
    title = in_words(instrument.scale(instrument.main_scale).title)
    if estimate is None or found is None:
        why = _("too few ratings or raters in the programme to reckon an interval")
        return [
            Fact(_("%(scale)s, last year") % {"scale": title}, Figure(mean, n=len(lately), digits=1), why),
        ]
    reach = (max(estimate.lower, 1.0), min(estimate.upper, 7.0))
    return [
        Fact(_("%(scale)s, last year") % {"scale": title}, Figure(mean, n=len(lately), digits=1)),
        Fact(
            _("The same, raters' severity taken out"),
            Figure(estimate.value, n=estimate.n, interval=reach, digits=1),
        ),
        Fact(_("Against adequate"), verdict(found, estimate, bar)),
    ]


def verdict(found: RaterStudy, estimate: Estimate, bar: float | None) -> str:
    """Adequate, below, or what it would take to tell."""
    if bar is None:
        return _("the pack names no adequate score")
    if estimate.lower >= bar:
        return _("at least adequate")
    if estimate.upper < bar:
        return _("below adequate")
    more = enough_for_a_verdict(found, estimate.name, bar=bar)
    ways = []
    if more.sessions is not None:
        ways.append(
            ngettext("%(n)s more session", "%(n)s more sessions", more.sessions) % {"n": more.sessions}
        )
    if more.raters is not None:
        ways.append(
            ngettext("%(n)s more rater a session", "%(n)s more raters a session", more.raters)
            % {"n": more.raters}
        )
    if not ways:
        return _("too close to adequate to tell, also with many more ratings")
    return _("not to be told yet; would take %(ways)s") % {"ways": f" {_('or')} ".join(ways)}


def _profile(
    instrument: Instrument, items: dict, bar: float | None, simulated: bool, kind: str
) -> Chart | None:
    titles = {part.id: in_words(part.title).split(":")[0] for part in instrument.parts}
    rated = []
    for row in scales.rows(instrument):
        for part, item in row.ratings.items():
            summary = items.get(item.id)
            low, high = profile.interval(summary) if summary else (None, None)
            rated.append(
                Rated(
                    item=in_words(row.first.label, row.key),
                    kind=titles.get(part, part),
                    value=summary.mean if summary else None,
                    low=low,
                    high=high,
                    n=summary.n if summary else None,
                )
            )
    if not items:
        return None
    drawing = profile_chart(rated, adequate=bar, language=get_language() or "en", step=56)
    return Chart(drawing, _("By item, last year"), id=f"profile-{kind}", simulated=simulated)


def _areas(programme: Programme, instrument: Instrument, items: dict) -> Table | None:
    """Each area's mean over the items that serve it, of the means of the last year."""
    rows = []
    for term, values in _by_area(programme, instrument, items):
        means = [None if value is None else written(value, 1) for value in values.values()]
        rows.append([in_words(term.label), *means])
    if not rows:
        return None
    parts = [in_words(part.title).split(":")[0] for part in _rated_parts(instrument)]
    columns = [_("Area"), *(Column(name, numeric=True) for name in parts)]
    return Table(_("By area, last year"), columns, rows, id="areas")


def _rated_parts(instrument: Instrument):
    named = {part for row in scales.rows(instrument) for part in row.ratings}
    return [part for part in instrument.parts if part.id in named]


def _by_area(programme: Programme, instrument: Instrument, items: dict):
    """Term and, by part, the mean of its items' means; None where none was rated."""
    listed = programme.definitions.terms.get(scales.AREAS)
    for term in listed.terms if listed else ():
        rows = [row for row in scales.rows(instrument) if scales.serves(row, term, instrument)]
        if not rows:
            continue
        values: dict[str, float | None] = {}
        for part in _rated_parts(instrument):
            linked = [row.ratings[part.id] for row in rows if part.id in row.ratings]
            means = [items[item.id].mean for item in linked if item.id in items]
            values[part.id] = sum(means) / len(means) if means else None
        yield term, values


def _course(
    instrument: Instrument,
    course: list[profile.RatedSession],
    study: RaterStudy | None,
    bar: float | None,
    today: datetime.date,
    simulated: bool,
    kind: str,
) -> Chart:
    title = in_words(instrument.scale(instrument.main_scale).title)
    points = [_point(instrument, one, study, today) for one in course]
    drawing = course_chart(
        [Group(name=title, observed=points)],
        measure=title,
        lower_is_better=False,
        marks=Marks(cut_off=bar, cut_off_word=_("adequate")),
        domain=(1, 7),
        time=_("Months before today"),
        language=get_language() or "en",
    )
    note = (
        _("Each point is a session, n its raters; its interval says how far off the level may be.")
        if any(point.low is not None for point in points)
        else _("Each point is a session, n its raters; too few ratings or raters to reckon intervals.")
    )
    return Chart(drawing, _("Over time"), id=f"course-{kind}", n=len(course), simulated=simulated, note=note)


def _point(
    instrument: Instrument, one: profile.RatedSession, study: RaterStudy | None, today: datetime.date
) -> Observed:
    """A session with the interval that its raters leave, within the ends of the scale."""
    scale, error = instrument.scale(instrument.main_scale), profile.error_of(study, one)
    bounds = (None, None)
    if error is not None:
        bounds = (max(one.value - error, scale.minimum), min(one.value + error, scale.maximum))
    months = -((today - one.day).days / DAYS_A_MONTH)
    return Observed(months=months, mean=one.value, n=one.raters, low=bounds[0], high=bounds[1])


def _change(course: list[profile.RatedSession]) -> str:
    found = profile.changed(course)
    if found is None:
        return _("Eight rated sessions are needed to look for a change of level.")
    figures = {
        "day": date_written(course[found.index].day),
        "before": written(found.before, 1),
        "after": written(found.after, 1),
        "p": written(found.p, 3),
        "n": found.n,
    }
    if found.p >= SURE:
        return _("No change of level stands out (the largest, p = %(p)s, n = %(n)s sessions).") % figures
    return (
        _("The level changed about %(day)s: from %(before)s to %(after)s (p = %(p)s, n = %(n)s sessions).")
        % figures
    )


def _used(instrument: Instrument, found: list[profile.Used]) -> list[tuple[str, list[str]]]:
    if not found:
        return []
    label = {item.id: in_words(item.label, item.id) for item in instrument.all_items()}
    lines = [
        _("%(item)s: %(mean)s a session (n = %(n)s)")
        % {"item": label[one.item], "mean": written(one.mean, 1), "n": one.n}
        for one in found
    ]
    most = min(profile.MOST_USED, len(lines))
    least = lines[most:][-profile.MOST_USED :]
    return [(_("Most used"), lines[:most]), (_("Least used"), least[::-1])]


def _abilities(
    programme: Programme, instrument: Instrument, items: dict, bar: float | None
) -> list[tuple[str, list[str]]]:
    """What the pack lists under the areas that were rated lowest, of those below adequate."""
    lowest = []
    for term, values in _by_area(programme, instrument, items):
        known = [value for value in values.values() if value is not None]
        if known and (bar is None or min(known) < bar):
            lowest.append((min(known), term))
    listed = programme.definitions.terms.get(ABILITIES)
    abilities = listed.terms if listed else ()
    return [
        (
            in_words(term.label),
            [in_words(one.label) for one in abilities if one.parent == term.id],
        )
        for _value, term in sorted(lowest, key=lambda pair: pair[0])[:SHOWN_AREAS]
    ]
