"""The quality criteria of a programme: audits, self-assessments, and the plan of improvement."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in, require
from onmodel.accounts.models import User
from onmodel.criteria.actions import (
    NEEDED,
    begin_review,
    call_off_audit,
    discard_review,
    finish_review,
    improve,
    keep_criteria,
    plan_audit,
    settle_improvement,
    unscored,
)
from onmodel.criteria.evidence import adequate_marks
from onmodel.criteria.models import CriteriaReview, Improvement
from onmodel.criteria.scores import FORM, criteria_of, form_of, last_two, scored, scores_of
from onmodel.followup.actions import action_stamp
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.programmes.models import Membership, Programme
from onmodel.web.access import criteria_review_for, improvement_for, programme_for
from onmodel.web.changes import changed_page
from onmodel.web.components import Fact
from onmodel.web.criteria_forms import BeginForm, ImprovementForm, PlanAuditForm, SettleForm
from onmodel.web.criteria_page import (
    dots,
    improvements_table,
    levels_table,
    parts_to_score,
    review_name,
    reviews_table,
    scores_table,
    short_name,
)
from onmodel.web.rating_form import in_words, mark_words
from onmodel.web.ratings_sent import is_for_script, told_what_is_kept, told_why_not
from onmodel.web.sections import programme_page
from onmodel.wording.numbers import date_written, written

REMARK = "remark_"


@require_GET
def criteria(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, programme_for(request, slug, Permission.REQUIREMENTS_VIEW))


def _page(request: HttpRequest, programme: Programme, status: int = 200, **forms: object) -> HttpResponse:
    today, form = timezone.localdate(), form_of(programme)
    may = permissions_in(request.user, programme)
    kinds = [kind.value for kind, needed in NEEDED.items() if needed in may]
    latest, before = last_two(scored(programme, today))
    context: dict[str, object] = {
        "facts": _facts(programme, latest, today),
        "reviews": reviews_table(
            programme,
            CriteriaReview.objects.visible_to(request.user)
            .filter(programme=programme)
            .select_related("assessor"),
        ),
        "improvements": improvements_table(
            programme,
            _improvements(programme),
            today,
            may_settle=Permission.REQUIREMENTS_ATTEST in may,
        ),
        "may_improve": Permission.REQUIREMENTS_ATTEST in may,
        "may_audit": Permission.PROGRAMME_AUDIT in may,
        "planned": _planned_by(request, programme),
        "begin": BeginForm(kinds=kinds, initial={"day": today}) if kinds and form else None,
        "plan": PlanAuditForm(),
        "improve": _improvement_form(programme),
    }
    if latest is not None and form is not None:
        adequate = adequate_marks(programme).get(FORM)
        context["chart"] = dots(programme, latest, before, adequate)
        context["levels"] = levels_table(form, latest, before)
    return render(
        request,
        "web/criteria.html",
        programme_page(request, programme, **{**context, **forms}),
        status=status,
    )


def _improvements(programme: Programme) -> list[Improvement]:
    found = Improvement.objects.filter(action__programme=programme)
    return list(found.select_related("action__owner", "action__programme"))


def _planned_by(request: HttpRequest, programme: Programme) -> list[CriteriaReview]:
    planned = programme.criteria_reviews.filter(state=CriteriaReview.State.PLANNED, assessor=request.user)
    return list(planned.order_by("day"))


def _facts(programme: Programme, latest, today) -> list[Fact]:
    planned = programme.criteria_reviews.filter(state=CriteriaReview.State.PLANNED, day__gte=today)
    coming = planned.order_by("day").values_list("day", flat=True).first()
    facts = [Fact(_("Next audit"), coming or _("none planned"))]
    if latest is not None:
        values = list(latest.scores.values())
        mean = written(sum(values) / len(values), 2) if values else None
        said = _("%(n)s of %(all)s scored") % {"n": len(values), "all": len(criteria_of(programme))}
        facts = [Fact(_("Last scored"), review_name(latest.review)), Fact(_("Mean"), mean, said), *facts]
    return facts


def _improvement_form(programme: Programme, data=None, criterion: str = "") -> ImprovementForm:
    listed = [(one.id, short_name(programme, one.id)) for one in criteria_of(programme)]
    people = User.objects.filter(pk__in=_working(programme)).order_by("name")
    return ImprovementForm(data, criteria=listed, owners=people, initial={"criterion": criterion})


def _working(programme: Programme):
    roles = ("therapist", "supervisor", "manager", "expert")
    return Membership.objects.in_force().of_programme(programme).filter(role__in=roles).values("user")


@require_POST
def criteria_begin(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a self-assessment or an audit."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    may = permissions_in(request.user, programme)
    form = BeginForm(request.POST, kinds=[kind.value for kind, needed in NEEDED.items() if needed in may])
    if form.is_valid():
        try:
            review = begin_review(programme=programme, by=request.user, **form.cleaned_data)
            return redirect("criteria-review", pk=review.pk)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, programme, 422, begin=form)


@require_POST
def criteria_plan(request: HttpRequest, slug: str) -> HttpResponse:
    """Plan the day of an audit."""
    programme = programme_for(request, slug, Permission.PROGRAMME_AUDIT)
    form = PlanAuditForm(request.POST)
    if form.is_valid():
        try:
            plan_audit(programme=programme, by=request.user, **form.cleaned_data)
            messages.success(request, _("The audit is planned."))
            return redirect("criteria", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, programme, 422, plan=form)


@require_POST
def improvement_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Agree on an improvement."""
    programme = programme_for(request, slug, Permission.REQUIREMENTS_ATTEST)
    form = _improvement_form(programme, request.POST)
    if form.is_valid():
        try:
            improve(programme=programme, by=request.user, **form.cleaned_data)
            messages.success(request, _("The improvement is agreed."))
            return redirect("criteria", slug=slug)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, programme, 422, improve=form)


