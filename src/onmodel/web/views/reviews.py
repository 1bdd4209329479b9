"""Reviews of one patient: prepared, written, held; side by side; and what the patient reads of them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.feedback.agenda import agenda_of
from onmodel.feedback.agenda.recorded import decision_in_words
from onmodel.feedback.impressions import impression_due
from onmodel.patients.models import Treatment
from onmodel.process.models import Decision, Review
from onmodel.process.reviews import actions
from onmodel.process.reviews.paper import agenda_pdf
from onmodel.process.reviews.terms import KINDS, POINTS
from onmodel.process.terms import entries, label
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.web.access import is_own, part_of, treatment_for
from onmodel.web.changes import CONFLICT, changed_page
from onmodel.web.components import EmptyState, Fact, Link, Table
from onmodel.web.post_button import post_button
from onmodel.web.ratings_sent import is_for_script
from onmodel.web.review_forms import HoldForm, ReviewForm, SettleForm, proposed_next
from onmodel.web.sections import about_treatment
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written

#: So many reviews stand side by side; earlier ones are in the list.
BESIDE = 3


def _language() -> str:
    return "nl" if (get_language() or "en").startswith("nl") else "en"


def _may_keep(request: HttpRequest, treatment: Treatment) -> bool:
    visible = Treatment.objects.visible_to(request.user, Permission.REVIEWS_KEEP)
    return visible.filter(pk=treatment.pk).exists()


def _agenda(request: HttpRequest, treatment: Treatment) -> list[dict[str, Any]]:
    due = impression_due(request.user, treatment) is not None
    return agenda_of(treatment, language=_language(), today=timezone.localdate(), impression_due=due)


def _kind(review: Review) -> str:
    return label(review.treatment.programme.definitions, KINDS, review.kind)


def reviews(request: HttpRequest, pk: UUID) -> HttpResponse:
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW)
    return reviews_page(request, treatment, own=is_own(request, treatment))


def reviews_page(request: HttpRequest, treatment: Treatment, *, own: bool) -> HttpResponse:
    """All of them with decisions side by side; for the patient day and decisions of what was released."""
    saw(request, "reviews listed", treatment)
    if own:
        return render(request, "web/reviews_own.html", _own_context(request, treatment))
    found = list(treatment.reviews.prefetch_related("staff", "decisions__owner"))
    for one in found:
        one.treatment = treatment
    held = [one for one in found if one.is_held]
    may_keep = _may_keep(request, treatment)
    context = {
        **about_treatment(treatment),
        "kinds": [
            _kind_row(request, treatment, term, found, may_keep=may_keep) for term in _kinds(treatment)
        ],
        "beside": [_column(one) for one in reversed(held[-BESIDE:])],
        "open": _open_decisions(treatment, held, may_keep=may_keep),
        "table": _table(held),
        "empty": EmptyState(
            _("No review was held yet"), _("The agenda of the first one is filled from the record.")
        ),
    }
    return render(request, "web/reviews.html", context)


def _kinds(treatment: Treatment) -> tuple:
    return entries(treatment.programme.definitions, KINDS)


def _kind_row(
    request: HttpRequest, treatment: Treatment, term, found: list[Review], *, may_keep: bool
) -> dict:
    """When it was held last, when the next one is, and a way to prepare it."""
    name = term.label.in_(_language())
    of_kind = [one for one in found if one.kind == term.id]
    prepared = next((one for one in of_kind if not one.is_held), None)
    last = next((one for one in reversed(of_kind) if one.is_held), None)
    begin: Any = ""
    if prepared is not None and may_keep:
        begin = Link(_("Go on"), reverse("review-edit", args=[treatment.pk, prepared.pk]), note=name)
    elif may_keep and treatment.started_on and not treatment.ended_on:
        begin = post_button(request, _("Prepare"), reverse("review-open", args=[treatment.pk, term.id]), name)
    return {
        "name": name,
        "help": term.help.in_(_language()) if term.help else "",
        "last": date_written(last.held_on) if last else "",
        "next": date_written(last.next_on) if last and last.next_on else "",
        "begin": begin,
    }


def _column(review: Review) -> dict[str, Any]:
    return {
        "title": f"{date_written(review.held_on)} · {_kind(review)}",
        "link": reverse("review", args=[review.treatment_id, review.pk]),
        "decisions": [decision_in_words(one) for one in review.decisions.all()],
        "focus": review.next_focus,
    }


def _open_decisions(treatment: Treatment, held: list[Review], *, may_keep: bool) -> Table | None:
    rows = []
    for review in reversed(held):
        for one in review.decisions.all():
            if one.state == Decision.State.AGREED:
                who = one.owner.name if one.owner else _("the patient")
                words: Any = one.what
                if may_keep:
                    words = Link(one.what, reverse("review-decision", args=[treatment.pk, one.pk]))
                rows.append([words, who, one.due_on or "–", review.held_on])
    columns = [_("What"), _("Who"), _("Until"), _("Decided on")]
    return Table(_("Decisions to be settled"), columns, rows, id="open-decisions") if rows else None


def _table(held: list[Review]) -> Table | None:
    rows = [
        [
            Link(date_written(one.held_on), reverse("review", args=[one.treatment_id, one.pk])),
            _kind(one),
            _there(one),
            {True: _("yes"), False: _("no"), None: "–"}[one.outcome_used],
            one.decisions.all().__len__(),
        ]
        for one in reversed(held)
    ]
    columns = [_("Held on"), _("Review"), _("Who was there"), _("Outcome used"), _("Decisions")]
    return Table(_("All reviews"), columns, rows, id="reviews") if rows else None


def _there(review: Review) -> str:
    people = [person.name for person in review.staff.all()]
    if review.patient_present:
        people.append(_("the patient"))
    if review.relatives:
        people.append(review.relatives)
    return ", ".join(people)


def _own_context(request: HttpRequest, treatment: Treatment) -> dict[str, Any]:
    released = treatment.reviews.for_the_patient().prefetch_related("decisions__owner")
    return {
        "treatment": treatment,
        "programme": treatment.programme,
        "own": True,
        "crumbs": [(_("Your treatment"), part_of(request, treatment, "treatment"))],
        "simulated": treatment.programme.is_simulated,
        "released": [
            (date_written(one.held_on), [_own_words(decision) for decision in one.decisions.all()])
            for one in reversed(list(released))
        ],
        "empty": EmptyState(
            _("Nothing to read yet"),
            _("When your therapist shares what was decided in a review, it stands here."),
        ),
    }


def _own_words(decision: Decision) -> str:
    who = decision.owner.name if decision.owner else _("you")
    until = _(", until %(day)s") % {"day": date_written(decision.due_on)} if decision.due_on else ""
    return f"{decision.what} ({who}{until})"


@require_POST
def review_open(request: HttpRequest, pk: UUID, review_kind: str) -> HttpResponse:
    treatment = treatment_for(request, pk, Permission.REVIEWS_KEEP, own=False)
    if review_kind not in {term.id for term in _kinds(treatment)}:
        raise Http404
    try:
        review = actions.open_review(
            treatment=treatment,
            kind=review_kind,
            agenda=_agenda(request, treatment),
            language=_language(),
            by=request.user,
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("reviews", pk=pk)
    return redirect("review-edit", pk=pk, review_pk=review.pk)


def _review(treatment: Treatment, review_pk: int) -> Review:
    found = get_object_or_404(treatment.reviews.all(), pk=review_pk)
    found.treatment = treatment
    return found


def _frame(review: Review) -> dict[str, Any]:
    frame = about_treatment(review.treatment)
    crumbs = [*frame["crumbs"], (_("Reviews"), reverse("reviews", args=[review.treatment_id]))]
    return {**frame, "crumbs": crumbs, "review": review, "title": _kind(review)}


@require_GET
def review(request: HttpRequest, pk: UUID, review_pk: int) -> HttpResponse:
    """One review as it was held, or as it stands so far."""
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW, own=False)
    found = _review(treatment, review_pk)
    saw(request, "review read", found)
    context = {
        **_frame(found),
        "facts": _facts(found),
        "points": _points(found),
        "decisions": _decisions(found, may_keep=(may_keep := _may_keep(request, treatment))),
        "may_keep": may_keep,
    }
    return render(request, "web/review.html", context)


def _points(review: Review) -> list[dict[str, Any]]:
    """What the record said and what was said, of each point with either; in the pack's order."""
    taken = {row["point"]: row for row in review.agenda}
    found = []
    for term in entries(review.treatment.programme.definitions, POINTS):
        row = taken.get(term.id, {})
        said, lines = review.discussed.get(term.id, ""), row.get("lines", [])
        if said or lines:
            found.append({"title": term.label.in_(_language()), "lines": lines, "said": said})
    return found


