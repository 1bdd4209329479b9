"""Adherence of a programme's therapists: what was drawn this quarter, who was asked, what is in."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.accounts.models import User
from onmodel.adherence.actions import ask_rating, draw_session, refuse_draw
from onmodel.adherence.drift import look_for_drift
from onmodel.adherence.models import Draw, Rating
from onmodel.adherence.sampling import eligible_sessions, quarter_of
from onmodel.programmes.models import Programme
from onmodel.sessions.models import Session
from onmodel.teams.course import answered_now, last_rated
from onmodel.web.access import programme_for, session_for
from onmodel.web.adherence_forms import AskForm, DrawForm, RefuseForm
from onmodel.web.components import Column, EmptyState, Link, Status, Table
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.session_forms import therapists_of
from onmodel.web.views.events import drift_parts
from onmodel.web.views.ratings import state_of
from onmodel.web.views.teams import due_word, period_note, teams_of
from onmodel.wording.numbers import date_written


@require_GET
def adherence(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.SESSION_VIEW)
    return overview(request, programme)


def overview(
    request: HttpRequest, programme: Programme, status: int = 200, draw_form: DrawForm | None = None
) -> HttpResponse:
    saw(request, "adherence opened", programme)
    may_rate = Permission.ADHERENCE_RATE in permissions_in(request.user, programme)
    people = list(therapists_of(programme, request.user)) if may_rate else [request.user]
    today = timezone.localdate()
    events = list(programme.events.standing().select_related("team", "programme"))
    context = programme_page(
        request,
        programme,
        may_rate=may_rate,
        drift=drift_parts(request, programme, look_for_drift(programme, today), events),
        may_see_events=Permission.REQUIREMENTS_VIEW in permissions_in(request.user, programme),
        asked=_asked_table(programme, request.user),
        about_me=_about_table(programme, request.user),
        teams=_teams_table(request, programme),
        period=period_note(programme),
        draws=_draws_table(programme, people, may_rate=may_rate),
        draw_form=draw_form or DrawForm(people=people),
        quarter=[date_written(day) for day in quarter_of(today)],
    )
    return render(request, "web/adherence.html", context, status=status)


def _teams_table(request: HttpRequest, programme: Programme) -> Table | None:
    """The reader's teams: when each was rated and will be, how many members answered in this period."""
    teams = teams_of(programme, request)
    last, answered = last_rated(teams), answered_now(teams)
    rows = [
        [
            Link(one.name, reverse("team", args=[programme.slug, one.pk])),
            last.get(one.pk) or _("not yet"),
            due_word(one, last.get(one.pk)),
            answered.get(one.pk, 0),
        ]
        for one in teams
    ]
    columns = [_("Team"), _("Last rated"), _("Next rating"), Column(_("Members who answered"), numeric=True)]
    return Table(_("Teams"), columns, rows, caption_hidden=True, id="teams") if rows else None


def _asked_table(programme: Programme, user: User) -> Table | None:
    """What the reader was asked to rate and has not submitted."""
    asked = Rating.objects.waiting().asked_of(user).filter(programme=programme)
    rows = [
        [
            Link(one.therapist.name, reverse("rating", args=[one.pk])),
            capfirst(one.session.get_kind_display()),
            one.session.held_on,
            capfirst(one.get_purpose_display()),
            one.assignment.due_on,
        ]
        for one in asked.select_related("therapist", "session", "assignment")
    ]
    columns = [_("Therapist"), _("Session"), _("Held on"), _("Purpose"), _("Due")]
    empty = EmptyState(_("Nothing to rate"), _("Sessions that you are asked to rate stand here."))
    return Table(_("To rate"), columns, rows, empty=empty, caption_hidden=True, id="asked")


def _about_table(programme: Programme, user: User) -> Table | None:
    """Ratings about the reader; those not yet opened say that they are waited for."""
    about = Rating.objects.standing().filter(programme=programme, therapist=user).exclude(rater=user)
    opened = set(Rating.objects.opened().filter(pk__in=about).values_list("pk", flat=True))
    rows = []
    for one in about.select_related("rater", "session")[:20]:
        named = f"{capfirst(one.session.get_kind_display())}, {date_written(one.session.held_on)}"
        shown = Link(named, reverse("rating", args=[one.pk])) if one.pk in opened else named
        state = ("seen" if one.seen_at else "new") if one.pk in opened else "waiting"
        rows.append([shown, one.rater.name, capfirst(one.get_purpose_display()), Status(state, of="rating")])
    if not rows:
        return None
    columns = [_("Session"), _("Rater"), _("Purpose"), _("State")]
    return Table(_("Ratings about you"), columns, rows, caption_hidden=True, id="about")


def _draws_table(programme: Programme, people: list[User], *, may_rate: bool) -> Table:
    """This quarter, each therapist and kind of session: how many could be drawn, what was drawn, refused."""
    today = timezone.localdate()
    starts_on = quarter_of(today)[0]
    draws = Draw.objects.filter(programme=programme, therapist__in=people, starts_on=starts_on)
    standing: dict[tuple[int, str], Draw] = {}
    refused: dict[tuple[int, str], list[str]] = {}
    for draw in draws.select_related("session").prefetch_related("ratings"):
        key = (draw.therapist_id, draw.kind)
        if draw.refused_at:
            refused.setdefault(key, []).append(f"{date_written(draw.session.held_on)}: {draw.refused_why}")
        else:
            standing[key] = draw
    rows = []
    for person in people:
        for kind in Session.Kind:
            key = (person.pk, kind.value)
            cells = [_drawn(standing.get(key), may_rate=may_rate), "; ".join(refused.get(key, [])) or "–"]
            name = Link(person.name, reverse("therapist-adherence", args=[programme.slug, person.pk]))
            rows.append([name, capfirst(kind.label), *cells, _state(standing.get(key))])
    columns = [_("Therapist"), _("Session"), _("Drawn"), _("Refused, and why"), _("Rating")]
    return Table(_("This quarter"), columns, rows, caption_hidden=True, id="draws")


