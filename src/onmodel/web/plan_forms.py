"""The form of a plan, as the pack lists its parts; and the small forms around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy

from onmodel.packs.pack import Pack
from onmodel.process.plans.actions import PARTIES
from onmodel.process.plans.parts import LONGEST, Field, Section, structure
from onmodel.process.terms import choices
from onmodel.web.changes import SeenMixin
from onmodel.web.course_forms import day_field

BEFORE = "part-"


class PlanForm(SeenMixin):
    """A field for each part; `sections` gives them back in the order of the page."""

    occasion = forms.ChoiceField(label=gettext_lazy("Why is this version written?"))

    def __init__(
        self, data: Any = None, *, pack: Pack, kind: str, content: Mapping[str, Any], occasion: str, seen: str
    ) -> None:
        named = {f"{BEFORE}{key}": value for key, value in content.items()}
        super().__init__(data, initial={**named, "occasion": occasion, "seen": seen})
        self.fields["occasion"].choices = choices(pack, "plan_occasions")
        self._structure = structure(pack, kind)
        language = get_language() or "en"
        for section in self._structure:
            for field in section.fields():
                self.fields[f"{BEFORE}{field.key}"] = _field(field, section, language)

    def sections(self) -> list[tuple[Section, list[tuple[Any, list[forms.BoundField]]]]]:
        return [
            (
                section,
                [
                    (group.label, [self[f"{BEFORE}{field.key}"] for field in group.fields])
                    for group in section.groups
                ],
            )
            for section in self._structure
        ]

    def content(self) -> dict[str, Any]:
        return {
            name.removeprefix(BEFORE): value
            for name, value in self.cleaned_data.items()
            if name.startswith(BEFORE)
        }


def _field(field: Field, section: Section, language: str) -> forms.Field:
    label = field.label.in_(language)
    if field.choices:
        return forms.MultipleChoiceField(
            label=label,
            choices=[(term.id, term.label.in_(language)) for term in field.choices],
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
    rows = 2 if section.shape in ("stages", "goals") else 4
    return forms.CharField(
        label=label,
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": rows}),
    )


class AgreeForm(forms.Form):
    party = forms.ChoiceField(
        label=gettext_lazy("Who agreed?"),
        choices=[("patient", gettext_lazy("the patient")), ("team", gettext_lazy("the team"))],
    )
    agreed_on = day_field(gettext_lazy("Agreed on"))

    def clean_party(self) -> str:
        party = self.cleaned_data["party"]
        assert party in PARTIES
        return party


class ShareForm(forms.Form):
    service = forms.CharField(
        label=gettext_lazy("Given to which service?"),
        max_length=200,
        help_text=gettext_lazy("For instance the crisis service, or the general practitioner."),
    )
    shared_on = day_field(gettext_lazy("Given on"))
