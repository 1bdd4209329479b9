"""The forms about drawing sessions and asking for ratings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from onmodel.access.permissions import Permission
from onmodel.accounts.models import User
from onmodel.adherence.models import Draw, Rating
from onmodel.programmes.models import Programme
from onmodel.sessions.models import Session
from onmodel.web.forms import DateInput
from onmodel.web.session_forms import PeopleChoice
from onmodel.wording.numbers import date_written

#: The latest sessions that a calibration may be about.
MOST_OFFERED = 50


class DrawForm(forms.Form):
    """Whose session, and of which kind."""

    therapist = PeopleChoice(label=gettext_lazy("Therapist"), queryset=User.objects.none())
    kind = forms.ChoiceField(label=gettext_lazy("Kind of session"), choices=Session.Kind)

    def __init__(self, data: Any = None, *, people: Sequence[User]) -> None:
        super().__init__(data)
        self.fields["therapist"].queryset = User.objects.filter(pk__in=[one.pk for one in people]).order_by(
            "name"
        )


class AskForm(forms.Form):
    rater = PeopleChoice(label=gettext_lazy("Who rates?"), queryset=User.objects.none())
    purpose = forms.ChoiceField(
        label=gettext_lazy("What for?"),
        choices=[(one.value, one.label) for one in Rating.Purpose],
        help_text=gettext_lazy("Ratings of one session are opened only when all of them are in."),
    )

    def __init__(self, data: Any = None, *, draw: Draw) -> None:
        super().__init__(data)
        members = draw.programme.memberships.in_force().filter(role__in=["therapist", "supervisor"])
        self.fields["rater"].queryset = User.objects.filter(pk__in=members.values("user")).order_by("name")


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why can it not be rated?"), widget=forms.Textarea({"rows": 2})
    )


class ShareForm(forms.Form):
    """Which share of sessions a second person rates, in per cent."""

    percent = forms.FloatField(label=gettext_lazy("Share of sessions, %"), min_value=0, max_value=100)
    reason = forms.CharField(label=gettext_lazy("Why?"), widget=forms.Textarea({"rows": 2}))


class _ManyPeople(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


class CalibrationForm(forms.Form):
    """Which recorded session, when, who gives the reference and who takes part."""

    rated = forms.ChoiceField(label=gettext_lazy("Session"))
    held_on = forms.DateField(label=gettext_lazy("Day of the meeting"), widget=DateInput)
    reference = PeopleChoice(label=gettext_lazy("Who gives the reference?"), queryset=User.objects.none())
    participants = _ManyPeople(
        label=gettext_lazy("Who takes part?"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, programme: Programme, user: User) -> None:
        super().__init__(data)
        members = programme.memberships.in_force().filter(role__in=["therapist", "supervisor"])
        people = User.objects.filter(pk__in=members.values("user")).order_by("name")
        self.fields["reference"].queryset = self.fields["participants"].queryset = people
        supervised = Session.objects.visible_to(user, Permission.ADHERENCE_RATE).filter(programme=programme)
        sessions = Session.objects.watchable().filter(pk__in=supervised.values("pk"))
        self.found = {
            f"{one.pk}:{person.pk}": (one, person)
            for one in sessions.prefetch_related("therapists")[:MOST_OFFERED]
            for person in one.therapists.all()
        }
        self.fields["rated"].choices = [
            (key, f"{date_written(one.held_on)}, {one.get_kind_display()}, {person.name}")
            for key, (one, person) in self.found.items()
        ]

    @property
    def chosen(self) -> tuple[Session, User]:
        return self.found[self.cleaned_data["rated"]]
