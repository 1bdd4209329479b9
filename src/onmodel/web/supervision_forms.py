"""The forms about meetings, what is agreed in them, and looking back after a group session."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.packs.standards import Term
from onmodel.programmes.models import Programme, Team
from onmodel.sessions.models import Session
from onmodel.supervision.actions import LONGEST_TEXT, Agreed, Log
from onmodel.supervision.models import Agreement, Meeting
from onmodel.supervision.people import people_of, teams_of
from onmodel.web.forms import DateInput
from onmodel.web.session_forms import PeopleChoice
from onmodel.wording.numbers import date_written

#: Sessions of this long ago are offered as what was looked at.
SINCE = datetime.timedelta(days=183)
ROWS = 2


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class People(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: User) -> str:
        return obj.name


class RecordedSession(forms.ModelChoiceField):
    def label_from_instance(self, obj: Session) -> str:
        given = ", ".join(one.name for one in obj.therapists.all())
        return f"{date_written(obj.held_on)}, {obj.get_kind_display()}, {given}"


class TeamChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: Team) -> str:
        return obj.name


class DoneField(forms.ModelMultipleChoiceField):
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Agreement) -> str:
        named = {"what": obj.what, "who": obj.owner.name, "day": date_written(obj.due_on)}
        return _("%(what)s (%(who)s, by %(day)s)") % named


class LogForm(forms.Form):
    """A meeting that was held: who is expected is ticked already."""

    day = forms.DateField(label=gettext_lazy("Held on"), widget=DateInput)
    starts_at = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput, required=False)
    ends_at = forms.TimeField(label=gettext_lazy("Until"), widget=TimeInput, required=False)
    present = People(label=gettext_lazy("Who was there?"), queryset=User.objects.none())
    material = forms.ChoiceField(label=gettext_lazy("Material"), choices=Meeting.Material.choices)
    session = RecordedSession(
        label=gettext_lazy("Recorded session that was looked at"),
        queryset=Session.objects.none(),
        required=False,
    )
    topics = forms.CharField(
        label=gettext_lazy("What was it about?"),
        help_text=gettext_lazy("No patient's name."),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )
    done = DoneField(
        label=gettext_lazy("Agreed before: what is done?"),
        help_text=gettext_lazy("What is not ticked stays open."),
        queryset=Agreement.objects.none(),
        required=False,
    )
    recording = forms.CharField(
        label=gettext_lazy("Where the recording of this meeting is kept"),
        help_text=gettext_lazy("A shelf mark or the name in another system."),
        max_length=200,
        required=False,
    )
    recording_agreed = forms.BooleanField(
        label=gettext_lazy(
            "Everybody who was there agreed to the recording, and that the expert and a supervisor of "
            "another team may look at it"
        ),
        required=False,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        programme: Programme,
        user: User,
        kind: Term,
        team: Team | None,
        planned: Meeting | None = None,
    ) -> None:
        day = min(planned.day, timezone.localdate()) if planned else timezone.localdate()
        belong = people_of(programme, kind, team, day)
        super().__init__(data, initial={"day": day, "material": Meeting.Material.NONE})
        if planned:
            expected = list(planned.attendees.values_list("user", flat=True))
            self.initial |= {"starts_at": planned.starts_at, "ends_at": planned.ends_at, "present": expected}
        elif kind.values.get("of") != "people":
            self.initial["present"] = list(belong.values_list("pk", flat=True))
        self.fields["present"].queryset = belong
        self.fields["session"].queryset = _recorded(programme, user, team)
        self.fields["done"].queryset = open_before(user, programme, kind, team)
        if not self.fields["done"].queryset.exists():
            del self.fields["done"]

    def log(self, agreements: tuple[Agreed, ...]) -> Log:
        given = dict(self.cleaned_data)
        given["present"] = tuple(given["present"])
        given["done"] = tuple(given.get("done") or ())
        return Log(**given, agreements=agreements)


def _recorded(programme: Programme, user: User, team: Team | None):
    found = Session.objects.visible_to(user).watchable().filter(programme=programme)
    if team is not None:
        found = found.filter(team=team)
    return found.filter(held_on__gte=timezone.localdate() - SINCE).prefetch_related("therapists")


def open_before(user: User, programme: Programme, kind: Term, team: Team | None):
    """What was agreed at earlier meetings of that kind and is still open."""
    mine = Agreement.objects.visible_to(user).open().select_related("owner")
    return mine.filter(meeting__programme=programme, meeting__kind=kind.id, meeting__team=team)


class AgreementForm(forms.Form):
    """An agreement; a row that is left empty is none."""

    what = forms.CharField(label=gettext_lazy("What is agreed?"), max_length=300, required=False)
    owner = PeopleChoice(label=gettext_lazy("By whom?"), queryset=User.objects.none(), required=False)
    due_on = forms.DateField(label=gettext_lazy("By when?"), widget=DateInput, required=False)
    about = PeopleChoice(
        label=gettext_lazy("About whose work?"),
        queryset=User.objects.none(),
        required=False,
    )

    def __init__(self, data: Any = None, *, people, prefix: str | None = None, needed: bool = False) -> None:
        super().__init__(data, prefix=prefix)
        self.fields["owner"].queryset = self.fields["about"].queryset = people
        for name in ("what", "owner", "due_on") if needed else ():
            self.fields[name].required = True

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if any(given.get(name) for name in self.fields):
            for name in ("what", "owner", "due_on"):
                if not given.get(name) and name not in self.errors:
                    self.add_error(name, _("Say what is agreed, by whom and by when."))
        return given

    def agreed(self) -> Agreed | None:
        return Agreed(**self.cleaned_data) if self.cleaned_data.get("what") else None


def agreement_rows(data: Any, people) -> list[AgreementForm]:
    return [AgreementForm(data, people=people, prefix=f"agreed-{row}") for row in range(1, ROWS + 1)]


class PlanForm(forms.Form):
    """One meeting, or one every so often."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of meeting"))
    team = TeamChoice(label=gettext_lazy("Team"), queryset=Team.objects.none(), required=False)
    first = forms.DateField(label=gettext_lazy("On"), widget=DateInput)
    starts_at = forms.TimeField(label=gettext_lazy("From"), widget=TimeInput, required=False)
    ends_at = forms.TimeField(label=gettext_lazy("Until"), widget=TimeInput, required=False)
    every_days = forms.TypedChoiceField(
        label=gettext_lazy("Repeat"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[
            ("", gettext_lazy("once")),
            (7, gettext_lazy("every week")),
            (14, gettext_lazy("every two weeks")),
            (28, gettext_lazy("every four weeks")),
        ],
    )
    until = forms.DateField(label=gettext_lazy("Repeat until"), widget=DateInput, required=False)
    people = People(
        label=gettext_lazy("Who takes part?"),
        help_text=gettext_lazy("Choose nobody, and the whole team is expected."),
        queryset=User.objects.none(),
        required=False,
    )

    def __init__(self, data: Any = None, *, programme: Programme, user: User, kinds: list[Term]) -> None:
        super().__init__(data, initial={"first": timezone.localdate()})
        language = get_language() or "en"
        self.fields["kind"].choices = [(kind.id, capfirst(kind.label.in_(language))) for kind in kinds]
        teams = teams_of(user, programme)
        self.fields["team"].queryset = teams
        if teams.count() == 1:
            self.initial["team"] = teams.first()
        members = programme.memberships.in_force().filter(role__in=["therapist", "supervisor", "expert"])
        self.fields["people"].queryset = User.objects.filter(pk__in=members.values("user")).order_by("name")


class NotHeldForm(forms.Form):
    reason = forms.ChoiceField(label=gettext_lazy("Why not?"), choices=Meeting.Reason.choices)
    note = forms.CharField(
        label=gettext_lazy("A word about it"),
        help_text=gettext_lazy("No patient's name."),
        max_length=300,
        required=False,
    )


class SettleForm(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("What became of it?"),
        choices=[(one.value, capfirst(one.label)) for one in (Agreement.State.DONE, Agreement.State.DROPPED)],
    )
    result = forms.CharField(
        label=gettext_lazy("A word about it"),
        help_text=gettext_lazy("Needed where it is dropped. No patient's name."),
        max_length=300,
        required=False,
    )


class ReflectionForm(forms.Form):
    """Two minutes, after the group."""

    stimulated = forms.CharField(
        label=gettext_lazy("What got mentalizing going?"),
        help_text=gettext_lazy("No patient's name."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea({"rows": 2}),
    )
    hindered = forms.CharField(
        label=gettext_lazy("What did not, or stopped it?"),
        max_length=LONGEST_TEXT,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
    agreed = forms.CharField(label=gettext_lazy("What do we do next time?"), max_length=300, required=False)
