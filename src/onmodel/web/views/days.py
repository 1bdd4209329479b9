"""What happens from day to day: of one patient, of a group at once, and what a programme waits for."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from onmodel.access.permissions import Permission
from onmodel.patients.models import GroupPlace, Treatment
from onmodel.process.days.actions import end_time_out, return_call, review_incident
from onmodel.process.models import Call, Incident, TimeOut
from onmodel.process.terms import entry, label
from onmodel.programmes.models import Group, Programme
from onmodel.web.absence_rows import absences_table, next_in_words, staying_away, steps_table
from onmodel.web.access import programme_for, treatment_for
from onmodel.web.components import EmptyState, Link, Table
from onmodel.web.day_forms import STEPS, BackForm, GroupDayForm, ReturnForm, ReviewForm
from onmodel.web.sections import about_treatment, programme_page
from onmodel.web.seen import saw
from onmodel.wording.numbers import written

LATEST = 30
#: What can be closed, by its name in the address: its records, form, action and the action's argument.
CLOSED = {
    "call": (Call, ReturnForm, return_call, "call"),
    "incident": (Incident, ReviewForm, review_incident, "incident"),
    "time-out": (TimeOut, BackForm, end_time_out, "time_out"),
}


def _treatment(request: HttpRequest, pk: UUID) -> Treatment:
    return treatment_for(request, pk, Permission.DAYS_KEEP, own=False)


@require_GET
def days(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The latest of everything, with a form for each."""
    treatment = _treatment(request, pk)
    saw(request, "days opened", treatment)
    context = {
        **about_treatment(treatment),
        "steps": [
            Link(str(form.title), reverse("days-step", args=[pk, name])) for name, form in STEPS.items()
        ],
        "tables": [_risks(treatment), _reports(treatment), _calls(treatment), _incidents(treatment)],
        "time_outs": _time_outs(treatment),
        "absent": next_in_words(treatment),
        "tried": steps_table(treatment, LATEST),
    }
    return render(request, "web/days.html", context)


def _level(treatment: Treatment, level: str) -> str:
    return label(treatment.programme.definitions, "risk_levels", level) if level else "–"


def _risks(treatment: Treatment) -> Table:
    rows = [
        [one.checked_on, _level(treatment, one.risk), _level(treatment, one.dropout_risk), one.done or "–"]
        for one in treatment.risk_checks.all()[:LATEST]
    ]
    columns = [_("Day"), _("Risk"), _("Risk of dropping out"), _("What was done")]
    return Table(_("Risk"), columns, rows, empty=EmptyState(_("No risk was judged yet")), id="risks")


def _reports(treatment: Treatment) -> Table:
    pack = treatment.programme.definitions
    rows = [
        [
            one.session.held_on,
            one.happened,
            one.next_step or "–",
            ", ".join(label(pack, "treatment_goals", goal) for goal in one.goals) or "–",
        ]
        for one in treatment.session_reports.select_related("session")[:LATEST]
    ]
    columns = [_("Day"), _("What happened"), _("What next"), _("Goals")]
    return Table(_("Reports of sessions"), columns, rows, empty=EmptyState(_("No report yet")), id="reports")


def _close(treatment: Treatment, thing: str, row: int, words: str) -> Link:
    return Link(words, reverse("days-close", args=[treatment.pk, thing, row]))


def _calls(treatment: Treatment) -> Table:
    rows = [
        [
            one.came_on,
            one.about or "–",
            one.due_on,
            one.returned_on or _close(treatment, "call", one.pk, _("answered")),
            one.result or "–",
        ]
        for one in treatment.calls.all()[:LATEST]
    ]
    columns = [_("Came on"), _("About"), _("To answer by"), _("Answered on"), _("What came of it")]
    return Table(_("Messages"), columns, rows, empty=EmptyState(_("No message yet")), id="calls")