def _facts(review: Review) -> list[Fact]:
    said = {True: _("yes"), False: _("no"), None: None}
    return [
        Fact(_("Held on"), review.held_on or _("not held yet")),
        Fact(_("Who was there"), _there(review) or None),
        Fact(_("The patient was there"), said[review.patient_present]),
        Fact(_("Outcome data used"), said[review.outcome_used]),
        Fact(_("Next review on"), review.next_on),
        Fact(_("The patient can read day and decisions"), _("yes") if review.released_at else _("no")),
    ]


def _decisions(review: Review, *, may_keep: bool) -> Table:
    rows = []
    for one in review.decisions.select_related("owner"):
        state: Any = one.get_state_display()
        if may_keep and review.is_held and one.state == Decision.State.AGREED:
            state = Link(
                _("say what came of it"), reverse("review-decision", args=[review.treatment_id, one.pk])
            )
        who = one.owner.name if one.owner else _("the patient")
        rows.append([one.what, who, one.due_on or "–", state, one.result or "–"])
    columns = [_("What"), _("Who"), _("Until"), _("State"), _("What came of it")]
    return Table(
        _("Decisions"),
        columns,
        rows,
        empty=EmptyState(_("Nothing was decided")),
        caption_hidden=True,
        id="decisions",
    )


