"""The forms about a patient's course; each step is one form and the action that keeps it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onmodel.accounts.models import User
from onmodel.patients.models import Treatment
from onmodel.process.course import actions
from onmodel.process.models import Referral
from onmodel.process.terms import choices
from onmodel.programmes.models import Programme, Team
from onmodel.web.forms import DateInput
from onmodel.web.session_forms import PeopleChoice


def day_field(label: Any, *, required: bool = True, **named: Any) -> forms.DateField:
    initial = timezone.localdate if required else None
    return forms.DateField(label=label, widget=DateInput, required=required, initial=initial, **named)


def words_field(label: Any, *, required: bool = True, rows: int = 2, **named: Any) -> forms.CharField:
    widget = forms.Textarea({"rows": rows})
    return forms.CharField(label=label, required=required, max_length=4_000, widget=widget, **named)


class PeopleBoxes(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


def clinicians(programme: Programme):
    """Those who work in the programme as therapist or supervisor today."""
    members = programme.memberships.in_force().filter(role__in=["therapist", "supervisor"])
    return User.objects.filter(pk__in=members.values("user")).order_by("name", "pk")


class StepForm(forms.Form):
    """A form about one treatment; `keep` hands it to the action."""

    title: Any
    action: Callable[..., Any]

    def __init__(self, data: Any = None, *, treatment: Treatment) -> None:
        self.treatment = treatment
        super().__init__(data, initial=self.now())
        self.prepare(treatment.programme)

    def now(self) -> dict[str, Any]:
        """What stands in the record."""
        return {}

    def prepare(self, programme: Programme) -> None:
        """Fill the choices."""

    def keep(self, by: User) -> None:
        type(self).action(treatment=self.treatment, by=by, **self.cleaned_data)

    def choose(self, field: str, listed: str) -> None:
        self.fields[field].choices = choices(self.treatment.programme.definitions, listed)


class ReferralForm(StepForm):
    title = gettext_lazy("Referral")
    action = staticmethod(actions.keep_referral)

    source = forms.ChoiceField(label=gettext_lazy("Referred by"))
    referrer = forms.CharField(label=gettext_lazy("Name of the service"), required=False, max_length=200)
    oriented_on = day_field(gettext_lazy("First orientation"), required=False)
    decision = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        required=False,
        choices=[("", gettext_lazy("not decided yet")), *Referral.Decision.choices],
    )
    decided_on = day_field(gettext_lazy("Decided on"), required=False)
    note = words_field(gettext_lazy("Note"), required=False)

    def now(self) -> dict[str, Any]:
        kept = Referral.objects.filter(treatment=self.treatment).first()
        stands: dict[str, Any] = {"oriented_on": self.treatment.oriented_on}
        if kept is None:
            return stands
        stands |= {
            name: getattr(kept, name) for name in ("source", "referrer", "decision", "decided_on", "note")
        }
        met = {True: "yes", False: "no"}
        return stands | {f"criterion-{name}": met[value] for name, value in kept.criteria.items()}

    def prepare(self, programme: Programme) -> None:
        self.choose("source", "referral_sources")
        answers = [("", _("not judged")), ("yes", _("yes")), ("no", _("no"))]
        for name, label in choices(programme.definitions, "selection_criteria"):
            self.fields[f"criterion-{name}"] = forms.ChoiceField(label=label, choices=answers, required=False)

    def keep(self, by: User) -> None:
        given = dict(self.cleaned_data)
        judged = {name: given.pop(name) for name in list(given) if name.startswith("criterion-")}
        criteria = {
            name.removeprefix("criterion-"): value == "yes" for name, value in judged.items() if value
        }
        actions.keep_referral(treatment=self.treatment, criteria=criteria, by=by, **given)


class AssignForm(StepForm):
    title = gettext_lazy("Team and primary clinician")
    action = staticmethod(actions.assign)

    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=Team.objects.none())
    primary_clinician = PeopleChoice(label=gettext_lazy("Primary clinician"), queryset=User.objects.none())
    assigned_on = day_field(gettext_lazy("From"))

    def now(self) -> dict[str, Any]:
        return {"team": self.treatment.team_id, "primary_clinician": self.treatment.primary_clinician_id}

    def prepare(self, programme: Programme) -> None:
        self.fields["team"].queryset = programme.teams.in_force()
        self.fields["primary_clinician"].queryset = clinicians(programme)


class OfferForm(StepForm):
    title = gettext_lazy("Offer something meanwhile")
    action = staticmethod(actions.offer_meanwhile)

    kind = forms.ChoiceField(label=gettext_lazy("What"))
    starts_on = day_field(gettext_lazy("From"))

    def prepare(self, programme: Programme) -> None:
        self.choose("kind", "waiting_offers")


class PhaseForm(StepForm):
    title = gettext_lazy("Begin a phase")
    action = staticmethod(actions.start_phase)

    kind = forms.ChoiceField(label=gettext_lazy("Phase"))
    starts_on = day_field(
        gettext_lazy("From"), help_text=gettext_lazy("The phase before it ends the day before.")
    )

    def prepare(self, programme: Programme) -> None:
        self.choose("kind", "phases")


class PartForm(StepForm):
    title = gettext_lazy("Begin a part of the programme")
    action = staticmethod(actions.take_part)

    component = forms.ChoiceField(label=gettext_lazy("Part of the programme"))
    starts_on = day_field(gettext_lazy("From"))

    def prepare(self, programme: Programme) -> None:
        """Those that the programme's format names come first."""
        pack = programme.definitions
        formats = pack.terms.get("programme_formats")
        links = next((t.links for t in (formats.terms if formats else ()) if t.id == programme.format), ())
        first = [link.partition(".")[2] for link in links]
        listed = choices(pack, "therapy_components")
        self.fields["component"].choices = sorted(listed, key=lambda one: one[0] not in first)


