"""Signals of a programme; one signal with its evidence, what helps, and what is done about it."""

from __future__ import annotations

import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.accounts.models import User
from onmodel.feedback.impressions import impression_due
from onmodel.feedback.steps import steps_for
from onmodel.followup.actions import agree
from onmodel.programmes.changes import ChangedMeanwhileError
from onmodel.programmes.models import Programme
from onmodel.signals import actions
from onmodel.signals.models import Signal
from onmodel.web.access import programme_for, signal_for
from onmodel.web.changes import SeenMixin, changed_page
from onmodel.web.components import EmptyState, Link, Status, Table
from onmodel.web.forms import DateInput
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.web.signal_groups import due_in_words
from onmodel.web.signal_rows import (
    about,
    for_whom,
    in_words,
    of_change,
    patients_of,
    signals_table,
    text_of,
    title_of,
)

A_PAGE = 25


class SignalFilter(forms.Form):
    """Which signals to list."""

    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[
            ("unsettled", gettext_lazy("Not closed")),
            ("closed", gettext_lazy("Closed")),
            ("all", gettext_lazy("All")),
        ],
    )
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"),
        required=False,
        choices=[("", gettext_lazy("Any")), *Signal.Severity.choices],
    )
    rule = forms.ChoiceField(label=gettext_lazy("About what"), required=False)

    def __init__(self, data: Any, *, programme: Programme) -> None:
        super().__init__(data)
        language = get_language() or "en"
        rules = programme.definitions.all_rules()
        titles = sorted(((rule.id, rule.title.in_(language)) for rule in rules), key=lambda one: one[1])
        self.fields["rule"].choices = [("", _("All")), *titles]


class CloseForm(SeenMixin):
    note = forms.CharField(label=gettext_lazy("Why can it be closed?"), widget=forms.Textarea({"rows": 3}))


