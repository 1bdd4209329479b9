"""The forms of a day: of one patient, and of a whole group at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.patients.models import Treatment
from onmodel.process.absences.actions import log_absence_step
from onmodel.process.absences.ladder import REVIEW
from onmodel.process.absences.reading import STEPS as ABSENCE_STEPS
from onmodel.process.days import actions
from onmodel.process.days.actions import Entry
from onmodel.process.models import AbsenceStep
from onmodel.process.terms import choices
from onmodel.programmes.models import Group, Programme
from onmodel.sessions.actions import components, themes
from onmodel.web.course_forms import PeopleBoxes, StepForm, clinicians, day_field, words_field

UNSAID = ("", gettext_lazy("not judged"))
A_LINE = 200


class RiskForm(StepForm):
    title = gettext_lazy("Risk today")
    action = staticmethod(actions.assess_risk)

    checked_on = day_field(gettext_lazy("Day"))
    risk = forms.ChoiceField(label=gettext_lazy("Risk"), required=False)
    dropout_risk = forms.ChoiceField(label=gettext_lazy("Risk of dropping out"), required=False)
    done = words_field(
        gettext_lazy("What was done"),
        required=False,
        help_text=gettext_lazy("Needed where a risk is more than low."),
    )

    def prepare(self, programme: Programme) -> None:
        levels = [UNSAID, *choices(programme.definitions, "risk_levels")]
        self.fields["risk"].choices = self.fields["dropout_risk"].choices = levels


class CallForm(StepForm):
    title = gettext_lazy("A message to answer")
    action = staticmethod(actions.note_call)

    came_on = day_field(
        gettext_lazy("Came on"), help_text=gettext_lazy("To be answered on the next working day.")
    )
    about = words_field(gettext_lazy("About"), required=False)


class IncidentForm(StepForm):
    title = gettext_lazy("Incident or crisis")
    action = staticmethod(actions.keep_incident)

    kind = forms.ChoiceField(label=gettext_lazy("What"))
    happened_on = day_field(gettext_lazy("Day"))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes, of an appointment"), required=False, min_value=1, max_value=1440
    )
    plan_used = forms.TypedChoiceField(
        label=gettext_lazy("Was the crisis plan used?"),
        required=False,
        empty_value=None,
        coerce=lambda said: said == "yes",
        choices=[
            ("", gettext_lazy("not known")),
            ("yes", gettext_lazy("yes")),
            ("no", gettext_lazy("no")),
        ],
    )
    note = words_field(gettext_lazy("Note"), required=False)

    def prepare(self, programme: Programme) -> None:
        self.choose("kind", "incident_kinds")


class TimeOutForm(StepForm):
    title = gettext_lazy("Time-out")
    action = staticmethod(actions.give_time_out)

    starts_on = day_field(gettext_lazy("From"))
    ends_on = day_field(gettext_lazy("Until"), required=False)
    reason = words_field(gettext_lazy("Why"))
    decided_by = PeopleBoxes(
        label=gettext_lazy("Decided by, two of the staff at least"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )

    def prepare(self, programme: Programme) -> None:
        self.fields["decided_by"].queryset = clinicians(programme)


class AbsenceForm(StepForm):
    title = gettext_lazy("After missed sessions")
    action = staticmethod(log_absence_step)

    step = forms.ChoiceField(label=gettext_lazy("Step"))
    happened_on = day_field(gettext_lazy("Day"))
    result = forms.ChoiceField(label=gettext_lazy("What came of it"), choices=AbsenceStep.Result.choices)
    done_by = PeopleBoxes(
        label=gettext_lazy("By whom"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    note = words_field(gettext_lazy("Note"), required=False)

    def prepare(self, programme: Programme) -> None:
        steps = choices(programme.definitions, ABSENCE_STEPS)
        self.fields["step"].choices = [(name, label) for name, label in steps if name != REVIEW]
        self.fields["done_by"].queryset = clinicians(programme)


STEPS: dict[str, type[StepForm]] = {
    "risk": RiskForm,
    "absence": AbsenceForm,
    "call": CallForm,
    "incident": IncidentForm,
    "time-out": TimeOutForm,
}


class ReturnForm(forms.Form):
    returned_on = day_field(gettext_lazy("Answered on"))
    result = words_field(gettext_lazy("What came of it"), required=False)


class ReviewForm(forms.Form):
    reviewed_on = day_field(gettext_lazy("Discussed on"))
    review = words_field(gettext_lazy("What the team made of it, and what it will do"))


class BackForm(forms.Form):
    ends_on = day_field(gettext_lazy("Last day of the time-out"))


class GroupDayForm(forms.Form):
    """A group session, and of each patient who has a place in the group what there is to say."""

    held_on = day_field(gettext_lazy("Held on"))
    component = forms.ChoiceField(label=gettext_lazy("Part of the programme"))
    theme = forms.ChoiceField(label=gettext_lazy("Theme, of a course"), required=False)
    therapists = PeopleBoxes(
        label=gettext_lazy("Given by"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, data: Any = None, *, programme: Programme, group: Group, expected: list[Treatment], user: User
    ) -> None:
        self.programme, self.group, self.expected = programme, group, expected
        super().__init__(data, initial={"component": "group", "therapists": [user.pk]})
        parts = choices(programme.definitions, "therapy_components")
        self.fields["component"].choices = parts
        named = [(name, label) for part in components(programme) for name, label in _themes(programme, part)]
        self.fields["theme"].choices = [("", _("none")), *dict(named).items()]
        self.fields["therapists"].queryset = clinicians(programme)
        levels = [UNSAID, *choices(programme.definitions, "risk_levels")]
        goals = choices(programme.definitions, "treatment_goals")
        for treatment in expected:
            self._add(str(treatment.pk), levels, goals)

    def _add(self, name: str, levels: list, goals: list) -> None:
        words = {"required": False, "max_length": A_LINE}
        self.fields |= {
            f"{name}-present": forms.BooleanField(label=_("was there"), required=False, initial=True),
            f"{name}-risk": forms.ChoiceField(label=_("Risk"), choices=levels, required=False),
            f"{name}-dropout_risk": forms.ChoiceField(
                label=_("Risk of dropping out"), choices=levels, required=False
            ),
            f"{name}-done": forms.CharField(label=_("What was done"), **words),
            f"{name}-happened": forms.CharField(label=_("What happened, in a line"), **words),
            f"{name}-next_step": forms.CharField(label=_("What next, in a line"), **words),
            f"{name}-goals": forms.MultipleChoiceField(
                label=_("Goals it worked on"),
                choices=goals,
                required=False,
                widget=forms.CheckboxSelectMultiple,
            ),
        }

    def rows(self) -> list[tuple[Treatment, list[forms.BoundField]]]:
        """Each patient with their fields."""
        return [
            (one, [self[name] for name in self.fields if name.startswith(f"{one.pk}-")])
            for one in self.expected
        ]

    def general(self) -> list[forms.BoundField]:
        return [self[name] for name in ("held_on", "component", "theme", "therapists")]

    def keep(self, by: User) -> Any:
        given = self.cleaned_data
        entries = [
            Entry(
                treatment=one,
                **{
                    name.removeprefix(f"{one.pk}-"): value
                    for name, value in given.items()
                    if name.startswith(f"{one.pk}-")
                },
            )
            for one in self.expected
        ]
        general = {name: given[name] for name in ("held_on", "component", "theme", "therapists")}
        return actions.keep_group_day(
            programme=self.programme, group=self.group, entries=entries, by=by, **general
        )


def _themes(programme: Programme, part: str) -> list[tuple[str, str]]:
    language = get_language() or "en"
    return [(name, label.in_(language)) for name, label in themes(programme, part).items()]
