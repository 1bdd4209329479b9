"""Calibrations: plan one, and see how far each rater lies from the reference, item by item."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from onmodel.access.permissions import Permission
from onmodel.adherence.calibration.actions import plan_calibration
from onmodel.adherence.calibration.results import Held, Results, results_of
from onmodel.adherence.models import Calibration, Rating
from onmodel.sessions.actions import patients_of
from onmodel.sessions.models import Session
from onmodel.web.access import programme_for
from onmodel.web.adherence_forms import CalibrationForm
from onmodel.web.components import Column, Fact, Link, Status, Table
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.views.raters import raters_page
from onmodel.web.views.ratings import state_of
from onmodel.wording.numbers import date_written, written


@require_POST
def calibration_plan(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.ADHERENCE_RATE)
    form = CalibrationForm(request.POST, programme=programme, user=request.user)
    if form.is_valid():
        session, therapist = form.chosen
        given = {name: form.cleaned_data[name] for name in ("held_on", "reference", "participants")}
        try:
            made = plan_calibration(session=session, therapist=therapist, by=request.user, **given)
            messages.success(request, _("The calibration is planned, and the ratings are asked for."))
            return redirect("calibration", pk=made.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return raters_page(request, programme, 422, plan_form=form)


@require_GET
def calibration(request: HttpRequest, pk: UUID) -> HttpResponse:
    """For those who take part and who supervise the session; marks once the reader's own are in."""
    found = _calibration_for(request, pk)
    ratings = Rating.objects.standing().filter(calibration=found).select_related("rater")
    own = next((one for one in ratings if one.rater_id == request.user.pk), None)
    results = results_of(found) if own is None or own.submitted_at else None
    saw(request, "calibration opened", found, patients=patients_of(found.session))
    context = programme_page(
        request,
        found.programme,
        calibration=found,
        facts=_facts(found),
        ratings=_ratings_table(list(ratings), request),
        own=own if own is not None and not own.submitted_at else None,
        results=_results_table(results) if results and results.instrument else None,
        reference_in=bool(results and results.reference),
    )
    context["crumbs"] = [
        *context["crumbs"],
        (_("Adherence"), reverse("adherence", args=[found.programme.slug])),
    ]
    return render(request, "web/calibration.html", context)


def _calibration_for(request: HttpRequest, pk: UUID) -> Calibration:
    related = ("programme__organisation", "session", "therapist")
    found = get_object_or_404(Calibration.objects.select_related(*related), pk=pk)
    supervised = Session.objects.visible_to(request.user, Permission.ADHERENCE_RATE)
    asked = Rating.objects.asked_of(request.user).filter(calibration=found)
    if supervised.filter(pk=found.session_id).exists() or asked.exists():
        return found
    raise Http404


def _facts(found: Calibration) -> list[Fact]:
    return [
        Fact(_("Day of the meeting"), found.held_on),
        Fact(_("Session of"), found.therapist.name),
        Fact(
            _("Session"),
            f"{capfirst(found.session.get_kind_display())}, {date_written(found.session.held_on)}",
        ),
    ]


def _ratings_table(ratings: list[Rating], request: HttpRequest) -> Table:
    rows = [
        [
            Link(one.rater.name, reverse("rating", args=[one.pk]))
            if one.rater_id == request.user.pk
            else one.rater.name,
            capfirst(one.get_purpose_display()),
            Status(state_of(one), of="rating"),
        ]
        for one in ratings
    ]
    columns = [_("Rater"), _("Purpose"), _("State")]
    return Table(_("Who takes part"), columns, rows, caption_hidden=True, id="taking-part")


def _results_table(results: Results) -> Table:
    """A row an item, the reference, and each rater's mark with its distance; below, the means."""
    instrument = results.instrument
    titles = {part.id: in_words(part.title).split(":")[0] for part in instrument.parts}
    rows: list[list[object]] = []
    for name in results.items:
        item = instrument.item(name)
        mark = results.reference.get(name)
        cells = [_cell(held.marks.get(name), mark) for held in results.raters]
        known = "–" if mark is None else written(mark)
        rows.append([in_words(item.label, name), titles.get(item.part or "", ""), known, *cells])
    for label, value in (
        (_("Points above the reference, mean"), "above"),
        (_("Points apart, mean"), "apart"),
    ):
        rows.append([label, "", "", *(_mean(held, value) for held in results.raters)])
    columns = [
        _("Item"),
        _("Respect"),
        Column(_("Reference"), numeric=True),
        *(Column(held.rating.rater.name, numeric=True) for held in results.raters),
    ]
    return Table(
        _("Item by item"), columns, rows, caption_hidden=True, narrow="scroll", id="calibration-results"
    )


def _cell(value: float | None, reference: float | None) -> str:
    """5 (+1): the mark, and how far from the reference."""
    if value is None:
        return "–"
    if reference is None:
        return written(value)
    apart = value - reference
    return f"{written(value)} ({'+' if apart > 0 else ''}{written(apart)})"


def _mean(held: Held, name: str) -> str:
    value = getattr(held, name)
    return "–" if value is None else _("%(mean)s (n = %(n)s)") % {"mean": written(value, 1), "n": held.n}
