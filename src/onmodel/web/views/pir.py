"""The programme implementation report: choose a period, read it, take it with you."""

from __future__ import annotations

import datetime
import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy

from onmodel.access.permissions import Permission
from onmodel.programmes.models import Programme
from onmodel.reports.document import Report
from onmodel.reports.page import as_html
from onmodel.reports.paper.pdf import as_pdf
from onmodel.reports.pir import check_period, programme_implementation_report
from onmodel.reports.wording import basis_in_words, period_in_words
from onmodel.web.access import programme_for
from onmodel.web.forms import DateInput
from onmodel.web.report_blocks import folded_section_of
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw

KINDS = {
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "json": "application/json",
}


class PeriodForm(forms.Form):
    """The days that the report is about."""

    start = forms.DateField(label=gettext_lazy("From"), widget=DateInput)
    end = forms.DateField(label=gettext_lazy("To and including"), widget=DateInput)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end:
            try:
                check_period(start, end)
            except ValidationError as error:
                self.add_error("end", error)
        return cleaned


def last_half_year(today: datetime.date) -> tuple[datetime.date, datetime.date]:
    """The last calendar half-year that is over."""
    if today.month > 6:
        return datetime.date(today.year, 1, 1), datetime.date(today.year, 6, 30)
    return datetime.date(today.year - 1, 7, 1), datetime.date(today.year - 1, 12, 31)


def pir(request: HttpRequest, slug: str) -> HttpResponse:
    """The report of the period asked for, else of the last half-year."""
    programme = programme_for(request, slug, Permission.PIR_VIEW)
    form, report = _asked(request, programme)
    saw(request, "report opened", programme)
    context = programme_page(request, programme, form=form, report=report)
    if report is not None:
        numbers = report.bases()
        context |= {
            "period": period_in_words(report),
            "sections": [folded_section_of(section, numbers) for section in report.sections],
            "bases": [(number, basis_in_words(basis)) for basis, number in numbers.items()],
            "downloads": [
                (kind, f"{kind}/?start={report.start}&end={report.end}") for kind in ("pdf", "html", "json")
            ],
        }
    return render(request, "web/pir.html", context, status=200 if report else 422)


def pir_file(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """The report as a file: pdf, html or json."""
    programme = programme_for(request, slug, Permission.PIR_VIEW)
    form, report = _asked(request, programme)
    if report is None:
        return render(request, "web/pir.html", programme_page(request, programme, form=form), status=422)
    period = {"start": str(report.start), "end": str(report.end)}
    saw(request, "report taken", programme, kind=kind, **period)
    response = HttpResponse(_content(report, kind), content_type=KINDS[kind])
    name = f"pir-{programme.slug}-{report.start}-{report.end}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _asked(request: HttpRequest, programme: Programme) -> tuple[PeriodForm, Report | None]:
    start, end = last_half_year(timezone.localdate())
    form = PeriodForm({"start": start, "end": end, **request.GET.dict()})
    if not form.is_valid():
        return form, None
    days = form.cleaned_data["start"], form.cleaned_data["end"]
    return form, programme_implementation_report(programme, *days, language=language_asked())


def language_asked() -> str:
    """The language of the page, of those that reports are made in."""
    return "nl" if (get_language() or "en").startswith("nl") else "en"


def _content(report: Report, kind: str) -> bytes:
    if kind == "pdf":
        return as_pdf(report)
    if kind == "html":
        return as_html(report).encode()
    return json.dumps(report.as_dict(), ensure_ascii=False, indent=2).encode()
