"""The patient's own pages: what is due, and a form one question a screen.

Every page works as plain HTML; `onmodel/patient.js` shows the next question without asking the
server, keeps answers while there is no connection, and sends them again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_POST

from onmodel.assessments.models import Assignment
from onmodel.forms.actions import Kept, finish_form, open_sitting, save_answers
from onmodel.forms.due import due_to_patient, own_forms, waiting
from onmodel.forms.models import Sitting
from onmodel.forms.risk import at_risk
from onmodel.forms.safety import safety_text
from onmodel.forms.wording import Screen, can_be_asked, screens
from onmodel.packs.instruments import Instrument
from onmodel.patient_access.models import PatientAccess
from onmodel.patients.models import Treatment
from onmodel.sharing.reading import who_sees
from onmodel.web.devices import device_of
from onmodel.web.given import from_fields, from_script, is_by_script
from onmodel.web.seen import reader, saw

SITTINGS = "sittings"


def own_treatment(request: HttpRequest) -> Treatment | None:
    """Of the link or code, else the latest of the patient who is signed in; None for everybody else."""
    if request.patient_access:
        return request.patient_access.treatment
    if not request.user.is_authenticated:
        return None
    treatments = Treatment.objects.filter(patient__user=request.user)
    return treatments.select_related("programme", "patient").order_by("-started_on").first()


def for_fillers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For a page of a patient, however signed in: the own treatment comes after the request."""

    @login_not_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        treatment = own_treatment(request)
        if treatment is None:
            return redirect("patient-sign-in")
        return view(request, treatment, *args, **kwargs)

    return guarded


@for_fillers
def my_start(request: HttpRequest, treatment: Treatment) -> HttpResponse:
    """What is due, and where else one may go."""
    saw(request, "own forms opened", treatment)
    due = due_to_patient(treatment, _language())
    context = {
        "due": [one for one in due if one.asked],
        "on_paper": [one for one in due if not one.asked],
        "own_page": _own_page(request, treatment),
    }
    return _page(request, treatment, "patient/start.html", context)


@for_fillers
def my_form(request: HttpRequest, treatment: Treatment, pk: UUID) -> HttpResponse:
    """What the form is about; once begun the question at `?at=`. POST: begin, or go on."""
    form, instrument = _open_form_for(treatment, pk)
    if form is None:
        return redirect("my-form-done", pk=pk)
    asked = screens(instrument, _language())
    if request.method == "POST":
        _sitting(request, form)
        return redirect(_at(form, _first_open(form, asked)))
    saw(request, "form read to fill", treatment, form=str(form.pk))
    if "at" not in request.GET or str(form.pk) not in request.session.get(SITTINGS, {}):
        context = {
            "form": form,
            "instrument": instrument,
            "due": _due(treatment, form),
            "who_sees": who_sees(form),
        }
        return _page(request, treatment, "patient/about.html", context)
    given = _given(form)
    context = {
        "form": form,
        "instrument": instrument,
        "screens": asked,
        "screen": _screen(asked, request.GET["at"]),
        "given": given,
        "safety": safety_text(treatment.programme),
        "settings": _settings(request, form, asked, given),
    }
    return _page(request, treatment, "patient/form.html", context)


@for_fillers
@require_POST
@sensitive_post_parameters()
@sensitive_variables()
def my_form_answers(request: HttpRequest, treatment: Treatment, pk: UUID) -> HttpResponse:
    """Keep answers: of one screen (a form), or of any number (JSON, which is answered with JSON)."""
    form, instrument = _open_form_for(treatment, pk)
    by_script = is_by_script(request)
    if form is None:
        return JsonResponse({"finished": True}) if by_script else redirect("my-form-done", pk=pk)
    sent = from_script(request) if by_script else from_fields(request)
    kept = save_answers(sitting=_sitting(request, form), given=sent, by=reader(request))
    if by_script:
        return JsonResponse(
            {"kept": kept.items, "problems": kept.problems, "finished": kept.finished},
            status=422 if kept.problems and not kept.items else 200,
        )
    return _after_screen(request, treatment, form, instrument, kept)


