"""Staff at a patient's form: the tablet for the patient, the form on paper, and typing one in.

One types a form in by the keyboard: a digit leads to the next item, each answer is kept as it is
typed (`onmodel/entry.js`), and what is out of range is said at once. Without script the same page
keeps everything when it is sent.
"""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import has_permission
from onmodel.assessments.actions import record_scores
from onmodel.assessments.models import Assignment
from onmodel.forms.actions import FILLABLE, Given, finish_form, open_sitting, save_answers
from onmodel.forms.models import Sitting
from onmodel.forms.wording import has_wording, questions
from onmodel.packs.instruments import Audience, Instrument, Wording
from onmodel.patient_access.actions import open_kiosk
from onmodel.patients.models import Treatment
from onmodel.reports.form_paper import form_pdf
from onmodel.web.access import treatment_for
from onmodel.web.devices import device_of
from onmodel.web.forms import DateInput
from onmodel.web.given import FIELD, from_fields, from_script, is_by_script, sent_by_script
from onmodel.web.seen import saw
from onmodel.web.signing_in.patient import enter

ENTERING = "entering"
CHANNELS = (Sitting.Channel.PAPER, Sitting.Channel.INTERVIEW, Sitting.Channel.STAFF)


class AboutEntry(forms.Form):
    """How and when the answers were given."""

    channel = forms.ChoiceField(
        label=gettext_lazy("How were the answers given?"),
        widget=forms.RadioSelect,
        choices=[
            (Sitting.Channel.PAPER, gettext_lazy("On paper")),
            (Sitting.Channel.INTERVIEW, gettext_lazy("In an interview")),
            (Sitting.Channel.STAFF, gettext_lazy("By me, about the treatment")),
        ],
    )
    answered_on = forms.DateField(label=gettext_lazy("Answered"), widget=DateInput)
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=5_000,
        help_text=gettext_lazy("How it went, what should be known about these answers."),
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_answered_on(self) -> datetime.date:
        day = self.cleaned_data["answered_on"]
        if day > timezone.localdate():
            raise ValidationError(_("%(day)s has not come yet.") % {"day": day})
        return day


@require_POST
def tablet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Sign the staff out of this device, and the patient in for the own forms."""
    treatment = treatment_for(request, pk, Permission.ANSWERS_ENTER, own=False)
    return enter(request, open_kiosk(treatment=treatment, by=request.user))


def form_paper(request: HttpRequest, pk: UUID, form_pk: UUID) -> HttpResponse:
    """The empty form to print."""
    treatment, form, instrument = _form_for(request, pk, form_pk)
    if not (has_wording(instrument) or treatment.programme.is_simulated):
        raise Http404
    saw(request, "form printed", treatment, form=str(form.pk))
    language = "nl" if (get_language() or "en").startswith("nl") else "en"
    response = HttpResponse(form_pdf(form, instrument, language), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{instrument.id}.pdf"'
    return response


def form_enter(request: HttpRequest, pk: UUID, form_pk: UUID) -> HttpResponse:
    """The whole form to type in; POST: keep everything and finish, or (by script) keep what was typed."""
    treatment, form, instrument = _form_for(request, pk, form_pk)
    if form.status not in FILLABLE or form.answered_on is not None:
        return _settled(request, treatment)
    if is_by_script(request):
        return _keep_some(request, form)
    saw(request, "form read to fill", treatment, form=str(form.pk))
    initial = {"channel": _usual_channel(form), "answered_on": timezone.localdate()}
    about = AboutEntry(request.POST or None, initial=initial)
    problems: dict[str, str] = {}
    if request.method == "POST":
        problems = _keep_all(request, form, instrument, about)
        if not problems and about.is_valid():
            messages.success(request, _("%(form)s is kept.") % {"form": instrument.abbreviation})
            return redirect("treatment", pk=treatment.pk)
    return _page(request, treatment, form, instrument, about, problems)


def _form_for(request: HttpRequest, pk: UUID, form_pk: UUID) -> tuple[Treatment, Assignment, Instrument]:
    treatment = treatment_for(request, pk, Permission.ANSWERS_ENTER, own=False)
    form = get_object_or_404(treatment.assignments.select_related("programme"), pk=form_pk)
    instrument = treatment.programme.definitions.instruments.get(form.instrument)
    if instrument is None or not _may_enter(request, form, instrument):
        raise Http404
    return treatment, form, instrument


def _may_enter(request: HttpRequest, form: Assignment, instrument: Instrument) -> bool:
    """What therapists may not see of a patient's answers they do not type in either; own forms oneself."""
    if instrument.audience is Audience.OWN:
        return form.respondent_user_id == request.user.pk
    if instrument.audience is Audience.AGREED and form.respondent == "patient":
        return has_permission(request.user, Permission.OUTCOMES_IMPORT, programme=form.programme)
    return True


def _settled(request: HttpRequest, treatment: Treatment) -> HttpResponse:
    if is_by_script(request):
        return JsonResponse({"finished": True})
    messages.info(request, _("This form is finished, or does not apply any more."))
    return redirect("treatment", pk=treatment.pk)


def _usual_channel(form: Assignment) -> str:
    by_respondent = {"patient": Sitting.Channel.PAPER, "interviewer": Sitting.Channel.INTERVIEW}
    return by_respondent.get(form.respondent, Sitting.Channel.STAFF)