class ActionForm(SeenMixin):
    """What is agreed, by whom, by when."""

    what = forms.CharField(label=gettext_lazy("What will be done?"), max_length=300)
    owner = forms.ModelChoiceField(label=gettext_lazy("By whom?"), queryset=None)
    due_on = forms.DateField(label=gettext_lazy("By when?"), widget=DateInput)

    def __init__(self, data: Any = None, *, programme: Programme, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        staff = (
            User.objects.filter(memberships__in=programme.memberships.in_force()).distinct().order_by("name")
        )
        self.fields["owner"].queryset = staff

    def clean_due_on(self) -> datetime.date:
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise ValidationError(_("This day is over; choose today or later."))
        return day


def signals(request: HttpRequest, slug: str) -> HttpResponse:
    programme = programme_for(request, slug, Permission.SIGNALS_VIEW)
    asked = SignalFilter({"state": "unsettled", **request.GET.dict()}, programme=programme)
    found = Signal.objects.visible_to(request.user).filter(programme=programme)
    found = found.select_related("programme", "treatment__patient", "person", "team")
    page = Paginator(_filtered(found, asked).most_severe_first(), A_PAGE).get_page(request.GET.get("page"))
    shown = list(page.object_list)
    saw(request, "signals listed", programme, patients=patients_of(shown))
    table = signals_table(shown, caption=_("Signals"), page=page, leave_out=["programme"])
    return render(
        request, "web/signals.html", programme_page(request, programme, filter=asked, table=table, page=page)
    )


def _filtered(found, asked: SignalFilter):
    if not asked.is_valid():
        return found.none()
    state, severity = asked.cleaned_data["state"] or "unsettled", asked.cleaned_data["severity"]
    if state == "closed":
        found = found.filter(state=Signal.State.CLOSED)
    elif state == "unsettled":
        found = found.unsettled()
    if rule := asked.cleaned_data["rule"]:
        found = found.filter(rule=rule)
    return found.filter(severity=severity) if severity else found


def signal(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = signal_for(request, pk)
    saw(request, "signal read", found)
    if waits_for_impression(request, found):
        return redirect("progress", pk=found.treatment_id)
    return _page(request, found)


def waits_for_impression(request: HttpRequest, signal: Signal) -> bool:
    """Whether it tells of scores of which the reader has to give an impression first."""
    treatment = signal.treatment
    if treatment is None or not of_change(signal) or impression_due(request.user, treatment) is None:
        return False
    told = _("This signal is about new scores. First give your own impression; then open it again.")
    messages.info(request, told)
    return True


def _page(
    request: HttpRequest,
    signal: Signal,
    *,
    close: CloseForm | None = None,
    action: ActionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rule = signal.definition
    language = get_language() or "en"
    programme = signal.programme
    seen = {"seen": actions.signal_stamp(signal)}
    may_handle = Permission.SIGNALS_HANDLE in permissions_in(request.user, programme)
    context = {
        "signal": signal,
        "title": title_of(signal),
        "text": text_of(signal),
        "about": about(signal),
        "for_whom": for_whom(signal),
        "when": due_in_words(signal.due_on) if signal.due_on and signal.state != Signal.State.CLOSED else "",
        "rule": rule,
        "helps": [help_.in_(language) for help_ in rule.helps] if rule else [],
        "evidence": _evidence(signal),
        "actions": _actions(signal, may_settle=may_handle),
        "steps": steps_for(signal) if may_handle else (),
        "open": signal.state != Signal.State.CLOSED,
        "may_handle": may_handle,
        "close_form": close or CloseForm(initial=seen),
        "action_form": action or ActionForm(programme=programme, initial=seen),
        "crumbs": [
            (_("Home"), reverse("home")),
            (programme.name, reverse("programme", args=[programme.slug])),
            (_("Signals"), reverse("signals", args=[programme.slug])),
        ],
        "simulated": programme.is_simulated,
    }
    return render(request, "web/signal.html", context, status=status)


def _evidence(signal: Signal) -> Table:
    """What was found when it opened, and what was found last."""
    then, now = signal.evidence, signal.latest_evidence
    rows = [
        [_evidence_name(name), *(in_words(signal, name, found.get(name)) for found in (then, now))]
        for name in dict.fromkeys([*then, *now])
    ]
    columns = [_("Found"), _("When it opened"), _("Last")]
    return Table(_("Evidence"), columns, rows, caption_hidden=True)


def _evidence_name(name: str) -> str:
    names = {
        "about": _("about"),
        "answer": _("answer"),
        "areas": _("areas that fell most"),
        "answered_on": _("answered on"),
        "at_least": _("at least"),
        "at_most": _("at most"),
        "baseline": _("score at the start"),
        "baseline_until": _("baseline until"),
        "change": _("change"),
        "criterion": _("reliable change"),
        "certainty": _("certainty"),
        "criterion_source": _("source of the criterion"),
        "days": _("days"),
        "due": _("due"),
        "expected": _("expected score"),
        "fallen_by": _("fallen by (points)"),
        "fallen_since": _("since about"),
        "fallen_interval": _("fallen by, 95 % interval"),
        "fitted_on": _("expected course fitted on"),
        "found": _("found"),
        "happened_on": _("day"),
        "instrument": _("form"),
        "item": _("item"),
        "latest": _("latest score"),
        "left_out": _("ratings left out: their raters or kind cannot be compared"),
        "level_before": _("mean of the baseline"),
        "level_since": _("mean since"),
        "limit": _("limit"),
        "minutes": _("minutes"),
        "missed": _("sessions missed in a row"),
        "moment": _("month"),
        "month": _("month"),
        "n": _("n"),
        "n_baseline": _("n of the baseline"),
        "parts": _("therapists or teams rated since"),
        "parts_lower": _("of whom lower"),
        "peer_measurements": _("their measurements"),
        "owner": _("owner"),
        "by": _("asked by"),
        "peers": _("patients compared with"),
        "period": _("period"),
        "plan": _("plan"),
        "raters_corrected": _("raters whose severity is taken out"),
        "reason": _("reason"),
        "scale": _("scale"),
        "sessions_between_false_alarms": _("one false alarm in so many sessions"),
        "since": _("counted from"),
        "source": _("source"),
        "standard": _("standard"),
        "started_on": _("start of treatment"),
        "unit": _("unit"),
        "years_between_false_alarms": _("that is, at the present pace, in so many years"),
    }
    return str(names.get(name, name))


def _actions(signal: Signal, *, may_settle: bool) -> Table:
    today = timezone.localdate()
    rows = [
        [
            Link(action.what, reverse("action", args=[signal.pk, action.pk]), note=_("say what came of it"))
            if may_settle and action.state == "agreed"
            else action.what,
            action.owner.name,
            action.due_on,
            Status(
                "overdue" if action.state == "agreed" and action.due_on < today else action.state, of="action"
            ),
            action.result or "–",
        ]
        for action in signal.actions.select_related("owner")
    ]
    columns = [_("Action"), _("Owner"), _("By"), _("State"), _("What came of it")]
    return Table(
        _("Actions"), columns, rows, empty=EmptyState(_("No action agreed yet")), caption_hidden=True
    )


def _changed(request: HttpRequest, form: forms.Form, signal: Signal) -> HttpResponse:
    """What others did about the signal meanwhile, beside what the person was about to do."""
    last = signal.actions.order_by("-pk").first()
    now = {"note": signal.closing_note or signal.get_state_display()}
    if last is not None:
        now |= {"what": last.what, "owner": last.owner_id, "due_on": last.due_on}
    back = reverse("signal", args=[signal.pk])
    return changed_page(request, form, now=now, seen=actions.signal_stamp(signal), back=back)


@require_POST
def signal_acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = signal_for(request, pk, Permission.SIGNALS_HANDLE)
    try:
        actions.acknowledge(signal=found, by=request.user)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("signal", pk=pk)


@require_POST
def signal_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    found = signal_for(request, pk, Permission.SIGNALS_HANDLE)
    form = CloseForm(request.POST)
    if not form.is_valid():
        return _page(request, found, close=form, status=422)
    try:
        actions.close(signal=found, by=request.user, **form.cleaned_data)
        messages.success(request, _("The signal is closed."))
    except ChangedMeanwhileError as error:
        return _changed(request, form, error.current)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("signal", pk=pk)


@require_POST
def signal_action(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Agree on an action that answers the signal."""
    found = signal_for(request, pk, Permission.SIGNALS_HANDLE)
    form = ActionForm(request.POST, programme=found.programme)
    if not form.is_valid():
        return _page(request, found, action=form, status=422)
    try:
        agree(programme=found.programme, signal=found, by=request.user, **form.cleaned_data)
        messages.success(request, _("The action is agreed."))
    except ChangedMeanwhileError as error:
        return _changed(request, form, error.current)
    except ValidationError as error:
        messages.error(request, error.messages[0])
    return redirect("signal", pk=pk)
