"""Supervision of a programme: how often it takes place, and for who takes part the log of it."""

from __future__ import annotations

import datetime

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from onmodel.access.permissions import ROLES, Permission
from onmodel.access.policy import permissions_in
from onmodel.accounts.models import User
from onmodel.charts.rhythm import Mark, RhythmWords, rhythm_chart
from onmodel.packs.standards import Term
from onmodel.programmes.models import Programme, Team
from onmodel.reports.units import bound_in_words
from onmodel.supervision.kinds import PROGRAMME, kinds_of, whose
from onmodel.supervision.models import Agreement, Meeting, group_sessions_of
from onmodel.supervision.people import teams_of
from onmodel.supervision.rhythm import (
    PERIOD,
    Against,
    Reflected,
    Rhythm,
    reflections,
    rhythms,
    variants,
)
from onmodel.web.access import programme_for
from onmodel.web.components import Chart, Column, EmptyState, Link, Status, Table
from onmodel.web.folding import Folded, folded
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw

A_PAGE = 20
#: So many meetings of a list stand open.
AT_ONCE = 2


@require_GET
def supervision(request: HttpRequest, slug: str) -> HttpResponse:
    """Counts for everybody who manages or supervises; meetings and agreements for who takes part."""
    programme = programme_for(request, slug, Permission.RHYTHM_VIEW)
    allowed, today = permissions_in(request.user, programme), timezone.localdate()
    inside = Permission.SUPERVISION_VIEW in allowed
    saw(request, "supervision listed" if inside else "rhythm opened", programme)
    teams = list(_teams_shown(request.user, programme))
    wide = _sees_all(request.user, programme) or Permission.SUPERVISION_LEAD in allowed
    found = [one for one in rhythms(programme, teams, today) if one.team is not None or wide]
    places = [*teams, *([None] if any(one.team is None for one in found) else [])]
    context = programme_page(
        request,
        programme,
        inside=inside,
        wide=wide,
        may_say=Permission.SUPERVISION_VIEW in allowed and Permission.SUPERVISION_LEAD not in allowed,
        leads=Permission.SUPERVISION_LEAD in allowed,
        logs=Permission.ATTENDANCE_LOG in allowed,
        places=[_place(programme, place, found, today, inside=inside) for place in places],
        groups=_groups([one for one in reflections(programme, today) if one.team in {t.pk for t in teams}]),
        **(_log(request, programme, today) if inside else {}),
    )
    return render(request, "web/supervision.html", context)


def _sees_all(user: User, programme: Programme) -> bool:
    """Whether a role that sees only counts lets the user see those of every team."""
    outside = [
        role.id
        for role in ROLES.values()
        if Permission.RHYTHM_VIEW in role.permissions and Permission.SUPERVISION_VIEW not in role.permissions
    ]
    return user.memberships.in_force().of_programme(programme).filter(role__in=outside).exists()


def _teams_shown(user: User, programme: Programme):
    return programme.teams.in_force() if _sees_all(user, programme) else teams_of(user, programme)


def kinds_open_to(request: HttpRequest, programme: Programme) -> list[Term]:
    """The kinds that the user may plan and log: contact with the expert is the supervisors'."""
    leads = Permission.SUPERVISION_LEAD in permissions_in(request.user, programme)
    return [one for one in kinds_of(programme).values() if leads or whose(one) != PROGRAMME]


def name_of_kind(programme: Programme, kind: str) -> str:
    term = kinds_of(programme).get(kind)
    return in_words(term.label) if term else kind


def _place(
    programme: Programme, team: Team | None, found: list[Rhythm], day: datetime.date, *, inside: bool
) -> dict[str, object]:
    mine = [one for one in found if one.team == team]
    number = team.pk if team else "programme"
    table = _rhythm_table(programme, mine, inside=inside, id=f"rhythm-{number}")
    short = [state_of(one) == "short" for one in mine]
    return {
        "title": team.name if team else _("Supervisors with the expert"),
        "table": folded(table, short, _("Meetings that keep their rhythm, or have none (%(n)s)")),
        "sources": _sources_table(mine, id=f"sources-{number}"),
        "chart": _chart(mine, day, f"calendar-{number}", simulated=programme.is_simulated),
    }


