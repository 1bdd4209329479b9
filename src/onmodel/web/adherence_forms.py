"""The forms about drawing sessions and asking for ratings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from onmodel.accounts.models import User
from onmodel.adherence.models import Draw, Rating
from onmodel.sessions.models import Session
from onmodel.web.session_forms import PeopleChoice


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
