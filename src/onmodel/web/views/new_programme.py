"""A new programme of an organisation: what it is to be, and who leads it; then its project opens."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onmodel.access.permissions import Permission
from onmodel.access.policy import has_permission
from onmodel.implementing.actions import begin_programme
from onmodel.web.access import whole_organisation_for
from onmodel.web.new_programme_form import NewProgrammeForm


@require_http_methods(["GET", "POST"])
def new_programme(request: HttpRequest, slug: str) -> HttpResponse:
    """For who may begin one in the whole organisation."""
    organisation = whole_organisation_for(request, slug, Permission.PROGRAMME_BEGIN)
    form = NewProgrammeForm(request.POST or None, organisation=organisation, user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            begun = begin_programme(organisation=organisation, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The programme is there, and its project has begun."))
            sees = has_permission(request.user, Permission.PROJECT_VIEW, programme=begun.programme)
            return redirect("implementing" if sees else "programme", slug=begun.programme.slug)
    context = {"organisation": organisation, "form": form, "crumbs": [(_("Home"), reverse("home"))]}
    status = 422 if request.method == "POST" else 200
    return render(request, "web/new_programme.html", context, status=status)
