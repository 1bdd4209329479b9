"""The forms of implementing a programme: project, task, decision, calculator, what decides its course."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.accounts.models import User
from onmodel.implementing.actions import LONGEST_TEXT
from onmodel.implementing.inputs import DEMAND, LIMITS, standard_limits
from onmodel.implementing.likeness import Judged
from onmodel.implementing.models import Decision, Project, Task
from onmodel.measurement.feasibility import Basis
from onmodel.programmes.models import Membership, Programme
from onmodel.web.changes import SeenMixin
from onmodel.web.forms import DateInput
from onmodel.web.rating_form import in_words

#: Lines of the budget on the form.
COSTS = 6
LARGEST = 1e12


class ProjectForm(SeenMixin):
    begun_on = forms.DateField(label=gettext_lazy("The project begins on"), widget=DateInput)
    opens_on = forms.DateField(
        label=gettext_lazy("The programme is to open on"), widget=DateInput, required=False
    )
    aim = forms.CharField(
        label=gettext_lazy("What is it for?"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, data: Any = None, *, project: Project | None = None, seen: str = "") -> None:
        kept = {name: getattr(project, name) for name in ("begun_on", "opens_on", "aim")} if project else {}
        super().__init__(data, initial={"begun_on": timezone.localdate(), **kept, "seen": seen})


class Somebody(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


class TaskForm(SeenMixin):
    owner = Somebody(label=gettext_lazy("Whose task is it?"), queryset=User.objects.none(), required=False)
    due_on = forms.DateField(label=gettext_lazy("By when"), widget=DateInput, required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("How far is it?"), widget=forms.RadioSelect, choices=Task.State.choices
    )
    evidence = forms.CharField(
        label=gettext_lazy("What shows it, or why it is not needed"),
        help_text=gettext_lazy("A document, a meeting, a figure: with its date or place."),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(
        self, data: Any = None, *, programme: Programme, task: Task | None = None, seen: str = ""
    ) -> None:
        names = ("due_on", "state", "evidence")
        kept = {name: getattr(task, name) for name in names} if task else {"state": Task.State.TO_DO}
        super().__init__(data, initial={**kept, "owner": task.owner_id if task else None, "seen": seen})
        here = Membership.objects.in_force().of_programme(programme).exclude(role="patient")
        self.fields["owner"].queryset = User.objects.filter(pk__in=here.values("user")).order_by("name", "pk")


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("What was decided?"),
        widget=forms.RadioSelect,
        choices=Decision.Outcome.choices,
    )
    taken_by = forms.CharField(
        label=gettext_lazy("Who decided?"),
        help_text=gettext_lazy("A person or a body, such as the board."),
        max_length=200,
    )
    taken_on = forms.DateField(label=gettext_lazy("When?"), widget=DateInput)
    ground = forms.CharField(
        label=gettext_lazy("On which ground?"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 3}),
    )
    conditions = forms.CharField(
        label=gettext_lazy("On which conditions?"),
        required=False,
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"taken_on": timezone.localdate()})


#: Name of an input -> what is asked, with its unit.
ASKED = {
    "population": gettext_lazy("People in the region"),
    "disorder": gettext_lazy("Of these with the disorder, %"),
    "referred": gettext_lazy("Of those referred in a year, %"),
    "suitable": gettext_lazy("Of those referred who fit and begin, %"),
    "months": gettext_lazy("Months in treatment"),
    "hours": gettext_lazy("Hours of direct contact that a patient takes of therapists in a week"),
    "group": gettext_lazy("Patients in a group"),
    "caseload": gettext_lazy("Patients a therapist"),
    "therapist_hours": gettext_lazy("Hours a week of a therapist"),
    "team": gettext_lazy("People in a team"),
    "direct": gettext_lazy("Direct contact, % of the hours"),
}
BASES = [
    (Basis.ONCE.value, gettext_lazy("once")),
    (Basis.YEAR.value, gettext_lazy("a year")),
    (Basis.THERAPIST.value, gettext_lazy("a year for each therapist")),
]


def number(label: object, *, required: bool = True) -> forms.FloatField:
    return forms.FloatField(label=label, required=required, min_value=0, max_value=LARGEST)


class CalculatorForm(forms.Form):
    """A lowest and a highest value of each input; limits begin as those of the standards."""

    def __init__(
        self, data: Any = None, *, programme: Programme, inputs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data)
        known = {**standard_limits(programme), **(inputs or {})}
        for name in (*DEMAND, *LIMITS):
            self._range(name, known.get(name))
        costs = known.get("costs", [])
        for line in range(COSTS):
            self._cost(line, costs[line] if line < len(costs) else None)
        self.fields["note"] = forms.CharField(
            label=_("Where the numbers come from"), required=False, max_length=300
        )

    def _range(self, name: str, bounds: Any) -> None:
        low, high = bounds or (None, None)
        for end, word, value in (("low", _("at least"), low), ("high", _("at most"), high)):
            self.fields[f"{name}_{end}"] = number(f"{ASKED[name]}: {word}")
            self.fields[f"{name}_{end}"].initial = value

    def _cost(self, line: int, cost: dict[str, Any] | None) -> None:
        cost = cost or {"name": "", "basis": Basis.YEAR.value, "amount": (None, None)}
        shown = {"n": line + 1}
        fields = {
            "name": forms.CharField(label=_("Line %(n)s: what for") % shown, required=False, max_length=100),
            "basis": forms.ChoiceField(label=_("Line %(n)s: paid") % shown, choices=BASES, required=False),
            "low": number(_("Line %(n)s: at least") % shown, required=False),
            "high": number(_("Line %(n)s: at most") % shown, required=False),
        }
        values = (cost["name"], cost["basis"], *cost["amount"])
        for (name, field), value in zip(fields.items(), values, strict=True):
            field.initial = value
            self.fields[f"cost_{line}_{name}"] = field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for name in (*DEMAND, *LIMITS):
            self._ordered(f"{name}_low", f"{name}_high")
        for line in range(COSTS):
            self._complete(line)
            self._ordered(f"cost_{line}_low", f"cost_{line}_high")
        return cleaned

    def _ordered(self, low: str, high: str) -> None:
        least, most = self.cleaned_data.get(low), self.cleaned_data.get(high)
        if least is not None and most is not None and least > most:
            shown = {"low": f"{least:g}", "high": f"{most:g}"}
            self.add_error(high, _("%(high)s lies below the lowest value, %(low)s.") % shown)

    def _complete(self, line: int) -> None:
        named = bool(self.cleaned_data.get(f"cost_{line}_name"))
        for end in ("low", "high"):
            given = self.cleaned_data.get(f"cost_{line}_{end}") is not None
            if named and not given:
                self.add_error(f"cost_{line}_{end}", _("Give an amount, or leave the line empty."))
            if given and not named:
                self.add_error(f"cost_{line}_name", _("Say what the amount is for."))
                return

    def demand(self) -> list[forms.BoundField]:
        return [self[f"{name}_{end}"] for name in DEMAND for end in ("low", "high")]

    def limits(self) -> list[forms.BoundField]:
        return [self[f"{name}_{end}"] for name in LIMITS for end in ("low", "high")]

    def costs(self) -> list[forms.BoundField]:
        parts = ("name", "basis", "low", "high")
        return [self[f"cost_{line}_{part}"] for line in range(COSTS) for part in parts]

    def inputs(self) -> dict[str, Any]:
        given = self.cleaned_data
        ranges = {name: [given[f"{name}_low"], given[f"{name}_high"]] for name in (*DEMAND, *LIMITS)}
        return {**ranges, "costs": [cost for line in range(COSTS) if (cost := self._given(line))]}

    def _given(self, line: int) -> dict[str, Any] | None:
        name, basis, low, high = (
            self.cleaned_data.get(f"cost_{line}_{part}") for part in ("name", "basis", "low", "high")
        )
        return {"name": name, "basis": basis or Basis.YEAR.value, "amount": [low, high]} if name else None


SAID = {"yes": True, "no": False, "unknown": None}
WORDS = {True: "yes", False: "no", None: "unknown"}


class DeterminantsForm(forms.Form):
    """One question a determinant, filled with what was said or what the record tells."""

    def __init__(self, data: Any = None, *, judged: tuple[Judged, ...]) -> None:
        super().__init__(data)
        self.judged = judged
        choices = [("yes", _("It is so")), ("no", _("It is not so")), ("unknown", _("Not known"))]
        for one in judged:
            self.fields[one.term.id] = forms.ChoiceField(
                label=in_words(one.term.label),
                choices=choices,
                initial=WORDS[one.present],
            )

    def changed(self) -> dict[str, bool | None]:
        """What is said otherwise than it stands."""
        given = {one.term.id: SAID[self.cleaned_data[one.term.id]] for one in self.judged}
        return {one.term.id: given[one.term.id] for one in self.judged if given[one.term.id] != one.present}
