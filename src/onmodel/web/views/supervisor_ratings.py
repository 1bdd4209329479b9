"""Rate a supervision as expert; say as supervisee, without a name, how one is supervised."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.assessments.actions import instrument_of
from onmodel.packs.instruments import Instrument, ItemKind
from onmodel.supervisors.actions import (
    begin_rating,
    discard_rating,
    keep_ratings,
    missing_items,
    say,
    submit_rating,
)
from onmodel.supervisors.models import SupervisorRating, TookPart
from onmodel.supervisors.rounds import (
    FEWEST,
    half_year,
    instrument_for,
    rated_items,
    supervisees_of,
    supervisors_of,
)
from onmodel.web.access import programme_for, supervisor_rating_for
from onmodel.web.components import Fact, Table
from onmodel.web.rating_form import Answers, Field, field_of, in_words
from onmodel.web.ratings_sent import is_for_script, ratings_of, told_what_is_kept, told_why_not
from onmodel.web.seen import saw
from onmodel.web.supervisor_forms import BeginForm
from onmodel.web.views.meetings import page_of
from onmodel.web.views.supervisors import meetings_of, supervisor_for, supervisor_page


@require_POST
def supervisor_rate(request: HttpRequest, slug: str, person: int) -> HttpResponse:
    """Begin a rating."""
    programme = programme_for(request, slug, Permission.SUPERVISORS_RATE)
    supervisor = supervisor_for(request, programme, person)
    form = BeginForm(request.POST, meetings=meetings_of(programme, supervisor))
    if form.is_valid():
        try:
            rating = begin_rating(
                programme=programme, supervisor=supervisor, by=request.user, **form.cleaned_data
            )
            return redirect("supervisor-rating", pk=rating.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return supervisor_page(request, programme, supervisor, 422, form)


@require_GET
def supervisor_rating(request: HttpRequest, pk: UUID) -> HttpResponse:
    return rating_page(request, supervisor_rating_for(request, pk))


def rating_page(
    request: HttpRequest, found: SupervisorRating, status: int = 200, errors: tuple[str, ...] = ()
) -> HttpResponse:
    """The form for the expert until it is submitted; then what was rated."""
    saw(request, "rating of supervisor opened", found)
    instrument = instrument_of(found.assignment)
    context = page_of(
        request,
        found.programme,
        rating=found,
        title=found.supervisor.name,
        instrument=in_words(instrument.title),
        instruction=in_words(instrument.instruction),
        meaning=scale_in_words(instrument),
        facts=[
            Fact(_("Supervision of"), found.day),
            Fact(_("Expert"), found.expert.name),
            Fact(_("How"), found.get_basis_display(), _kept_at(found)),
        ],
        errors=errors,
    )
    context["crumbs"] = [
        *context["crumbs"],
        (_("Supervisors"), reverse("supervisors", args=[found.programme.slug])),
    ]
    if found.submitted_at is None:
        answers = {one.item: one.as_given for one in found.assignment.drafts.all()}
        context |= {"parts": parts_shown(instrument, answers), "missing": missing_items(found)}
        return render(request, "web/supervisor_rate.html", context, status=status)
    context |= _rated(found, instrument)
    return render(request, "web/supervisor_rated.html", context, status=status)


def _kept_at(found: SupervisorRating) -> str:
    """Where the recording is, while it may be looked at beyond the team."""
    meeting = found.meeting
    return meeting.recording if meeting is not None and meeting.may_be_shown_outside else ""


def parts_shown(
    instrument: Instrument, answers: Answers, *, only_rated: bool = False
) -> list[tuple[str, list[Field]]]:
    """The form's parts with their items."""
    wanted = set(rated_items(instrument)) if only_rated else {one.id for one in instrument.all_items()}
    found = []
    for part in instrument.parts:
        items = [one for one in instrument.all_items() if one.part == part.id and one.id in wanted]
        fields = [field_of(instrument, one, answers, in_words(one.label, one.id)) for one in items]
        if fields:
            found.append((in_words(part.title), fields))
    return found


def scale_in_words(instrument: Instrument) -> str:
    """What the numbers mean: "1 very poor, 2 poor, ...", as far as the pack says."""
    labelled = [option for option in instrument.options if option.label]
    return ", ".join(f"{option.value:g} {in_words(option.label)}" for option in labelled)