def _after_screen(
    request: HttpRequest, treatment: Treatment, form: Assignment, instrument: Instrument, kept: Kept
) -> HttpResponse:
    asked = screens(instrument, _language())
    screen = _screen(asked, request.POST.get("at", ""))
    after = screen.number + 1
    following = _at(form, after) if after <= len(asked) else reverse("my-form-finish", args=[form.pk])
    if kept.problems:
        context = {
            "form": form,
            "instrument": instrument,
            "screens": asked,
            "screen": screen,
            "given": _given(form) | _as_typed(request),
            "problems": kept.problems,
            "safety": safety_text(treatment.programme),
            "settings": _settings(request, form, asked, _given(form)),
        }
        return _page(request, treatment, "patient/form.html", context, status=422)
    if kept.at_risk:
        context = {"safety": safety_text(treatment.programme), "following": following}
        return _page(request, treatment, "patient/safety.html", context)
    return redirect(following)


@for_fillers
def my_form_finish(request: HttpRequest, treatment: Treatment, pk: UUID) -> HttpResponse:
    """What was passed over, and the way back to it; POST: finish."""
    form, instrument = _open_form_for(treatment, pk)
    if form is None:
        return redirect("my-form-done", pk=pk)
    problem = ""
    if request.method == "POST":
        try:
            finish_form(sitting=_sitting(request, form), by=reader(request))
        except ValidationError as error:
            problem = " ".join(error.messages)
        else:
            return redirect("my-form-done", pk=pk)
    asked, given = screens(instrument, _language()), _given(form)
    context = {
        "form": form,
        "instrument": instrument,
        "screens": asked,
        "passed_over": [
            (screen.number, question)
            for screen in asked
            for question in screen.questions
            if question.required and given.get(question.item) in (None, "")
        ],
        "problem": problem,
        "settings": _settings(request, form, asked, given),
    }
    status = 422 if problem else 200
    return _page(request, treatment, "patient/finish.html", context, status=status)


@for_fillers
def my_form_done(request: HttpRequest, treatment: Treatment, pk: UUID) -> HttpResponse:
    """Thanks, what happens now, and what else is due; the safety text once more where it was shown."""
    form, instrument = _form_for(treatment, pk)
    if form.answered_on is None:
        return redirect("my-start")
    values = dict(form.answers.values_list("item", "value"))
    context = {
        "form": form,
        "instrument": instrument,
        "who_sees": who_sees(form),
        "due": [one for one in due_to_patient(treatment, _language()) if one.asked],
        "safety": safety_text(treatment.programme) if at_risk(instrument, values) else "",
        "settings": {"key": str(form.pk), "shared": _is_shared(request), "done": True},
    }
    return _page(request, treatment, "patient/done.html", context)


@login_not_required
@require_POST
def my_hand_back(request: HttpRequest) -> HttpResponse:
    """The patient is done with the unit's tablet: nothing of the session is left on it."""
    if not _is_shared(request):
        return redirect("patient-sign-in")
    logout(request)
    request.patient_access = None
    return redirect("patient-handed-back")


@login_not_required
def patient_handed_back(request: HttpRequest) -> HttpResponse:
    """To be seen by nobody in particular: the tablet goes back to the staff."""
    return render(request, "patient/handed_back.html")


