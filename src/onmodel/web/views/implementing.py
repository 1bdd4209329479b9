"""A new programme as a project: phases with tasks, how far they are, go or no go."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.implementing.actions import decide, keep_project, keep_task, project_stamp, task_stamp
from onmodel.implementing.models import Project
from onmodel.implementing.phases import Phase, Step, before_decision, phases_of
from onmodel.packs.standards import Term
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.programmes.models import Programme
from onmodel.requirements.standing import State, standings
from onmodel.web.access import programme_for
from onmodel.web.changes import changed_page
from onmodel.web.components import EmptyState, Fact, Link, Status, Table
from onmodel.web.implementing_forms import DecisionForm, ProjectForm, TaskForm
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.web.views.requirements import name_of


def page_of(request: HttpRequest, programme: Programme, **context: object) -> dict[str, object]:
    """What a page below the project has."""
    page = programme_page(request, programme, **context)
    page["crumbs"] = [
        *page["crumbs"],
        (programme.name, reverse("programme", args=[programme.slug])),
        (_("Implementation"), reverse("implementing", args=[programme.slug])),
    ]
    return page


def project_of(programme: Programme) -> Project | None:
    project = Project.objects.filter(programme=programme).select_related("kept_by").first()
    if project is not None:
        project.programme = programme
    return project


def project_for(request: HttpRequest, slug: str, permission: Permission) -> Project:
    """The project of the programme, for who has the permission there; 404 where none was begun."""
    project = project_of(programme_for(request, slug, permission))
    if project is None:
        raise Http404
    return project


@require_GET
def implementing(request: HttpRequest, slug: str) -> HttpResponse:
    """How far each phase is, its tasks, the decision."""
    programme = programme_for(request, slug, Permission.PROJECT_VIEW)
    return _page(request, programme)


@require_POST
def project(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin the project, or put its days right."""
    programme = programme_for(request, slug, Permission.PROJECT_KEEP)
    form = ProjectForm(request.POST)
    if form.is_valid():
        try:
            keep_project(programme=programme, by=request.user, **form.cleaned_data)
            messages.success(request, _("The project is kept."))
            return redirect("implementing", slug=slug)
        except ChangedMeanwhileError as error:
            now = {name: getattr(error.current, name, "–") for name in ("begun_on", "opens_on", "aim")}
            back = reverse("implementing", args=[slug])
            return changed_page(request, form, now=now, seen=project_stamp(error.current), back=back)
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, programme, form=form)


def _page(request: HttpRequest, programme: Programme, form: ProjectForm | None = None) -> HttpResponse:
    begun, today = project_of(programme), timezone.localdate()
    phases = phases_of(programme, begun)
    context = programme_page(
        request,
        programme,
        project=begun,
        facts=_facts(begun, phases, today) if begun else [],
        phases=[_shown(programme, phase, today, begun=begun is not None) for phase in phases],
        decision=begun.decisions.first() if begun else None,
        may_keep=Permission.PROJECT_KEEP in permissions_in(request.user, programme),
        form=form or ProjectForm(project=begun, seen=project_stamp(begun)),
    )
    return render(request, "web/implementing.html", context, status=422 if form else 200)


def _facts(begun: Project, phases: list[Phase], day: datetime.date) -> list[Fact]:
    asked, settled = sum(len(phase.steps) for phase in phases), sum(phase.settled for phase in phases)
    late = sum(step.overdue(day) for phase in phases for step in phase.steps)
    return [
        Fact(_("Tasks settled"), _("%(settled)s of %(asked)s") % {"settled": settled, "asked": asked}),
        Fact(_("Overdue"), late),
        Fact(_("Begun"), begun.begun_on),
        Fact(_("To open on"), begun.opens_on or "–"),
    ]


def _shown(programme: Programme, phase: Phase, day: datetime.date, *, begun: bool) -> dict[str, object]:
    number = phase.term.values.get("phase")
    label = in_words(phase.term.label)
    return {
        "title": f"{float(number):g}. {label}" if number is not None else label,
        "settled": phase.settled,
        "asked": len(phase.steps),
        "percent": 100 * phase.settled // len(phase.steps) if phase.steps else 0,
        "source": phase.term.source,
        "table": _tasks(programme, phase, day, begun=begun),
    }


def _link(programme: Programme, step: Step) -> Link:
    address = reverse("implementing-task", args=[programme.slug, step.term.id])
    return Link(in_words(step.term.label), address)


def _tasks(programme: Programme, phase: Phase, day: datetime.date, *, begun: bool) -> Table:
    rows = [
        [
            _link(programme, step) if begun else in_words(step.term.label),
            step.task.owner.name if step.task and step.task.owner else "–",
            (step.task.due_on if step.task else None) or "–",
            Status("overdue" if step.overdue(day) else step.state, of="project_task"),
            (step.task.evidence if step.task else "") or "–",
        ]
        for step in phase.steps
    ]
    columns = [_("Task"), _("Whose"), _("By when"), _("State"), _("What shows it")]
    return Table(in_words(phase.term.label), columns, rows, caption_hidden=True, id=f"phase-{phase.term.id}")


