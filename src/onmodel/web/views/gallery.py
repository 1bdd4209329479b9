"""Every component in its states on one page, in development only (`SHOW_GALLERY`)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from onmodel.web import gallery_charts
from onmodel.web.components import (
    Column,
    EmptyState,
    Fact,
    Figure,
    Link,
    Progress,
    Sparkline,
    Status,
    Tab,
    Table,
    sort_order,
)
from onmodel.web.forms import DateInput
from onmodel.wording import status


class Example(forms.Form):
    """One field of each kind."""

    code = forms.CharField(label=_lazy("Code"), help_text=_lazy("As it stands in your record system."))
    started = forms.DateField(label=_lazy("Start of treatment"), widget=DateInput, required=False)
    programme = forms.ChoiceField(
        label=_lazy("Programme"),
        choices=[("day", _lazy("Day hospital")), ("iop", _lazy("Intensive outpatient"))],
    )
    ending = forms.ChoiceField(
        label=_lazy("How did it end?"),
        widget=forms.RadioSelect,
        choices=[("completed", _lazy("Completed")), ("drop_out", _lazy("Dropped out"))],
    )
    file = forms.FileField(label=_lazy("File"), help_text=_lazy("CSV, SPSS or Parquet."), required=False)
    remarks = forms.CharField(label=_lazy("Remarks"), widget=forms.Textarea({"rows": 3}), required=False)
    agreed = forms.BooleanField(label=_lazy("The patient agreed to this"))


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    """The page; 404 outside development, so that nobody finds an unguarded page."""
    if not settings.SHOW_GALLERY:
        raise Http404
    language = get_language() or "en"
    context = {
        "statuses": [(of, [Status(word, of) for word in words]) for of, words in status.LOOKS.items()],
        "figures": figures(),
        "large_facts": large_facts(),
        "small_facts": small_facts(),
        "table": table(request),
        "empty_table": empty_table(),
        "charts": gallery_charts.examples(language),
        "form": Example(),
        "wrong_form": wrong_form(),
        "progresses": progresses(request),
        "tabs": tabs(),
        "crumbs": [(_("Programmes"), "#"), (_("Riverside"), "#")],
        "simulated": True,
    }
    return render(request, "gallery.html", context)


def figures() -> list[Figure]:
    return [
        Figure(12.4, unit=_("points"), n=57, of=84, interval=(10.1, 14.7), digits=1),
        Figure(-0.83, n=412, interval=(-0.97, -0.69), digits=2, basis=_("model estimate")),
        Figure(64, unit="%", n=57, of=84, basis=Status("computed")),
        Figure(None, why=_("fewer than 5 patients have a score at 12 months")),
    ]


def large_facts() -> list[Fact]:
    return [
        Fact(_("Patients in treatment"), 84, _("in 6 groups")),
        Fact(_("Answered on time"), Figure(76.5, unit="%", n=312, digits=1)),
        Fact(_("Signals open"), 7, _("2 urgent")),
        Fact(_("Mean adherence"), None, _("two more sessions needed")),
    ]


def small_facts() -> list[Fact]:
    return [
        Fact(_("Team"), Link(_("Team North"), "#")),
        Fact(_("Phase"), _("Intensive")),
        Fact(_("Start of treatment"), date(2025, 2, 3)),
        Fact(_("State"), Status("running", "treatment")),
        Fact(_("Crisis plan"), None),
    ]


PATIENTS = [
    ("P-0042", [31, 28, 22, 14], 14, "recovered", "answered", 0),
    ("P-0057", [27, 29, None, 35], 35, "deteriorated", "missed", 2),
    ("P-0063", [24, 23, 24], 24, "unchanged", "partial", 1),
    ("P-0071", [], None, "unknown", "open", 1200),
]


def table(request: HttpRequest) -> Table:
    order = sort_order(request, "code", ["code", "score"])
    key = {"code": lambda row: row[0], "score": lambda row: row[2] or 0}[order.lstrip("-")]
    patients = sorted(PATIENTS, key=key, reverse=order.startswith("-"))
    return Table(
        _("Patients of Team North"),
        [
            Column(_("Patient"), sort="code"),
            Column(_("Course of depression")),
            Column(_("Last score"), sort="score", numeric=True),
            Column(_("Change")),
            Column(_("This month's measure")),
            Column(_("Days overdue"), numeric=True),
        ],
        [patient_row(*patient) for patient in patients],
        sort=order,
        note=_("Lower scores are better."),
        page=Paginator(range(84), 4).get_page(request.GET.get("page", 2)),
        id="patients",
    )


def patient_row(
    code: str, scores: list[float | None], last: int | None, course: str, measure: str, days: int
) -> list[Any]:
    said = ", ".join("–" if score is None else str(score) for score in scores)
    line = Sparkline(scores, _("Scores: %(scores)s") % {"scores": said}, 10, 36) if scores else None
    return [Link(code, "#"), line, last, Status(course, "course"), Status(measure), days]


def empty_table() -> Table:
    empty = EmptyState(
        _("No outcome data yet"),
        _("Import a file with scores, or plan the first measurement; the course appears here by itself."),
        Link(_("Import a file"), "#"),
    )
    return Table(_("Measurements"), [_("Patient"), _("Score")], [], empty=empty, id="empty")


def wrong_form() -> Example:
    form = Example({"code": "", "started": "2025-02-30", "programme": "day"}, auto_id="wrong_%s")
    form.is_valid()
    form.add_error(None, _("The treatment ends before it starts. Correct one of the two dates."))
    return form


def progresses(request: HttpRequest) -> list[Progress]:
    return [
        Progress(_("Reading scores.csv"), 41, detail=_("Row 410 of 1,000"), id="reading"),
        Progress(_("Waiting for its turn"), id="waiting"),
        Progress(
            _("Report of 2025"), done=True, detail=_("18 pages"), action=Link(_("Open"), "#"), id="report"
        ),
        Progress(_("Reading old.sav"), 12, failed=_("Row 3, BDI: 71 is above the maximum of 63."), id="old"),
        polled(request, 0),
    ]


def polled(request: HttpRequest, value: int) -> Progress:
    address = f"{reverse('gallery-progress')}?value={value}"
    return Progress(_("Asked for every second"), value, poll=address, done=value >= 100, id="polled")


@login_not_required
def gallery_progress(request: HttpRequest) -> HttpResponse:
    """The next state of the polled example."""
    if not settings.SHOW_GALLERY:
        raise Http404
    value = request.GET.get("value", "0")
    return HttpResponse(polled(request, min(100, int(value) + 20 if value.isdecimal() else 100)))


def tabs() -> list[Tab]:
    return [
        Tab(_("Overview"), "#", current=True),
        Tab(_("Patients"), "#", count=84),
        Tab(_("Signals"), "#", count=7),
        Tab(_("Requirements"), "#"),
        Tab(_("Reports"), "#"),
    ]
