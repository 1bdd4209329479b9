"""The form that logs who came to a meeting that nobody planned, without what was said in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from onmodel.accounts.models import User
from onmodel.programmes.models import Programme, Team
from onmodel.supervision.actions import Log
from onmodel.supervision.attendance import open_kinds, staff_of
from onmodel.web.forms import DateInput
from onmodel.web.rating_form import in_words
from onmodel.web.supervision_forms import People, TeamChoice, TimeInput


class AttendanceForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("Kind of meeting"))
    team = TeamChoice(
        label=gettext_lazy("Team"),
        help_text=gettext_lazy("Left empty where the meeting is of the whole programme."),
        queryset=Team.objects.none(),
        required=False,
    )
    day = forms.DateField(label=gettext_lazy("Held on"), widget=DateInput)
    starts_at = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput, required=False)
    ends_at = forms.TimeField(label=gettext_lazy("Until"), widget=TimeInput, required=False)
    present = People(label=gettext_lazy("Who was there?"), queryset=User.objects.none())

    def __init__(self, data: Any = None, *, programme: Programme) -> None:
        super().__init__(data, prefix="new", initial={"day": timezone.localdate()})
        kinds = open_kinds(programme).items()
        self.fields["kind"].choices = [(id_, capfirst(in_words(kind.label))) for id_, kind in kinds]
        self.fields["team"].queryset = programme.teams.in_force()
        self.fields["present"].queryset = staff_of(programme)

    def meeting(self) -> dict[str, Any]:
        """What `keep_meeting` takes."""
        given = self.cleaned_data
        log = Log(
            day=given["day"],
            starts_at=given["starts_at"],
            ends_at=given["ends_at"],
            present=tuple(given["present"]),
        )
        return {"kind": given["kind"], "team": given["team"], "log": log}