def _incidents(treatment: Treatment) -> Table:
    used = {True: _("yes"), False: _("no"), None: _("not known")}
    rows = [
        [
            one.happened_on,
            _kind_and_minutes(treatment, one),
            used[one.plan_used],
            one.reviewed_on or _close(treatment, "incident", one.pk, _("review it")),
            one.review or "–",
        ]
        for one in treatment.incidents.all()[:LATEST]
    ]
    columns = [_("Day"), _("What"), _("Crisis plan used"), _("Discussed on"), _("What the team made of it")]
    return Table(
        _("Incidents and crises"), columns, rows, empty=EmptyState(_("No incident yet")), id="incidents"
    )


def _kind_and_minutes(treatment: Treatment, one: Incident) -> str:
    """With how long it took, and how long it may take where it took longer."""
    term = entry(treatment.programme.definitions, "incident_kinds", one.kind)
    name = label(treatment.programme.definitions, "incident_kinds", one.kind)
    if one.minutes is None:
        return name
    said = {"what": name, "n": one.minutes}
    most = term.values.get("minutes_high") if term else None
    if most is not None and one.minutes > float(most):
        return _("%(what)s, %(n)s minutes; at most %(most)s") % {**said, "most": written(float(most))}
    return _("%(what)s, %(n)s minutes") % said


def _time_outs(treatment: Treatment) -> Table | None:
    rows = [
        [
            one.starts_on,
            one.ends_on or _close(treatment, "time-out", one.pk, _("end it")),
            one.reason,
            ", ".join(person.name for person in one.decided_by.all()),
        ]
        for one in treatment.time_outs.prefetch_related("decided_by")
    ]
    columns = [_("From"), _("Until"), _("Why"), _("Decided by")]
    return Table(_("Time-outs"), columns, rows, id="time-outs") if rows else None


