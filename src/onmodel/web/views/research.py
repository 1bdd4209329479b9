"""Data for research: who agreed, what was handed out before, and a new archive."""

from __future__ import annotations

import tempfile

from django import forms
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.access.permissions import Permission
from onmodel.audit.models import Event
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Programme
from onmodel.reports.actions import RESEARCH_TAKEN, take_research_data
from onmodel.reports.research.tables import permitted
from onmodel.web.access import programme_for
from onmodel.web.components import Column, EmptyState, Table
from onmodel.web.sections import programme_page

#: What is kept in memory of an archive; the rest goes to a file that disappears when it is closed.
IN_MEMORY = 5 * 1024 * 1024
EARLIER = 50


class ResearchForm(forms.Form):
    study = forms.CharField(
        label=gettext_lazy("Short name of the study"),
        help_text=gettext_lazy(
            "Small letters, digits and hyphens. The same name gives each person the same code again."
        ),
        max_length=40,
    )
    why = forms.CharField(
        label=gettext_lazy("What for, and who approved it"),
        help_text=gettext_lazy("Kept in the audit trail: name no patient."),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
    )


def research(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The page; POST gives the archive."""
    programme = programme_for(request, slug, Permission.RESEARCH_EXPORT)
    treatments = Treatment.objects.visible_to(request.user, Permission.RESEARCH_EXPORT)
    treatments = treatments.filter(programme=programme)
    form = ResearchForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _archive(request, programme, treatments, form)
        except ValidationError as error:
            form.add_error(None, error)
    started = treatments.filter(started_on__isnull=False)
    context = programme_page(
        request,
        programme,
        form=form,
        table=_earlier(programme),
        persons=permitted(treatments).values("patient").distinct().count(),
        of=started.values("patient").distinct().count(),
    )
    return render(request, "web/research.html", context, status=422 if request.method == "POST" else 200)


def _archive(
    request: HttpRequest, programme: Programme, treatments, form: ResearchForm
) -> HttpResponse | FileResponse:
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - the response closes it
    try:
        take_research_data(
            programme=programme, treatments=treatments, out=out, by=request.user, **form.cleaned_data
        )
    except BaseException:
        out.close()
        raise
    out.seek(0)
    simulated = "-simulated" if programme.is_simulated else ""
    name = f"research-{form.cleaned_data['study']}-{programme.slug}-{timezone.localdate()}{simulated}.zip"
    return FileResponse(out, as_attachment=True, filename=name, content_type="application/zip")


def _earlier(programme: Programme) -> Table:
    """What was handed out before, newest first."""
    found = Event.objects.filter(
        verb=RESEARCH_TAKEN, subject_kind=Programme._meta.label_lower, subject_id=str(programme.pk)
    )
    rows = [
        [
            timezone.localtime(event.at).date(),
            event.detail["study"],
            len(event.patients.split()),
            event.by.name if event.by else _("command line"),
            event.reason or "–",
        ]
        for event in found.select_related("by", "said").order_by("-sequence")[:EARLIER]
    ]
    columns = [_("When"), _("Study"), Column(_("Persons"), numeric=True), _("By"), _("What for")]
    empty = EmptyState(_("Nothing handed out yet"), _("Each file that is taken is listed here."))
    return Table(_("Handed out before"), columns, rows, empty=empty)
