"""A patient's course from referral to follow-up: one line to read, and a form for each step."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onmodel.access.permissions import Permission
from onmodel.access.policy import has_permission
from onmodel.patients.models import Treatment
from onmodel.process.course.actions import refer, stop
from onmodel.process.course.introduction import introduction_of
from onmodel.process.course.timeline import course_of
from onmodel.process.models import Part, Referral, WaitingOffer
from onmodel.process.terms import entry, label
from onmodel.programmes.models import Programme
from onmodel.web.access import programme_for, treatment_for
from onmodel.web.components import Column, EmptyState, Fact, Link, Table, Timeline
from onmodel.web.course_forms import STEPS, ReferForm, StepForm, StopForm
from onmodel.web.sections import about_treatment, programme_page
from onmodel.web.seen import saw

#: What can be stopped, by its name in the address.
STRETCHES = {"part": Part, "offer": WaitingOffer}


def _treatment(request: HttpRequest, pk: UUID) -> Treatment:
    return treatment_for(request, pk, Permission.COURSE_KEEP, own=False)


def course(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Everything of the course, with links to the forms that keep it."""
    treatment = _treatment(request, pk)
    saw(request, "course opened", treatment)
    found = course_of(treatment)
    context = {
        **about_treatment(treatment),
        "line": Timeline(found) if found else None,
        "steps": _steps(treatment),
        "referral": _referral_facts(treatment),
        "asked": _asked(treatment),
        "parts": _stretches(treatment, "part"),
        "offers": _stretches(treatment, "offer"),
        "introduction": _introduction(treatment),
        "follow_up": _follow_up(treatment),
        "ending": _ending(treatment),
    }
    return render(request, "web/course.html", context)


def _steps(treatment: Treatment) -> list[Link]:
    """Those that fit where the treatment stands."""
    open_ = treatment.ended_on is None
    begun = treatment.started_on is not None
    fits = {
        "referral": True,
        "assign": open_,
        "offer": open_ and not begun,
        "phase": open_,
        "part": open_,
        "follow-up": begun,
        "end": open_,
    }
    return [
        Link(str(form.title), reverse("course-step", args=[treatment.pk, name]))
        for name, form in STEPS.items()
        if fits[name]
    ]


def _referral_facts(treatment: Treatment) -> list[Fact]:
    pack = treatment.programme.definitions
    kept = Referral.objects.filter(treatment=treatment).first()
    facts = [
        Fact(_("Referred"), treatment.referred_on),
        Fact(_("First orientation"), treatment.oriented_on),
    ]
    if kept is None:
        return facts
    judged = kept.meets_criteria
    met = (
        None if judged is None else _("met") if judged else _("not met: %(which)s") % {"which": _unmet(kept)}
    )
    return [
        Fact(_("Referred by"), label(pack, "referral_sources", kept.source), kept.referrer),
        *facts,
        Fact(_("Selection criteria"), met),
        Fact(_("Decision"), kept.get_decision_display() or None),
        Fact(_("Assigned"), kept.assigned_on),
        *([Fact(_("Earlier treatment"), _earlier(kept))] if kept.returns_from else []),
    ]


def _unmet(kept: Referral) -> str:
    pack = kept.treatment.programme.definitions
    return ", ".join(
        label(pack, "selection_criteria", name) for name, met in kept.criteria.items() if not met
    )


def _earlier(kept: Referral) -> Link:
    earlier = kept.returns_from
    assert earlier is not None
    return Link(_("ended, and came back"), reverse("treatment", args=[earlier.pk]))


def _asked(treatment: Treatment) -> Table | None:
    """What the present phase asks for, and whether it is there."""
    pack = treatment.programme.definitions
    phase = treatment.phases.filter(ends_on=None).last()
    term = entry(pack, "phases", phase.kind) if phase else None
    kinds = [
        link.partition(".")[2] for link in (term.links if term else ()) if link.startswith("plan_kinds.")
    ]
    if not kinds:
        return None
    agreed = dict(
        treatment.plans.exclude(agreed_on=None).order_by("agreed_on").values_list("kind", "agreed_on")
    )
    rows = [[label(pack, "plan_kinds", kind), agreed.get(kind) or _("not agreed yet")] for kind in kinds]
    title = _("What this phase asks for")
    return Table(title, [_("Plan"), _("Agreed")], rows, id="asked")


def _stretches(treatment: Treatment, kind: str) -> Table | None:
    listed, name, of = {
        "part": (treatment.parts.all(), "therapy_components", "component"),
        "offer": (treatment.waiting_offers.all(), "waiting_offers", "kind"),
    }[kind]
    pack = treatment.programme.definitions
    rows = [
        [
            label(pack, name, getattr(row, of)),
            row.starts_on,
            row.ends_on or Link(_("end it"), reverse("course-stop", args=[treatment.pk, kind, row.pk])),
        ]
        for row in listed
    ]
    title = _("Parts of the programme") if kind == "part" else _("Offered while waiting")
    return Table(title, [_("What"), _("From"), _("Until")], rows, id=f"{kind}s") if rows else None


def _introduction(treatment: Treatment) -> Table | None:
    steps = introduction_of(treatment)
    if not any(step.held_on for step in steps):
        return None
    came = sum(bool(step.came) for step in steps)
    rows = [
        [
            step.theme.label.in_(get_language() or "en"),
            step.held_on or "–",
            "–" if step.came is None else _("yes") if step.came else _("no"),
        ]
        for step in steps
    ]
    title = _("Introductory course: came to %(came)s of %(all)s") % {"came": came, "all": len(steps)}
    return Table(title, [_("Theme"), _("Held on"), _("Was there")], rows, id="introduction")