@require_http_methods(["GET", "POST"])
def days_step(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    treatment = _treatment(request, pk)
    if step not in STEPS:
        raise Http404
    saw(request, "days opened", treatment)
    form = STEPS[step](request.POST if request.method == "POST" else None, treatment=treatment)
    if request.method == "POST" and form.is_valid():
        try:
            form.keep(request.user)
            messages.success(request, _("It is kept."))
            return redirect("days", pk=pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    return _form_page(request, treatment, form, str(form.title))


@require_http_methods(["GET", "POST"])
def days_close(request: HttpRequest, pk: UUID, thing: str, row: int) -> HttpResponse:
    """Answer a message, review an incident, end a time-out."""
    treatment = _treatment(request, pk)
    if thing not in CLOSED:
        raise Http404
    model, form_class, act, argument = CLOSED[thing]
    found = get_object_or_404(model.objects.filter(treatment=treatment), pk=row)
    saw(request, "days opened", treatment)
    form = form_class(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            act(by=request.user, **{argument: found}, **form.cleaned_data)
            messages.success(request, _("It is kept."))
            return redirect("days", pk=pk)
        except ValidationError as error:
            form.add_error(None, error.messages)
    titles = {"call": _("Answered"), "incident": _("Review it"), "time-out": _("End it")}
    return _form_page(request, treatment, form, titles[thing])


def _form_page(request: HttpRequest, treatment: Treatment, form: forms.Form, title: str) -> HttpResponse:
    back = reverse("days", args=[treatment.pk])
    frame = about_treatment(treatment)
    crumbs = [*frame["crumbs"], (_("Days"), back)]
    context = {**frame, "crumbs": crumbs, "form": form, "title": title, "back": back}
    return render(request, "web/step.html", context, status=422 if request.method == "POST" else 200)


def _groups(request: HttpRequest, programme: Programme) -> list[Group]:
    """Those of which the user sees every patient."""
    today = timezone.localdate()
    seen = Treatment.objects.visible_to(request.user, Permission.DAYS_KEEP).filter(programme=programme)
    places = GroupPlace.objects.in_force(today).filter(group__team__programme=programme)
    unseen = places.exclude(treatment__in=seen.values("pk")).values("group")
    groups = Group.objects.in_force(today).filter(pk__in=places.values("group")).exclude(pk__in=unseen)
    return list(groups.select_related("team").order_by("name"))


@require_GET
def day(request: HttpRequest, slug: str) -> HttpResponse:
    """What the day asks for: messages to answer, incidents to discuss, groups to enter."""
    programme = programme_for(request, slug, Permission.DAYS_KEEP)
    seen = Treatment.objects.visible_to(request.user, Permission.DAYS_KEEP).filter(programme=programme)
    calls = list(
        Call.objects.waiting().filter(treatment__in=seen.values("pk")).select_related("treatment__patient")
    )
    open_ = Incident.objects.filter(treatment__in=seen.values("pk"), reviewed_on=None)
    incidents = list(open_.select_related("treatment__patient")[:LATEST])
    under_way = seen.active_on(timezone.localdate()).select_related("patient", "primary_clinician")
    staying = staying_away(programme, list(under_way))
    listed = [*(one.treatment for one in [*calls, *incidents]), *(one for one, _step in staying)]
    saw(request, "day opened", programme, patients=[one.patient_id for one in listed])
    pack = programme.definitions
    call_rows = [[_patient(one.treatment), one.came_on, one.due_on, one.about or "–"] for one in calls]
    incident_rows = [
        [_patient(one.treatment), one.happened_on, label(pack, "incident_kinds", one.kind)]
        for one in incidents
    ]
    group_rows = [
        [Link(one.name, reverse("group-day", args=[slug, one.pk])), one.team.name]
        for one in _groups(request, programme)
    ]
    tables = [
        Table(
            _("Messages to answer"),
            [_("Patient"), _("Came on"), _("To answer by"), _("About")],
            sorted(call_rows, key=lambda row: row[2]),
            empty=EmptyState(_("No message waits")),
            id="calls",
        ),
        absences_table(programme, staying),
        Table(
            _("Enter a group's day"),
            [_("Group"), _("Team")],
            group_rows,
            empty=EmptyState(_("No group of which you see every patient")),
            id="groups",
        ),
        Table(
            _("Incidents to discuss, the latest"),
            [_("Patient"), _("Day"), _("What")],
            incident_rows,
            empty=EmptyState(_("No incident waits")),
            id="incidents",
        ),
    ]
    return render(request, "web/day.html", programme_page(request, programme, tables=tables))


def _patient(treatment: Treatment) -> Link:
    return Link(treatment.patient.pseudonym, reverse("days", args=[treatment.pk]))


@require_http_methods(["GET", "POST"])
def group_day(request: HttpRequest, slug: str, group: int) -> HttpResponse:
    """A group session with everybody in it, in one form."""
    programme = programme_for(request, slug, Permission.DAYS_KEEP)
    found = next((one for one in _groups(request, programme) if one.pk == group), None)
    if found is None:
        raise Http404
    places = GroupPlace.objects.in_force().filter(group=found).select_related("treatment__patient")
    expected = list({place.treatment_id: place.treatment for place in places}.values())
    expected.sort(key=lambda one: one.patient.pseudonym)
    saw(request, "group day opened", programme, patients=[one.patient_id for one in expected])
    form = GroupDayForm(
        request.POST if request.method == "POST" else None,
        programme=programme,
        group=found,
        expected=expected,
        user=request.user,
    )
    if request.method == "POST" and form.is_valid():
        try:
            form.keep(request.user)
            messages.success(request, _("The day of the group is kept."))
            return redirect("day", slug=slug)
        except ValidationError as error:
            form.add_error(None, error.messages)
    context = programme_page(request, programme, form=form, group=found)
    context["crumbs"] = [*context["crumbs"], (_("Today's work"), reverse("day", args=[slug]))]
    return render(request, "web/group_day.html", context, status=422 if request.method == "POST" else 200)
