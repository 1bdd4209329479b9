"""Which schedules a programme and its patients follow; assign many at once, skip, catch up."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission, roles_with
from onmodel.assessments.models import Assignment
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.scheduling.actions import (
    WAITING,
    catch_up,
    choose_schedule,
    end_choice,
    end_enrolment,
    enrol,
    skip_forms,
    treatment_schedules,
)
from onmodel.web.access import programme_for, treatment_for
from onmodel.web.components import Column, EmptyState, Status, Table
from onmodel.web.form_words import abbreviation, moment_of, schedule_title
from onmodel.web.forms import DateInput
from onmodel.web.post_button import PostButton, post_button
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw


class ScheduleForm(forms.Form):
    """A schedule, with or without its desired forms, from a day on."""

    schedule = forms.ChoiceField(label=gettext_lazy("Schedule"))
    with_desired = forms.BooleanField(label=gettext_lazy("With the desired forms too"), required=False)
    since = forms.DateField(
        label=gettext_lazy("From which day"),
        widget=DateInput,
        initial=timezone.localdate,
        help_text=gettext_lazy("Forms that could last be filled before this day are not asked."),
    )

    def __init__(self, data: Any = None, *, programme: Programme) -> None:
        super().__init__(data)
        pack = programme.definitions
        self.fields["schedule"].choices = [
            (name, schedule_title(pack, name)) for name in treatment_schedules(programme)
        ]


class ManyForm(ScheduleForm):
    """For whom: patients of the programme by state, team and cohort."""

    state = forms.ChoiceField(
        label=gettext_lazy("For"),
        choices=[
            ("active", gettext_lazy("patients in treatment")),
            ("waiting", gettext_lazy("patients who wait")),
            ("ended", gettext_lazy("patients who ended")),
            ("all", gettext_lazy("all patients")),
        ],
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), required=False, queryset=None, empty_label=gettext_lazy("All teams")
    )
    cohort = forms.CharField(
        label=gettext_lazy("Group"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("As labelled at import; empty for all."),
    )

    def __init__(self, data: Any = None, *, programme: Programme) -> None:
        super().__init__(data, programme=programme)
        self.fields["team"].queryset = programme.teams.all()

    def chosen(self, treatments: QuerySet[Treatment]) -> QuerySet[Treatment]:
        said, today = self.cleaned_data, timezone.localdate()
        if said["state"] == "active":
            treatments = treatments.active_on(today)
        elif said["state"] == "waiting":
            treatments = treatments.waiting_on(today)
        elif said["state"] == "ended":
            treatments = treatments.filter(ended_on__lte=today)
        if said["team"]:
            treatments = treatments.filter(team=said["team"])
        return treatments.filter(cohort=said["cohort"]) if said["cohort"] else treatments


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500)


def schedules(request: HttpRequest, slug: str) -> HttpResponse:
    """What holds in the programme; POST: choose for all, or assign to some."""
    programme = programme_for(request, slug, Permission.SCHEDULES_ASSIGN)
    for_all = ScheduleForm(request.POST if "for_all" in request.POST else None, programme=programme)
    for_some = ManyForm(request.POST if "for_some" in request.POST else None, programme=programme)
    whole = _reaches_all(request, programme)
    if request.method == "POST":
        try:
            if whole and for_all.is_bound and for_all.is_valid():
                choose_schedule(programme=programme, by=request.user, **for_all.cleaned_data)
                return redirect("schedules", slug=slug)
            if for_some.is_bound and for_some.is_valid():
                return _assign(request, programme, for_some)
        except ValidationError as error:
            (for_all if for_all.is_bound else for_some).add_error(None, error)
    wrong = request.method == "POST"
    context = programme_page(
        request,
        programme,
        for_all=for_all if whole else None,
        for_some=for_some,
        held=_held_table(request, programme, whole),
    )
    context["crumbs"] = [*context["crumbs"], (_("Worklist"), reverse("worklist", args=[slug]))]
    return render(request, "web/schedules.html", context, status=422 if wrong else 200)


def _reaches_all(request: HttpRequest, programme: Programme) -> bool:
    """Whether the reader's role reaches the whole programme, and not one team."""
    theirs = Treatment.objects.visible_to(request.user, Permission.SCHEDULES_ASSIGN)
    here = request.user.memberships.in_force().of_programme(programme)
    whole = here.filter(role__in=roles_with(Permission.SCHEDULES_ASSIGN), team__isnull=True)
    return whole.exists() and theirs.filter(programme=programme).exists()