def _rhythm_table(programme: Programme, found: list[Rhythm], *, inside: bool, id: str) -> Table:
    rows = [
        [
            capfirst(in_words(one.kind.label)),
            bound_in_words(one.limit) if one.limit else "–",
            _held(one),
            _gap(one),
            ", ".join(f"{Meeting.Reason(reason).label} ({n})" for reason, n in one.reasons) or "–",
            Status(state_of(one), of="rhythm"),
            *([_log_link(programme, one)] if inside else []),
        ]
        for one in found
    ]
    columns = [
        _("Meeting"),
        _("Should be"),
        _("Held, last 13 weeks"),
        _("Longest without, days"),
        _("Why it fell out"),
        _("Rhythm"),
        *([Column(_("Log one"), hidden_label=True)] if inside else []),
    ]
    empty = EmptyState(_("This pack lists no kinds of meetings"), "")
    return Table(_("How often"), columns, rows, empty=empty, caption_hidden=True, id=id)


def _sources_table(found: list[Rhythm], *, id: str) -> Table | None:
    """Sources differ in how often a meeting should be; what was held, against each of them."""
    rows = [
        [
            capfirst(in_words(one.kind.label)),
            bound_in_words(against.limit),
            against.limit.source,
            _("this one holds here") if against.holds else "–",
            "–" if against.expected is None else f"{one.held} / {round(against.expected)}",
            Status(_state_against(against), of="rhythm"),
        ]
        for one in found
        for against in variants(one)
    ]
    columns = [_("Meeting"), _("Should be"), _("Source"), _("Which"), _("Held / expected"), _("Rhythm")]
    return Table(_("By each source"), columns, rows, caption_hidden=True, id=id) if rows else None


def _state_against(against: Against) -> str:
    if against.short is None:
        return "unknown"
    return "short" if against.short else "kept"


def state_of(one: Rhythm) -> str:
    if one.limit is None:
        return "free"
    if one.missing is None:
        return "unknown"
    return "short" if one.missing else "kept"


def _held(one: Rhythm) -> str:
    if one.days is None:
        return _("none logged yet")
    if one.expected is None or not one.known:
        return _("%(held)s in %(days)s days") % {"held": one.held, "days": one.days}
    return _("%(held)s of %(expected)s") % {"held": one.held, "expected": round(one.expected)}


def _gap(one: Rhythm) -> object:
    return "–" if one.longest_gap is None else one.longest_gap


def _log_link(programme: Programme, one: Rhythm) -> Link:
    team = f"&team={one.team.pk}" if one.team else ""
    href = f"{reverse('meeting-new', args=[programme.slug])}?kind={one.kind.id}{team}"
    return Link(_("Log one"), href)


def _chart(found: list[Rhythm], day: datetime.date, id: str, *, simulated: bool) -> Chart | None:
    rows = [capfirst(in_words(one.kind.label)) for one in found]
    if not any(one.meetings for one in found):
        return None
    marks = [
        Mark(row=row, day=meeting.day, state=meeting.state)
        for row, one in zip(rows, found, strict=True)
        for meeting in one.meetings
    ]
    said = RhythmWords(
        week=_("Week of"),
        kind=_("Meeting"),
        states={
            "held": _("held"),
            "not_held": _("fell out"),
            "planned": _("planned, not logged"),
        },
        nothing=_("nothing logged"),
    )
    drawing = rhythm_chart(marks, rows, start=day - PERIOD, end=day, words=said)
    return Chart(drawing, _("The last 13 weeks"), id=id, n=len(marks), simulated=simulated)


def _groups(found: list[Reflected]) -> Table | Folded | None:
    """Of each group, after how many sessions its therapists looked back; nothing without group sessions."""
    rows = [[one.group, one.sessions, one.reflected, one.last or _("never")] for one in found]
    if not rows:
        return None
    columns = [
        _("Group"),
        Column(_("Sessions"), numeric=True),
        Column(_("Looked back on"), numeric=True),
        _("Last time"),
    ]
    table = Table(_("Looking back after the group, last 13 weeks"), columns, rows, id="groups")
    never = [one.last is None for one in found]
    return folded(table, never, _("Groups after which the therapists looked back, last 13 weeks (%(n)s)"))


# --- for who takes part ---
def _log(request: HttpRequest, programme: Programme, day: datetime.date) -> dict[str, object]:
    mine = Meeting.objects.visible_to(request.user).filter(programme=programme).select_related("team")
    past = mine.exclude(state=Meeting.State.PLANNED).annotate(
        came=Count("attendees", filter=Q(attendees__present=True)), expected=Count("attendees")
    )
    page = Paginator(past.order_by(*Meeting._meta.ordering), A_PAGE).get_page(request.GET.get("page"))
    ahead = mine.filter(state=Meeting.State.PLANNED, day__gte=day).order_by("day", "starts_at")[:5]
    waiting = mine.not_logged(day).order_by("day")[:20]
    return {
        "ahead": _ahead_table(programme, list(ahead), _("Planned"), "ahead"),
        "waiting": _ahead_table(programme, list(waiting), _("To log"), "waiting") if waiting else None,
        "agreements": agreements_table(
            Agreement.objects.visible_to(request.user).open().filter(meeting__programme=programme), day
        ),
        "past": _past_table(programme, page),
    }


