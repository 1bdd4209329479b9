"""One meeting about the work: plan it, log it, what was agreed; looking back after a group session."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.packs.standards import Term
from onmodel.programmes.models import Programme, Team
from onmodel.sessions.actions import patients_of
from onmodel.sessions.models import Session
from onmodel.supervision.actions import (
    add_agreement,
    end_series,
    keep_meeting,
    keep_reflection,
    log_planned,
    not_held,
    plan_meetings,
    settle_agreement,
)
from onmodel.supervision.kinds import PROGRAMME, kinds_of, whose
from onmodel.supervision.models import Agreement, Meeting, Reflection
from onmodel.supervision.people import people_of, teams_of
from onmodel.web.access import agreement_for, group_session_for, meeting_for, programme_for
from onmodel.web.components import Fact, Link, Status, Table
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.supervision_forms import (
    AgreementForm,
    LogForm,
    NotHeldForm,
    PlanForm,
    ReflectionForm,
    SettleForm,
    agreement_rows,
)
from onmodel.web.views.supervision import agreements_table, kinds_open_to, name_of_kind


def page_of(request: HttpRequest, programme: Programme, **context: object) -> dict[str, object]:
    page = programme_page(request, programme, **context)
    page["crumbs"] = [
        *page["crumbs"],
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Supervision"), reverse("supervision", args=[programme.slug])),
    ]
    return page


@require_http_methods(["GET", "POST"])
def meeting_plan(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.SUPERVISION_VIEW)
    kinds = kinds_open_to(request, programme)
    form = PlanForm(request.POST or None, programme=programme, user=request.user, kinds=kinds)
    if request.method == "POST" and form.is_valid():
        try:
            planned = plan_meetings(programme=programme, by=request.user, **form.cleaned_data)
            text = ngettext("%(n)s meeting is planned.", "%(n)s meetings are planned.", len(planned))
            messages.success(request, text % {"n": len(planned)})
            return redirect("supervision", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    status = 422 if request.method == "POST" else 200
    return render(request, "web/meeting_plan.html", page_of(request, programme, form=form), status=status)


@require_http_methods(["GET", "POST"])
def meeting_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Log a meeting that was held: its kind and team are chosen by the address."""
    programme = programme_for(request, slug, Permission.SUPERVISION_VIEW)
    kinds = {kind.id: kind for kind in kinds_open_to(request, programme)}
    teams = list(teams_of(request.user, programme))
    if not kinds or not (teams or "kind" in request.GET):
        return render(request, "web/meeting_new.html", page_of(request, programme, nothing=True))
    kind = _chosen_kind(kinds, request)
    team = None if whose(kind) == PROGRAMME else _chosen_team(teams, request)
    page = page_of(
        request,
        programme,
        title=capfirst(name_of_kind(programme, kind.id)),
        team=team,
        others=_others(programme, kinds, teams, kind, team),
    )
    forms = _forms(request, programme, kind, team)
    if request.method == "POST":
        kept = _kept(
            forms,
            lambda log: keep_meeting(programme=programme, kind=kind.id, team=team, log=log, by=request.user),
        )
        if kept is not None:
            messages.success(request, _("The meeting is logged."))
            return redirect("meeting", pk=kept.pk)
    status = 422 if request.method == "POST" else 200
    return render(request, "web/meeting_new.html", {**page, **forms}, status=status)


def _chosen_kind(kinds: dict[str, Term], request: HttpRequest) -> Term:
    wanted = request.GET.get("kind") or next(iter(kinds))
    if wanted not in kinds:
        raise Http404
    return kinds[wanted]


def _chosen_team(teams: list[Team], request: HttpRequest) -> Team:
    wanted = request.GET.get("team")
    found = [team for team in teams if not wanted or str(team.pk) == wanted]
    if not found:
        raise Http404
    return found[0]


def _others(
    programme: Programme, kinds: dict[str, Term], teams: list[Team], kind: Term, team: Team | None
) -> list[Link]:
    """Other kinds of the same team, and the same kind of other teams."""
    address = reverse("meeting-new", args=[programme.slug])
    place = team or (teams[0] if teams else None)
    found = []
    for one in kinds.values():
        of = f"&team={place.pk}" if whose(one) != PROGRAMME and place else ""
        if one.id != kind.id and (of or whose(one) == PROGRAMME):
            found.append(Link(capfirst(name_of_kind(programme, one.id)), f"{address}?kind={one.id}{of}"))
    if team is not None:
        found += [
            Link(other.name, f"{address}?kind={kind.id}&team={other.pk}") for other in teams if other != team
        ]
    return found