def _assign(request: HttpRequest, programme: Programme, form: ManyForm) -> HttpResponse:
    theirs = Treatment.objects.visible_to(request.user, Permission.SCHEDULES_ASSIGN)
    chosen = list(form.chosen(theirs.filter(programme=programme)))
    said = form.cleaned_data
    count = enrol(
        programme=programme,
        treatments=chosen,
        schedule=said["schedule"],
        with_desired=said["with_desired"],
        since=said["since"],
        by=request.user,
    )
    told = ngettext("%(n)d patient follows it now.", "%(n)d patients follow it now.", count)
    messages.success(request, told % {"n": count})
    return redirect("schedules", slug=programme.slug)


def _held_table(request: HttpRequest, programme: Programme, whole: bool) -> Table:
    pack = programme.definitions
    running = Count("enrolments", filter=Q(enrolments__ended_at__isnull=True))
    following = dict(
        programme.treatments.filter(enrolments__ended_at__isnull=True)
        .values_list("enrolments__schedule")
        .annotate(n=running)
    )
    choices = {choice.schedule: choice for choice in programme.schedules.filter(ended_at__isnull=True)}
    names = [name for name in treatment_schedules(programme) if name in choices or following.get(name)]
    rows = [
        [
            schedule_title(pack, name),
            _("every patient") if name in choices else _("some patients"),
            following.get(name, 0),
            _("with the desired forms") if name in choices and choices[name].with_desired else "–",
            choices[name].since if name in choices else "–",
            _end_button(request, programme, name) if whole and name in choices else "",
        ]
        for name in names
    ]
    columns = [
        _("Schedule"),
        _("For"),
        Column(_("Patients who follow it"), numeric=True),
        _("Extent"),
        _("From which day"),
        Column(_("End"), hidden_label=True),
    ]
    empty = EmptyState(_("No schedule yet"), _("Choose one below; its forms are then planned by themselves."))
    return Table(_("Schedules in use"), columns, rows, empty=empty, caption_hidden=True)


def _end_button(request: HttpRequest, programme: Programme, name: str) -> PostButton:
    action = reverse("schedule-end", args=[programme.slug, name])
    return post_button(
        request, _("Not for new patients"), action, schedule_title(programme.definitions, name)
    )


@require_POST
def schedule_end(request: HttpRequest, slug: str, schedule: str) -> HttpResponse:
    """New patients do not follow it any more."""
    programme = programme_for(request, slug, Permission.SCHEDULES_ASSIGN)
    if not _reaches_all(request, programme):
        raise PermissionDenied
    choice = get_object_or_404(programme.schedules, schedule=schedule, ended_at__isnull=True)
    end_choice(choice=choice, by=request.user)
    return redirect("schedules", slug=programme.slug)


