"""A patient's session, opened by a link or code: it reaches the own treatment and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.core import ratelimit
from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from onmodel.patient_access.actions import access_of_session, open_access
from onmodel.patient_access.codes import digest_of
from onmodel.patient_access.models import PatientAccess
from onmodel.web.forms import DateInput
from onmodel.web.views.access_log import access_log_page, access_log_pdf_of
from onmodel.web.views.consents import consent_page
from onmodel.web.views.letters import letter_of
from onmodel.web.views.plans import plan_file_of, plan_page, plans_page
from onmodel.web.views.progress import progress_page
from onmodel.web.views.reviews import reviews_page
from onmodel.web.views.rights import copy_of
from onmodel.web.views.treatment import treatment_page

KEPT_AS = "patient_access"
#: The addresses at which a patient who has a session open is led to the own treatment.
LED_ON = {"home", "sign-in", "account_login", "patient-sign-in"}


class PatientMiddleware:
    """Sets `request.patient_access`; None for everybody who signs in with an account."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.patient_access = None
        kept = request.session.get(KEPT_AS)
        if kept and not request.user.is_authenticated:
            request.patient_access = access_of_session(**kept)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        leads = request.patient_access and request.resolver_match.url_name in LED_ON
        return redirect("my-start") if leads and request.method == "GET" else None


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Your code"),
        max_length=60,
        help_text=gettext_lazy("Capitals, spaces and dashes do not matter."),
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class BirthDateForm(CodeForm):
    birth_date = forms.DateField(label=gettext_lazy("Your date of birth"), widget=DateInput)


@login_not_required
@sensitive_post_parameters()
@sensitive_variables()
def patient_sign_in(request: HttpRequest) -> HttpResponse:
    """A code, and the birth date where the programme asks for it."""
    if request.method != "POST":
        return _ask(request, CodeForm())
    form = BirthDateForm(request.POST) if "birth_date" in request.POST else CodeForm(request.POST)
    if not form.is_valid():
        return _ask(request, form)
    if not ratelimit.consume(request, action="patient_code", key=digest_of(form.cleaned_data["code"])):
        return ratelimit.respond_429(request)
    answer = open_access(**form.cleaned_data)
    if answer.access:
        return enter(request, answer.access)
    if answer.asks_birth_date and not isinstance(form, BirthDateForm):
        return _ask(request, BirthDateForm(initial=form.cleaned_data))
    form.add_error(None, _("This does not open anything. Check it, or ask your therapist for a new code."))
    return _ask(request, form)


def _ask(request: HttpRequest, form: CodeForm) -> HttpResponse:
    return render(request, "account/patient_sign_in.html", {"form": form}, status=422 if form.errors else 200)


def enter(request: HttpRequest, access: PatientAccess) -> HttpResponse:
    """Begin the patient's session in this browser."""
    logout(request)  # whoever used this browser before
    request.session[KEPT_AS] = {"access_id": str(access.pk), "session": access.session}
    request.session.set_expiry(0)
    return redirect("my-start")


def for_patient(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page of a patient's session: `request.patient_access.treatment` is the own treatment.

    Not at the unit's tablet, which is for the forms.
    """

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if request.patient_access is None:
            return redirect("patient-sign-in")
        if request.patient_access.kind == PatientAccess.Kind.KIOSK:
            return redirect("my-start")
        return view(request, *args, **kwargs)

    return guarded


@for_patient
def my_treatment(request: HttpRequest) -> HttpResponse:
    return treatment_page(request, request.patient_access.treatment, own=True)


@for_patient
def my_progress(request: HttpRequest) -> HttpResponse:
    return progress_page(request, request.patient_access.treatment, own=True)


@for_patient
def my_letter(request: HttpRequest, letter_pk: UUID) -> HttpResponse:
    return letter_of(request, request.patient_access.treatment, letter_pk, own=True)


@for_patient
def my_plans(request: HttpRequest) -> HttpResponse:
    return plans_page(request, request.patient_access.treatment, own=True)


@for_patient
def my_reviews(request: HttpRequest) -> HttpResponse:
    return reviews_page(request, request.patient_access.treatment, own=True)


@for_patient
def my_plan(request: HttpRequest, plan_pk: int) -> HttpResponse:
    return plan_page(request, request.patient_access.treatment, plan_pk, own=True)


@for_patient
def my_plan_file(request: HttpRequest, plan_pk: int) -> HttpResponse:
    return plan_file_of(request, request.patient_access.treatment, plan_pk, own=True)


@for_patient
def my_access_log(request: HttpRequest) -> HttpResponse:
    return access_log_page(
        request,
        request.patient_access.treatment,
        own=True,
        back=reverse("my-treatment"),
        file=reverse("my-access-log-file"),
    )


@for_patient
def my_access_log_file(request: HttpRequest) -> HttpResponse:
    return access_log_pdf_of(request, request.patient_access.treatment)


@for_patient
def my_consent(request: HttpRequest, purpose: str) -> HttpResponse:
    return consent_page(request, request.patient_access.treatment, purpose)


@require_POST
@for_patient
def my_copy(request: HttpRequest, kind: str) -> HttpResponse:
    return copy_of(request, request.patient_access.treatment, kind)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Of both: accounts, and patients' sessions. Also stops a sign-in that waits for its second step."""
    back = "patient-sign-in" if request.patient_access else "sign-in"
    logout(request)
    return redirect(back)
