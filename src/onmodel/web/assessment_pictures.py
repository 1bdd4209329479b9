"""The pictures of an assessment: the mentalizing profile of up to two days, and the map of relationships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from onmodel.charts.evidence import Scale, Strand, Theme, evidence_picture
from onmodel.charts.relations import Person, relations_map
from onmodel.packs.pack import Pack
from onmodel.process.assessment.parts import Question, questions, written_of
from onmodel.process.assessment.records import AssessmentEntry
from onmodel.web.components import Component, Table
from onmodel.wording.numbers import date_written

PROFILE, RELATIONSHIPS = "mentalizing_profile", "relationships"
EVIDENCE, MODES = "mz_evidence", "mz_modes"
NEAR = {"much": 3, "some": 2, "little": 1}


def _language() -> str:
    return "nl" if (get_language() or "en").startswith("nl") else "en"


@dataclass(frozen=True)
class Profile(Component):
    """The mentalizing profile of one entry, or of an earlier and a later one beside each other."""

    template: ClassVar[str] = "components/evidence.html"
    pack: Pack
    entries: Sequence[AssessmentEntry]

    def extra(self) -> dict[str, Any]:
        asked = {one.id: one for one in questions(self.pack, PROFILE)}
        days = [date_written(entry.assessed_on) for entry in self.entries]
        marked = [asked[name] for name in (EVIDENCE, MODES) if name in asked]
        poles = [one for one in asked.values() if one.shape == "poles"]
        themes = [theme for question in marked for theme in self._themes(question)]
        scales = [scale for question in poles for scale in self._scales(question)]
        return {
            "drawn": evidence_picture(themes, scales, days),
            "summary": self._summary(themes),
            "days": days,
            "table": self._table([*marked, *poles], days),
        }

    def _themes(self, question: Question) -> list[Theme]:
        """Those of the question; one of its own for rows that stand in none."""
        found = []
        for theme, rows in groupby(question.rows, key=lambda row: row.theme):
            strands = [
                Strand(label=row.label.in_(_language()), marks=self._values(row.fields[0].key))
                for row in rows
                if row.label
            ]
            found.append(Theme(title=(theme or question.title).in_(_language()), strands=strands))
        return found

    def _values(self, key: str) -> list[str | None]:
        return [entry.content.get(key) for entry in self.entries]

    def _scales(self, question: Question) -> list[Scale]:
        return [
            Scale(
                label=field.label.in_(_language()),
                left=field.ends[0].in_(_language()),
                right=field.ends[1].in_(_language()),
                positions=[int(value) if value else None for value in self._values(field.key)],
            )
            for field in question.fields()
            if field.ends
        ]

    def _summary(self, themes: Sequence[Theme]) -> str:
        """How many signs had strong evidence, of those looked at, on each day."""
        words = []
        for number, entry in enumerate(self.entries):
            marks = [strand.marks[number] for theme in themes for strand in theme.strands]
            marks = [mark for mark in marks if mark in ("strong", "weak")]
            told = {
                "day": date_written(entry.assessed_on),
                "strong": marks.count("strong"),
                "weak": marks.count("weak"),
            }
            words.append(_("%(day)s: strong evidence of %(strong)s signs, weak of %(weak)s.") % told)
        return " ".join(words)

    def _table(self, asked: Sequence[Question], days: Sequence[str]) -> Table:
        rows = []
        for question in asked:
            for row in question.rows:
                field, more = row.fields[0], row.fields[1:]
                label = (row.label or field.label).in_(_language())
                told = [written_of(field, value, _language()) or "–" for value in self._values(field.key)]
                said = [str(self.entries[-1].content.get(one.key, "")) for one in more]
                theme = (row.theme or question.title).in_(_language())
                rows.append([label, theme, *told, " ".join(filter(None, said)) or "–"])
        columns = [_("Sign"), _("Theme"), *days, _("Example, last time")]
        return Table(_("The profile in words"), columns, rows, caption_hidden=True, id="profile-table")


@dataclass(frozen=True)
class Relations(Component):
    """The people of one entry around the patient, and an equal table."""

    template: ClassVar[str] = "components/relations.html"
    pack: Pack
    entry: AssessmentEntry

    def extra(self) -> dict[str, Any]:
        asked = next((one for one in questions(self.pack, RELATIONSHIPS) if one.shape == "rows"), None)
        filled = [row for row in (asked.rows if asked else ()) if row.fields[0].key in self.entry.content]
        people = [self._person({f.key.rpartition(".")[2]: f for f in row.fields}) for row in filled]
        count = len(people)
        said = ngettext("%(n)s person around the patient.", "%(n)s people around the patient.", count)
        return {
            "drawn": relations_map(people),
            "summary": said % {"n": count},
            "table": self._table([row.fields for row in filled]),
        }

    def _person(self, fields: dict[str, Any]) -> Person:
        content = self.entry.content
        words = {name: written_of(one, content.get(one.key), _language()) for name, one in fields.items()}
        said = [words[name] for name in words if words[name]]
        return Person(
            name=words["who"],
            near=NEAR.get(content.get(fields["involvement"].key, ""), 0),
            past=content.get(fields["time"].key) == "past",
            note="; ".join(said),
        )

    def _table(self, filled: Sequence[Sequence[Any]]) -> Table:
        content = self.entry.content
        rows = [
            [written_of(one, content.get(one.key), _language()) or "–" for one in fields] for fields in filled
        ]
        columns = [one.label.in_(_language()) for one in filled[0]] if filled else []
        return Table(_("The same in words"), columns, rows, caption_hidden=True, id="relations-table")
