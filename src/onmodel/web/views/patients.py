"""The patients of a programme, as far as the reader sees them."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.access.permissions import Permission
from onmodel.outcomes.summary import MainOutcome, PatientLine, main_outcome, patient_lines
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.signals.models import Signal
from onmodel.web.access import programme_for, visible_treatments
from onmodel.web.components import Column, EmptyState, Link, Sparkline, Status, Table, sort_order
from onmodel.web.sealed import keep, kept
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.wording.numbers import written

A_PAGE = 25
SOUGHT = "sought"
LONGEST_SEARCH = 200
ORDERS = {
    "patient": "patient__pseudonym",
    "start": "started_on",
    "team": "team__name",
    "clinician": "primary_clinician__name",
    "signals": "signal_count",
}
NOT_CLOSED = ~Q(signals__state="closed")


class PatientFilter(forms.Form):
    """Which patients to list."""

    q = forms.CharField(
        label=gettext_lazy("Find"),
        required=False,
        help_text=gettext_lazy("The pseudonym, or the exact record number."),
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Treatment"),
        required=False,
        choices=[
            ("active", gettext_lazy("In treatment")),
            ("waiting", gettext_lazy("Waiting")),
            ("ended", gettext_lazy("Ended")),
            ("all", gettext_lazy("All")),
        ],
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), required=False, queryset=None, empty_label=gettext_lazy("All teams")
    )

    def __init__(self, data: Any, *, programme: Programme) -> None:
        super().__init__(data)
        self.fields["team"].queryset = programme.teams.all()


def patients(request: HttpRequest, slug: str) -> HttpResponse:
    """A page of 25; what is asked for by ?state=, ?team=, ?sort=.

    Whom one looks for is posted, and kept sealed in the session while ?sought= is in the address.
    """
    programme = programme_for(request, slug, Permission.TREATMENT_VIEW)
    if request.method == "POST":
        return _seek(request)
    q = kept(request, SOUGHT) if "sought" in request.GET else ""
    asked = PatientFilter({"state": "active", **request.GET.dict(), "q": q}, programme=programme)
    known = Treatment.objects.visible_to(request.user, Permission.IDENTITY_VIEW).filter(programme=programme)
    treatments = _filtered(visible_treatments(request, programme), asked, known)
    sort = sort_order(request, "patient", allowed=tuple(ORDERS))
    order = ("-" if sort.startswith("-") else "") + ORDERS[sort.lstrip("-")]
    if sort.lstrip("-") == "signals":
        treatments = treatments.annotate(signal_count=Count("signals", filter=NOT_CLOSED, distinct=True))
    found = treatments.select_related("patient", "team", "primary_clinician").order_by(order, "id")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    verb = "patients sought" if asked.is_valid() and asked.cleaned_data["q"] else "patients listed"
    saw(request, verb, programme, patients=[treatment.patient_id for treatment in page.object_list])
    table = _table(programme, page, sort)
    return render(
        request, "web/patients.html", programme_page(request, programme, filter=asked, table=table, page=page)
    )


def _seek(request: HttpRequest) -> HttpResponse:
    """Keep whom one looks for, and go to the list."""
    sought = request.POST.get("q", "").strip()[:LONGEST_SEARCH]
    keep(request, SOUGHT, sought)
    wanted = {name: request.POST.get(name, "") for name in ("state", "team")}
    return redirect(f"{request.path}?{urlencode(wanted | ({'sought': 1} if sought else {}))}")


def _filtered(
    treatments: QuerySet[Treatment], asked: PatientFilter, known: QuerySet[Treatment]
) -> QuerySet[Treatment]:
    if not asked.is_valid():
        return treatments.none()
    today = timezone.localdate()
    state, team, text = (asked.cleaned_data[name] for name in ("state", "team", "q"))
    if state in ("", "active"):
        treatments = treatments.active_on(today)
    elif state == "waiting":
        treatments = treatments.waiting_on(today)
    elif state == "ended":
        treatments = treatments.filter(ended_on__lte=today)
    if team is not None:
        treatments = treatments.filter(team=team)
    if text:
        treatments = treatments.found_by(text, known=known)
    return treatments


def _table(programme: Programme, page: Page, sort: str) -> Table:
    outcome = main_outcome(programme)
    treatments = list(page.object_list)
    lines = patient_lines(outcome, [t.pk for t in treatments]) if outcome else {}
    signals = _open_signals(treatments)
    rows = [
        [*_row(treatment, outcome, lines.get(treatment.pk)), signals[treatment.pk]]
        for treatment in treatments
    ]
    columns = [
        Column(_("Patient"), sort="patient"),
        Column(_("Team"), sort="team"),
        Column(_("Primary clinician"), sort="clinician"),
        Column(_("Start"), sort="start"),
        Column(_("%(outcome)s since start") % {"outcome": outcome.name} if outcome else _("Outcome")),
        _("Change"),
        Column(_("Signals"), sort="signals", numeric=True),
    ]
    empty = EmptyState(_("No patients found"), _("Change the filter, or import a file."))
    return Table(_("Patients"), columns, rows, sort=sort, empty=empty, caption_hidden=True, page=page)


def _row(treatment: Treatment, outcome: MainOutcome | None, line: PatientLine | None) -> list[Any]:
    clinician = treatment.primary_clinician
    return [
        Link(treatment.patient.pseudonym, reverse("treatment", args=[treatment.pk])),
        treatment.team.name if treatment.team else "–",
        clinician.name if clinician else "–",
        treatment.started_on or _("waiting"),
        _sparkline(outcome, line) if outcome and line else _("not measured"),
        Status(line.verdict if line and line.verdict else "unknown", of="course"),
    ]


def _open_signals(treatments: list[Treatment]) -> Counter[UUID]:
    """How many signals of each are not closed; asked for one page, for all would take long."""
    about = Signal.objects.unsettled().filter(treatment__in=treatments)
    return Counter(about.order_by().values_list("treatment", flat=True))


def _sparkline(outcome: MainOutcome, line: PatientLine) -> Sparkline:
    words = _("%(name)s from %(first)s to %(last)s in %(months)s months") % {
        "name": outcome.name,
        "first": written(line.course.first),
        "last": written(line.course.latest),
        "months": written(line.course.points[-1][0]),
    }
    scale = outcome.instrument.scale(outcome.scale)
    return Sparkline([value for _, value in line.course.points], words, low=scale.minimum, high=scale.maximum)
