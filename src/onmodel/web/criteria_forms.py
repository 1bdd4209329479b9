"""The forms about criteria, consensus and yes/no lists."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.accounts.models import User
from onmodel.criteria.models import CriteriaReview
from onmodel.followup.models import Action
from onmodel.packs.instruments import Instrument
from onmodel.web.changes import SeenMixin
from onmodel.web.forms import DateInput
from onmodel.web.rating_form import in_words


class BeginForm(forms.Form):
    """Score the programme as of a day."""

    kind = forms.ChoiceField(label=gettext_lazy("As what?"), widget=forms.RadioSelect)
    day = forms.DateField(label=gettext_lazy("As of"), widget=DateInput)

    def __init__(self, data: Any = None, *, kinds: Iterable[str], **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        labels = dict(CriteriaReview.Kind.choices)
        self.fields["kind"].choices = [(kind, labels[kind]) for kind in kinds]
        if len(self.fields["kind"].choices) == 1:
            self.fields["kind"].widget = forms.HiddenInput()
            self.fields["kind"].initial = self.fields["kind"].choices[0][0]


class PlanAuditForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Day of the visit"), widget=DateInput)

    prefix = "audit"


class ImprovementForm(forms.Form):
    """What will be better for which criterion, by whom, by when."""

    criterion = forms.ChoiceField(label=gettext_lazy("Criterion"))
    what = forms.CharField(label=gettext_lazy("What will be done?"), max_length=300)
    owner = forms.ModelChoiceField(label=gettext_lazy("Owner"), queryset=User.objects.none())
    due_on = forms.DateField(label=gettext_lazy("By"), widget=DateInput)

    def __init__(self, data: Any = None, *, criteria: list[tuple[str, str]], owners, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["criterion"].choices = criteria
        self.fields["owner"].queryset = owners
        self.fields["owner"].label_from_instance = lambda user: user.name

    def clean_due_on(self) -> datetime.date:
        day = self.cleaned_data["due_on"]
        if day < timezone.localdate():
            raise forms.ValidationError(_("This day is over; choose today or later."))
        return day


class SettleForm(SeenMixin):
    """What came of an improvement."""

    state = forms.ChoiceField(
        label=gettext_lazy("Done?"),
        widget=forms.RadioSelect,
        choices=[(Action.State.DONE, gettext_lazy("Done")), (Action.State.DROPPED, gettext_lazy("Dropped"))],
    )
    result = forms.CharField(
        label=gettext_lazy("What came of it?"),
        widget=forms.Textarea({"rows": 3}),
        required=False,
        max_length=4000,
    )


class RoundForm(forms.Form):
    """Ask several people to score the same form."""

    instrument = forms.ChoiceField(label=gettext_lazy("What is scored?"), widget=forms.RadioSelect)
    starts_on = forms.DateField(label=gettext_lazy("About the period from"), widget=DateInput)
    ends_on = forms.DateField(label=gettext_lazy("until"), widget=DateInput)
    named = forms.TypedChoiceField(
        label=gettext_lazy("Are names kept with the scores?"),
        help_text=gettext_lazy(
            "Without names nobody can find out later who gave which score, the program neither."
        ),
        widget=forms.RadioSelect,
        choices=[("no", gettext_lazy("No names")), ("yes", gettext_lazy("With names"))],
        coerce=lambda word: word == "yes",
    )
    raters = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who scores?"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, instruments: Iterable[Instrument], people, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["instrument"].choices = [(one.id, in_words(one.title, one.id)) for one in instruments]
        self.fields["raters"].queryset = people
        self.fields["raters"].label_from_instance = lambda user: user.name


class PeriodForm(forms.Form):
    """The period that a yes/no list is about."""

    starts_on = forms.DateField(label=gettext_lazy("About the period from"), widget=DateInput)
    ends_on = forms.DateField(label=gettext_lazy("until"), widget=DateInput)


class SumForm(PeriodForm):
    """A list of which only the sum is known."""

    yes = forms.IntegerField(label=gettext_lazy("How many are met?"), min_value=0)

    def __init__(self, data: Any = None, *, maximum: int, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["yes"].help_text = _("Of %(n)s.") % {"n": maximum}
