"""The forms of the import: the file, its map, and the guide for those who have no map."""

from __future__ import annotations

import datetime
import re
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import FileExtensionValidator
from django.template.defaultfilters import filesizeformat
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from onmodel.outcomes.importing.mapping import EARLIEST, LATEST
from onmodel.outcomes.importing.proposing import Choice, Look
from onmodel.packs.pack import Pack
from onmodel.web.forms import DateInput

MOST_MOMENT_COLUMNS = 60
KINDS = ("csv", "txt", "tsv", "sav", "zsav", "parquet")
LARGEST_MAP = 1024 * 1024


class FileForm(forms.Form):
    """Which file, and by which map; without a map the guide follows."""

    file = forms.FileField(
        label=_lazy("File"),
        help_text=_lazy(
            "CSV (comma or semicolon), SPSS (.sav) or Parquet; one row a patient, or one row a measurement. "
            "Patients go by a pseudonym: leave names, addresses and birth dates out."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": ",".join(f".{kind}" for kind in KINDS)}),
        validators=[FileExtensionValidator(KINDS)],  # the content is looked at when it is read
    )
    map_file = forms.FileField(
        label=_lazy("Map"),
        help_text=_lazy(
            "A TOML file that says which column is what. Without one, you say it on the next page."
        ),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".toml"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > settings.MAX_IMPORT_BYTES:
            most = filesizeformat(settings.MAX_IMPORT_BYTES)
            raise forms.ValidationError(_("The file is larger than %(most)s.") % {"most": most})
        return file

    def clean_map_file(self) -> str:
        file = self.cleaned_data["map_file"]
        if file is None:
            return ""
        if file.size > LARGEST_MAP:
            raise forms.ValidationError(_("The map is larger than 1 MB."))
        content = file.read()
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = "\0"
        if "\0" in text:
            raise forms.ValidationError(_("A map is a text file in UTF-8."))
        return text


class MapForm(forms.Form):
    """The map as text."""

    map = forms.CharField(
        label=_lazy("Map"),
        help_text=_lazy("Which column is what, in TOML."),
        widget=forms.Textarea({"rows": 18, "spellcheck": "false", "class": "code"}),
        strip=False,
    )


class GuideForm(forms.Form):
    """What the columns of this file are: for one score of one instrument.

    `look` proposes; a wide file has a small field for the months of each column that holds numbers.
    """

    patient = forms.ChoiceField(label=_lazy("Which column names the patient?"))
    score = forms.ChoiceField(label=_lazy("Which score is it?"))

    def __init__(self, *args: Any, look: Look, columns: list[str], pack: Pack, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.look = look
        choices = [(column, column) for column in columns]
        optional = [("", _("none"))]
        self.fields["patient"].choices = choices
        self.fields["patient"].initial = look.patient
        self.fields["score"].choices = [("", _("choose")), *score_choices(pack)]
        self.fields["score"].initial = likely_score(pack, [*look.numeric, *look.months])
        if look.layout == "long":
            self._add_long(choices)
        else:
            self._add_wide(columns)
        self.fields["start"] = forms.ChoiceField(
            label=_("Which column has the start of treatment?"),
            choices=optional + [(column, column) for column in look.dated],
            initial=look.start,
            required=False,
        )
        self.fields["nominal_start"] = forms.DateField(
            label=_("Or one date that stands for everybody's start"),
            help_text=_("Where the file has only months. Reports mark it as nominal."),
            widget=DateInput,
            required=False,
        )
        self.fields["cohort"] = forms.ChoiceField(
            label=_("Is there a column of groups to compare by?"),
            choices=optional + choices,
            initial=look.cohort,
            required=False,
        )

    def _add_long(self, choices: list[tuple[str, str]]) -> None:
        self.fields["column"] = forms.ChoiceField(
            label=_("Which column has the score?"),
            choices=[("", _("choose")), *choices],
            initial=next((c for c in self.look.numeric if c != self.look.moment), ""),
        )
        self.fields["moment"] = forms.ChoiceField(
            label=_("Which column says when?"),
            help_text=_("Months since the start of treatment, or a date."),
            choices=choices,
            initial=self.look.moment,
        )

    def _add_wide(self, columns: list[str]) -> None:
        shown = [column for column in columns if column in {*self.look.numeric, *self.look.months}]
        self.moment_columns = shown[:MOST_MOMENT_COLUMNS]
        for number, column in enumerate(self.moment_columns):
            self.fields[f"months_{number}"] = forms.FloatField(
                label=_("“%(column)s”: months since the start") % {"column": column},
                initial=_short(self.look.months.get(column)),
                min_value=EARLIEST,
                max_value=LATEST,
                required=False,
            )

    def moment_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("months_")]

    def other_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith("months_")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if self.look.layout == "wide" and not self._moments(data):
            self.add_error(None, _("Say for at least one column how many months it was since the start."))
        if data.get("start") and data.get("nominal_start"):
            self.add_error("nominal_start", _("Choose a column or give a date, not both."))
        if not data.get("start") and not data.get("nominal_start"):
            self.add_error("start", _("Choose a column, or give one date below."))
        return data

    def _moments(self, data: dict[str, Any]) -> dict[str, float]:
        months = {column: data.get(f"months_{number}") for number, column in enumerate(self.moment_columns)}
        return {column: value for column, value in months.items() if value is not None}

    def choice(self) -> Choice:
        """What was said, for `proposing.map_of`."""
        data = self.cleaned_data
        instrument, scale = data["score"].split(":")
        nominal: datetime.date | None = data["nominal_start"]
        return Choice(
            layout=self.look.layout,
            patient=data["patient"],
            instrument=instrument,
            scale=scale,
            column=data.get("column", ""),
            moment=data.get("moment", ""),
            moments=self._moments(data) if self.look.layout == "wide" else {},
            start=data["start"],
            nominal_start=nominal,
            cohort=data["cohort"],
        )


def _short(months: float | None) -> float | int | None:
    return int(months) if months is not None and months.is_integer() else months


def likely_score(pack: Pack, columns: list[str]) -> str:
    """The main score of the one instrument that these columns are named for; nothing where in doubt."""
    words = {word for column in columns for word in re.findall(r"[a-z]+", column.casefold())}
    named = [
        instrument
        for instrument in pack.instruments.values()
        if instrument.subject == "treatment" and instrument.id.rstrip("0123456789").replace("_", "") in words
    ]
    return f"{named[0].id}:{named[0].main_scale}" if len(named) == 1 else ""


def score_choices(pack: Pack) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every scale of the pack's instruments about a treatment, by instrument."""
    language = get_language() or "en"
    instruments = sorted(pack.instruments.values(), key=lambda instrument: instrument.abbreviation.casefold())
    return [
        (
            f"{instrument.abbreviation}: {instrument.title.in_(language)}",
            [(f"{instrument.id}:{scale.id}", scale.title.in_(language)) for scale in instrument.scales],
        )
        for instrument in instruments
        if instrument.subject == "treatment"
    ]