def _rated(found: SupervisorRating, instrument: Instrument) -> dict[str, object]:
    given = {one.item: one for one in found.assignment.answers.all()}
    titles = {part.id: in_words(part.title) for part in instrument.parts}
    rows = [
        [
            in_words(item.label, item.id),
            titles.get(item.part or "", ""),
            _("n/a") if given[item.id].not_applicable else given[item.id].value,
        ]
        for item in instrument.all_items()
        if item.kind is ItemKind.CHOICE and item.id in given
    ]
    columns = [_("Item"), _("Part"), _("Rating")]
    words = [
        (in_words(item.label, item.id), given[item.id].text)
        for item in instrument.all_items()
        if item.id in given and given[item.id].text
    ]
    return {"table": Table(_("Item by item"), columns, rows, caption_hidden=True), "words": words}


@require_POST
def supervisor_rating_answers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was rated: each answer as it is given, or without script the whole form."""
    found = supervisor_rating_for(request, pk)
    given = ratings_of(request, instrument_of(found.assignment))
    try:
        kept = keep_ratings(rating=found, given=given, by=request.user)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    if is_for_script(request):
        return told_what_is_kept(kept, missing_items(found))
    if kept.problems:
        return rating_page(request, found, 422, tuple(kept.problems.values()))
    messages.success(request, _("The ratings are kept."))
    return redirect("supervisor-rating", pk=pk)


def _refused(request: HttpRequest, found: SupervisorRating, texts: list[str]) -> HttpResponse:
    if is_for_script(request):
        return told_why_not(texts)
    return rating_page(request, supervisor_rating_for(request, found.pk), 422, tuple(texts))


@require_POST
def supervisor_rating_submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what stands in the form, and make it final."""
    found = supervisor_rating_for(request, pk)
    given = ratings_of(request, instrument_of(found.assignment))
    try:
        kept = keep_ratings(rating=found, given=given, by=request.user)
        if kept.problems:
            return _refused(request, found, list(kept.problems.values()))
        submit_rating(rating=found, by=request.user)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    messages.success(request, _("The rating is submitted; the supervisor sees it now."))
    return redirect("supervisor-rating", pk=pk)


@require_POST
def supervisor_rating_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = supervisor_rating_for(request, pk)
    try:
        discard_rating(rating=found, by=request.user)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    messages.success(request, _("The rating is thrown away."))
    return redirect("supervisor-adherence", slug=found.programme.slug, person=found.supervisor_id)


@require_http_methods(["GET", "POST"])
def supervisor_say(request: HttpRequest, slug: str, person: int) -> HttpResponse:
    """The form for a supervisee, once a half-year."""
    programme = programme_for(request, slug, Permission.SUPERVISION_VIEW)
    supervisor = get_object_or_404(supervisors_of(programme), pk=person)
    if not supervisees_of(programme, supervisor).filter(pk=request.user.pk).exists():
        raise PermissionDenied
    instrument = instrument_for(programme)
    if instrument is None:
        raise Http404
    today, errors = timezone.localdate(), []
    if request.method == "POST":
        answers = {item: request.POST.get(item, "") for item in rated_items(instrument)}
        try:
            say(programme=programme, supervisor=supervisor, answers=answers, day=today, by=request.user)
            messages.success(request, _("Thank you. Your answers are kept without your name."))
            return redirect("supervisors", slug=slug)
        except ValidationError as error:
            errors = error.messages
    starts_on, ends_on = half_year(today)
    context = page_of(
        request,
        programme,
        supervisor=supervisor,
        instruction=in_words(instrument.instruction),
        meaning=scale_in_words(instrument),
        parts=parts_shown(instrument, _typed(request, instrument), only_rated=True),
        errors=errors,
        fewest=FEWEST,
        ends_on=ends_on,
        done=TookPart.objects.filter(
            person=request.user,
            round__programme=programme,
            round__supervisor=supervisor,
            round__starts_on=starts_on,
        ).exists(),
    )
    status = 422 if request.method == "POST" else 200
    return render(request, "web/supervisor_say.html", context, status=status)


def _typed(request: HttpRequest, instrument: Instrument) -> dict[str, float | str | None]:
    """What was chosen in a form that was refused, so that nothing is lost."""
    found: dict[str, float | str | None] = {}
    for item in rated_items(instrument):
        given = request.POST.get(item, "")
        found[item] = float(given) if given.isdecimal() and given.isascii() else given or None
    return found
