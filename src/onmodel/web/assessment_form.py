"""The form of a part of the assessment, as the pack lists its fields."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from onmodel.packs.base import Text
from onmodel.packs.pack import Pack
from onmodel.process.assessment.parts import LONGEST, Field, Question, Row, questions
from onmodel.web.changes import SeenMixin
from onmodel.web.course_forms import day_field
from onmodel.web.forms import DateInput, control

BEFORE = "found-"


@dataclass(frozen=True)
class Cell:
    """A control without room for its label beside it; the label is read out."""

    field: forms.BoundField
    control: str


@dataclass(frozen=True)
class Shown:
    """A row of a question on the page: its name, and its fields; `filled` where anything stands in it."""

    label: str
    fields: list[forms.BoundField]
    cells: list[Cell]
    filled: bool
    help: Text | None = None


class AssessmentForm(SeenMixin):
    """A field for each field of the part; `sections` gives them in the order of the page."""

    assessed_on = day_field(gettext_lazy("On which day?"))

    def __init__(
        self, data: Any = None, *, pack: Pack, part: str, content: Mapping[str, str], seen: str
    ) -> None:
        named = {f"{BEFORE}{key}": value for key, value in content.items()}
        super().__init__(data, initial={**named, "seen": seen})
        self._questions = questions(pack, part)
        self._stands = {*content, *(name.removeprefix(BEFORE) for name in (data or {}) if data[name])}
        language = get_language() or "en"
        for question in self._questions:
            for row in question.rows:
                for one in row.fields:
                    self.fields[f"{BEFORE}{one.key}"] = _field(one, _label(question, row, one, language))

    def sections(self) -> list[tuple[Question, list[tuple[Text | None, list[Shown]]]]]:
        """Each question with its rows, by theme."""
        return [
            (
                question,
                [(theme, [self._shown(question, *one) for one in rows]) for theme, rows in _themes(question)],
            )
            for question in self._questions
        ]

    def _shown(self, question: Question, number: int, row: Row) -> Shown:
        bound = [self[f"{BEFORE}{one.key}"] for one in row.fields]
        language = get_language() or "en"
        label = row.label.in_(language) if row.label else _("Number %(n)s") % {"n": number + 1}
        tight = question.shape == "grid" and len(row.fields) <= 2
        cells = [Cell(one, control(one)) for one in bound] if tight else []
        filled = number == 0 or any(one.key in self._stands for one in row.fields)
        return Shown(label, bound, cells, filled, row.fields[0].help)

    def content(self) -> dict[str, Any]:
        """What was filled in, as the action takes it."""
        found = {}
        for name, value in self.cleaned_data.items():
            if name.startswith(BEFORE) and value not in ("", None):
                told = value.isoformat() if isinstance(value, datetime.date) else value
                found[name.removeprefix(BEFORE)] = told
        return found


def _themes(question: Question) -> list[tuple[Text | None, list[tuple[int, Row]]]]:
    numbered = enumerate(question.rows)
    return [(theme, list(rows)) for theme, rows in groupby(numbered, key=lambda pair: pair[1].theme)]


def _label(question: Question, row: Row, one: Field, language: str) -> str:
    """In a narrow grid the row's name stands before the column's, for who cannot see where it stands."""
    if question.shape == "grid" and row.label and len(row.fields) <= 2:
        return f"{row.label.in_(language)}: {one.label.in_(language).lower()}"
    return one.label.in_(language)


def _field(one: Field, label: str) -> forms.Field:
    if one.choices:
        listed = [(value, text.in_(get_language() or "en")) for value, text in one.choices]
        return forms.ChoiceField(label=label, required=False, choices=[("", _("not noted")), *listed])
    if one.shape == "day":
        return forms.DateField(label=label, required=False, widget=DateInput)
    widget = forms.TextInput() if one.shape == "line" else forms.Textarea({"rows": 3})
    return forms.CharField(label=label, required=False, max_length=LONGEST[one.shape], widget=widget)