def _follow_up(treatment: Treatment) -> list[Fact] | None:
    kept = getattr(treatment, "follow_up", None)
    if kept is None:
        return None
    used = kept.used()
    left = _("%(n)s left") % {"n": max(kept.sessions - used, 0)}
    return [
        Fact(_("Follow-up"), label(treatment.programme.definitions, "follow_up_kinds", kept.kind)),
        Fact(_("Sessions used"), _("%(used)s of %(all)s") % {"used": used, "all": kept.sessions}, left),
        Fact(_("From"), kept.starts_on),
        Fact(_("Until"), kept.ends_on or _("open")),
    ]


def _ending(treatment: Treatment) -> list[Fact] | None:
    if treatment.ended_on is None:
        return None
    pack = treatment.programme.definitions
    kept = getattr(treatment, "ending", None)
    facts = [
        Fact(_("End"), treatment.ended_on),
        Fact(_("How it ended"), label(pack, "end_kinds", treatment.end_kind)),
        Fact(_("Why"), treatment.end_reason or None),
    ]
    if kept is None:
        return facts
    people = ", ".join(person.name for person in kept.decided_by.order_by("name"))
    return [
        *facts,
        Fact(_("Ground"), label(pack, "end_grounds", kept.ground)),
        Fact(_("Discussed in the team on"), kept.discussed_on),
        Fact(_("Decided by"), people or None),
    ]


@require_http_methods(["GET", "POST"])
def course_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    """The form of one step."""
    treatment = _treatment(request, pk)
    if step not in STEPS:
        raise Http404
    saw(request, "course opened", treatment)
    form = STEPS[step](request.POST if request.method == "POST" else None, treatment=treatment)
    if request.method == "POST" and form.is_valid():
        try:
            form.keep(request.user)
            messages.success(request, _("It is kept."))
            return redirect(_after(request, treatment))
        except ValidationError as error:
            form.add_error(None, error.messages)
    return _step_page(request, treatment, form, str(form.title))


def _after(request: HttpRequest, treatment: Treatment) -> str:
    """Back to the course; who ended their own part in it, and with that their access, goes home."""
    seen = Treatment.objects.visible_to(request.user, Permission.COURSE_KEEP)
    here = reverse("course", args=[treatment.pk])
    return here if seen.filter(pk=treatment.pk).exists() else reverse("home")


def _step_page(
    request: HttpRequest, treatment: Treatment, form: StepForm | StopForm, title: str
) -> HttpResponse:
    back = reverse("course", args=[treatment.pk])
    frame = about_treatment(treatment)
    crumbs = [*frame["crumbs"], (_("Course"), back)]
    context = {**frame, "crumbs": crumbs, "form": form, "title": title, "back": back}
    return render(request, "web/step.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def course_stop(request: HttpRequest, pk: UUID, stretch: str, row: int) -> HttpResponse:
    """End a part of the programme, or what was offered while waiting."""
    treatment = _treatment(request, pk)
    if stretch not in STRETCHES:
        raise Http404
    found = get_object_or_404(STRETCHES[stretch].objects.filter(treatment=treatment), pk=row)
    saw(request, "course opened", treatment)
    form = StopForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            stop(stretch=found, by=request.user, **form.cleaned_data)
            messages.success(request, _("It is kept."))
            return redirect("course", pk=pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    return _step_page(request, treatment, form, _("End it"))


@require_http_methods(["GET", "POST"])
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    """Who waits, for how long, and with what meanwhile; a form for a new referral."""
    programme = programme_for(request, slug, Permission.COURSE_KEEP)
    may_refer = _may_refer(request, programme)
    form = ReferForm(
        request.POST if request.method == "POST" else None, programme=programme, user=request.user
    )
    if request.method == "POST":
        if not may_refer:
            programme_for(request, slug, Permission.REFERRALS_KEEP)
        if form.is_valid():
            try:
                treatment = refer(programme=programme, by=request.user, **form.cleaned_data)
                messages.success(request, _("The referral is kept."))
                return redirect("course", pk=treatment.pk)
            except ValidationError as error:
                form.add_error(None, error.messages)
    rows = list(
        Treatment.objects.visible_to(request.user)
        .filter(programme=programme)
        .waiting_on()
        .select_related("patient", "team", "referral")
        .prefetch_related("waiting_offers")
        .order_by("referred_on")
        .distinct()
    )
    saw(request, "waiting list opened", programme, patients=[one.patient_id for one in rows])
    context = programme_page(
        request,
        programme,
        table=_waiting_table(programme, rows),
        form=form if may_refer else None,
    )
    return render(request, "web/waiting.html", context, status=422 if request.method == "POST" else 200)


def _may_refer(request: HttpRequest, programme: Programme) -> bool:
    return has_permission(request.user, Permission.REFERRALS_KEEP, programme=programme)


def _waiting_table(programme: Programme, rows: list[Treatment]) -> Table:
    today, pack = timezone.localdate(), programme.definitions
    cells = [
        [
            Link(one.patient.pseudonym, reverse("course", args=[one.pk])),
            one.referred_on,
            one.oriented_on or _("not yet"),
            (today - one.referred_on).days if one.referred_on else None,
            one.team.name if one.team else _("not assigned"),
            ", ".join(
                label(pack, "waiting_offers", offer.kind)
                for offer in one.waiting_offers.all()
                if offer.ends_on is None or offer.ends_on >= today
            )
            or _("nothing yet"),
        ]
        for one in rows
    ]
    columns = [
        _("Patient"),
        _("Referred"),
        _("First orientation"),
        Column(_("Days waiting"), numeric=True),
        _("Team"),
        _("Meanwhile"),
    ]
    empty = EmptyState(_("Nobody is waiting"))
    return Table(_("Waiting list"), columns, cells, empty=empty, caption_hidden=True)