def _ahead_table(programme: Programme, found: list[Meeting], caption: str, id: str) -> Table | Folded:
    rows = [
        [_named(programme, one), one.day, _time(one), one.team.name if one.team else "–"] for one in found
    ]
    columns = [_("Meeting"), _("On"), _("Time"), _("Team")]
    empty = EmptyState(_("Nothing is planned"), _("Plan meetings, and they wait here to be logged."))
    table = Table(caption, columns, rows, empty=empty, caption_hidden=True, id=id)
    return folded(table, _first(rows), _("%(n)s more meetings"))


def _first(rows: list) -> list[bool]:
    """The few of a list that stand open."""
    return [place < AT_ONCE for place in range(len(rows))]


def _named(programme: Programme, one: Meeting) -> Link:
    return Link(capfirst(name_of_kind(programme, one.kind)), reverse("meeting", args=[one.pk]))


def _time(one: Meeting) -> str:
    times = [f"{time:%H:%M}" for time in (one.starts_at, one.ends_at) if time]
    return " – ".join(times) or "–"


def _past_table(programme: Programme, page) -> Table | Folded:
    rows = [
        [
            _named(programme, one),
            one.day,
            one.team.name if one.team else "–",
            Status(one.state, of="meeting"),
            _("%(came)s of %(expected)s") % {"came": one.came, "expected": one.expected}
            if one.state == Meeting.State.HELD
            else one.get_reason_display(),
            one.get_material_display() if one.state == Meeting.State.HELD else "–",
        ]
        for one in page.object_list
    ]
    columns = [_("Meeting"), _("On"), _("Team"), _("State"), _("Who came, or why not"), _("Material")]
    empty = EmptyState(_("No meeting is logged yet"), "")
    table = Table(_("Log"), columns, rows, empty=empty, caption_hidden=True, page=page, id="log")
    return folded(table, _first(rows), _("%(n)s more meetings"), open=page.number > 1)


def agreements_table(found, day: datetime.date, caption: str = "") -> Table | None:
    rows = [
        [
            Link(one.what, reverse("agreement", args=[one.pk])),
            one.owner.name,
            one.due_on,
            one.about.name if one.about else "–",
            Status(agreement_state(one, day), of="agreement"),
        ]
        for one in found.select_related("owner", "about")[:50]
    ]
    if not rows:
        return None
    columns = [_("Agreed"), _("By"), _("By when"), _("About the work of"), _("State")]
    return Table(caption or _("Open agreements"), columns, rows, caption_hidden=True, id="agreements")


def agreement_state(one: Agreement, day: datetime.date) -> str:
    return "overdue" if one.state == Agreement.State.OPEN and one.due_on < day else one.state


@require_GET
def reflections_page(request: HttpRequest, slug: str) -> HttpResponse:
    """The group sessions of the last 13 weeks: what was seen in them, and which nobody looked back on."""
    programme = programme_for(request, slug, Permission.SUPERVISION_VIEW)
    since = timezone.localdate() - PERIOD
    found = group_sessions_of(request.user).filter(programme=programme, held_on__gte=since)
    found = found.select_related("group", "reflection__kept_by").prefetch_related("therapists")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    saw(request, "group reflection opened", programme)
    rows = [
        [
            Link(one.group.name if one.group else "–", reverse("session-reflection", args=[one.pk])),
            one.held_on,
            ", ".join(person.name for person in one.therapists.all()),
            one.reflection.stimulated if hasattr(one, "reflection") else "–",
            one.reflection.hindered or "–" if hasattr(one, "reflection") else "–",
        ]
        for one in page.object_list
    ]
    columns = [_("Group"), _("On"), _("Given by"), _("Got mentalizing going"), _("Did not")]
    empty = EmptyState(_("No group session in the last 13 weeks"), "")
    table = Table(_("Group sessions"), columns, rows, empty=empty, caption_hidden=True, page=page)
    context = programme_page(request, programme, table=table)
    context["crumbs"] = [*context["crumbs"], (_("Supervision"), reverse("supervision", args=[slug]))]
    return render(request, "web/reflections.html", context)