@require_http_methods(["GET", "POST"])
def improvement(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what came of an improvement."""
    found = improvement_for(request, pk)
    form = SettleForm(request.POST or None, initial={"seen": action_stamp(found.action)})
    back = reverse("criteria", args=[found.programme.slug])
    if request.method == "POST" and form.is_valid():
        try:
            settle_improvement(improvement=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("What came of it is kept."))
            return redirect(back)
        except ChangedMeanwhileError as error:
            now = {"state": error.current.state, "result": error.current.result}
            return changed_page(request, form, now=now, seen=action_stamp(error.current), back=back)
        except ValidationError as error:
            form.add_error(None, error)
    context = programme_page(
        request,
        found.programme,
        improvement=found,
        criterion=short_name(found.programme, found.criterion),
        form=form,
        facts=[Fact(_("Owner"), found.action.owner.name), Fact(_("By"), found.action.due_on)],
    )
    context["crumbs"] = _crumbs(context, found.programme)
    return render(request, "web/improvement.html", context, status=422 if request.method == "POST" else 200)


def _crumbs(context: dict[str, object], programme: Programme) -> list[tuple[str, str]]:
    return [
        *context["crumbs"],
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Quality criteria"), reverse("criteria", args=[programme.slug])),
    ]


@require_GET
def criteria_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _review_page(request, criteria_review_for(request, pk))


def _review_page(
    request: HttpRequest, found: CriteriaReview, status: int = 200, errors: tuple[str, ...] = ()
) -> HttpResponse:
    """The form for the assessor until it is finished; then what was scored."""
    form = form_of(found.programme)
    context = programme_page(
        request,
        found.programme,
        review=found,
        title=review_name(found),
        errors=errors,
        own=found.assessor_id == request.user.pk,
        facts=[Fact(_("Scored by"), found.assessor.name), Fact(_("As of"), found.day)],
    )
    context["crumbs"] = _crumbs(context, found.programme)
    if found.state == CriteriaReview.State.FINISHED:
        scores = scores_of([found.assignment_id]).get(found.assignment_id, {})
        context["table"] = scores_table(found, scores)
        return render(request, "web/criteria_scored.html", context, status=status)
    if found.state == CriteriaReview.State.BEGUN:
        answers, remarks = _typed(request, found)
        context |= {
            "parts": parts_to_score(found, answers, remarks),
            "marks": mark_words(form),
            "note": in_words(form.note),
            "missing": unscored(found),
        }
    return render(request, "web/criteria_score.html", context, status=status)


def _typed(request: HttpRequest, found: CriteriaReview):
    """What is kept and, of a form that was refused, what was typed: nothing is lost."""
    answers = {one.item: one.as_given for one in found.assignment.drafts.all()}
    remarks = dict(found.remarks.values_list("criterion", "text"))
    remarks |= _remarks(request)
    return answers, remarks


def _remarks(request: HttpRequest) -> dict[str, str]:
    sent = request.POST.items()
    return {name.removeprefix(REMARK): value for name, value in sent if name.startswith(REMARK)}


def scored_for(request: HttpRequest, pk: UUID) -> CriteriaReview:
    """The review, for somebody who may score as what it is."""
    found = criteria_review_for(request, pk)
    require(request.user, NEEDED[CriteriaReview.Kind(found.kind)], programme=found.programme)
    return found


def _scores(request: HttpRequest, found: CriteriaReview) -> dict[str, str]:
    return {one.id: request.POST[one.id] for one in criteria_of(found.programme) if one.id in request.POST}


@require_POST
def criteria_answers(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what was scored: each as it is given, or without script the whole form."""
    found = scored_for(request, pk)
    try:
        kept = keep_criteria(
            review=found, scores=_scores(request, found), remarks=_remarks(request), by=request.user
        )
    except ValidationError as error:
        return _refused(request, found, error.messages)
    if is_for_script(request):
        return told_what_is_kept(kept, unscored(found))
    if kept.problems:
        return _review_page(request, found, 422, tuple(kept.problems.values()))
    messages.success(request, _("The scores are kept."))
    return redirect("criteria-review", pk=pk)


def _refused(request: HttpRequest, found: CriteriaReview, texts: list[str]) -> HttpResponse:
    if is_for_script(request):
        return told_why_not(texts)
    return _review_page(request, criteria_review_for(request, found.pk), 422, tuple(texts))


@require_POST
def criteria_finish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what stands in the form, and make it final."""
    found = scored_for(request, pk)
    try:
        kept = keep_criteria(
            review=found, scores=_scores(request, found), remarks=_remarks(request), by=request.user
        )
        if kept.problems:
            return _refused(request, found, list(kept.problems.values()))
        finish_review(review=found, by=request.user)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    messages.success(request, _("Finished: everybody of the programme who may see it sees it now."))
    return redirect("criteria-review", pk=pk)


@require_POST
def criteria_discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Throw away what was begun; call off what was planned."""
    found = scored_for(request, pk)
    try:
        if found.state == CriteriaReview.State.PLANNED:
            call_off_audit(audit=found, by=request.user)
        else:
            discard_review(review=found, by=request.user)
    except ValidationError as error:
        return _refused(request, found, error.messages)
    day = {"day": date_written(found.day)}
    messages.success(request, _("That of %(day)s is gone.") % day)
    return redirect("criteria", slug=found.programme.slug)
