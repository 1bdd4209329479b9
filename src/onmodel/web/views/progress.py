"""The page that patient and therapist look at together: where it stands, and what each of them sees."""

from __future__ import annotations

import datetime
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.feedback import actions
from onmodel.feedback.impressions import impression_due, latest_measurement, works_in
from onmodel.feedback.looking import look_at
from onmodel.feedback.models import Goal
from onmodel.patients.models import Treatment
from onmodel.sharing.actions import share_own, withdraw_own
from onmodel.web.access import is_own, treated_for, treated_or_own_for, treatment_for
from onmodel.web.progress_parts import (
    domain_panels,
    feelings_part,
    goals_table,
    impressions_part,
    reflections_table,
    together_part,
)
from onmodel.web.seen import saw
from onmodel.web.views.letters import letters_part
from onmodel.wording.numbers import date_written


class ImpressionForm(forms.Form):
    """Compared with the start, how is this patient now? Asked before the scores are shown."""

    change = forms.ChoiceField(
        label=gettext_lazy("Compared with the start, how is this patient now?"), widget=forms.RadioSelect
    )
    words = forms.CharField(
        label=gettext_lazy("In what do you see that?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data=None, *, treatment: Treatment) -> None:
        super().__init__(data)
        form = treatment.programme.definitions.instruments["therapist_impression"]
        language = get_language() or "en"
        options = [(f"{o.value:g}", o.label.in_(language)) for o in form.options if o.label]
        self.fields["change"].choices = [*options, ("unsure", _("I cannot say"))]


class ReflectionForm(forms.Form):
    patient_sees = forms.CharField(
        label=gettext_lazy("What does the patient see?"),
        help_text=gettext_lazy("In the patient's own words."),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )
    therapist_sees = forms.CharField(
        label=gettext_lazy("What do you see?"),
        required=False,
        max_length=4000,
        widget=forms.Textarea({"rows": 3}),
    )


class GoalForm(forms.Form):
    words = forms.CharField(label=gettext_lazy("The goal, in the patient's own words"), max_length=300)
    general = forms.ChoiceField(label=gettext_lazy("Part of which general goal?"), required=False)

    def __init__(self, data=None, *, treatment: Treatment) -> None:
        super().__init__(data)
        listed = treatment.programme.definitions.terms.get("treatment_goals")
        language = get_language() or "en"
        terms = listed.terms if listed else ()
        self.fields["general"].choices = [("", "–"), *((t.id, t.label.in_(language)) for t in terms)]


class RatingForm(forms.Form):
    nearness = forms.IntegerField(
        label=gettext_lazy("How near is it, from 0 (not at all) to 10 (reached)?"), min_value=0, max_value=10
    )
    state = forms.ChoiceField(label=gettext_lazy("Is it still worked on?"), choices=Goal.State.choices)


def progress(request: HttpRequest, pk: UUID) -> HttpResponse:
    treatment = treatment_for(request, pk, Permission.CONVERSATION_VIEW)
    return progress_page(request, treatment, own=is_own(request, treatment))


def progress_page(
    request: HttpRequest, treatment: Treatment, *, own: bool, status: int = 200, **filled: forms.Form
) -> HttpResponse:
    """The page for staff, or for the patient (`own`). A therapist gives an impression before seeing it."""
    saw(request, "progress looked at", treatment)
    due = None if own else impression_due(request.user, treatment)
    context = _frame(treatment, own=own)
    if due is not None:
        form = filled.get("impression") or ImpressionForm(treatment=treatment)
        asked = {"impression": form, "measured": date_written(due)}
        return render(request, "web/progress_impression.html", {**context, **asked}, status=status)
    look = look_at(treatment, today=timezone.localdate())
    works = not own and works_in(request.user, treatment)
    may_add = works or (own and request.user.is_authenticated)
    context |= {
        "domains": domain_panels(treatment, look),
        "goals": goals_table(treatment, look, rated=may_add),
        "goal_form": filled.get("goal") or (GoalForm(treatment=treatment) if may_add else None),
        "impressions": None if own else impressions_part(request.user, treatment, look),
        "reflection_form": filled.get("reflection") or (ReflectionForm() if works else None),
        "reflections": reflections_table(treatment),
        "together": together_part(request.user, treatment, own=own),
        "feelings": None if own else feelings_part(request.user, treatment, works=works),
        **letters_part(request, treatment, own=own),
    }
    return render(request, "web/progress.html", context, status=status)


def _frame(treatment: Treatment, *, own: bool) -> dict[str, object]:
    name = _("Your treatment") if own else treatment.patient.pseudonym
    crumbs = [] if own else [(name, reverse("treatment", args=[treatment.pk]))]
    return {
        "treatment": treatment,
        "programme": treatment.programme,
        "own": own,
        "name": name,
        "crumbs": crumbs,
        "simulated": treatment.programme.is_simulated,
    }


@require_POST
def progress_impression(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep the impression, and then show the page."""
    treatment = treated_for(request, pk)
    due = impression_due(request.user, treatment)
    form = ImpressionForm(request.POST, treatment=treatment)
    if due is None or not form.is_valid():
        return progress_page(request, treatment, own=False, status=422, impression=form)
    given = form.cleaned_data
    change = None if given["change"] == "unsure" else int(given["change"])
    try:
        actions.give_impression(
            treatment=treatment, measured_on=due, change=change, words=given["words"], by=request.user
        )
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("progress", pk=pk)


@require_POST
def progress_reflection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Keep what each sees of the measurement that was looked at last."""
    treatment = treated_for(request, pk)
    form = ReflectionForm(request.POST)
    if form.is_valid():
        try:
            actions.reflect(
                treatment=treatment, measured_on=_measured(treatment), by=request.user, **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("What you both see is kept."))
            return redirect("progress", pk=pk)
    return progress_page(request, treatment, own=False, status=422, reflection=form)


def _measured(treatment: Treatment) -> datetime.date:
    return latest_measurement(treatment) or timezone.localdate()


@require_POST
def progress_goal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A new goal, by the patient or by who works in the treatment."""
    treatment = treated_or_own_for(request, pk)
    form = GoalForm(request.POST, treatment=treatment)
    if form.is_valid():
        try:
            actions.set_goal(treatment=treatment, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, _("The goal is kept."))
            return redirect("progress", pk=pk)
    return progress_page(request, treatment, own=is_own(request, treatment), status=422, goal=form)


def goal(request: HttpRequest, pk: UUID, goal_pk: UUID) -> HttpResponse:
    """How near a goal is, by the patient or by who works in the treatment."""
    treatment = treated_or_own_for(request, pk)
    found = get_object_or_404(treatment.goals, pk=goal_pk)
    saw(request, "progress looked at", treatment)
    form = RatingForm(request.POST or None, initial={"state": found.state})
    if request.method == "POST" and form.is_valid():
        actions.rate_goal(goal=found, by=request.user, **form.cleaned_data)
        messages.success(request, _("It is kept."))
        return redirect("progress", pk=pk)
    own = is_own(request, treatment)
    frame = _frame(treatment, own=own)
    frame["crumbs"] = [*frame["crumbs"], (_("Looking together"), reverse("progress", args=[pk]))]  # type: ignore[misc]
    status = 422 if request.method == "POST" else 200
    return render(request, "web/goal.html", {**frame, "goal": found, "form": form}, status=status)


@require_POST
def progress_feelings(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one's own notes to the supervisor, or no longer."""
    treatment = treated_for(request, pk)
    if "share" in request.POST:
        share_own(treatment=treatment, by=request.user)
        messages.success(request, _("Your supervisor can see them now."))
    else:
        withdraw_own(treatment=treatment, by=request.user)
        messages.success(request, _("Only you see them now."))
    return redirect("progress", pk=pk)
