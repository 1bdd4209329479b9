"""Who a patient is, apart from the record: shown on the treatment's page, corrected here."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.access.permissions import Permission
from onmodel.patients.actions import PARTS, correct_identity, identity_stamp
from onmodel.patients.models import Identity, Treatment
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.web.access import treatment_for
from onmodel.web.changes import SeenMixin, changed_page
from onmodel.web.components import Fact
from onmodel.web.forms import DateInput
from onmodel.web.sections import about_treatment
from onmodel.web.seen import saw
from onmodel.wording.numbers import date_written


class IdentityForm(SeenMixin):
    """Everything that an identity may hold; all of it may be unknown."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200, required=False)
    birth_date = forms.DateField(label=gettext_lazy("Birth date"), widget=DateInput, required=False)
    record_number = forms.CharField(label=gettext_lazy("Record number"), max_length=60, required=False)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    address = forms.CharField(
        label=gettext_lazy("Address"), max_length=400, required=False, widget=forms.Textarea({"rows": 3})
    )


def identity(request: HttpRequest, pk: UUID) -> HttpResponse:
    treatment = treatment_for(request, pk, Permission.IDENTITY_EDIT, own=False)
    known = _known(treatment)
    form = IdentityForm(request.POST or None, initial={**known, "seen": identity_stamp(treatment.patient)})
    if request.method == "POST" and form.is_valid():
        try:
            _keep(treatment, form, request)
            messages.success(request, _("The identity is kept."))
            return redirect("treatment", pk=pk)
        except ChangedMeanwhileError:
            saw(request, "identity opened", treatment)
            back, seen = reverse("treatment", args=[pk]), identity_stamp(treatment.patient)
            return changed_page(request, form, now=_known(treatment), seen=seen, back=back)
        except ValidationError as error:
            form.add_error(None, error)
    saw(request, "identity opened", treatment)
    context = about_treatment(treatment, form=form)
    status = 422 if request.method == "POST" else 200
    return render(request, "web/privacy/identity.html", context, status=status)


def _keep(treatment: Treatment, form: IdentityForm, request: HttpRequest) -> None:
    parts = {name: value for name, value in form.cleaned_data.items() if name in PARTS}
    seen = form.cleaned_data["seen"]
    correct_identity(patient=treatment.patient, parts=parts, by=request.user, seen=seen)


def _known(treatment: Treatment) -> dict[str, Any]:
    found = Identity.objects.filter(patient=treatment.patient).first()
    return {part: found.sealed.get(part, "") for part in PARTS} if found else {}


def identity_facts(treatment: Treatment) -> list[Fact]:
    """Name, birth date, contacts, record number; what is not known says so."""
    known = _known(treatment)
    labels = {name: field.label for name, field in IdentityForm.base_fields.items()}
    return [Fact(labels[part], _shown(part, str(known.get(part, "")))) for part in PARTS]


def _shown(part: str, value: str) -> str | None:
    if part == "birth_date" and value:
        return date_written(datetime.date.fromisoformat(value))
    return value or None
