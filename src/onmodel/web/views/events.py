"""What happened to a programme, whether adherence is another since, and how it goes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.adherence.changes import BeforeAndAfter, before_and_after
from onmodel.adherence.drift import Drift, look_for_drift
from onmodel.programmes.actions import record_event, take_back_event
from onmodel.programmes.events import ProgrammeEvent, kinds_of
from onmodel.programmes.models import Programme, Team
from onmodel.web.access import programme_for
from onmodel.web.components import EmptyState, Table
from onmodel.web.drift_shown import Shown, event_in_words, shown
from onmodel.web.forms import DateInput
from onmodel.web.rating_form import in_words
from onmodel.web.sections import programme_page
from onmodel.web.seen import saw
from onmodel.wording.numbers import written

#: A team of fewer rated therapists is drawn for their supervisors only.
FEWEST_THERAPISTS = 3
LEAST_P = 0.001


class EventForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What happened?"))
    happened_on = forms.DateField(label=gettext_lazy("When?"), widget=DateInput)
    team = forms.ModelChoiceField(
        label=gettext_lazy("Which team?"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("The whole programme"),
    )
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("No names of patients or colleagues."),
    )

    def __init__(self, data: Any = None, *, programme: Programme) -> None:
        super().__init__(data)
        self.fields["kind"].choices = [(term.id, in_words(term.label)) for term in kinds_of(programme)]
        self.fields["team"].queryset = Team.objects.filter(programme=programme)


def events(request: HttpRequest, slug: str) -> HttpResponse:
    """The events with what changed after each, how adherence goes; and a form to record another."""
    if request.method == "POST":
        programme = programme_for(request, slug, Permission.REQUIREMENTS_ATTEST)
        form = EventForm(request.POST, programme=programme)
        if _recorded(request, programme, form):
            return redirect("events", slug=slug)
        return _page(request, programme, form, 422)
    programme = programme_for(request, slug, Permission.REQUIREMENTS_VIEW)
    return _page(request, programme, EventForm(programme=programme))


def _recorded(request: HttpRequest, programme: Programme, form: EventForm) -> bool:
    if not form.is_valid():
        return False
    try:
        record_event(programme=programme, by=request.user, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("The event is recorded."))
    return True


@require_POST
def event_take_back(request: HttpRequest, slug: str, event_pk: UUID) -> HttpResponse:
    programme = programme_for(request, slug, Permission.REQUIREMENTS_ATTEST)
    event = get_object_or_404(ProgrammeEvent.objects.filter(programme=programme), pk=event_pk)
    take_back_event(event=event, by=request.user)
    messages.success(request, _("The event is taken back; it counts no more."))
    return redirect("events", slug=slug)


def _page(request: HttpRequest, programme: Programme, form: EventForm, status: int = 200) -> HttpResponse:
    saw(request, "programme events opened", programme)
    may_record = Permission.REQUIREMENTS_ATTEST in permissions_in(request.user, programme)
    found = list(programme.events.standing().select_related("team", "recorded_by", "programme"))
    drift = look_for_drift(programme, timezone.localdate())
    context = programme_page(
        request,
        programme,
        form=form,
        may_record=may_record,
        table=events_table(request, found, drift, may_record=may_record),
        drift=drift_parts(request, programme, drift, found),
    )
    return render(request, "web/events.html", context, status=status)


def events_table(
    request: HttpRequest, found: list[ProgrammeEvent], drift: Drift, *, may_record: bool
) -> Table:
    """Newest first, each with the change of adherence in the year after it."""
    rows = []
    for event in found:
        change = before_and_after(drift.ratings, drift.correction, on=event.happened_on, team=event.team_id)
        what = event_in_words(event) + (f": {event.note}" if event.note else "")
        row = [event.happened_on, what, event.team.name if event.team else _("whole programme")]
        rows.append([*row, change_in_words(change), *([_take_back(request, event)] if may_record else [])])
    columns = [
        _("When"),
        _("What happened"),
        _("Where"),
        _("Adherence, a year after against before"),
    ]
    empty = EmptyState(_("Nothing is recorded yet"), _("Record what may tell in the figures."))
    shown_columns = [*columns, *([_("Mistaken?")] if may_record else [])]
    return Table(_("Events"), shown_columns, rows, empty=empty, caption_hidden=True, id="events")


def _take_back(request: HttpRequest, event: ProgrammeEvent) -> str:
    return render_to_string("web/event_take_back.html", {"event": event}, request)


def change_in_words(change: BeforeAndAfter) -> str:
    sides = {"before": change.n_before, "after": change.n_after}
    if change.change is None or change.lower is None or change.upper is None or change.p is None:
        return _(
            "not to be told: %(before)s sessions before and %(after)s after; %(fewest)s on each side are "
            "needed"
        ) % {**sides, "fewest": change.fewest}
    return _(
        "%(change)s points (95 %% interval %(low)s to %(high)s, p %(p)s); n = %(before)s sessions before, "
        "%(after)s after, of %(therapists)s therapists"
    ) % {
        **sides,
        "change": written(change.change, 1),
        "low": written(change.lower, 1),
        "high": written(change.upper, 1),
        "p": f"< {written(LEAST_P, 3)}" if change.p < LEAST_P else f"= {written(change.p, 3)}",
        "therapists": change.therapists,
    }


def drift_parts(
    request: HttpRequest, programme: Programme, drift: Drift, found: list[ProgrammeEvent]
) -> list[Shown]:
    """The programme, then each team that is there and drawn for this reader."""
    if drift.programme is None:
        return []
    given = {"events": found, "simulated": programme.is_simulated}
    may_rate = Permission.ADHERENCE_RATE in permissions_in(request.user, programme)
    parts = [shown(drift.programme, drift, title=_("The programme"), **given)]
    for team in programme.teams.in_force().filter(pk__in=drift.teams):
        watched = drift.teams[team.pk]
        therapists = {one.therapist for one in watched.scores}
        if may_rate or len(therapists) >= FEWEST_THERAPISTS:
            parts.append(shown(watched, drift, title=_("Team %(name)s") % {"name": team.name}, **given))
    return parts
