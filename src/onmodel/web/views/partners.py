"""Agreements with partners: how each stands, what it says, when both sides last looked at it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.agreements.actions import (
    arrangement_stamp,
    change_arrangement,
    end_arrangement,
    keep_arrangement,
    keep_contract,
    keep_review,
)
from onmodel.agreements.kinds import limit_of, parts_of, rhythm_of
from onmodel.agreements.models import Arrangement, ContractFile
from onmodel.agreements.standing import HOLDS, Standing, State, standing, standings
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.programmes.models import Programme
from onmodel.reports.units import bound_in_words
from onmodel.web.access import programme_for
from onmodel.web.changes import changed_page
from onmodel.web.components import EmptyState, Fact, Link, Status, Table
from onmodel.web.kept_files import handed_out
from onmodel.web.partner_forms import ArrangementForm, ContractForm, EndForm, ReviewForm
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page


@require_http_methods(["GET", "POST"])
def partners(request: HttpRequest, slug: str) -> HttpResponse:
    """Each kind of partner with its agreements, and a form to keep another."""
    if request.method == "POST":
        programme = programme_for(request, slug, Permission.AGREEMENTS_KEEP)
        form = ArrangementForm(request.POST, programme=programme)
        if form.is_valid():
            try:
                kept = keep_arrangement(programme=programme, terms=form.terms(), by=request.user)
                messages.success(request, _("The agreement is kept."))
                return redirect("partner", slug=slug, arrangement=kept.pk)
            except ValidationError as error:
                form.add_error(None, error)
        return _list(request, programme, form, 422)
    programme = programme_for(request, slug, Permission.AGREEMENTS_VIEW)
    return _list(request, programme, ArrangementForm(programme=programme))


def _list(
    request: HttpRequest, programme: Programme, form: ArrangementForm, status: int = 200
) -> HttpResponse:
    found = standings(programme, timezone.localdate())
    counts = {state: sum(one.state is state for one in found) for state in State}
    context = programme_page(
        request,
        programme,
        form=form,
        may_keep=Permission.AGREEMENTS_KEEP in permissions_in(request.user, programme),
        facts=[
            Fact(_("In force"), sum(counts[state] for state in HOLDS)),
            Fact(_("Review due"), counts[State.DUE]),
            Fact(_("Review overdue"), counts[State.OVERDUE]),
        ],
        table=_table(programme, found),
    )
    return render(request, "web/partners.html", context, status=status)


def _table(programme: Programme, found: list[Standing]) -> Table:
    rows = [
        [
            capfirst(in_words(one.kind.label)),
            _partner(programme, one),
            Status(one.state.value, of="arrangement"),
            bound_in_words(one.limit) if one.limit else "–",
            one.last or "–",
            one.due_on if one.due_on and one.state in HOLDS else "–",
            _missing(one),
        ]
        for one in found
    ]
    columns = [
        _("Kind"),
        _("Partner"),
        _("State"),
        _("Reviewed how often"),
        _("Last looked at"),
        _("Next review by"),
        _("Does not say yet"),
    ]
    empty = EmptyState(_("This pack lists no kinds of partners"), "")
    return Table(_("Agreements"), columns, rows, empty=empty, caption_hidden=True, id="partners")


def _partner(programme: Programme, one: Standing) -> object:
    if one.arrangement is None:
        return "–"
    return Link(one.arrangement.partner, reverse("partner", args=[programme.slug, one.arrangement.pk]))


def _missing(one: Standing) -> str:
    if one.arrangement is None or one.state is State.ENDED:
        return "–"
    return "; ".join(in_words(part.label) for part in one.missing) or "–"


def _arrangement_for(
    request: HttpRequest, slug: str, pk: UUID, permission: Permission = Permission.AGREEMENTS_KEEP
) -> Arrangement:
    """The agreement, of a programme in which the user has the permission."""
    programme = programme_for(request, slug, permission)
    kept = Arrangement.objects.visible_to(request.user).filter(programme=programme)
    arrangement = get_object_or_404(kept.prefetch_related("reviews__kept_by"), pk=pk)
    arrangement.programme = programme
    return arrangement


@require_GET
def partner(request: HttpRequest, slug: str, arrangement: UUID) -> HttpResponse:
    return _page(request, _arrangement_for(request, slug, arrangement, Permission.AGREEMENTS_VIEW))


def _page(
    request: HttpRequest,
    arrangement: Arrangement,
    *,
    form: ArrangementForm | None = None,
    review: ReviewForm | None = None,
    end: EndForm | None = None,
    contract: ContractForm | None = None,
) -> HttpResponse:
    programme = arrangement.programme
    wrong = any((form, review, end, contract))
    standing_now = _standing(arrangement)
    seen = arrangement_stamp(arrangement)
    context = programme_page(
        request,
        programme,
        arrangement=arrangement,
        standing=standing_now,
        facts=_facts(standing_now),
        covered=[in_words(one.label) for one in _covered(arrangement)],
        missing=[in_words(one.label) for one in standing_now.missing] if standing_now else [],
        contracts=_contracts(arrangement),
        reviews=_reviews(arrangement),
        may_keep=Permission.AGREEMENTS_KEEP in permissions_in(request.user, programme),
        ended=bool(standing_now and standing_now.state is State.ENDED),
        form=form or ArrangementForm(programme=programme, arrangement=arrangement, seen=seen),
        review=review or ReviewForm(),
        end=end or EndForm(),
        contract=contract or ContractForm(),
    )
    context["crumbs"] = [
        *context["crumbs"],
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Partners"), reverse("partners", args=[programme.slug])),
    ]
    return render(request, "web/partner.html", context, status=422 if wrong else 200)


def _standing(arrangement: Arrangement) -> Standing | None:
    """None where the pack dropped its kind."""
    kind = next((one for one in _kinds(arrangement) if one.id == arrangement.kind), None)
    if kind is None:
        return None
    limit = limit_of(arrangement.programme, kind.id)
    return standing(arrangement, kind, limit, timezone.localdate())


def _kinds(arrangement: Arrangement):
    listed = arrangement.programme.definitions.terms.get("partners")
    return listed.terms if listed else ()


def _covered(arrangement: Arrangement):
    parts = parts_of(arrangement.programme, arrangement.kind)
    return [part for id_, part in parts.items() if id_ in arrangement.covers]


def _facts(found: Standing | None) -> list[Fact]:
    if found is None or found.arrangement is None:
        return []
    one = found.arrangement
    standard = rhythm_of(one.programme, one.kind)
    how_often = bound_in_words(found.limit) if found.limit else "–"
    facts = [
        Fact(_("State"), Status(found.state.value, of="arrangement")),
        Fact(_("Kind"), capfirst(in_words(found.kind.label))),
        Fact(_("Since"), one.starts_on),
        Fact(_("Until"), one.ends_on or "–"),
        Fact(_("Reviewed how often"), how_often, standard.source if standard else ""),
    ]
    if found.due_on and found.state in HOLDS:
        facts.append(Fact(_("Next review by"), found.due_on))
    return facts


def _contracts(arrangement: Arrangement) -> Table:
    """The latest first."""
    slug = arrangement.programme.slug
    rows = [
        [
            Link(one.kind.upper(), reverse("partner-contract-file", args=[slug, one.pk])),
            timezone.localdate(one.kept_at),
            one.kept_by.name if one.kept_by else "–",
        ]
        for one in arrangement.files.defer("content").select_related("kept_by")
    ]
    columns = [_("File"), _("Kept on"), _("Kept by")]
    empty = EmptyState(_("No file of the contract is kept"), "")
    return Table(_("The contract"), columns, rows, empty=empty, caption_hidden=True, id="contracts")


def _reviews(arrangement: Arrangement) -> Table:
    rows = [
        [
            one.held_on,
            one.who,
            Status(one.result, of="review"),
            one.found,
            one.changes or "–",
            one.kept_by.name if one.kept_by else "–",
        ]
        for one in arrangement.reviews.all()
    ]
    columns = [_("Held on"), _("Who"), _("How it goes"), _("Found"), _("What changes"), _("Kept by")]
    empty = EmptyState(_("It was not looked at again yet"), "")
    return Table(_("Reviews"), columns, rows, empty=empty, caption_hidden=True, id="reviews")


@require_POST
def partner_change(request: HttpRequest, slug: str, arrangement: UUID) -> HttpResponse:
    found = _arrangement_for(request, slug, arrangement)
    form = ArrangementForm(request.POST, programme=found.programme, arrangement=found)
    if form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            change_arrangement(arrangement=found, terms=form.terms(), by=request.user, seen=seen)
            messages.success(request, _("The agreement is changed."))
            return redirect("partner", slug=slug, arrangement=found.pk)
        except ChangedMeanwhileError as error:
            back = reverse("partner", args=[slug, found.pk])
            now = {name: getattr(error.current, name) for name in form.fields if name != "seen"}
            return changed_page(request, form, now=now, seen=arrangement_stamp(error.current), back=back)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, found, form=form)


@require_POST
def partner_review(request: HttpRequest, slug: str, arrangement: UUID) -> HttpResponse:
    found = _arrangement_for(request, slug, arrangement)
    form = ReviewForm(request.POST)
    if form.is_valid():
        try:
            keep_review(arrangement=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The review is kept."))
            return redirect("partner", slug=slug, arrangement=found.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, found, review=form)


@require_POST
def partner_end(request: HttpRequest, slug: str, arrangement: UUID) -> HttpResponse:
    found = _arrangement_for(request, slug, arrangement)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            end_arrangement(arrangement=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The last day of the agreement is kept."))
            return redirect("partner", slug=slug, arrangement=found.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, found, end=form)


@require_POST
def partner_contract(request: HttpRequest, slug: str, arrangement: UUID) -> HttpResponse:
    """Keep the file of the contract."""
    found = _arrangement_for(request, slug, arrangement)
    form = ContractForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            keep_contract(arrangement=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("The contract is kept."))
            return redirect("partner", slug=slug, arrangement=found.pk)
        except ValidationError as error:
            form.add_error("file", error)
    return _page(request, found, contract=form)


@require_GET
def contract_file(request: HttpRequest, slug: str, contract_pk: UUID) -> HttpResponse:
    """The contract as it was kept."""
    programme = programme_for(request, slug, Permission.AGREEMENTS_VIEW)
    files = ContractFile.objects.visible_to(request.user).select_related("arrangement")
    file = get_object_or_404(files, arrangement__programme=programme, pk=contract_pk)
    return handed_out(
        request,
        file,
        verb="contract taken",
        subject=file.arrangement,
        name=f"{file.arrangement.kind}-{timezone.localdate(file.kept_at)}",
        back=reverse("partner", args=[slug, file.arrangement_id]),
    )
