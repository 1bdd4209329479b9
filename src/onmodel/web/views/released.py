"""Reports as they were released: the list, the files, a new release, and taking one back."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.pirs.models import Pir, Reader
from onmodel.pirs.signing.actions import missing_signatures
from onmodel.pirs.signing.actions import release as release_pir
from onmodel.programmes.models import Programme
from onmodel.reports.actions import MAKERS, take_back_release
from onmodel.reports.models import ReleasedReport
from onmodel.reports.reading import report_from
from onmodel.reports.wording import basis_in_words, period_in_words
from onmodel.web.access import programme_for, released_for
from onmodel.web.components import Column, EmptyState, Link, Table
from onmodel.web.report_blocks import folded_section_of
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.views.pir import KINDS, language_asked
from onmodel.wording.numbers import date_written


class PirChoice(forms.ModelChoiceField):
    def label_from_instance(self, pir: Pir) -> str:
        days = f"{date_written(pir.start)} – {date_written(pir.end)}"
        return days if pir.is_frozen else _("%(period)s (not signed by both yet)") % {"period": days}


class ReleaseForm(forms.Form):
    pir = PirChoice(label=gettext_lazy("Which report?"), queryset=Pir.objects.none(), empty_label=None)
    note = forms.CharField(
        label=gettext_lazy("A word to the readers"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, data: Any = None, *, programme: Programme) -> None:
        super().__init__(data)
        self.fields["pir"].queryset = Pir.objects.filter(programme=programme)


class TakeBackForm(forms.Form):
    why = forms.CharField(
        label=gettext_lazy("Why is it taken back?"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )


def released(request: HttpRequest, slug: str) -> HttpResponse:
    """The reports that were released, newest first."""
    programme = programme_for(request, slug, Permission.RELEASED_VIEW)
    allowed = permissions_in(request.user, programme)
    found = ReleasedReport.objects.visible_to(request.user).filter(programme=programme)
    may_release = Permission.REPORT_RELEASE in allowed
    reports = found.select_related("released_by")
    table = _table(list(reports), may_release)
    saw(request, "released reports listed", programme)
    context = programme_page(request, programme, table=table, may_release=may_release)
    return render(request, "web/released.html", context)


def _table(found: list[ReleasedReport], may_release: bool) -> Table:
    rows = [
        [
            format_html("{} – {}", date_written(report.start), date_written(report.end)),
            timezone.localtime(report.released_at).date(),
            report.released_by.name if report.released_by else "–",
            report.note or "–",
            _files(report) if report.taken_back_at is None else _("taken back"),
            *([_take_back(report)] if may_release else []),
        ]
        for report in found
    ]
    columns: list[str | Column] = [_("Period"), _("Released"), _("By"), _("Note"), _("Files")]
    if may_release:
        columns.append(Column(_("Take back"), hidden_label=True))
    empty = EmptyState(_("Nothing released yet"), _("A report appears here when the manager releases it."))
    return Table(_("Released reports"), columns, rows, empty=empty, caption_hidden=True)


def _files(report: ReleasedReport) -> SafeString:
    """A link to each form of it."""
    links = (
        (reverse("released-file", args=[report.pk, code, kind]), f"{kind.upper()} {code}")
        for code in ("en", "nl")
        for kind in MAKERS
    )
    return format_html_join(" ", '<a href="{}" download>{}</a>', links)


def _take_back(report: ReleasedReport) -> object:
    if report.taken_back_at is not None:
        return report.taken_back_why
    return Link(_("Take back"), reverse("released-take-back", args=[report.pk]))


def released_file(request: HttpRequest, pk: UUID, language: str, kind: str) -> HttpResponse:
    """The bytes as they were released."""
    report = released_for(request, pk, Permission.RELEASED_VIEW)
    file = report.files.filter(language=language, kind=kind).first()
    if file is None:
        raise Http404
    if not file.is_as_released:
        messages.error(request, _("This file is not as it was released. Tell whoever runs the program."))
        return redirect("released", slug=report.programme.slug)
    saw(request, "report released taken", report, language=language, kind=kind)
    response = HttpResponse(bytes(file.content), content_type=KINDS[kind])
    name = f"pir-{report.programme.slug}-{report.start}-{report.end}-{language}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def release(request: HttpRequest, slug: str) -> HttpResponse:
    """The version for stakeholders of a signed report, to be read before it is released; POST releases it."""
    programme = programme_for(request, slug, Permission.REPORT_RELEASE)
    form = ReleaseForm(_release_asked(request, programme), programme=programme)
    if request.method == "POST" and form.is_valid() and _release(request, form):
        return redirect("released", slug=slug)
    pir = form.cleaned_data.get("pir") if form.is_bound and form.is_valid() else None
    preview = _preview(pir) if pir is not None and pir.is_frozen else {}
    waits = missing_signatures(pir) if pir is not None and not pir.is_frozen else ""
    saw(request, "report to release opened", programme)
    context = programme_page(request, programme, form=form, waits=waits, **preview)
    return render(request, "web/release.html", context, status=422 if form.errors else 200)


def _release_asked(request: HttpRequest, programme: Programme) -> Any:
    """What was asked for, else the last report that both signed; None where there is no such report."""
    if request.method == "POST":
        return request.POST
    last = programme.pirs.frozen().first()
    asked = request.GET.get("pir") or (str(last.pk) if last else "")
    return {"pir": asked} if asked else None


def _release(request: HttpRequest, form: ReleaseForm) -> bool:
    try:
        release_pir(pir=form.cleaned_data["pir"], note=form.cleaned_data["note"], by=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("The report is released, and kept as it is now."))
    return True


def _preview(pir: Pir) -> dict[str, object]:
    """What stakeholders would read."""
    kept = pir.files.get(reader=Reader.OUTSIDE, language=language_asked(), kind="json")
    report = report_from(json.loads(bytes(kept.content)))
    numbers = report.bases()
    return {
        "report": report,
        "pir": pir,
        "period": period_in_words(report),
        "sections": [folded_section_of(section, numbers) for section in report.sections],
        "bases": [(number, basis_in_words(basis)) for basis, number in numbers.items()],
    }


def released_take_back(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stakeholders no longer see it."""
    report = released_for(request, pk, Permission.REPORT_RELEASE)
    form = TakeBackForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            take_back_release(released=report, why=form.cleaned_data["why"], by=request.user)
            return redirect("released", slug=report.programme.slug)
        except ValidationError as error:
            form.add_error(None, error)
    back = reverse("released", args=[report.programme.slug])
    context = {
        "report": report,
        "form": form,
        "crumbs": [(_("Home"), reverse("home")), (_("Released reports"), back)],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "web/released_take_back.html", context, status=status)
