"""Consensus: several people score alone, see the summary, discuss, agree."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.criteria.consensus.actions import (
    agree_scores,
    close_round,
    finish_round,
    give_scores,
    open_round,
)
from onmodel.criteria.consensus.reading import (
    FEWEST_WITHOUT_NAMES,
    form_of,
    forms_of,
    published,
    summary_of,
)
from onmodel.criteria.evidence import adequate_marks
from onmodel.criteria.models import ConsensusRound
from onmodel.programmes.models import Membership, Programme
from onmodel.web.access import consensus_for, programme_for
from onmodel.web.components import EmptyState, Fact, Link, Status, Table
from onmodel.web.consensus_page import (
    agreed_table,
    means_table,
    period_words,
    published_chart,
    published_scores,
    rows_to_agree,
    rows_to_score,
    spread_table,
    who_differs,
)
from onmodel.web.criteria_forms import RoundForm
from onmodel.web.rating_form import in_words, mark_words
from onmodel.web.sections import programme_page

RATERS = ("therapist", "supervisor", "manager", "expert", "research_assistant")


def state_of(found: ConsensusRound) -> str:
    if found.is_open:
        return "alone"
    return "agreed" if found.agreed_at else "talking"


@require_http_methods(["GET", "POST"])
def consensus(request: HttpRequest, slug: str) -> HttpResponse:
    """The rounds of a programme, and the form that opens one."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    form = _round_form(programme, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = open_round(programme=programme, by=request.user, **form.cleaned_data)
            return redirect("consensus-round", pk=found.pk)
        except ValidationError as error:
            form.add_error(None, error)
    rounds = (
        ConsensusRound.objects.visible_to(request.user).filter(programme=programme).select_related("leader")
    )
    context = programme_page(
        request,
        programme,
        rounds=_rounds_table(programme, rounds),
        form=form,
        least=FEWEST_WITHOUT_NAMES,
        has_example=bool(published(programme)),
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "web/consensus.html", context, status=status)


def _round_form(programme: Programme, data) -> RoundForm:
    working = Membership.objects.in_force().of_programme(programme).filter(role__in=RATERS)
    people = User.objects.filter(pk__in=working.values("user")).order_by("name")
    today = timezone.localdate()
    initial = {"ends_on": today, "starts_on": today.replace(month=1, day=1), "named": "no"}
    return RoundForm(data, instruments=forms_of(programme), people=people, initial=initial)


def _rounds_table(programme: Programme, rounds) -> Table:
    titles = {one.id: in_words(one.title, one.id) for one in forms_of(programme)}
    rows = [
        [
            Link(titles.get(one.instrument, one.instrument), reverse("consensus-round", args=[one.pk])),
            period_words(one),
            one.leader.name,
            Status(state_of(one), of="consensus"),
        ]
        for one in rounds
    ]
    columns = [_("What"), _("Period"), _("Led by"), _("State")]
    empty = EmptyState(_("No round yet"), _("Ask colleagues to score the programme, each alone."))
    return Table(_("Rounds"), columns, rows, empty=empty, id="rounds")


