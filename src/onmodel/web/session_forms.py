"""The forms about sessions and their recordings."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.accounts.models import User
from onmodel.patients.models import Treatment
from onmodel.programmes.models import Group, Programme
from onmodel.sessions.actions import components
from onmodel.sessions.models import Session
from onmodel.web.forms import DateInput


class _TreatmentField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Treatment) -> str:
        return obj.patient.pseudonym


class _PresentField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Treatment) -> str:
        return obj.patient.pseudonym


class _PeopleField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


class PeopleChoice(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return obj.name


class _GroupField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Group) -> str:
        return f"{obj.name} ({obj.team.name})"


class SessionForm(forms.Form):
    """A session that was held: with one patient, or of a group."""

    held_on = forms.DateField(label=gettext_lazy("Held on"), widget=DateInput)
    component = forms.ChoiceField(label=gettext_lazy("Part of the programme"))
    treatment = _TreatmentField(
        label=gettext_lazy("Patient, for a session with one"),
        queryset=Treatment.objects.none(),
        required=False,
    )
    group = _GroupField(
        label=gettext_lazy("Group, for a group session"), queryset=Group.objects.none(), required=False
    )
    therapists = _PeopleField(
        label=gettext_lazy("Given by"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any = None, *, programme: Programme, user: User) -> None:
        today = timezone.localdate()
        super().__init__(data, initial={"held_on": today, "therapists": [user.pk]})
        language = get_language() or "en"
        self.fields["component"].choices = [
            (name, label.in_(language)) for name, label in components(programme).items()
        ]
        treatments = Treatment.objects.visible_to(user).filter(programme=programme)
        self.fields["treatment"].queryset = treatments.active_on(today).select_related("patient").distinct()
        teams = programme.teams.filter(pk__in=treatments.values("team"))
        groups = Group.objects.in_force(today).filter(team__in=teams)
        self.fields["group"].queryset = groups.select_related("team")
        self.fields["therapists"].queryset = therapists_of(programme, user)

    @property
    def patients(self) -> list[int]:
        """Whom the form offers to choose."""
        return list(self.fields["treatment"].queryset.values_list("patient", flat=True))


def therapists_of(programme: Programme, user: User):
    """Those who may have given a session with this person: the therapists of the person's teams."""
    memberships = programme.memberships.in_force().filter(role="therapist")
    own = user.memberships.in_force().of_programme(programme)
    if not own.filter(team__isnull=True).exists():
        memberships = memberships.filter(team__in=own.values("team"))
    people = User.objects.filter(pk__in=memberships.values("user"))
    return people.order_by("name", "pk")


class AttendanceForm(forms.Form):
    present = _PresentField(
        label=gettext_lazy("Who was there?"),
        queryset=Treatment.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, data: Any = None, *, session: Session) -> None:
        there = session.attendances.filter(present=True).values_list("treatment", flat=True)
        super().__init__(data, initial={"present": list(there)})
        expected = Treatment.objects.filter(attendances__session=session).select_related("patient")
        self.fields["present"].queryset = expected.order_by("patient__pseudonym")


class RecordingForm(forms.Form):
    """A file, or where the recording is kept."""

    file = forms.FileField(label=gettext_lazy("Audio or video file"), required=False)
    reference = forms.CharField(
        label=gettext_lazy("Or where it is kept"),
        help_text=gettext_lazy("A shelf mark or the name in another system; no patient's name."),
        max_length=200,
        required=False,
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file is not None and file.size > settings.MAX_RECORDING_BYTES:
            most = filesizeformat(settings.MAX_RECORDING_BYTES)
            raise forms.ValidationError(_("The file is larger than %(most)s.") % {"most": most})
        return file


class EraseForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why is it erased?"), widget=forms.Textarea({"rows": 2}))
