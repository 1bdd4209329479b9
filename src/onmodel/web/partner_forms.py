"""The forms about agreements with partners: what was agreed, looking at it again, ending it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from onmodel.agreements.actions import LONGEST_TEXT, Terms
from onmodel.agreements.kinds import kinds_of, parts_of
from onmodel.agreements.models import Arrangement, Review
from onmodel.programmes.models import Programme
from onmodel.web.changes import SeenMixin
from onmodel.web.forms import DateInput
from onmodel.web.kept_files import KeptFileField
from onmodel.web.rating_form import in_words


class ArrangementForm(SeenMixin):
    kind = forms.ChoiceField(label=gettext_lazy("Kind of partner"))
    partner = forms.CharField(label=gettext_lazy("With whom?"), max_length=200)
    contact = forms.CharField(
        label=gettext_lazy("Contact"),
        help_text=gettext_lazy("Somebody's function, telephone or mail at work."),
        max_length=300,
        required=False,
    )
    agreed = forms.CharField(
        label=gettext_lazy("What was agreed?"),
        help_text=gettext_lazy("No names of patients."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 4}),
    )
    covers = forms.MultipleChoiceField(
        label=gettext_lazy("The agreement says"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    document = forms.CharField(
        label=gettext_lazy("Where the contract lies"),
        help_text=gettext_lazy("A folder, a number in another system, an address."),
        max_length=300,
        required=False,
    )
    starts_on = forms.DateField(label=gettext_lazy("Since"), widget=DateInput)
    ends_on = forms.DateField(label=gettext_lazy("Until"), widget=DateInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        programme: Programme,
        arrangement: Arrangement | None = None,
        seen: str = "",
    ) -> None:
        names = ("kind", "partner", "contact", "agreed", "covers", "document", "starts_on", "ends_on")
        initial = {name: getattr(arrangement, name) for name in names} if arrangement else {}
        super().__init__(data, initial={"starts_on": timezone.localdate(), **initial, "seen": seen})
        kinds = kinds_of(programme)
        self.fields["kind"].choices = [(id_, capfirst(in_words(term.label))) for id_, term in kinds.items()]
        kind = arrangement.kind if arrangement else None
        self.fields["covers"].choices = [
            (id_, _of_kind(kinds[term.parent], term, alone=kind is not None))
            for id_, term in parts_of(programme, kind).items()
        ]
        if kind is not None:
            self.fields["kind"].choices = [one for one in self.fields["kind"].choices if one[0] == kind]
        if not self.fields["covers"].choices:
            del self.fields["covers"]

    def terms(self) -> Terms:
        given = {name: value for name, value in self.cleaned_data.items() if name != "seen"}
        return Terms(**given)


def _of_kind(kind, part, *, alone: bool) -> str:
    label = in_words(part.label)
    return label if alone else f"{capfirst(in_words(kind.label))}: {label}"


class ContractForm(forms.Form):
    file = KeptFileField(label=gettext_lazy("File of the contract"))

    def __init__(self, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, prefix="contract")


class ReviewForm(forms.Form):
    held_on = forms.DateField(label=gettext_lazy("Held on"), widget=DateInput)
    who = forms.CharField(label=gettext_lazy("Who was there?"), max_length=300)
    result = forms.ChoiceField(
        label=gettext_lazy("How does it go?"), widget=forms.RadioSelect, choices=Review.Result.choices
    )
    found = forms.CharField(
        label=gettext_lazy("What was found?"),
        help_text=gettext_lazy("No names of patients."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
    )
    changes = forms.CharField(
        label=gettext_lazy("What changes?"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="review", initial={"held_on": timezone.localdate()})


class EndForm(forms.Form):
    on = forms.DateField(label=gettext_lazy("Last day"), widget=DateInput)
    why = forms.CharField(label=gettext_lazy("Why does it end?"), max_length=300)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="end", initial={"on": timezone.localdate()})
