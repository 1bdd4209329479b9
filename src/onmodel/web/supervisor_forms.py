"""The forms about supervisors: beginning a rating, sharing a recording, commenting on one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from onmodel.accounts.models import User
from onmodel.supervision.models import Meeting
from onmodel.supervisors.actions import LONGEST_TEXT
from onmodel.supervisors.models import SupervisorRating
from onmodel.web.forms import DateInput
from onmodel.web.session_forms import PeopleChoice
from onmodel.wording.numbers import date_written


class MeetingChoice(forms.ModelChoiceField):
    """Recorded meetings by day and team; nothing of what was said."""

    def label_from_instance(self, obj: Meeting) -> str:
        team = f", {obj.team.name}" if obj.team else ""
        return f"{date_written(obj.day)}{team}: {obj.recording}"


def outside(meetings):
    """Those whose recording may be looked at beyond the team (`Meeting.may_be_shown_outside`)."""
    return meetings.held().exclude(recording="").filter(session__isnull=True).select_related("team")


class BeginForm(forms.Form):
    """What the expert saw."""

    basis = forms.ChoiceField(
        label=gettext_lazy("How did you see it?"), choices=SupervisorRating.Basis.choices
    )
    day = forms.DateField(label=gettext_lazy("Supervision of"), widget=DateInput, required=False)
    meeting = MeetingChoice(
        label=gettext_lazy("Recorded meeting"), queryset=Meeting.objects.none(), required=False
    )

    def __init__(self, data: Any = None, *, meetings) -> None:
        super().__init__(data, initial={"day": timezone.localdate()})
        self.fields["meeting"].queryset = outside(meetings)

    def clean_day(self):
        return self.cleaned_data["day"] or timezone.localdate()


class ShareForm(forms.Form):
    meeting = MeetingChoice(label=gettext_lazy("Recorded supervision"), queryset=Meeting.objects.none())
    shared_with = PeopleChoice(label=gettext_lazy("Supervisor of another team"), queryset=User.objects.none())
    question = forms.CharField(
        label=gettext_lazy("What should (s)he look at?"),
        help_text=gettext_lazy("No patient's name."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data: Any = None, *, meetings, partners: Iterable[User]) -> None:
        super().__init__(data)
        self.fields["meeting"].queryset = outside(meetings)
        ids = [one.pk for one in partners]
        self.fields["shared_with"].queryset = User.objects.filter(pk__in=ids).order_by("name", "pk")


class CommentForm(forms.Form):
    went_well = forms.CharField(
        label=gettext_lazy("What went well?"),
        help_text=gettext_lazy("No patient's name."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    to_try = forms.CharField(
        label=gettext_lazy("What could be tried?"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
