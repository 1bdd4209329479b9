"""Put right what is wrong: the dates of a treatment, the answers or scores of a form."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.assessments.models import Assignment
from onmodel.packs.instruments import Instrument
from onmodel.patients.models import Treatment
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.rights.correcting import (
    DATES,
    correct_dates,
    correct_form,
    form_stamp,
    form_values,
    is_entered,
    treatment_stamp,
)
from onmodel.web.access import is_own, treatment_for
from onmodel.web.changes import SeenMixin, changed_page
from onmodel.web.forms import DateInput
from onmodel.web.seen import saw

LABELS = {
    "referred_on": gettext_lazy("Referred"),
    "oriented_on": gettext_lazy("First orientation"),
    "started_on": gettext_lazy("Start"),
    "ended_on": gettext_lazy("End"),
}


def reason_field() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Why is it corrected?"),
        help_text=gettext_lazy("It is kept with what stood there; name nobody."),
        widget=forms.Textarea({"rows": 2}),
    )


class DatesForm(SeenMixin):
    """The dates of a treatment."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        for name in DATES:
            self.fields[name] = forms.DateField(label=LABELS[name], required=False, widget=DateInput)
        self.fields["reason"] = reason_field()


class FilledForm(SeenMixin):
    """A field for each item of the form, or for each scale where scores came in as such."""

    def __init__(self, data: Any, *, form: Assignment, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        instrument = form.programme.definitions.instruments[form.instrument]
        for name, field in _fields(instrument, entered=is_entered(form)):
            self.fields[f"value-{name}"] = field
        self.fields["answered_on"] = forms.DateField(label=gettext_lazy("Answered"), widget=DateInput)
        self.fields["reason"] = reason_field()

    def values(self) -> dict[str, Any]:
        named = {k.removeprefix("value-"): v for k, v in self.cleaned_data.items() if k.startswith("value-")}
        return {name: None if value == "" else value for name, value in named.items()}


def _fields(instrument: Instrument, *, entered: bool):
    language = get_language() or "en"
    if entered:
        for scale in instrument.scales:
            label = f"{scale.id}: {scale.title.in_(language)}"
            yield scale.id, forms.FloatField(label=label, required=False)
        return
    for item in instrument.all_items():
        label = f"{item.id}: {item.label.in_(language)}" if item.label else item.id
        kind = forms.CharField if item.kind == "text" else forms.FloatField
        yield item.id, kind(label=label, required=False)


def treatment_correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The dates of a treatment."""
    treatment = treatment_for(request, pk, Permission.RECORD_CORRECT, own=False)
    saw(request, "treatment opened to correct", treatment)
    now = {name: getattr(treatment, name) for name in DATES}
    form = DatesForm(request.POST or None, initial={**now, "seen": treatment_stamp(treatment)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        dates = {name: given[name] for name in DATES}
        named = {"reason": given["reason"], "seen": given["seen"], "by": request.user}
        try:
            correct_dates(treatment=treatment, dates=dates, **named)
        except ChangedMeanwhileError:
            return changed_page(
                request, form, now=now, seen=treatment_stamp(treatment), back=_back(treatment)
            )
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return _done(request, treatment)
    return _page(request, treatment, form, _("Correct the dates"))


def form_correct(request: HttpRequest, pk: UUID, form_pk: UUID) -> HttpResponse:
    """The answers or scores of one filled form."""
    treatment = treatment_for(request, pk, Permission.RECORD_CORRECT, own=False)
    assignment = get_object_or_404(
        treatment.assignments.open_to(request.user).select_related("programme"), pk=form_pk
    )
    instrument = assignment.programme.definitions.instruments.get(assignment.instrument)
    if instrument is None:
        raise Http404
    saw(request, "form opened to correct", treatment)
    now = {f"value-{name}": value for name, value in form_values(assignment).items()}
    now["answered_on"] = assignment.answered_on
    form = FilledForm(request.POST or None, form=assignment, initial={**now, "seen": form_stamp(assignment)})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        named = {name: given[name] for name in ("answered_on", "reason", "seen")}
        try:
            correct_form(form=assignment, values=form.values(), by=request.user, **named)
        except ChangedMeanwhileError:
            return changed_page(request, form, now=now, seen=form_stamp(assignment), back=_back(treatment))
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return _done(request, treatment)
    return _page(request, treatment, form, _("Correct %(form)s") % {"form": instrument.abbreviation})


def may_correct_record(request: HttpRequest, treatment: Treatment) -> bool:
    seen = Treatment.objects.visible_to(request.user, Permission.RECORD_CORRECT)
    return not is_own(request, treatment) and seen.filter(pk=treatment.pk).exists()


def _back(treatment: Treatment) -> str:
    return reverse("treatment", args=[treatment.pk])


def _done(request: HttpRequest, treatment: Treatment) -> HttpResponse:
    messages.success(request, _("It is corrected; what stood there is kept in the access log."))
    return redirect("treatment", pk=treatment.pk)


def _page(request: HttpRequest, treatment: Treatment, form: forms.Form, title: str) -> HttpResponse:
    context = {
        "treatment": treatment,
        "programme": treatment.programme,
        "title": title,
        "form": form,
        "back": _back(treatment),
        "crumbs": [(treatment.patient.pseudonym, _back(treatment))],
        "simulated": treatment.programme.is_simulated,
    }
    return render(request, "web/correct.html", context, status=422 if request.method == "POST" else 200)
