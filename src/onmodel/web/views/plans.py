"""Plans of one patient: read, written, agreed to, compared, printed."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.feedback.actions import agree_on_plan
from onmodel.patients.models import Treatment
from onmodel.process.models import Plan
from onmodel.process.plans import actions
from onmodel.process.plans.comparing import side_by_side
from onmodel.process.plans.paper import agreed_in_words, plan_pdf
from onmodel.process.plans.parts import missing, structure, written_of
from onmodel.process.terms import entries, label
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.web.access import is_own, part_of, treatment_for
from onmodel.web.changes import changed_page
from onmodel.web.components import Column, EmptyState, Fact, Link, Table
from onmodel.web.plan_forms import BEFORE, AgreeForm, PlanForm, ShareForm
from onmodel.web.post_button import post_button
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written


def _language() -> str:
    return "nl" if (get_language() or "en").startswith("nl") else "en"


def _may_keep(request: HttpRequest, treatment: Treatment) -> bool:
    if is_own(request, treatment):
        return False
    return Treatment.objects.visible_to(request.user, Permission.PLANS_KEEP).filter(pk=treatment.pk).exists()


def _frame(
    request: HttpRequest, treatment: Treatment, *, own: bool, inside: bool = False
) -> dict[str, object]:
    crumbs = [] if own else [(_("Home"), reverse("home"))]
    name = _("Your treatment") if own else treatment.patient.pseudonym
    crumbs.append((name, part_of(request, treatment, "treatment")))
    if inside:
        crumbs.append((_("Plans"), part_of(request, treatment, "plans")))
    return {
        "treatment": treatment,
        "programme": treatment.programme,
        "own": own,
        "crumbs": crumbs,
        "simulated": treatment.programme.is_simulated,
    }


def plans(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The list, for who treats or supervises; for the patient those that were released."""
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW)
    return plans_page(request, treatment, own=is_own(request, treatment))


def plans_page(request: HttpRequest, treatment: Treatment, *, own: bool) -> HttpResponse:
    saw(request, "plans listed", treatment)
    listed = treatment.plans.for_the_patient() if own else treatment.plans.all()
    versions = list(listed.select_related("made_by").prefetch_related("shares"))
    context = {
        **_frame(request, treatment, own=own),
        "table": _own_table(request, treatment, versions) if own else _table(request, treatment, versions),
    }
    return render(request, "web/plans.html", context)


def _own_table(request: HttpRequest, treatment: Treatment, versions: list[Plan]) -> Table:
    """Of each kind the version released last."""
    latest = {plan.kind: plan for plan in versions}
    rows = [
        [_link(request, plan), plan.agreed_on or _("not agreed yet"), _paper(request, plan)]
        for plan in latest.values()
    ]
    empty = EmptyState(
        _("No plan to read yet"), _("Your therapist makes plans with you; then they stand here.")
    )
    return Table(
        _("Your plans"), [_("Plan"), _("Agreed"), _("Print")], rows, empty=empty, caption_hidden=True
    )


def _link(request: HttpRequest, plan: Plan, text: str = "") -> Link:
    words = text or label(plan.treatment.programme.definitions, "plan_kinds", plan.kind)
    return Link(words, part_of(request, plan.treatment, "plan", plan.pk))


def _paper(request: HttpRequest, plan: Plan) -> Link:
    return Link("PDF", part_of(request, plan.treatment, "plan-file", plan.pk))


def _table(request: HttpRequest, treatment: Treatment, versions: list[Plan]) -> Table:
    may_keep = _may_keep(request, treatment)
    rows = []
    for kind in entries(treatment.programme.definitions, "plan_kinds"):
        of_kind = [plan for plan in versions if plan.kind == kind.id]
        agreed = [plan for plan in of_kind if plan.agreed_on]
        latest = of_kind[-1] if of_kind else None
        force = max(agreed, key=lambda plan: (plan.agreed_on, plan.pk)) if agreed else None
        rows.append(
            [
                kind.label.in_(_language()),
                _link(request, force, date_written(force.agreed_on)) if force else _("none"),
                _link(request, latest, _state(latest)) if latest and latest != force else "–",
                len(of_kind),
                _begin(request, treatment, kind.id, latest) if may_keep else "",
            ]
        )
    columns = [
        _("Plan"),
        _("In force since"),
        _("Being written"),
        Column(_("Versions"), numeric=True),
        Column(_("Write"), hidden_label=True),
    ]
    empty = EmptyState(_("The pack lists no kinds of plan"))
    return Table(_("Plans"), columns, rows, empty=empty, caption_hidden=True)


def _state(plan: Plan) -> str:
    if plan.is_draft:
        return _("draft")
    if plan.agreed_on:
        return date_written(plan.agreed_on)
    return _("the team agreed") if plan.team_agreed_on else _("the patient agreed")


