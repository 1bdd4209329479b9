"""The signals of all programmes in one place: mine, my team's, what is being done, what came of it."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from onmodel.access.permissions import Permission, roles_with
from onmodel.programmes.models import Programme
from onmodel.signals.actions import acknowledge_all
from onmodel.signals.models import Signal, waits_for
from onmodel.web.components import EmptyState, Tab
from onmodel.web.seen import saw
from onmodel.web.signal_groups import signal_groups, signals_in
from onmodel.web.signal_rows import patients_of

#: What was closed so long ago or longer stands on the page of its programme.
CLOSED_SHOWN = datetime.timedelta(days=92)
SEEN = (Signal.State.ACKNOWLEDGED, Signal.State.ACTED_UPON)


def inbox_for(user) -> QuerySet[Signal]:
    """Those that wait for the user, and that nobody has acknowledged."""
    return Signal.objects.waiting_for(user).filter(state=Signal.State.OPEN)


def _team(user) -> QuerySet[Signal]:
    return Signal.objects.waiting_for_others(user).filter(state=Signal.State.OPEN)


def _seen(user) -> QuerySet[Signal]:
    return Signal.objects.visible_to(user).filter(state__in=SEEN)


def _closed(user) -> QuerySet[Signal]:
    since = timezone.now() - CLOSED_SHOWN
    return Signal.objects.visible_to(user).filter(state=Signal.State.CLOSED, closed_at__gte=since)


PARTS = {"mine": inbox_for, "team": _team, "seen": _seen, "closed": _closed}


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    """One line for each rule and programme; it unfolds into those whom it is about."""
    _may_see_signals(request)
    part = request.GET.get("part", "mine")
    part = part if part in PARTS else "mine"
    groups = signal_groups(PARTS[part](request.user))
    listed = signals_in(groups)
    saw(request, "signals listed", request.user, patients=patients_of(listed))
    context = {
        "part": part,
        "groups": groups,
        "tabs": _tabs(request, part),
        "empty": _empty(part),
        "crumbs": [(_("Home"), reverse("home"))],
        "simulated": any(signal.programme.is_simulated for signal in listed),
    }
    return render(request, "web/inbox.html", context)


def _may_see_signals(request: HttpRequest) -> None:
    roles = roles_with(Permission.SIGNALS_VIEW)
    if not request.user.memberships.in_force().filter(role__in=roles).exists():
        raise PermissionDenied


def _tabs(request: HttpRequest, part: str) -> list[Tab]:
    labels = {
        "mine": _("For me"),
        "team": _("Others in my teams"),
        "seen": _("Being dealt with"),
        "closed": _("What came of it"),
    }
    counts = _counts(request.user)
    return [
        Tab(label, f"{reverse('inbox')}?part={name}", current=name == part, count=counts.get(name))
        for name, label in labels.items()
    ]


def _counts(user) -> dict[str, int]:
    """How many each part holds. One query."""
    is_open = Q(state=Signal.State.OPEN)
    found = Signal.objects.visible_to(user).aggregate(
        mine=Count("pk", filter=is_open & waits_for(user)),
        open=Count("pk", filter=is_open),
        seen=Count("pk", filter=Q(state__in=SEEN)),
    )
    return {"mine": found["mine"], "team": found["open"] - found["mine"], "seen": found["seen"]}


def _empty(part: str) -> EmptyState:
    said = {
        "mine": (_("Nothing waits for you"), _("What comes up appears here, and on your home page.")),
        "team": (_("Nothing waits for the others"), _("What comes up for your colleagues appears here.")),
        "seen": (_("Nothing is being dealt with"), _("What somebody has seen or is doing appears here.")),
        "closed": (
            _("Nothing was closed lately"),
            _("What was closed in the last three months stands here."),
        ),
    }
    return EmptyState(*said[part])


class _Alike(forms.Form):
    """Which signals: of a rule, in a programme."""

    programme = forms.SlugField()
    rule = forms.SlugField()


@require_POST
def inbox_acknowledge(request: HttpRequest) -> HttpResponse:
    """Say of all that are alike and wait for the reader that they were seen."""
    _may_see_signals(request)
    chosen = _Alike(request.POST)
    if not chosen.is_valid():
        return HttpResponse(status=400)
    handled = Programme.objects.visible_to(request.user, Permission.SIGNALS_HANDLE)
    said: dict[str, Any] = {"programme__slug": chosen.cleaned_data["programme"], "programme__in": handled}
    found = inbox_for(request.user).filter(rule=chosen.cleaned_data["rule"], **said)
    n = acknowledge_all(signals=found, by=request.user)
    words = ngettext("%(n)s signal is marked as seen.", "%(n)s signals are marked as seen.", n)
    messages.success(request, words % {"n": n})
    return redirect("inbox")
