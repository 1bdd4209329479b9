"""What is kept of staffing, and what is asked of the forecast."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import get_language, gettext_lazy

from onmodel.accounts.models import User
from onmodel.programmes.models import Group, Membership, Programme, Team
from onmodel.staffing import actions
from onmodel.staffing.models import MOST_HOURS, Absence, Vacancy
from onmodel.staffing.positions import positions
from onmodel.web.forms import DateInput


def day_field(label: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(label=label, widget=DateInput, required=required)


def hours_field(label: str, most: int = MOST_HOURS) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=8, decimal_places=1, min_value=0, max_value=most)


class KeepForm(forms.Form):
    """`keep` hands what was filled in to the action."""

    title: Any
    action: Any

    def __init__(self, data: Any = None, *, programme: Programme) -> None:
        super().__init__(data, prefix=self.what)
        self.programme = programme
        self.prepare(programme)

    what = ""

    def prepare(self, programme: Programme) -> None:
        """Fill the choices."""

    def keep(self, by: User) -> None:
        type(self).action(programme=self.programme, by=by, **self.cleaned_data)


class AbsenceForm(KeepForm):
    what = "absence"
    title = gettext_lazy("Somebody is away")
    action = staticmethod(actions.record_absence)

    person = forms.ModelChoiceField(label=gettext_lazy("Who?"), queryset=None)
    kind = forms.ChoiceField(label=gettext_lazy("What kind?"), choices=Absence.Kind.choices)
    starts_on = day_field(gettext_lazy("First day"))
    ends_on = day_field(gettext_lazy("Last day"), required=False)

    def prepare(self, programme: Programme) -> None:
        working = Membership.objects.of_programme(programme).filter(
            role__in=("therapist", "supervisor", "manager")
        )
        people = User.objects.filter(pk__in=working.values("user")).order_by("name")
        self.fields["person"].queryset = people
        self.fields["person"].label_from_instance = lambda user: user.name


class VacancyForm(KeepForm):
    what = "vacancy"
    title = gettext_lazy("A place is open")
    action = staticmethod(actions.open_vacancy)

    position = forms.ChoiceField(label=gettext_lazy("As what?"))
    team = forms.ModelChoiceField(
        label=gettext_lazy("Which team?"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("The whole programme"),
    )
    hours_per_week = hours_field(gettext_lazy("Hours a week"))
    starts_on = day_field(gettext_lazy("Open since"))
    token = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def prepare(self, programme: Programme) -> None:
        language = get_language() or "en"
        self.fields["position"].choices = [(r.id, r.title.in_(language)) for r in positions(programme)]
        self.fields["team"].queryset = Team.objects.filter(programme=programme).in_force()


class TimeForm(KeepForm):
    what = "time"
    title = gettext_lazy("How time was spent")
    action = staticmethod(actions.record_time_spent)

    starts_on = day_field(gettext_lazy("First day"))
    ends_on = day_field(gettext_lazy("Last day"))
    hours_worked = hours_field(gettext_lazy("Hours worked by the staff together"), 1_000_000)
    hours_with_patients = hours_field(gettext_lazy("Of these, hours with patients"), 1_000_000)


class PlacesForm(KeepForm):
    what = "places"
    title = gettext_lazy("Places of a group")
    action = staticmethod(actions.set_places)

    group = forms.ModelChoiceField(label=gettext_lazy("Which group?"), queryset=None)
    places = forms.IntegerField(label=gettext_lazy("Places"), min_value=1, max_value=30)
    starts_on = day_field(gettext_lazy("From"))

    def prepare(self, programme: Programme) -> None:
        groups = Group.objects.filter(team__programme=programme).in_force()
        self.fields["group"].queryset = groups
        self.fields["group"].label_from_instance = lambda group: group.name


FORMS: dict[str, type[KeepForm]] = {
    form.what: form for form in (AbsenceForm, VacancyForm, TimeForm, PlacesForm)
}


class EndForm(forms.Form):
    """The last day of an absence, or when a vacancy was filled or withdrawn."""

    ends_on = day_field(gettext_lazy("Day"))
    end = forms.ChoiceField(
        label=gettext_lazy("Filled or withdrawn?"), choices=Vacancy.End.choices, required=False
    )


class WhatIfForm(forms.Form):
    """One more primary clinician of so many hours, or one who leaves."""

    more_hours = forms.FloatField(
        label=gettext_lazy("One more primary clinician, hours a week"),
        required=False,
        min_value=0,
        max_value=MOST_HOURS,
    )
    without = forms.TypedChoiceField(
        label=gettext_lazy("Who leaves?"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, data: Any = None, *, clinicians: list[Membership]) -> None:
        super().__init__(data)
        people = [(m.user_id, m.user.name) for m in clinicians]
        self.fields["without"].choices = [("", gettext_lazy("nobody")), *people]

    @property
    def is_asked(self) -> bool:
        """Whether something is asked, and makes sense."""
        return self.is_valid() and any(value is not None for value in self.cleaned_data.values())