def _forms(
    request: HttpRequest, programme: Programme, kind: Term, team: Team | None, planned: Meeting | None = None
) -> dict[str, object]:
    data = request.POST if request.method == "POST" else None
    people = people_of(programme, kind, team, timezone.localdate())
    form = LogForm(data, programme=programme, user=request.user, kind=kind, team=team, planned=planned)
    return {"form": form, "rows": agreement_rows(data, people)}


def _kept(forms: dict[str, object], keep) -> Meeting | None:
    """Keep it if everything typed makes sense; what is refused says why, and the rest stays typed."""
    form, rows = forms["form"], forms["rows"]
    if not all([form.is_valid(), *(row.is_valid() for row in rows)]):
        return None
    agreements = tuple(agreed for row in rows if (agreed := row.agreed()))
    try:
        return keep(form.log(agreements))
    except ValidationError as error:
        form.add_error(None, error)
        return None


@require_GET
def meeting(request: HttpRequest, pk: UUID) -> HttpResponse:
    return meeting_page(request, meeting_for(request, pk))


def meeting_page(request: HttpRequest, found: Meeting, status: int = 200, **given: object) -> HttpResponse:
    """What was logged; of one that is planned the form to log it."""
    about = patients_of(found.session) if found.session else []
    saw(request, "meeting opened", found, patients=about)
    programme, kind = found.programme, kinds_of(found.programme).get(found.kind)
    planned = found.state == Meeting.State.PLANNED
    page = page_of(
        request,
        programme,
        meeting=found,
        title=capfirst(name_of_kind(programme, found.kind)),
        facts=_facts(found),
        attendance=_attendance(found),
        planned=planned,
        ahead=planned and found.day > timezone.localdate(),
        held=found.state == Meeting.State.HELD,
        agreements=agreements_table(found.agreements.all(), timezone.localdate(), _("Agreed")),
        session=_session_link(request, found),
        may_share=found.may_be_shown_outside
        and Permission.SUPERVISION_LEAD in permissions_in(request.user, programme)
        and found.attendees.filter(user=request.user, present=True).exists(),
    )
    if kind is not None and planned:
        page |= given.get("forms") or _fresh(request, found, kind)
        page["not_held_form"] = given.get("not_held") or NotHeldForm()
    elif kind is not None and found.state == Meeting.State.HELD:
        people = people_of(programme, kind, found.team, found.day)
        page["agreement_form"] = given.get("agreement") or AgreementForm(people=people, needed=True)
    return render(request, "web/meeting.html", page, status=status)


def _fresh(request: HttpRequest, found: Meeting, kind: Term) -> dict[str, object]:
    people = people_of(found.programme, kind, found.team, timezone.localdate())
    form = LogForm(programme=found.programme, user=request.user, kind=kind, team=found.team, planned=found)
    return {"form": form, "rows": agreement_rows(None, people)}


def _facts(found: Meeting) -> list[Fact]:
    times = [f"{time:%H:%M}" for time in (found.starts_at, found.ends_at) if time]
    state = "not_logged" if found.state == Meeting.State.PLANNED and found.day < timezone.localdate() else ""
    facts = [
        Fact(_("On"), found.day),
        Fact(_("Time"), " – ".join(times) or "–"),
        Fact(_("Team"), found.team.name if found.team else "–"),
        Fact(_("State"), Status(state or found.state, of="meeting")),
    ]
    if found.state == Meeting.State.HELD:
        facts.append(Fact(_("Material"), capfirst(found.get_material_display())))
    if found.state == Meeting.State.NOT_HELD:
        facts.append(Fact(_("Why not"), capfirst(found.get_reason_display()), found.reason_note))
    return facts


def _attendance(found: Meeting) -> Table | None:
    words = {True: _("yes"), False: _("no"), None: _("expected")}
    rows = [[one.user.name, words[one.present]] for one in found.attendees.select_related("user")]
    if not rows:
        return None
    return Table(_("Who was there"), [_("Name"), _("Was there")], rows, caption_hidden=True, id="people")