@require_http_methods(["GET", "POST"])
def review_edit(request: HttpRequest, pk: UUID, review_pk: int) -> HttpResponse:
    """Write in a review while it takes place; its script sends what is filled in, the button the whole."""
    treatment = treatment_for(request, pk, Permission.REVIEWS_KEEP, own=False)
    found = _review(treatment, review_pk)
    if found.is_held:
        messages.error(request, _("This review was held; it is not changed any more."))
        return redirect("review", pk=pk, review_pk=review_pk)
    saw(request, "review read", found)
    form = ReviewForm(request.POST if request.method == "POST" else None, review=found)
    hold = HoldForm(request.POST if request.POST.get("do") == "hold" else None)
    if request.method == "POST":
        if is_for_script(request):
            return _kept_by_script(request, form)
        answer = _kept(request, form, hold)
        if answer is not None:
            return answer
    return _edit_page(request, found, form, hold)


def _kept_by_script(request: HttpRequest, form: ReviewForm) -> JsonResponse:
    if not form.is_valid():
        told = [f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items()]
        return JsonResponse({"problems": told}, status=422)
    try:
        kept = actions.write_review(
            review=form.review, notes=form.notes(), by=request.user, seen=form.cleaned_data["seen"]
        )
    except ChangedMeanwhileError:
        told = [_("Somebody else wrote in it meanwhile. Keep it with the button to see both.")]
        return JsonResponse({"problems": told}, status=CONFLICT)
    except ValidationError as error:
        return JsonResponse({"problems": error.messages}, status=422)
    return JsonResponse({"seen": actions.review_stamp(kept), "problems": []})