def _keep_some(request: HttpRequest, form: Assignment) -> HttpResponse:
    channel = sent_by_script(request).get("channel")
    sitting = _sitting(request, form, str(channel))
    kept = save_answers(sitting=sitting, given=from_script(request), by=request.user)
    return JsonResponse({"kept": kept.items, "problems": kept.problems, "finished": kept.finished})


def _keep_all(
    request: HttpRequest, form: Assignment, instrument: Instrument, about: AboutEntry
) -> dict[str, str]:
    """Keep what was typed, and finish where nothing is wrong; what is wrong, by item."""
    typed = [one for one in from_fields(request) if one.value is not None]
    if instrument.wording is Wording.NONE:
        return _keep_scores(request, form, typed, about)
    sitting = _sitting(request, form, about["channel"].value())
    emptied = form.drafts.exclude(item__in=[one.item for one in typed]).values_list("item", flat=True)
    kept = save_answers(
        sitting=sitting, given=[*typed, *(Given(item=item, value=None) for item in emptied)], by=request.user
    )
    if not kept.problems and about.is_valid():
        _finish(sitting, about, request)
    return dict(kept.problems)


def _finish(sitting: Sitting, about: AboutEntry, request: HttpRequest) -> None:
    given = about.cleaned_data
    try:
        finish_form(sitting=sitting, by=request.user, answered_on=given["answered_on"], note=given["note"])
    except ValidationError as error:
        about.add_error(None, error)


def _keep_scores(
    request: HttpRequest, form: Assignment, typed: list[Given], about: AboutEntry
) -> dict[str, str]:
    """Of a form whose key is not public: the scores of its scales."""
    if not about.is_valid():
        return {}
    problems, scores = {}, {}
    for one in typed:
        try:
            scores[one.item] = float(str(one.value))
        except ValueError:
            problems[one.item] = _("%(value)s is not a number.") % {"value": one.value}
    if not problems and not scores:
        about.add_error(None, _("No score is typed yet."))
    if problems or not scores:
        return problems
    try:
        record_scores(
            assignment=form, scores=scores, answered_on=about.cleaned_data["answered_on"], by=request.user
        )
    except ValidationError as error:
        about.add_error(None, error)
    return {}


def _sitting(request: HttpRequest, form: Assignment, channel: str) -> Sitting:
    """The one that this session has open in this way, or a new one."""
    known = request.session.get(ENTERING, {})
    channel = channel if channel in CHANNELS else _usual_channel(form)
    found = Sitting.objects.filter(pk=known.get(str(form.pk)), assignment=form, channel=channel).first()
    if found is None:
        found = open_sitting(assignment=form, channel=channel, device=device_of(request), by=request.user)
        request.session[ENTERING] = {**known, str(form.pk): str(found.pk)}
    return found


def _page(
    request: HttpRequest,
    treatment: Treatment,
    form: Assignment,
    instrument: Instrument,
    about: AboutEntry,
    problems: dict[str, str],
) -> HttpResponse:
    typed = {one.item: str(one.value or "") for one in from_fields(request)}
    given = {draft.item: draft.as_given for draft in form.drafts.all()}
    rows = list(_rows(instrument, {item: _shown(value) for item, value in given.items()} | typed, problems))
    context = {
        "treatment": treatment,
        "form": form,
        "instrument": instrument,
        "about": about,
        "rows": rows,
        "begun": len(given),
        "worded": has_wording(instrument),
        "score_only": instrument.wording is Wording.NONE,
        "save": instrument.wording is not Wording.NONE and request.path,
        "out_of_range": _("%(value)s is not an answer from %(low)s to %(high)s."),
        "crumbs": [(treatment.patient.pseudonym, reverse("treatment", args=[treatment.pk]))],
        "simulated": treatment.programme.is_simulated,
    }
    failed = request.method == "POST"
    return render(request, "web/form_enter.html", context, status=422 if failed else 200)


def _shown(value: float | str | None) -> str:
    return f"{value:g}" if isinstance(value, float) else value or ""


def _rows(instrument: Instrument, typed: dict[str, str], problems: dict[str, str]):
    language = get_language() or "en"
    if instrument.wording is Wording.NONE:
        for scale in instrument.scales:
            label = scale.title.in_(language)
            yield _row(scale.id, label, scale.minimum, scale.maximum, typed, problems)
        return
    labels = {item.id: item.label for item in instrument.all_items()}
    for question in questions(instrument, language):
        label = question.label if labels[question.item] else ""
        row = _row(question.item, label, question.low, question.high, typed, problems)
        yield row | {
            "is_text": question.kind == "text",
            "choices": question.choices,
            "choice_words": " · ".join(
                f"{choice.value} {choice.label}"
                for choice in question.choices
                if choice.label != choice.value
            ),
            "unit": question.unit,
        }


def _row(
    item: str,
    label: str,
    low: float | None,
    high: float | None,
    typed: dict[str, str],
    problems: dict[str, str],
) -> dict[str, Any]:
    return {
        "field": f"{FIELD}{item}",
        "item": item,
        "label": label,
        "low": low,
        "high": high,
        "value": typed.get(item, ""),
        "problem": problems.get(item, ""),
    }