def _page(
    request: HttpRequest, treatment: Treatment, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shared = {
        "programme": treatment.programme,
        "simulated": treatment.programme.is_simulated,
        "on_tablet": _is_shared(request),
    }
    return render(request, template, {**shared, **context}, status=status)


def _form_for(treatment: Treatment, pk: UUID) -> tuple[Assignment, Instrument]:
    """One of the patient's own that is asked on a screen, else 404."""
    form = get_object_or_404(own_forms(treatment).select_related("programme"), pk=pk)
    instrument = treatment.programme.definitions.instruments.get(form.instrument)
    if instrument is None or not can_be_asked(instrument, simulated=treatment.programme.is_simulated):
        raise Http404
    return form, instrument


def _open_form_for(treatment: Treatment, pk: UUID) -> tuple[Assignment | None, Instrument]:
    """The same; no form where it is finished or closed."""
    form, instrument = _form_for(treatment, pk)
    return (form if waiting(own_forms(treatment)).filter(pk=pk).exists() else None), instrument


def _sitting(request: HttpRequest, form: Assignment) -> Sitting:
    """The one that this session has open, or a new one."""
    known = request.session.get(SITTINGS, {})
    found = Sitting.objects.filter(pk=known.get(str(form.pk)), assignment=form).first()
    if found is None:
        found = open_sitting(
            assignment=form, channel=_channel(request), device=device_of(request), by=reader(request)
        )
        request.session[SITTINGS] = {**known, str(form.pk): str(found.pk)}
    return found


def _channel(request: HttpRequest) -> str:
    return str(request.patient_access.kind) if request.patient_access else Sitting.Channel.ACCOUNT.value


def _is_shared(request: HttpRequest) -> bool:
    """Whether it is the unit's tablet, on which nothing may stay."""
    return bool(request.patient_access) and request.patient_access.kind == PatientAccess.Kind.KIOSK


def _own_page(request: HttpRequest, treatment: Treatment) -> str:
    """Where the patient sees the own course; not at the unit's tablet."""
    if _is_shared(request):
        return ""
    return reverse("my-treatment") if request.patient_access else reverse("treatment", args=[treatment.pk])


def _given(form: Assignment) -> dict[str, str]:
    """What was answered, as the fields hold it."""
    return {draft.item: _as_typed_value(draft.as_given) for draft in form.drafts.all()}


def _as_typed_value(value: float | str | None) -> str:
    return f"{value:g}" if isinstance(value, float) else value or ""


def _as_typed(request: HttpRequest) -> dict[str, str]:
    return {one.item: str(one.value or "") for one in from_fields(request)}


def _first_open(form: Assignment, asked: tuple[Screen, ...]) -> int:
    """The first screen with a question that was neither answered nor passed over."""
    seen = set(form.drafts.values_list("item", flat=True))
    for screen in asked:
        if any(question.item not in seen for question in screen.questions):
            return screen.number
    return 1


def _screen(asked: tuple[Screen, ...], at: str) -> Screen:
    number = int(at) if at.isascii() and at.isdigit() and len(at) < 6 else 1
    return asked[min(max(number, 1), len(asked)) - 1]


def _at(form: Assignment, number: int) -> str:
    return f"{reverse('my-form', args=[form.pk])}?at={number}"


def _due(treatment: Treatment, form: Assignment):
    return next((one for one in due_to_patient(treatment, _language()) if one.assignment == form), None)


def _language() -> str:
    return get_language() or "en"


def _settings(
    request: HttpRequest, form: Assignment, asked: tuple[Screen, ...], given: dict[str, str]
) -> dict[str, Any]:
    """What the page's script needs to know."""
    return {
        "key": str(form.pk),
        "shared": _is_shared(request),
        "answers": reverse("my-form-answers", args=[form.pk]),
        "form": reverse("my-form", args=[form.pk]),
        "finish": reverse("my-form-finish", args=[form.pk]),
        "done": False,
        "screens": len(asked),
        "given": given,
        "idle": request.session_watch.limit if request.session_watch else None,
        "words": {
            "saved": _("Saved"),
            "sending": _("Saving …"),
            "waiting": _("No connection. Your answers are kept here and are sent when it is back."),
            "ended": _("You were signed out. Your answers are kept here; open your link again to go on."),
            "title": _("Question %(number)s of %(of)s"),
        },
    }
