"""What a page of outcomes is asked for: scale, groups, and which treatments."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.access.permissions import Permission
from onmodel.access.policy import permissions_in
from onmodel.accounts.models import User
from onmodel.outcomes.summary import MainOutcome, main_outcome, measured_instruments
from onmodel.packs.instruments import Direction
from onmodel.programmes.models import Group, Membership, Programme
from onmodel.reports.cohorts.readers import Scope
from onmodel.reports.cohorts.selection import By, Selection
from onmodel.web.forms import DateInput

BY = [
    (By.YEAR.value, gettext_lazy("Year of start")),
    (By.HALF_YEAR.value, gettext_lazy("Half-year of start")),
    (By.COHORT.value, gettext_lazy("Cohort")),
    (By.TEAM.value, gettext_lazy("Team")),
    (By.GROUP.value, gettext_lazy("Therapy group")),
    (By.EVERYBODY.value, gettext_lazy("No groups")),
]
#: Whoever sees no patients gets whole periods: a small difference between two choices tells about one person.
BY_OF_AGGREGATES = (By.YEAR.value, By.HALF_YEAR.value, By.EVERYBODY.value)


class CohortForm(forms.Form):
    """The filters that this reader has."""

    scale = forms.ChoiceField(label=gettext_lazy("Outcome"))
    by = forms.ChoiceField(label=gettext_lazy("Groups"), choices=BY)
    started_from = forms.DateField(label=gettext_lazy("Started from"), required=False, widget=DateInput)
    started_until = forms.DateField(
        label=gettext_lazy("Started up to and including"), required=False, widget=DateInput
    )
    cohort = forms.ChoiceField(label=gettext_lazy("Cohort"), required=False)
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), required=False, queryset=None, empty_label=gettext_lazy("All teams")
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Therapy group"),
        required=False,
        queryset=None,
        empty_label=gettext_lazy("All groups"),
    )
    therapist = forms.ModelChoiceField(
        label=gettext_lazy("Therapist"),
        required=False,
        queryset=None,
        empty_label=gettext_lazy("All therapists"),
    )
    phase = forms.ChoiceField(label=gettext_lazy("Now in phase"), required=False)

    def __init__(
        self, data: Any, *, programme: Programme, user: User, scope: Scope, cohorts: list[str]
    ) -> None:
        self.programme, self.scope = programme, scope
        main = main_outcome(programme)
        usual = {"by": By.YEAR.value, "scale": f"{main.instrument.id}.{main.scale}" if main else ""}
        super().__init__({**usual, **data})
        self.fields["scale"].choices = scale_choices(programme, main)
        if scope.aggregates_only:
            self._only_periods()
            return
        self._offer_units(user)
        self._offer("cohort", [(name, name) for name in cohorts], _("All cohorts"))
        self._offer("phase", _terms(programme, "phases"), _("All phases"))

    def _only_periods(self) -> None:
        for name in ("cohort", "team", "group", "therapist", "phase"):
            del self.fields[name]
        self.fields["by"].choices = [choice for choice in BY if choice[0] in BY_OF_AGGREGATES]

    def _offer(self, name: str, choices: list[tuple[str, str]], every: str) -> None:
        if choices:
            self.fields[name].choices = [("", every), *choices]
        else:
            del self.fields[name]

    def _offer_units(self, user: User) -> None:
        """Teams, groups and, for who may see colleagues' figures, therapists."""
        teams = self.programme.teams.all()
        self.fields["team"].queryset = teams
        self.fields["group"].queryset = Group.objects.filter(team__programme=self.programme).select_related(
            "team"
        )
        if Permission.REQUIREMENTS_VIEW not in permissions_in(user, self.programme):
            del self.fields["therapist"]
            return
        working = Membership.objects.of_programme(self.programme).filter(role="therapist")
        if not self.scope.whole:
            own = user.memberships.in_force().of_programme(self.programme)
            limited = own.exclude(team=None).values("team")
            working = working.filter(team__in=limited) if own.exclude(team=None).exists() else working
        self.fields["therapist"].queryset = User.objects.filter(pk__in=working.values("user")).order_by(
            "name"
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        start, end = cleaned.get("started_from"), cleaned.get("started_until")
        if start and end and end < start:
            self.add_error("started_until", _("This day lies before the first one."))
        return cleaned

    def selection(self) -> Selection:
        """What was asked for; whole quarters for who sees aggregates only."""
        asked = self.cleaned_data
        instrument, _sep, scale = asked["scale"].partition(".")
        start, end = asked["started_from"], asked["started_until"]
        if self.scope.aggregates_only:
            start, end = start and first_of_quarter(start), end and last_of_quarter(end)
        return Selection(
            instrument=instrument,
            scale=scale,
            by=By(asked["by"]),
            started_from=start,
            started_until=end,
            cohort=asked.get("cohort", ""),
            phase=asked.get("phase", ""),
            **{name: asked[name].pk if asked.get(name) else None for name in ("team", "group", "therapist")},
        )


def first_of_quarter(day: datetime.date) -> datetime.date:
    return day.replace(month=3 * ((day.month - 1) // 3) + 1, day=1)


def last_of_quarter(day: datetime.date) -> datetime.date:
    return first_of_quarter(first_of_quarter(day) + datetime.timedelta(days=100)) - datetime.timedelta(days=1)


def scale_choices(programme: Programme, main: MainOutcome | None) -> list[tuple[str, list[tuple[str, str]]]]:
    """The scales with a better and a worse, by form, of the forms that the programme's patients have."""
    language, found = get_language() or "en", []
    for instrument in measured_instruments(programme):
        scales = [
            (f"{instrument.id}.{scale.id}", scale.title.in_(language))
            for scale in instrument.scales
            if (scale.direction or instrument.direction) != Direction.NEUTRAL
        ]
        if scales:
            found.append((instrument.abbreviation, scales))
    first = main.instrument.abbreviation if main else ""
    return sorted(found, key=lambda choice: (choice[0] != first, choice[0]))


def _terms(programme: Programme, listed: str) -> list[tuple[str, str]]:
    terms = programme.definitions.terms.get(listed)
    return [(term.id, term.label.in_(get_language() or "en")) for term in (terms.terms if terms else ())]