def _begin(request: HttpRequest, treatment: Treatment, kind: str, latest: Plan | None) -> object:
    name = label(treatment.programme.definitions, "plan_kinds", kind)
    if latest is not None and latest.is_draft:
        return Link(_("Go on"), reverse("plan-edit", args=[treatment.pk, latest.pk]), note=name)
    words = _("New version") if latest else _("Begin")
    return post_button(request, words, reverse("plan-begin", args=[treatment.pk, kind]), name)


@require_POST
def plan_begin(request: HttpRequest, pk: UUID, plan_kind: str) -> HttpResponse:
    treatment = treatment_for(request, pk, Permission.PLANS_KEEP, own=False)
    if plan_kind not in {term.id for term in entries(treatment.programme.definitions, "plan_kinds")}:
        raise Http404
    try:
        plan = actions.draft_plan(treatment=treatment, kind=plan_kind, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("plans", pk=pk)
    return redirect("plan-edit", pk=pk, plan_pk=plan.pk)


def plan(request: HttpRequest, pk: UUID, plan_pk: int) -> HttpResponse:
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW)
    return plan_page(request, treatment, plan_pk, own=is_own(request, treatment))


def _plan(treatment: Treatment, plan_pk: int, *, own: bool) -> Plan:
    versions = treatment.plans.for_the_patient() if own else treatment.plans.all()
    found = get_object_or_404(versions.select_related("made_by"), pk=plan_pk)
    found.treatment = treatment
    return found


def plan_page(
    request: HttpRequest, treatment: Treatment, plan_pk: int, *, own: bool, **forms: object
) -> HttpResponse:
    found = _plan(treatment, plan_pk, own=own)
    saw(request, "plan read", found)
    may_keep = not own and _may_keep(request, treatment)
    versions = [] if own else list(treatment.plans.filter(kind=found.kind).defer("content"))
    context = {
        **_frame(request, treatment, own=own, inside=True),
        "plan": found,
        "title": label(treatment.programme.definitions, "plan_kinds", found.kind),
        "state": agreed_in_words(found),
        "sections": read(found),
        "missing": [] if own else missing_words(found),
        "facts": [] if own else _facts(found),
        "versions": _versions(found, versions) if len(versions) > 1 else None,
        "paper": part_of(request, treatment, "plan-file", found.pk),
        "may_keep": may_keep,
        "to_agree": may_keep and found.content and not (found.patient_agreed_on and found.team_agreed_on),
        "agree_form": forms.get("agree") or AgreeForm(),
        "share_form": forms.get("share") or ShareForm(),
        "shares": [] if own else list(found.shares.all()),
    }
    return render(request, "web/plan.html", context, status=422 if forms else 200)


def read(plan: Plan) -> list[tuple[str, list[tuple[str, list[tuple[str, str]]]]]]:
    """(section, [(group, [(label, text)])]) of what is written."""
    language = _language()
    found = []
    for section in structure(plan.treatment.programme.definitions, plan.kind):
        groups = []
        for group in section.groups:
            rows = [
                ("" if section.shape == "text" else f.label.in_(language), written_of(f, value, language))
                for f in group.fields
                if (value := plan.content.get(f.key))
            ]
            if rows:
                groups.append((group.label.in_(language) if group.label else "", rows))
        if groups:
            found.append((section.title.in_(language), groups))
    return found


def missing_words(plan: Plan) -> list[str]:
    lacking = missing(plan.treatment.programme.definitions, plan.kind, plan.content)
    return [words.in_(_language()) for words in lacking]


def _facts(plan: Plan) -> list[Fact]:
    pack = plan.treatment.programme.definitions
    return [
        Fact(_("Written on"), plan.made_on, plan.made_by.name if plan.made_by else ""),
        Fact(_("Because"), label(pack, "plan_occasions", plan.occasion) if plan.occasion else None),
        Fact(_("Agreed by the patient"), plan.patient_agreed_on or _("not yet")),
        Fact(_("Agreed by the team"), plan.team_agreed_on or _("not yet")),
        Fact(_("The patient can read it"), _("yes") if plan.released_at else _("no")),
    ]


def _versions(plan: Plan, versions: list[Plan]) -> Table:
    rows = []
    for number, one in enumerate(versions, start=1):
        address = reverse("plan", args=[plan.treatment_id, one.pk])
        compare = f"{reverse('plan-compare', args=[plan.treatment_id, plan.pk])}?with={one.pk}"
        shown = _("version %(n)s") % {"n": number}
        rows.append(
            [
                shown if one.pk == plan.pk else Link(shown, address),
                one.made_on,
                one.agreed_on or _("not agreed yet"),
                "–" if one.pk == plan.pk else Link(_("compare"), compare, note=shown),
            ]
        )
    columns = [_("Version"), _("Written on"), _("Agreed"), _("Side by side")]
    return Table(_("Versions"), columns, rows, caption_hidden=True, id="versions")


