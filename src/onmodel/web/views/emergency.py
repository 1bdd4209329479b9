"""Emergency access: ask for it, see its uses, judge each."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.access.permissions import Permission
from onmodel.audit.actions import record
from onmodel.patients.actions import SHORTEST_REASON, open_in_emergency, review_emergency
from onmodel.patients.emergency import EmergencyAccess
from onmodel.patients.models import Patient, Treatment
from onmodel.programmes.models import Organisation
from onmodel.web.access import emergency_for, organisation_for
from onmodel.web.components import EmptyState, Fact, Link, Status, Table
from onmodel.web.seen import saw

A_PAGE = 25


class EmergencyForm(forms.Form):
    """Whose record, and why now."""

    patient = forms.CharField(
        label=gettext_lazy("Patient"),
        max_length=200,
        help_text=gettext_lazy("The exact pseudonym, record number or full name."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why do you need this record now?"),
        min_length=SHORTEST_REASON,
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("The privacy officer and the patient can read this."),
    )


class ReviewForm(forms.Form):
    justified = forms.TypedChoiceField(
        label=gettext_lazy("Was it justified?"),
        choices=[("yes", gettext_lazy("Justified")), ("no", gettext_lazy("Not justified"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=gettext_lazy("What does that rest on?"), max_length=2000, widget=forms.Textarea({"rows": 3})
    )


def emergency(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for it. Nothing is said about a patient before a reason was given, and each try is kept."""
    organisation = organisation_for(request, slug, Permission.EMERGENCY_ACCESS)
    form = EmergencyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        treatment = _sought(request, organisation, form)
        if treatment is not None:
            return _open(request, treatment, form.cleaned_data["reason"])
    context = {"organisation": organisation, "form": form, "crumbs": [(_("Home"), reverse("home"))]}
    status = 422 if request.method == "POST" else 200
    return render(request, "web/privacy/emergency.html", context, status=status)


def _sought(request: HttpRequest, organisation: Organisation, form: EmergencyForm) -> Treatment | None:
    """The latest treatment of the one patient who is meant; None, with the form saying why, otherwise."""
    patients = list(Patient.objects.meant_by(form.cleaned_data["patient"], organisation)[:2])
    treatment = None
    if len(patients) == 1:
        treatment = patients[0].treatments.order_by("-started_on", "-referred_on").first()
    if treatment is not None:
        return treatment
    with transaction.atomic():
        record(
            by=request.user,
            verb="emergency access sought",
            subject=organisation,
            why=form.cleaned_data["reason"],
            found=len(patients),
        )
    message = _("Nobody here has this pseudonym, record number or full name.")
    if len(patients) > 1:
        message = _("More than one patient has this name: give the pseudonym or the record number.")
    form.add_error("patient", message)
    return None


def _open(request: HttpRequest, treatment: Treatment, reason: str) -> HttpResponse:
    if not Treatment.objects.visible_to(request.user).filter(pk=treatment.pk).exists():
        open_in_emergency(treatment=treatment, reason=reason, by=request.user)
    return redirect("treatment", pk=treatment.pk)


def emergencies(request: HttpRequest, slug: str) -> HttpResponse:
    """Every use of it, newest first, for the privacy officer."""
    organisation = organisation_for(request, slug, Permission.EMERGENCY_REVIEW)
    found = EmergencyAccess.objects.filter(
        treatment__in=Treatment.objects.visible_to(request.user, Permission.EMERGENCY_REVIEW).filter(
            programme__organisation=organisation
        )
    ).select_related("treatment__patient", "user", "reviewed_by")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    saw(request, "emergency accesses listed", organisation, patients=[access.of_patient for access in shown])
    context = {
        "organisation": organisation,
        "table": _table(shown, page),
        "waiting": found.to_review().count(),
        "crumbs": [(_("Home"), reverse("home"))],
    }
    return render(request, "web/privacy/emergencies.html", context)


def _table(accesses: list[EmergencyAccess], page) -> Table:
    rows = [
        [
            Link(access.treatment.patient.pseudonym, reverse("emergency-review", args=[access.pk])),
            access.user.name,
            access.opened_at,
            access.reason,
            Status(judged(access), of="emergency"),
        ]
        for access in accesses
    ]
    columns = [_("Patient"), _("By"), _("Opened"), _("Reason"), _("Judgement")]
    empty = EmptyState(_("No emergency access"), _("Each use of it appears here, to be judged."))
    return Table(_("Emergency access"), columns, rows, empty=empty, caption_hidden=True, page=page)


def judged(access: EmergencyAccess) -> str:
    return {None: "to_judge", True: "justified", False: "not_justified"}[access.justified]


def emergency_review(request: HttpRequest, pk: UUID) -> HttpResponse:
    access = emergency_for(request, pk)
    form = ReviewForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            review_emergency(access=access, by=request.user, **form.cleaned_data)
            messages.success(request, _("The judgement is kept."))
            return redirect("emergencies", slug=access.treatment.programme.organisation.slug)
        except ValidationError as error:
            form.add_error(None, error)
    saw(request, "emergency access read", access)
    status = 422 if request.method == "POST" else 200
    return render(request, "web/privacy/review.html", _review_page(access, form), status=status)


def _review_page(access: EmergencyAccess, form: ReviewForm) -> dict[str, object]:
    organisation = access.treatment.programme.organisation
    facts = [
        Fact(_("By"), access.user.name),
        Fact(_("Opened"), access.opened_at),
        Fact(_("Until"), access.ends_at),
        Fact(_("Programme"), access.treatment.programme.name),
        Fact(_("Judgement"), Status(judged(access), of="emergency"), access.review_note),
    ]
    crumbs = [
        (_("Home"), reverse("home")),
        (_("Emergency access"), reverse("emergencies", args=[organisation.slug])),
    ]
    return {
        "access": access,
        "facts": facts,
        "form": form,
        "open": access.reviewed_at is None,
        "crumbs": crumbs,
        "simulated": access.treatment.programme.is_simulated,
    }
