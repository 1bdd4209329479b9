"""Who saw or changed a record: for its patient, and for the privacy officer."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.patients.models import Treatment
from onmodel.reports.access_log import Line, events_of, lines
from onmodel.reports.paper.access_log import access_log_pdf
from onmodel.web.access import is_own, treatment_for
from onmodel.web.components import EmptyState, Table
from onmodel.web.seen import saw

A_PAGE = 50


def access_log(request: HttpRequest, pk: UUID) -> HttpResponse:
    treatment = treatment_for(request, pk, Permission.ACCESS_LOG_VIEW)
    own = is_own(request, treatment)
    back = reverse("treatment", args=[pk]) if own else reverse("home")
    return access_log_page(request, treatment, own=own, back=back, file=reverse("access-log-file", args=[pk]))


def access_log_page(
    request: HttpRequest, treatment: Treatment, *, own: bool, back: str, file: str
) -> HttpResponse:
    saw(request, "access log opened", treatment)
    page = Paginator(events_of(treatment.patient), A_PAGE).get_page(request.GET.get("page"))
    context = {
        "treatment": treatment,
        "own": own,
        "file": file,
        "table": _table(lines(treatment.patient, page.object_list), page),
        "crumbs": [(_("Your treatment") if own else _("Home"), back)],
        "simulated": treatment.programme.is_simulated,
    }
    return render(request, "web/privacy/access_log.html", context)


def _table(told: list[Line], page) -> Table:
    rows = [[line.at, _who(line), line.what, line.why or "–", line.where] for line in told]
    columns = [_("When"), _("Who"), _("What"), _("Why"), _("From")]
    empty = EmptyState(_("Nobody has seen or changed anything yet."))
    return Table(_("Who saw this record"), columns, rows, empty=empty, caption_hidden=True, page=page)


def _who(line: Line) -> str:
    return format_html("{} <span class='soft'>{}</span>", line.who, line.role) if line.role else line.who


def access_log_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole log to print."""
    return access_log_pdf_of(request, treatment_for(request, pk, Permission.ACCESS_LOG_VIEW))


def access_log_pdf_of(request: HttpRequest, treatment: Treatment) -> HttpResponse:
    saw(request, "access log printed", treatment)
    language = "nl" if (get_language() or "en").startswith("nl") else "en"
    response = HttpResponse(
        access_log_pdf(treatment.patient, language=language), content_type="application/pdf"
    )
    response["Content-Disposition"] = 'attachment; filename="access-log.pdf"'
    return response
