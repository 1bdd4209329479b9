"""From a signal to what is done: support steps chosen together, and what came of each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.feedback.actions import choose_steps
from onmodel.feedback.steps import steps_for
from onmodel.followup.actions import action_stamp, settle
from onmodel.followup.models import Action
from onmodel.packs.standards import Term
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.signals.actions import signal_stamp
from onmodel.signals.models import Signal
from onmodel.web.access import action_for, signal_for
from onmodel.web.changes import SeenMixin, changed_page
from onmodel.web.seen import saw
from onmodel.web.signal_rows import text_of, title_of
from onmodel.web.views.signals import ActionForm, waits_for_impression


class StepsForm(ActionForm):
    """Which support steps, what was decided about them, who does it and when it is looked at again."""

    what = None
    steps = forms.MultipleChoiceField(
        label=gettext_lazy("Which steps fit?"), widget=forms.CheckboxSelectMultiple
    )
    decided = forms.CharField(
        label=gettext_lazy("What was decided?"),
        max_length=200,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    field_order = ("steps", "decided", "owner", "due_on")

    def __init__(self, data: Any = None, *, steps: tuple[Term, ...], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        language = get_language() or "en"
        self.fields["steps"].choices = [(step.id, step.label.in_(language)) for step in steps]
        self.fields["due_on"].label = _("When do you look at it again?")


class ResultForm(SeenMixin):
    state = forms.ChoiceField(
        label=gettext_lazy("Was it done?"),
        widget=forms.RadioSelect,
        choices=[
            (Action.State.DONE, gettext_lazy("Yes, it was done")),
            (Action.State.DROPPED, gettext_lazy("No, it is dropped")),
        ],
    )
    result = forms.CharField(label=gettext_lazy("What came of it?"), widget=forms.Textarea({"rows": 3}))


def signal_steps(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Choose support steps for a signal; each becomes an action."""
    signal = signal_for(request, pk, Permission.SIGNALS_HANDLE)
    steps = steps_for(signal)
    if not steps or signal.state == Signal.State.CLOSED:
        raise Http404
    saw(request, "signal read", signal)
    if waits_for_impression(request, signal):
        return redirect("progress", pk=signal.treatment_id)
    seen = {"seen": signal_stamp(signal)}
    form = StepsForm(request.POST or None, steps=steps, programme=signal.programme, initial=seen)
    if request.method == "POST" and form.is_valid():
        try:
            choose_steps(signal=signal, by=request.user, **form.cleaned_data)
        except ChangedMeanwhileError:
            back = reverse("signal", args=[pk])
            return changed_page(request, form, now={}, seen=signal_stamp(signal), back=back)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(
                request, _("The steps are agreed; the next measurement tells what came of them.")
            )
            return redirect("signal", pk=pk)
    language = get_language() or "en"
    context = {
        **_frame(signal),
        "text": text_of(signal),
        "form": form,
        "steps": [(s.label.in_(language), s.help.in_(language) if s.help else "") for s in steps],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "web/signal_steps.html", context, status=status)


def action(request: HttpRequest, pk: UUID, action_pk: int) -> HttpResponse:
    """Say what came of an action that answers a signal."""
    found = action_for(request, pk, action_pk)
    signal = found.signal
    saw(request, "signal read", signal)
    form = ResultForm(request.POST or None, initial={"seen": action_stamp(found)})
    if request.method == "POST" and form.is_valid():
        try:
            settle(action=found, by=request.user, **form.cleaned_data)
        except ChangedMeanwhileError as error:
            now = {"state": error.current.state, "result": error.current.result}
            back = reverse("signal", args=[signal.pk])
            return changed_page(request, form, now=now, seen=action_stamp(error.current), back=back)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            _tell(request, signal)
            return redirect("signal", pk=signal.pk)
    context = {**_frame(signal), "action": found, "form": form}
    return render(request, "web/action.html", context, status=422 if request.method == "POST" else 200)


def _tell(request: HttpRequest, signal: Signal) -> None:
    if signal.actions.undone().exists() or signal.state == Signal.State.CLOSED:
        messages.success(request, _("It is kept."))
    else:
        messages.success(request, _("It is kept. Nothing is left to do: you can close the signal."))


def _frame(signal: Signal) -> dict[str, object]:
    return {
        "signal": signal,
        "programme": signal.programme,
        "title": title_of(signal),
        "crumbs": [
            (_("Home"), reverse("home")),
            (_("Signals"), reverse("signals", args=[signal.programme.slug])),
            (title_of(signal), reverse("signal", args=[signal.pk])),
        ],
        "simulated": signal.programme.is_simulated,
    }