def _drawn(draw: Draw | None, *, may_rate: bool) -> object:
    if draw is None:
        return _("not yet")
    words = _("%(day)s, one of %(eligible)s that could be drawn (%(held)s held)") % {
        "day": date_written(draw.session.held_on),
        "eligible": draw.eligible,
        "held": draw.held,
    }
    return Link(words, reverse("draw", args=[draw.pk])) if may_rate else words


def _state(draw: Draw | None) -> object:
    ratings = [one for one in draw.ratings.all() if one.called_off_at is None] if draw else []
    if not ratings:
        return Status("not_asked", of="rating")
    return Status("submitted" if all(one.submitted_at for one in ratings) else "waiting", of="rating")


@require_POST
def draw_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Draw a session of a therapist by chance; or say why none can be."""
    programme = programme_for(request, slug, Permission.ADHERENCE_RATE)
    people = list(therapists_of(programme, request.user))
    form = DrawForm(request.POST, people=people)
    if form.is_valid():
        try:
            draw = draw_session(
                programme=programme, day=timezone.localdate(), by=request.user, **form.cleaned_data
            )
            messages.success(request, _("A session is drawn."))
            return redirect("draw", pk=draw.pk)
        except ValidationError as error:
            form.add_error(None, error)
            _explain(form, programme)
    return overview(request, programme, 422, form)


def _explain(form: DrawForm, programme: Programme) -> None:
    """Beside the refusal, how many sessions were left out for which reason."""
    given = form.cleaned_data
    found = eligible_sessions(
        programme=programme, therapist=given["therapist"], kind=given["kind"], day=timezone.localdate()
    )
    for line in left_out_words(found.left_out):
        form.add_error(None, line)


def left_out_words(left_out: dict[str, int]) -> list[str]:
    words = {
        "no_recording": _("not recorded, or the recording is gone"),
        "not_allowed": _("a patient who was there does not allow recording"),
        "refused": _("drawn before and refused"),
        "rated": _("rated already"),
    }
    return [f"{n}: {words[why]}" for why, n in left_out.items()]


@require_GET
def draw(request: HttpRequest, pk: int) -> HttpResponse:
    return draw_page(request, _draw_for(request, pk))


def _draw_for(request: HttpRequest, pk: int) -> Draw:
    """The draw, for who supervises the team of its session."""
    found = get_object_or_404(Draw.objects.select_related("programme", "session", "therapist"), pk=pk)
    session_for(request, found.session_id, Permission.ADHERENCE_RATE)
    return found


def draw_page(request: HttpRequest, found: Draw, status: int = 200, **given: object) -> HttpResponse:
    saw(request, "session opened", found.session, patients=_patients(found.session))
    ratings = Rating.objects.filter(session=found.session, therapist=found.therapist)
    context = programme_page(
        request,
        found.programme,
        draw=found,
        left_out=left_out_words(found.left_out),
        ratings=_ratings_table(request, ratings),
        ask_form=given.get("ask") or AskForm(draw=found),
        refuse_form=given.get("refuse") or RefuseForm(),
        may_refuse=found.refused_at is None and not ratings.submitted().exists(),
    )
    context["crumbs"] = [
        *context["crumbs"],
        (_("Adherence"), reverse("adherence", args=[found.programme.slug])),
    ]
    return render(request, "web/draw.html", context, status=status)


def _patients(session: Session) -> list[int]:
    return list(session.attendances.values_list("treatment__patient", flat=True))


def _ratings_table(request: HttpRequest, ratings) -> Table:
    visible = set(Rating.objects.visible_to(request.user).filter(pk__in=ratings).values_list("pk", flat=True))
    rows = []
    for one in ratings.select_related("rater"):
        name = one.rater.name
        cell = Link(name, reverse("rating", args=[one.pk])) if one.pk in visible else name
        rows.append(
            [
                cell,
                capfirst(one.get_purpose_display()),
                one.assignment.due_on,
                Status(state_of(one), of="rating"),
            ]
        )
    columns = [_("Rater"), _("Purpose"), _("Due"), _("State")]
    empty = EmptyState(_("Nobody was asked yet"), _("Ask a rater below."))
    return Table(_("Who was asked"), columns, rows, empty=empty, caption_hidden=True, id="ratings")


@require_POST
def draw_ask(request: HttpRequest, pk: int) -> HttpResponse:
    found = _draw_for(request, pk)
    form = AskForm(request.POST, draw=found)
    if form.is_valid():
        try:
            ask_rating(
                session=found.session,
                therapist=found.therapist,
                draw=found,
                by=request.user,
                **form.cleaned_data,
            )
            messages.success(request, _("The rating is asked for."))
            return redirect("draw", pk=pk)
        except ValidationError as error:
            form.add_error(None, error)
    return draw_page(request, found, 422, ask=form)


@require_POST
def draw_refuse(request: HttpRequest, pk: int) -> HttpResponse:
    found = _draw_for(request, pk)
    form = RefuseForm(request.POST)
    if form.is_valid():
        try:
            refuse_draw(draw=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The session is set aside; you can draw another one."))
            return redirect("adherence", slug=found.programme.slug)
        except ValidationError as error:
            form.add_error(None, error)
    return draw_page(request, found, 422, refuse=form)