def _session_link(request: HttpRequest, found: Meeting) -> Link | str | None:
    """The recorded session that was looked at, as a link for who may open it."""
    if found.session is None:
        return None
    words = f"{capfirst(found.session.get_kind_display())}, {found.session.held_on:%Y-%m-%d}"
    visible = Session.objects.visible_to(request.user).filter(pk=found.session_id).exists()
    return Link(words, reverse("therapy-session", args=[found.session_id])) if visible else words


@require_POST
def meeting_keep(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Log a planned one."""
    found = meeting_for(request, pk)
    kind = kinds_of(found.programme).get(found.kind)
    if kind is None:
        raise Http404
    forms = _forms(request, found.programme, kind, found.team, found)
    kept = _kept(forms, lambda log: log_planned(meeting=found, log=log, by=request.user))
    if kept is None:
        return meeting_page(request, meeting_for(request, pk), 422, forms=forms)
    messages.success(request, _("The meeting is logged."))
    return redirect("meeting", pk=pk)


@require_POST
def meeting_not_held(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, form = meeting_for(request, pk), NotHeldForm(request.POST)
    if form.is_valid():
        try:
            not_held(meeting=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("That it was not held is kept."))
            return redirect("supervision", slug=found.programme.slug)
        except ValidationError as error:
            form.add_error(None, error)
    return meeting_page(request, meeting_for(request, pk), 422, not_held=form)


@require_POST
def meeting_series_end(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take what is still planned of its series out of the plan."""
    found = meeting_for(request, pk)
    n = end_series(meeting=found, by=request.user)
    text = ngettext("%(n)s planned meeting is gone.", "%(n)s planned meetings are gone.", n)
    messages.success(request, text % {"n": n})
    return redirect("supervision", slug=found.programme.slug)


@require_POST
def meeting_agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = meeting_for(request, pk)
    kind = kinds_of(found.programme).get(found.kind)
    if kind is None:
        raise Http404
    people = people_of(found.programme, kind, found.team, found.day)
    form = AgreementForm(request.POST, people=people, needed=True)
    if form.is_valid():
        try:
            add_agreement(meeting=found, agreed=form.agreed(), by=request.user)
            messages.success(request, _("The agreement is kept."))
            return redirect("meeting", pk=pk)
        except ValidationError as error:
            form.add_error(None, error)
    return meeting_page(request, found, 422, agreement=form)


@require_http_methods(["GET", "POST"])
def agreement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One agreement; while it is open, what became of it."""
    found = agreement_for(request, pk)
    form = SettleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            settle_agreement(agreement=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("What became of it is kept."))
            return redirect("meeting", pk=found.meeting_id)
        except ValidationError as error:
            form.add_error(None, error)
            found = get_object_or_404(Agreement.objects.select_related("meeting__programme"), pk=pk)
    saw(request, "meeting opened", found.meeting)
    context = page_of(
        request,
        found.meeting.programme,
        agreement=found,
        open=found.state == Agreement.State.OPEN,
        form=form,
        facts=[
            Fact(_("By"), found.owner.name),
            Fact(_("By when"), found.due_on),
            *([Fact(_("About the work of"), found.about.name)] if found.about else []),
            Fact(_("State"), Status(found.state, of="agreement"), found.result),
        ],
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "web/agreement.html", context, status=status)


@require_http_methods(["GET", "POST"])
def session_reflection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Look back on a group session; once, in two minutes."""
    session = group_session_for(request, pk)
    kept = Reflection.objects.filter(session=session).select_related("kept_by").first()
    form = ReflectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            keep_reflection(session=session, by=request.user, **form.cleaned_data)
            messages.success(request, _("What you saw is kept."))
            return redirect("reflections", slug=session.programme.slug)
        except ValidationError as error:
            form.add_error(None, error)
    saw(request, "group reflection opened", session, patients=patients_of(session))
    facts = [
        Fact(_("Group"), session.group.name if session.group else "–"),
        Fact(_("Held on"), session.held_on),
        Fact(_("Given by"), ", ".join(one.name for one in session.therapists.all())),
    ]
    context = page_of(request, session.programme, session=session, kept=kept, form=form, facts=facts)
    status = 422 if request.method == "POST" else 200
    return render(request, "web/reflection.html", context, status=status)