@require_http_methods(["GET", "POST"])
def plan_edit(request: HttpRequest, pk: UUID, plan_pk: int) -> HttpResponse:
    """Write a version that nobody agreed to yet, with the patient beside you."""
    treatment = treatment_for(request, pk, Permission.PLANS_KEEP, own=False)
    found = _plan(treatment, plan_pk, own=False)
    if not found.is_draft:
        messages.error(request, _("This version was agreed to; write a new one to change it."))
        return redirect("plan", pk=pk, plan_pk=plan_pk)
    saw(request, "plan read", found)
    form = _plan_form(request.POST if request.method == "POST" else None, found)
    if request.method == "POST" and form.is_valid():
        given = {"occasion": form.cleaned_data["occasion"], "seen": form.cleaned_data["seen"]}
        try:
            actions.edit_plan(plan=found, content=form.content(), by=request.user, **given)
            messages.success(request, _("It is kept."))
            return redirect("plan", pk=pk, plan_pk=plan_pk)
        except ChangedMeanwhileError as error:
            now = {f"{BEFORE}{key}": value for key, value in error.current.content.items()}
            seen = actions.plan_stamp(error.current)
            return changed_page(request, form, now=now, seen=seen, back=reverse("plan", args=[pk, plan_pk]))
        except ValidationError as error:
            form.add_error(None, error.messages)
    context = {
        **_frame(request, treatment, own=False, inside=True),
        "plan": found,
        "title": label(treatment.programme.definitions, "plan_kinds", found.kind),
        "form": form,
        "sections": form.sections(),
        "back": reverse("plan", args=[pk, plan_pk]),
    }
    return render(request, "web/plan_edit.html", context, status=422 if request.method == "POST" else 200)


def _plan_form(data: object, found: Plan) -> PlanForm:
    return PlanForm(
        data,
        pack=found.treatment.programme.definitions,
        kind=found.kind,
        content=found.content,
        occasion=found.occasion,
        seen=actions.plan_stamp(found),
    )


@require_POST
def plan_step(request: HttpRequest, pk: UUID, plan_pk: int, step: str) -> HttpResponse:
    """Agree, release, share or throw away."""
    treatment = treatment_for(request, pk, Permission.PLANS_KEEP, own=False)
    found = _plan(treatment, plan_pk, own=False)
    if step in ("agree", "share"):
        return _agree_or_share(request, found, step)
    if step not in ("release", "discard"):
        raise Http404
    try:
        if step == "release":
            actions.release_plan(plan=found, by=request.user)
            messages.success(request, _("The patient can read it from now on."))
            return redirect("plan", pk=pk, plan_pk=plan_pk)
        actions.discard_plan(plan=found, by=request.user)
        messages.success(request, _("The draft is thrown away."))
    except ValidationError as error:
        messages.error(request, error.messages[0])
        return redirect("plan", pk=pk, plan_pk=plan_pk)
    return redirect("plans", pk=pk)


def _agree_or_share(request: HttpRequest, found: Plan, step: str) -> HttpResponse:
    form: forms.Form = AgreeForm(request.POST) if step == "agree" else ShareForm(request.POST)
    if form.is_valid():
        act = agree_on_plan if step == "agree" else actions.share_plan
        try:
            act(plan=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("It is kept."))
            return redirect("plan", pk=found.treatment_id, plan_pk=found.pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    return plan_page(request, found.treatment, found.pk, own=False, **{step: form})


@require_GET
def plan_compare(request: HttpRequest, pk: UUID, plan_pk: int) -> HttpResponse:
    """This version beside another one of its kind: `with`, or the one before it."""
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW, own=False)
    found = _plan(treatment, plan_pk, own=False)
    others = treatment.plans.filter(kind=found.kind).exclude(pk=found.pk)
    asked = request.GET.get("with", "")
    chosen = (
        others.filter(pk=int(asked)) if asked.isascii() and asked.isdigit() and len(asked) < 10 else others
    )
    other = chosen.order_by("made_on", "pk").last()
    if other is None:
        raise Http404
    saw(request, "plans compared", found)
    before, after = sorted((found, other), key=lambda one: (one.made_on, one.pk))
    pack = treatment.programme.definitions
    context = {
        **_frame(request, treatment, own=False, inside=True),
        "title": label(pack, "plan_kinds", found.kind),
        "before": before,
        "after": after,
        "sections": side_by_side(pack, found.kind, before.content, after.content, _language()),
    }
    return render(request, "web/plan_compare.html", context)


@require_GET
def plan_file(request: HttpRequest, pk: UUID, plan_pk: int) -> HttpResponse:
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW)
    return plan_file_of(request, treatment, plan_pk, own=is_own(request, treatment))


def plan_file_of(request: HttpRequest, treatment: Treatment, plan_pk: int, *, own: bool) -> HttpResponse:
    """One page to take along, in the reader's language."""
    found = _plan(treatment, plan_pk, own=own)
    saw(request, "plan read", found)
    response = HttpResponse(plan_pdf(found, _language()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{found.kind}-{found.made_on}.pdf"'
    return response