@require_GET
def consensus_round(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _page(request, consensus_for(request, pk))


def _page(
    request: HttpRequest,
    found: ConsensusRound,
    status: int = 200,
    errors: tuple[str, ...] = (),
    sent: Mapping[str, str] | None = None,
) -> HttpResponse:
    form = form_of(found)
    raters = list(found.raters.select_related("user").order_by("user__name"))
    mine = next((one for one in raters if one.user_id == request.user.pk), None)
    summary = summary_of(found)
    context = _frame(
        request,
        found,
        errors=errors,
        facts=_facts(found, raters),
        leads=found.leader_id == request.user.pk,
        asked=mine is not None and not mine.is_in and found.is_open,
        raters=_raters_table(raters),
    )
    if summary is not None:
        agreed = {one.item: one for one in found.agreed.all()}
        context |= {
            "spread": spread_table(form, summary),
            "differs": who_differs(summary, named=found.named),
            "means": means_table(form, found, summary),
            "agreed": agreed_table(form, agreed) if found.agreed_at else None,
            "rows": rows_to_agree(form, summary, agreed, sent),
            "marks": mark_words(form),
        }
    return render(request, "web/consensus_round.html", context, status=status)


def _frame(request: HttpRequest, found: ConsensusRound, **more: object) -> dict[str, object]:
    form = form_of(found)
    context = programme_page(
        request,
        found.programme,
        round=found,
        title=in_words(form.title, form.id),
        state=Status(state_of(found), of="consensus"),
        **more,
    )
    context["crumbs"] = [
        *context["crumbs"],
        (found.programme.name, reverse("programme", args=[found.programme.slug])),
    ]
    return context


def _facts(found: ConsensusRound, raters) -> list[Fact]:
    done = sum(one.is_in for one in raters)
    names = _("with names") if found.named else _("without names")
    return [
        Fact(_("About the period"), period_words(found)),
        Fact(_("Led by"), found.leader.name),
        Fact(_("Have scored"), _("%(n)s of %(all)s") % {"n": done, "all": len(raters)}, names),
    ]


def _raters_table(raters) -> Table:
    rows = [[one.user.name, _("yes") if one.is_in else _("not yet")] for one in raters]
    return Table(_("Who scores"), [_("Name"), _("Has scored")], rows, id="raters-asked")


@require_http_methods(["GET", "POST"])
def consensus_rate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form for one who was asked."""
    found = consensus_for(request, pk)
    if not found.raters.filter(user=request.user).exists():
        raise PermissionDenied
    form, errors = form_of(found), []
    given = {item.id: request.POST.get(item.id, "") for item in form.all_items()}
    if request.method == "POST":
        try:
            give_scores(round_=found, scores=given, by=request.user)
            messages.success(request, _("Thank you. Your scores are in."))
            return redirect("consensus-round", pk=pk)
        except ValidationError as error:
            errors = error.messages
    context = _frame(
        request,
        found,
        parts=rows_to_score(form, given),
        marks=mark_words(form),
        note=in_words(form.note),
        errors=errors,
        done=found.raters.filter(user=request.user, is_in=True).exists() or not found.is_open,
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "web/consensus_rate.html", context, status=status)


@require_POST
def consensus_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End scoring alone."""
    found = led_for(request, pk)
    try:
        close_round(round_=found, by=request.user)
        messages.success(request, _("Scoring alone is over; this is the summary."))
    except ValidationError as error:
        return _page(request, found, 422, tuple(error.messages))
    return redirect("consensus-round", pk=pk)


def led_for(request: HttpRequest, pk: UUID) -> ConsensusRound:
    found = consensus_for(request, pk)
    if found.leader_id != request.user.pk:
        raise PermissionDenied
    return found


@require_POST
def consensus_agree(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was agreed; with the button for it, make it final."""
    found = led_for(request, pk)
    items = [item.id for item in form_of(found).all_items()]
    scores = {item: request.POST.get(f"score_{item}", "") for item in items}
    remarks = {item: request.POST.get(f"remark_{item}", "") for item in items}
    try:
        agree_scores(round_=found, scores=scores, remarks=remarks, by=request.user)
        if "finish" in request.POST:
            finish_round(round_=found, by=request.user)
    except ValidationError as error:
        return _page(request, found, 422, tuple(error.messages), request.POST)
    said = _("The consensus is final.") if "finish" in request.POST else _("What you agreed is kept.")
    messages.success(request, said)
    return redirect("consensus-round", pk=pk)


@require_GET
def consensus_published(request: HttpRequest, slug: str) -> HttpResponse:
    """The two cohorts of D ch. 8, Table 4, as a worked example."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    cohorts = published(programme)
    form = programme.definitions.instruments.get("team_factors")
    if not cohorts or form is None:
        raise Http404
    listed = programme.definitions.terms["team_factors_published"]
    context = programme_page(
        request,
        programme,
        chart=published_chart(form, cohorts, adequate_marks(programme).get(form.id)),
        scores=published_scores(form, cohorts),
        note=in_words(listed.note),
        source=listed.source,
    )
    context["crumbs"] = [
        *context["crumbs"],
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Consensus"), reverse("consensus", args=[programme.slug])),
    ]
    return render(request, "web/consensus_published.html", context)
