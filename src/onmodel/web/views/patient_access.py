"""Give a patient a link or code to the own treatment, and take it back."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.patient_access.actions import make_access, revoke_access
from onmodel.patient_access.models import PatientAccess
from onmodel.patients.models import Treatment
from onmodel.web.access import treatment_for
from onmodel.web.components import Column, EmptyState, Status, Table
from onmodel.web.seen import saw


class AccessForm(forms.Form):
    kind = forms.ChoiceField(
        label=gettext_lazy("What will you give?"),
        widget=forms.RadioSelect,
        choices=[
            ("link", gettext_lazy("A link, to send: it works once, within a week")),
            ("code", gettext_lazy("A short code, to hand over: it works for thirty days")),
        ],
        initial="link",
    )


def _treatment(request: HttpRequest, pk: UUID) -> Treatment:
    return treatment_for(request, pk, Permission.PATIENT_ACCESS_GIVE, own=False)


@sensitive_variables()
def patient_access(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What was given; POST: give another, shown this once."""
    treatment = _treatment(request, pk)
    saw(request, "patient access read", treatment)
    form, made, code = AccessForm(request.POST or None), None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, code = make_access(treatment=treatment, kind=form.cleaned_data["kind"], by=request.user)
        except ValidationError as error:
            form.add_error(None, error)
    address = request.build_absolute_uri(reverse("patient-sign-in"))
    context = {
        "treatment": treatment,
        "form": form if form.is_bound and form.errors else AccessForm(),
        "made": made,
        "code": code,
        "address": address,
        "link": f"{address}#{code}",
        "given": _given_table(request, treatment),
        "crumbs": [(_("Home"), reverse("home")), (treatment.patient, reverse("treatment", args=[pk]))],
        "simulated": treatment.programme.is_simulated,
    }
    return render(request, "web/patient_access.html", context, status=422 if form.errors else 200)


@require_POST
def patient_access_revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    access = get_object_or_404(PatientAccess.objects.select_related("treatment"), pk=pk)
    _treatment(request, access.treatment_id)
    revoke_access(access=access, by=request.user)
    return redirect("patient-access", pk=access.treatment_id)


def _given_table(request: HttpRequest, treatment: Treatment) -> Table:
    kinds = {"link": _("Link"), "code": _("Code"), "kiosk": _("Tablet of the unit")}
    rows = [
        [
            kinds[one.kind],
            _moment(one.made_at),
            one.made_by or "–",
            Status(one.state, of="patient_access"),
            _moment(one.expires_at),
            _moment(one.used_at) if one.used_at else "–",
            _revoke_button(request, one) if one.state == "usable" or one.session else "",
        ]
        for one in treatment.patient_accesses.select_related("made_by")
    ]
    columns = [_("Given"), _("On"), _("By"), _("Status"), _("Until"), _("Last used")]
    empty = EmptyState(_("Nothing given yet"))
    columns.append(Column(_("Take back"), hidden_label=True))
    return Table(_("Links and codes"), columns, rows, empty=empty, caption_hidden=True)


def _moment(moment) -> str:
    return date_format(localtime(moment), "SHORT_DATETIME_FORMAT")


def _revoke_button(request: HttpRequest, access: PatientAccess) -> SafeString:
    return format_html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" value="{}">'
        '<button class="btn btn-secondary" type="submit">{}</button></form>',
        reverse("patient-access-revoke", args=[access.pk]),
        get_token(request),
        _("Take back"),
    )
