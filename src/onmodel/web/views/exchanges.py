"""Exchange of recorded supervision between supervisors of different teams."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.programmes.models import Programme
from onmodel.supervision.models import Meeting
from onmodel.supervisors.actions import answer_exchange, share_supervision, take_back_exchange
from onmodel.supervisors.models import Exchange
from onmodel.supervisors.rounds import supervisors_of
from onmodel.web.access import exchange_for, programme_for
from onmodel.web.components import EmptyState, Fact, Link, Status, Table
from onmodel.web.seen import saw
from onmodel.web.supervisor_forms import CommentForm, ShareForm
from onmodel.web.views.meetings import page_of
from onmodel.web.views.supervisors import meetings_of


@require_http_methods(["GET", "POST"])
def exchanges(request: HttpRequest, slug: str) -> HttpResponse:
    """What one shared and received, in all programmes; and a form to share another."""
    programme = programme_for(request, slug, Permission.SUPERVISION_LEAD)
    mine = meetings_of(programme, request.user).values("pk")
    meetings = Meeting.objects.visible_to(request.user).filter(pk__in=mine)
    form = ShareForm(request.POST or None, meetings=meetings, partners=_near(programme, request.user))
    if request.method == "POST" and form.is_valid():
        try:
            share_supervision(by=request.user, **form.cleaned_data)
            messages.success(request, _("It is shared."))
            return redirect("exchanges", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    found = Exchange.objects.visible_to(request.user).filter(
        programme__organisation=programme.organisation_id
    )
    rows = [
        [
            Link(f"{one.meeting.day:%Y-%m-%d}", reverse("exchange", args=[one.pk])),
            one.shared_by.name,
            one.shared_with.name,
            localtime(one.shared_at).date(),
            Status(state_of(one), of="exchange"),
        ]
        for one in found.select_related("meeting", "shared_by", "shared_with")[:50]
    ]
    columns = [_("Supervision of"), _("Shared by"), _("With"), _("On"), _("State")]
    empty = EmptyState(_("Nothing was exchanged yet"), _("Once a year is what the quality manual asks for."))
    context = page_of(
        request,
        programme,
        form=form,
        table=Table(_("Exchanges"), columns, rows, empty=empty, caption_hidden=True),
    )
    saw(request, "shared supervision opened", programme)
    status = 422 if request.method == "POST" else 200
    return render(request, "web/exchanges.html", context, status=status)


def _near(programme: Programme, user: User) -> list[User]:
    """Other supervisors of the organisation; whether one is of another team, sharing decides."""
    programmes = Programme.objects.filter(organisation=programme.organisation_id)
    found = {one.pk: one for near in programmes for one in supervisors_of(near) if one != user}
    return list(found.values())


def state_of(one: Exchange) -> str:
    if one.taken_back_at is not None:
        return "taken_back"
    return "answered" if one.answered_at is not None else "asked"


@require_GET
def exchange(request: HttpRequest, pk: UUID) -> HttpResponse:
    return exchange_page(request, exchange_for(request, pk))


def exchange_page(
    request: HttpRequest, found: Exchange, status: int = 200, form: CommentForm | None = None
) -> HttpResponse:
    saw(request, "shared supervision opened", found)
    meeting, open_one = found.meeting, state_of(found) == "asked"
    context = page_of(
        request,
        found.programme,
        exchange=found,
        facts=[
            Fact(_("Supervision of"), meeting.day),
            Fact(_("Shared by"), found.shared_by.name),
            Fact(_("With"), found.shared_with.name),
            Fact(_("State"), Status(state_of(found), of="exchange")),
        ],
        kept_at=meeting.recording if open_one and meeting.may_be_shown_outside else "",
        form=(form or CommentForm()) if open_one and found.shared_with == request.user else None,
        may_take_back=open_one and found.shared_by == request.user,
    )
    if found.shared_by != request.user:
        context["tabs"] = []
        context["crumbs"] = [(_("Home"), reverse("home"))]
    return render(request, "web/exchange.html", context, status=status)


@require_POST
def exchange_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, form = exchange_for(request, pk), CommentForm(request.POST)
    if form.is_valid():
        try:
            answer_exchange(exchange=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("Thank you. Your comment is kept."))
            return redirect("exchange", pk=pk)
        except ValidationError as error:
            form.add_error(None, error)
    return exchange_page(request, found, 422, form)


@require_POST
def exchange_take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = exchange_for(request, pk)
    try:
        take_back_exchange(exchange=found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return exchange_page(request, exchange_for(request, pk), 422)
    messages.success(request, _("It is taken back."))
    return redirect("exchange", pk=pk)