@require_http_methods(["GET", "POST"])
def task(request: HttpRequest, slug: str, task: str) -> HttpResponse:
    """One task: whose it is, by when, how far, what shows it."""
    if request.method == "POST":
        begun = project_for(request, slug, Permission.PROJECT_KEEP)
    else:
        begun = project_for(request, slug, Permission.PROJECT_VIEW)
    phase, step = _step_or_404(begun, task)
    seen = task_stamp(step.task)
    form = TaskForm(request.POST or None, programme=begun.programme, task=step.task, seen=seen)
    if request.method == "POST" and form.is_valid():
        try:
            keep_task(project=begun, task=task, by=request.user, **form.cleaned_data)
            messages.success(request, _("The task is kept."))
            return redirect("implementing", slug=slug)
        except ChangedMeanwhileError as error:
            names = ("due_on", "state", "evidence")
            now = {name: getattr(error.current, name, "–") for name in names}
            now["owner"] = getattr(error.current, "owner_id", "–")
            back = reverse("implementing-task", args=[slug, task])
            return changed_page(request, form, now=now, seen=task_stamp(error.current), back=back)
        except ValidationError as error:
            form.add_error(None, error)
    may_keep = Permission.PROJECT_KEEP in permissions_in(request.user, begun.programme)
    context = page_of(request, begun.programme, phase=phase, step=step, form=form, may_keep=may_keep)
    return render(
        request, "web/implementing_task.html", context, status=200 if request.method == "GET" else 422
    )


def _step_or_404(begun: Project, task: str) -> tuple[Term, Step]:
    for phase in phases_of(begun.programme, begun):
        for step in phase.steps:
            if step.term.id == task:
                return phase.term, step
    raise Http404


@require_http_methods(["GET", "POST"])
def decision(request: HttpRequest, slug: str) -> HttpResponse:
    """Go or no go: what is met and what is not, who decided what on which ground."""
    if request.method == "POST":
        begun = project_for(request, slug, Permission.PROJECT_DECIDE)
        form = DecisionForm(request.POST)
        if form.is_valid():
            try:
                decide(project=begun, by=request.user, **form.cleaned_data)
                messages.success(request, _("The decision is recorded."))
                return redirect("implementing-decision", slug=slug)
            except ValidationError as error:
                form.add_error(None, error)
        return _decision_page(request, begun, form, 422)
    begun = project_for(request, slug, Permission.PROJECT_VIEW)
    return _decision_page(request, begun, DecisionForm())


def _decision_page(
    request: HttpRequest, begun: Project, form: DecisionForm, status: int = 200
) -> HttpResponse:
    programme, today = begun.programme, timezone.localdate()
    before = before_decision(phases_of(programme, begun))
    steps = [step for phase in before for step in phase.steps]
    found = standings(programme, today)
    context = page_of(
        request,
        programme,
        form=form,
        may_decide=Permission.PROJECT_DECIDE in permissions_in(request.user, programme),
        settled=_settled(programme, steps, today),
        requirements=_requirements(programme, found),
        facts=[
            Fact(
                _("Tasks before the decision"),
                _("%(settled)s of %(asked)s")
                % {"settled": sum(step.settled for step in steps), "asked": len(steps)},
            ),
            *(Fact(word, sum(s.state is state for s in found)) for state, word in _words().items()),
        ],
        decisions=_decisions(begun),
    )
    return render(request, "web/implementing_decision.html", context, status=status)


def _words() -> dict[State, str]:
    return {
        State.MET: _("Requirements met"),
        State.NOT_MET: _("Requirements not met"),
        State.UNKNOWN: _("Requirements unknown"),
    }


def _settled(programme: Programme, steps: list[Step], day: datetime.date) -> Table:
    rows = [
        [
            _link(programme, step),
            Status("overdue" if step.overdue(day) else step.state, of="project_task"),
            (step.task.evidence if step.task else "") or "–",
        ]
        for step in sorted(steps, key=lambda step: step.settled)
    ]
    columns = [_("Task"), _("State"), _("What shows it")]
    return Table(_("Before the decision"), columns, rows, caption_hidden=True, id="before-decision")


def _requirements(programme: Programme, found) -> Table:
    """What is not met first."""
    order = [State.NOT_MET, State.UNKNOWN, State.MET]
    rows = [
        [
            Link(name_of(one.standard), reverse("requirement", args=[programme.slug, one.standard.id])),
            Status(one.state.value, of="requirement"),
            Status(one.known.value, of="known_by"),
        ]
        for one in sorted(found, key=lambda one: order.index(one.state))
    ]
    columns = [_("Requirement"), _("Met?"), _("Known by")]
    return Table(_("Requirements"), columns, rows, caption_hidden=True, id="requirements")


def _decisions(begun: Project) -> Table:
    rows = [
        [
            one.taken_on,
            Status(one.outcome, of="decision"),
            one.taken_by,
            one.ground,
            one.conditions or "–",
            _("%(settled)s of %(asked)s") % {"settled": one.done, "asked": one.asked},
            one.kept_by.name if one.kept_by else "–",
        ]
        for one in begun.decisions.select_related("kept_by")
    ]
    columns = [
        _("On"),
        _("Decision"),
        _("Taken by"),
        _("Ground"),
        _("Conditions"),
        _("Tasks settled then"),
        _("Recorded by"),
    ]
    empty = EmptyState(_("Nothing was decided yet"), "")
    return Table(_("Decisions"), columns, rows, empty=empty, caption_hidden=True, id="decisions")
