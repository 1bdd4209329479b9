"""Rate a session while watching it; see the ratings side by side once all are in."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from onmodel.access.permissions import Permission
from onmodel.adherence.actions import (
    add_note,
    answer_rating,
    call_off_rating,
    keep_ratings,
    missing_items,
    remove_note,
    submit_rating,
)
from onmodel.adherence.models import Note, Rating
from onmodel.assessments.actions import instrument_of
from onmodel.sessions.actions import patients_of
from onmodel.sessions.models import Session
from onmodel.web.access import rating_for
from onmodel.web.components import Fact, Status
from onmodel.web.debrief import debrief_table, words_of
from onmodel.web.rating_form import answers_so_far, areas_shown, in_words, overall_shown
from onmodel.web.ratings_sent import is_for_script, ratings_of, told_what_is_kept, told_why_not
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.views.sessions import component_names, player, recording_of, stream, watchable

LONGEST_RECORDING = 24 * 60 * 60


class NoteForm(forms.Form):
    text = forms.CharField(max_length=2000)
    at_seconds = forms.IntegerField(min_value=0, max_value=LONGEST_RECORDING, required=False)
    item = forms.CharField(max_length=40, required=False)


class CommentForm(forms.Form):
    comment = forms.CharField(
        label=gettext_lazy("What do you make of it?"),
        help_text=gettext_lazy("Not required. Raters and supervisors read it beside the rating."),
        max_length=2000,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )


class CallOffForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why is it called off?"), widget=forms.Textarea({"rows": 2}))


@require_GET
def rating(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The form for who still has to fill it; for others what came of it."""
    return rating_page(request, rating_for(request, pk))


def rating_page(request: HttpRequest, found: Rating, status: int = 200, **given: object) -> HttpResponse:
    saw(request, "rating opened", found, patients=patients_of(found.session))
    waits = found.submitted_at is None and found.called_off_at is None
    context = programme_page(
        request,
        found.programme,
        rating=found,
        title=_title(found),
        facts=_facts(found),
        media=_media(found),
        instrument=in_words(instrument_of(found.assignment).title),
        errors=given.get("errors", ()),
    )
    context["crumbs"] = [
        *context["crumbs"],
        (_("Adherence"), reverse("adherence", args=[found.programme.slug])),
    ]
    if waits and found.rater_id == request.user.pk:
        return render(request, "web/rating.html", {**context, **_form_context(found)}, status=status)
    return render(request, "web/debrief.html", {**context, **_debrief_context(request, found)}, status=status)


def _title(found: Rating) -> str:
    names = component_names(found.programme)
    return names.get(found.session.component, found.session.component)


def _facts(found: Rating) -> list[Fact]:
    return [
        Fact(_("Therapist"), found.therapist.name),
        Fact(_("Held on"), found.session.held_on),
        Fact(_("Purpose"), capfirst(found.get_purpose_display())),
        Fact(_("State"), Status(state_of(found), of="rating")),
    ]


def state_of(found: Rating) -> str:
    if found.called_off_at is not None:
        return "called_off"
    return "submitted" if found.submitted_at is not None else "waiting"


def _media(found: Rating) -> dict[str, object] | None:
    recording = recording_of(found.session)
    if recording is None or not recording.is_there or not watchable(found.session):
        return None
    return {**player(recording), "address": reverse("rating-media", args=[found.pk])}


def _form_context(found: Rating) -> dict[str, object]:
    answers = answers_so_far(found)
    return {
        "areas": areas_shown(found, answers),
        "overall": overall_shown(found, answers),
        "notes": list(found.notes.all()),
        "missing": missing_items(found),
        "kept_at": _kept_at(found),
    }


def _kept_at(found: Rating) -> str:
    """Where a recording that is no file is to be found, while it may be watched."""
    recording = recording_of(found.session)
    return recording.reference if recording is not None and watchable(found.session) else ""