# --- one patient ---
def treatment_schedule(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The schedules and forms of one treatment; POST by what is asked: assign, end, skip, catch up."""
    treatment = treatment_for(request, pk, Permission.WORKLIST, own=False)
    saw(request, "schedule read", treatment)
    assigns = Treatment.objects.visible_to(request.user, Permission.SCHEDULES_ASSIGN)
    may_assign = assigns.filter(pk=pk).exists()
    form = ScheduleForm(programme=treatment.programme)
    reason = ReasonForm()
    status = 200
    if request.method == "POST":
        try:
            form, reason = _act(request, treatment, may_assign)
            if not form.errors and not reason.errors:
                return redirect("treatment-schedule", pk=pk)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        status = 422
    context = {
        "treatment": treatment,
        "programme": treatment.programme,
        "form": form if may_assign else None,
        "reason": reason,
        "enrolments": list(treatment.enrolments.filter(ended_at__isnull=True)),
        "titles": {},
        "may_assign": may_assign,
        "moments": _moments(treatment),
        "missed": treatment.assignments.filter(status="missed").exclude(schedule="").exists(),
        "planned": _forms_table(treatment),
        "crumbs": [
            (_("Home"), reverse("home")),
            (_("Worklist"), reverse("worklist", args=[treatment.programme.slug])),
            (treatment.patient.pseudonym, reverse("treatment", args=[pk])),
        ],
        "simulated": treatment.programme.is_simulated,
    }
    pack = treatment.programme.definitions
    context["enrolments"] = [
        (enrolment, schedule_title(pack, enrolment.schedule)) for enrolment in context["enrolments"]
    ]
    return render(request, "web/treatment_schedule.html", context, status=status)


def _act(request: HttpRequest, treatment: Treatment, may_assign: bool) -> tuple[ScheduleForm, ReasonForm]:
    """Do what is asked; the forms with their errors where it cannot be done."""
    what = request.POST.get("what", "")
    form, reason = ScheduleForm(programme=treatment.programme), ReasonForm()
    if what == "assign" and may_assign:
        form = ScheduleForm(request.POST, programme=treatment.programme)
        if form.is_valid():
            enrol(programme=treatment.programme, treatments=[treatment], by=request.user, **form.cleaned_data)
    elif what == "catch-up":
        catch_up(treatment=treatment, by=request.user)
    elif what == "skip" or (what.startswith("end-") and may_assign):
        reason = ReasonForm(request.POST)
        if reason.is_valid():
            _set_aside(request, treatment, what, reason.cleaned_data["reason"])
    else:
        raise ValidationError(_("This cannot be done here."))
    return form, reason


def _set_aside(request: HttpRequest, treatment: Treatment, what: str, reason: str) -> None:
    if what == "skip":
        schedule, _dot, moment = request.POST.get("moment", "").partition(":")
        skipped = treatment.assignments.filter(schedule=schedule, moment=moment).exclude(schedule="")
        if not skip_forms(forms=skipped, reason=reason, by=request.user):
            raise ValidationError(_("No form of this moment waits."))
        return
    running = {f"end-{enrolment.pk}": enrolment for enrolment in treatment.enrolments.all()}
    if what not in running:
        raise Http404
    end_enrolment(enrolment=running[what], reason=reason, by=request.user)


def _moments(treatment: Treatment) -> list[tuple[str, str]]:
    """The moments of which some form waits, to choose one to skip."""
    pack = treatment.programme.definitions
    waiting = treatment.assignments.filter(status__in=WAITING).exclude(schedule="")
    found: dict[str, str] = {}
    for form in waiting.order_by("due_on"):
        key = f"{form.schedule}:{form.moment}"
        title = f"{schedule_title(pack, form.schedule)}, {moment_of(pack, form)}"
        if "." in form.moment and form.due_on:
            title = f"{title}, {form.due_on:%d-%m-%Y}"
        found.setdefault(key, title)
    return list(found.items())


def _forms_table(treatment: Treatment) -> Table:
    pack = treatment.programme.definitions
    forms_ = treatment.assignments.exclude(schedule="").order_by("due_on", "instrument")
    rows = [
        [
            abbreviation(pack, form.instrument),
            moment_of(pack, form),
            form.opens_on or "–",
            form.due_on or _("before the start"),
            form.closes_on or "–",
            Status(form.status, of="assignment"),
            _why(form),
        ]
        for form in forms_
    ]
    columns = [_("Form"), _("Moment"), _("Opens"), _("Due"), _("Closes"), _("Status"), _("Remark")]
    empty = EmptyState(_("No forms planned"), _("The treatment follows no schedule yet."))
    return Table(_("Planned forms"), columns, rows, empty=empty, caption_hidden=True)


def _why(form: Assignment) -> str:
    if form.set_aside_reason:
        return form.set_aside_reason
    if form.window_fixed:
        return _("reopened")
    return "–" if form.recommended else _("desired")