def _kept(request: HttpRequest, form: ReviewForm, hold: HoldForm) -> HttpResponse | None:
    """Where to go once it is kept; None where something is wrong, which the form then says."""
    if not form.is_valid() or (hold.is_bound and not hold.is_valid()):
        return None
    found = form.review
    seen = form.cleaned_data["seen"]
    try:
        kept = actions.write_review(review=found, notes=form.notes(), by=request.user, seen=seen)
        if hold.is_bound:
            actions.hold_review(review=kept, by=request.user, **hold.cleaned_data)
            messages.success(request, _("The review is kept as held."))
            return redirect("review", pk=found.treatment_id, review_pk=found.pk)
    except ChangedMeanwhileError as error:
        current = error.current
        now = ReviewForm(review=current).initial
        back = reverse("review", args=[found.treatment_id, found.pk])
        return changed_page(request, form, now=now, seen=actions.review_stamp(current), back=back)
    except ValidationError as error:
        form.add_error(None, error.messages)
        form.data = form.data.copy()
        form.data["seen"] = actions.review_stamp(Review.objects.get(pk=found.pk))
        return None
    messages.success(request, _("It is kept."))
    return redirect("review-edit", pk=found.treatment_id, review_pk=found.pk)


def _edit_page(request: HttpRequest, found: Review, form: ReviewForm, hold: HoldForm) -> HttpResponse:
    until = proposed_next(found, timezone.localdate())
    if until is not None:
        form.fields["next_on"].help_text = _("Held today, the next one is in time until %(day)s.") % {
            "day": date_written(until)
        }
    context = {**_frame(found), "form": form, "hold": hold}
    return render(request, "web/review_edit.html", context, status=422 if request.method == "POST" else 200)


@require_POST
def review_step(request: HttpRequest, pk: UUID, review_pk: int, step: str) -> HttpResponse:
    """Take the agenda once more, throw the review away, or let the patient read it."""
    treatment = treatment_for(request, pk, Permission.REVIEWS_KEEP, own=False)
    found = _review(treatment, review_pk)
    if step not in ("agenda", "discard", "release"):
        raise Http404
    try:
        if step == "discard":
            actions.discard_review(review=found, by=request.user)
            messages.success(request, _("The review is thrown away."))
            return redirect("reviews", pk=pk)
        if step == "release":
            actions.release_review(review=found, by=request.user)
            messages.success(request, _("The patient can read day and decisions from now on."))
            return redirect("review", pk=pk, review_pk=review_pk)
        taken = _agenda(request, treatment)
        actions.take_agenda(review=found, agenda=taken, language=_language(), by=request.user)
        messages.success(request, _("The agenda is as the record stands now."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("review", pk=pk, review_pk=review_pk)
    return redirect("review-edit", pk=pk, review_pk=review_pk)


@require_GET
def review_agenda(request: HttpRequest, pk: UUID, review_pk: int) -> HttpResponse:
    """The agenda on one page, to take along or to give the patient."""
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW, own=False)
    found = _review(treatment, review_pk)
    saw(request, "review read", found)
    response = HttpResponse(agenda_pdf(found), content_type="application/pdf")
    day = found.held_on or found.planned_on or found.taken_on
    response["Content-Disposition"] = f'inline; filename="review-{found.kind}-{day}.pdf"'
    return response


@require_http_methods(["GET", "POST"])
def review_decision(request: HttpRequest, pk: UUID, decision: int) -> HttpResponse:
    """Say what became of a decision."""
    treatment = treatment_for(request, pk, Permission.REVIEWS_KEEP, own=False)
    decisions = Decision.objects.filter(review__treatment=treatment).select_related("review", "owner")
    found = get_object_or_404(decisions, pk=decision)
    found.review.treatment = treatment
    saw(request, "review read", found.review)
    form = SettleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.settle_decision(decision=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("It is kept."))
            return redirect("reviews", pk=pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    back = reverse("reviews", args=[pk])
    context = {**_frame(found.review), "form": form, "title": found.what, "back": back}
    return render(request, "web/step.html", context, status=422 if request.method == "POST" else 200)