class FollowUpForm(StepForm):
    title = gettext_lazy("Follow-up")
    action = staticmethod(actions.agree_follow_up)

    kind = forms.ChoiceField(label=gettext_lazy("How"))
    sessions = forms.IntegerField(label=gettext_lazy("How many sessions"), min_value=1, max_value=100)
    starts_on = day_field(gettext_lazy("From"))
    ends_on = day_field(gettext_lazy("Until"), required=False)

    def now(self) -> dict[str, Any]:
        kept = getattr(self.treatment, "follow_up", None)
        if kept is None:
            return {}
        return {name: getattr(kept, name) for name in ("kind", "sessions", "starts_on", "ends_on")}

    def prepare(self, programme: Programme) -> None:
        self.choose("kind", "follow_up_kinds")


class EndForm(StepForm):
    title = gettext_lazy("End the treatment")
    action = staticmethod(actions.end_treatment)

    ended_on = day_field(gettext_lazy("End"))
    kind = forms.ChoiceField(label=gettext_lazy("How it ended"))
    ground = forms.ChoiceField(label=gettext_lazy("On which ground"))
    reason = words_field(gettext_lazy("Why, in a sentence"))
    discussed_on = day_field(
        gettext_lazy("Discussed in the team on"),
        required=False,
        help_text=gettext_lazy(
            "A drop-out or a discharge by the team needs it: nobody is discharged unseen."
        ),
    )
    decided_by = PeopleBoxes(
        label=gettext_lazy("Decided by"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    without_review = words_field(
        gettext_lazy("Why there was no review after the missed sessions"),
        required=False,
        help_text=gettext_lazy("Only where the patient stayed away and none was held since."),
    )

    def prepare(self, programme: Programme) -> None:
        self.choose("kind", "end_kinds")
        self.choose("ground", "end_grounds")
        self.fields["decided_by"].queryset = clinicians(programme)


class StopForm(forms.Form):
    """The end of a part, or of what was offered."""

    ends_on = day_field(gettext_lazy("Until"))


#: A step's name in the address -> its form.
STEPS: dict[str, type[StepForm]] = {
    "referral": ReferralForm,
    "assign": AssignForm,
    "offer": OfferForm,
    "phase": PhaseForm,
    "part": PartForm,
    "follow-up": FollowUpForm,
    "end": EndForm,
}


class ReferForm(forms.Form):
    """A new referral to a programme."""

    pseudonym = forms.CharField(
        label=gettext_lazy("Pseudonym"),
        max_length=60,
        help_text=gettext_lazy("Of somebody who comes back: the same as then."),
    )
    referred_on = day_field(gettext_lazy("Referred"))
    source = forms.ChoiceField(label=gettext_lazy("Referred by"))
    referrer = forms.CharField(label=gettext_lazy("Name of the service"), required=False, max_length=200)
    team = forms.ModelChoiceField(label=gettext_lazy("Team"), queryset=Team.objects.none())

    def __init__(self, data: Any = None, *, programme: Programme, user: User) -> None:
        super().__init__(data)
        self.fields["source"].choices = choices(programme.definitions, "referral_sources")
        own = user.memberships.in_force().of_programme(programme)
        teams = programme.teams.in_force()
        whole = own.filter(team__isnull=True).exists()
        self.fields["team"].queryset = teams if whole else teams.filter(pk__in=own.values("team"))
        self.fields["team"].required = not whole