def _debrief_context(request: HttpRequest, found: Rating) -> dict[str, object]:
    together = (
        Rating.objects.opened()
        .visible_to(request.user)
        .filter(session=found.session, therapist=found.therapist)
    )
    shown = list(together.select_related("rater", "assignment", "programme")) or [found]
    if found.pk not in {one.pk for one in shown}:
        shown = [found, *shown]
    mine = found.therapist_id == request.user.pk and found.rater_id != request.user.pk
    return {
        "debrief": debrief_table(shown),
        "words": words_of(shown),
        "notes": Note.objects.filter(rating__in=[one.pk for one in shown]).select_related("rating__rater"),
        "waiting": Rating.objects.waiting()
        .filter(session=found.session, therapist=found.therapist, purpose__in=Rating.TOGETHER)
        .count(),
        "comment_form": CommentForm(initial={"comment": found.comment}) if mine else None,
        "may_call_off": _may_call_off(request, found),
        "call_off_form": CallOffForm(),
    }


def _may_call_off(request: HttpRequest, found: Rating) -> bool:
    supervised = Session.objects.visible_to(request.user, Permission.ADHERENCE_RATE)
    return state_of(found) == "waiting" and supervised.filter(pk=found.session_id).exists()


@require_POST
def rating_answers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was rated. The page's script sends each answer as it is given; without it, the whole form."""
    found = rating_for(request, pk)
    given = ratings_of(request, instrument_of(found.assignment))
    try:
        kept = keep_ratings(rating=found, given=given, by=request.user)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    if is_for_script(request):
        return told_what_is_kept(kept, missing_items(found))
    if kept.problems:
        return rating_page(request, found, 422, errors=list(kept.problems.values()))
    messages.success(request, _("The ratings are kept."))
    return redirect("rating", pk=pk)


def _refused(request: HttpRequest, found: Rating, texts: list[str]) -> HttpResponse:
    if is_for_script(request):
        return told_why_not(texts)
    return rating_page(request, Rating.objects.get(pk=found.pk), 422, errors=texts)


@require_POST
def rating_submit(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = rating_for(request, pk)
    try:
        submit_rating(rating=found, by=request.user)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    messages.success(request, _("The rating is submitted."))
    return redirect("rating", pk=pk)


@require_POST
def rating_note(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, form = rating_for(request, pk), NoteForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, [text for texts in form.errors.values() for text in texts])
    try:
        note = add_note(rating=found, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    if is_for_script(request):
        html = render(request, "web/rating_note.html", {"note": note, "own": True}).content.decode()
        return JsonResponse({"html": html})
    return redirect("rating", pk=pk)


@require_POST
def rating_note_remove(request: HttpRequest, pk: UUID, note: int) -> HttpResponse:
    found = rating_for(request, pk)
    try:
        remove_note(note=get_object_or_404(Note, pk=note, rating=found), by=request.user)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    return redirect("rating", pk=pk)


@require_POST
def rating_answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The therapist has seen it, and may say something."""
    found, form = rating_for(request, pk), CommentForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, [text for texts in form.errors.values() for text in texts])
    try:
        answer_rating(rating=found, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    messages.success(request, _("Thank you. The supervisors can see the rating and your words now."))
    return redirect("rating", pk=pk)


@require_POST
def rating_call_off(request: HttpRequest, pk: UUID) -> HttpResponse:
    found, form = rating_for(request, pk, Permission.ADHERENCE_RATE), CallOffForm(request.POST)
    if not form.is_valid():
        return _refused(request, found, [text for texts in form.errors.values() for text in texts])
    try:
        call_off_rating(rating=found, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    messages.success(request, _("The rating is called off."))
    return redirect("adherence", slug=found.programme.slug)


@require_GET
def rating_media(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The recording, for those who rate the session or look at its ratings."""
    found = rating_for(request, pk)
    if found.called_off_at is not None:
        raise Http404
    return stream(request, found.session)
