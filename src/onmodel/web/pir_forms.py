"""The forms on the page of a programme's report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from onmodel.accounts.models import User
from onmodel.pirs.models import Fate
from onmodel.programmes.models import Membership, Programme
from onmodel.web.changes import SeenMixin
from onmodel.web.forms import DateInput


def several_lines(rows: int = 3) -> forms.Textarea:
    return forms.Textarea({"rows": rows})


class RemarkForm(SeenMixin):
    text = forms.CharField(
        label=gettext_lazy("What you have to say"),
        required=False,
        max_length=4000,
        help_text=gettext_lazy("No names of patients; the expert centre reads it."),
        widget=several_lines(),
    )


class RecommendForm(forms.Form):
    what = forms.CharField(label=gettext_lazy("What is recommended?"), max_length=300)
    owner = forms.ModelChoiceField(label=gettext_lazy("Who does it?"), queryset=User.objects.none())
    due_on = forms.DateField(label=gettext_lazy("By when?"), widget=DateInput)

    def __init__(self, data: Any = None, *, programme: Programme) -> None:
        super().__init__(data)
        works = Membership.objects.in_force().of_programme(programme).exclude(role="stakeholder")
        self.fields["owner"].queryset = User.objects.filter(pk__in=works.values("user")).order_by("name")
        self.fields["owner"].label_from_instance = lambda user: user.name


class FateForm(forms.Form):
    became = forms.ChoiceField(label=gettext_lazy("What became of it?"), choices=Fate.Became.choices)
    words = forms.CharField(
        label=gettext_lazy("In a few words"),
        required=False,
        max_length=500,
        help_text=gettext_lazy("No names of patients; the expert centre reads it."),
    )


class SignForm(SeenMixin):
    """Carries what the person saw."""


class WhyForm(forms.Form):
    why = forms.CharField(label=gettext_lazy("Why?"), max_length=500)


class AskForm(forms.Form):
    section = forms.ChoiceField(label=gettext_lazy("About which section?"))
    text = forms.CharField(
        label=gettext_lazy("Your question"),
        max_length=4000,
        help_text=gettext_lazy("No names of patients; the expert centre reads it."),
        widget=several_lines(),
    )

    def __init__(self, data: Any = None, *, sections: dict[str, str]) -> None:
        super().__init__(data)
        self.fields["section"].choices = list(sections.items())


class AnswerForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=4000,
        help_text=gettext_lazy("No names of patients; the expert centre reads it."),
        widget=several_lines(),
    )
