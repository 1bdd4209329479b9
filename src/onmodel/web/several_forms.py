"""The form that logs several planned meetings at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.accounts.models import User
from onmodel.supervision.models import Meeting
from onmodel.supervision.several import Said
from onmodel.web.supervision_forms import People

LATER, HELD = "", "held"


class OneForm(forms.Form):
    """One of them; nothing is kept of one that is left for later."""

    became = forms.ChoiceField(label=gettext_lazy("What became of it?"), required=False)
    present = People(label=gettext_lazy("Who was there?"), queryset=User.objects.none(), required=False)

    def __init__(self, data: Any = None, *, meeting: Meeting) -> None:
        super().__init__(data, prefix=str(meeting.pk))
        self.meeting = meeting
        reasons = [(value, _("not held: %(why)s") % {"why": why}) for value, why in Meeting.Reason.choices]
        self.fields["became"].choices = [(LATER, _("leave it for later")), (HELD, _("held")), *reasons]
        expected = [one.user_id for one in meeting.attendees.all()]
        self.fields["present"].queryset = User.objects.filter(pk__in=expected).order_by("name", "pk")
        self.initial["present"] = expected

    def said(self) -> Said | None:
        became = self.cleaned_data["became"]
        if became == LATER:
            return None
        if became == HELD:
            return Said(meeting=self.meeting, present=tuple(self.cleaned_data["present"]))
        return Said(meeting=self.meeting, reason=became)
