"""What a part of the assessment asks, as the pack's lists say; what was filled in, checked against that.

Keys of an entry's content: `field` for one value; `field.row.column` for a grid; `field.dimension` for
a position between two poles, from -2 to 2; `field.0.column` for rows that are added one by one.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.packs.base import Text
from onmodel.packs.pack import Pack
from onmodel.packs.standards import Term
from onmodel.process.terms import entries, entry

PARTS = "assessment_parts"
#: The longest text and the longest line of one field.
LONGEST = {"text": 2_000, "line": 300}
#: From the one pole to the other, in five steps.
POSITIONS = ("-2", "-1", "0", "1", "2")
#: How often a row can be added where the pack names no number.
MOST_ROWS = 8


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something to fill in: a text, a line, a day, or one of `choices` (value, label); `ends` are poles."""

    key: str
    label: Text
    shape: str = "text"
    choices: tuple[tuple[str, Text], ...] = ()
    ends: tuple[Text, Text] | None = None
    help: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """Fields that belong together; `theme` names the group that the row stands in."""

    fields: tuple[Field, ...]
    label: Text | None = None
    theme: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Question:
    """A field of the pack's list, with the rows that it is filled in by."""

    id: str
    title: Text
    shape: str
    rows: tuple[Row, ...]
    help: Text | None = None
    required: bool = False

    def fields(self) -> Iterator[Field]:
        for row in self.rows:
            yield from row.fields

    def is_answered(self, content: Mapping[str, Any]) -> bool:
        """One field: that one. Rows to add: any. Else the first field of each row, or of each theme."""
        if self.shape == "rows":
            return any(row.fields[0].key in content for row in self.rows)
        asked: dict[object, bool] = {}
        for row in self.rows:
            group = row.theme or row.fields[0].key
            asked[group] = asked.get(group, False) or row.fields[0].key in content
        return all(asked.values())


def part_term(pack: Pack, part: str) -> Term | None:
    return entry(pack, PARTS, part)


def questions(pack: Pack, part: str) -> tuple[Question, ...]:
    """What the part asks, in the pack's order; empty for a part that the pack does not have."""
    term = part_term(pack, part)
    listed = [field for name in (term.links if term else ()) for field in entries(pack, name)]
    return tuple(_question(pack, field) for field in listed if field.values.get("part") == part)


def _question(pack: Pack, term: Term) -> Question:
    shape = str(term.values.get("shape", "text"))
    makers = {"grid": _grid, "poles": _poles, "rows": _added}
    rows = tuple(makers[shape](pack, term)) if shape in makers else (Row(fields=(_single(pack, term),)),)
    return Question(
        id=term.id,
        title=term.label,
        shape=shape,
        rows=rows,
        help=term.help,
        required=bool(term.values.get("required")),
    )


def _single(pack: Pack, term: Term) -> Field:
    shape = str(term.values.get("shape", "text"))
    return Field(
        key=term.id, label=term.label, shape=shape, choices=_choices(pack, term, shape), help=term.help
    )


def _choices(pack: Pack, term: Term, shape: str) -> tuple[tuple[str, Text], ...]:
    if shape != "choice":
        return ()
    return tuple((one.id, one.label) for one in entries(pack, term.links[0]))


def _column(pack: Pack, term: Term, before: str) -> Field:
    shape = str(term.values.get("shape", "line"))
    key = f"{before}.{term.id}"
    return Field(key=key, label=term.label, shape=shape, choices=_choices(pack, term, shape), help=term.help)


def _grid(pack: Pack, term: Term) -> Iterator[Row]:
    """A row for each term of the first list; where terms have parents, for those only, by theme."""
    listed, columns = entries(pack, term.links[0]), entries(pack, term.links[1])
    themes = {one.id: one.label for one in listed if any(other.parent == one.id for other in listed)}
    for one in listed:
        if one.id not in themes:
            fields = tuple(_column(pack, column, f"{term.id}.{one.id}") for column in columns)
            yield Row(fields=fields, label=one.label, theme=themes.get(one.parent or ""))


def _poles(pack: Pack, term: Term) -> Iterator[Row]:
    """A row for each dimension, of which exactly two entries of the second list are the poles."""
    listed, ends = term.links
    for one in entries(pack, listed):
        left, right = (pole.label for pole in entries(pack, ends) if f"{listed}.{one.id}" in pole.links)
        choices = tuple((step, _position(step, left, right)) for step in POSITIONS)
        field = Field(
            key=f"{term.id}.{one.id}",
            label=one.label,
            shape="pole",
            choices=choices,
            ends=(left, right),
            help=one.help,
        )
        yield Row(fields=(field,))


def _position(step: str, left: Text, right: Text) -> Text:
    toward = left if step.startswith("-") else right
    match abs(int(step)):
        case 0:
            return Text(en="in balance", nl="in evenwicht")
        case 1:
            return Text(en=f"rather {toward.en}", nl=f"eerder {toward.nl}")
        case _:
            return Text(en=f"far to {toward.en}", nl=f"ver naar {toward.nl}")


def _added(pack: Pack, term: Term) -> Iterator[Row]:
    """As many empty rows as can be filled; the columns are the terms of all linked lists."""
    columns = [column for name in term.links for column in entries(pack, name)]
    for number in range(int(term.values.get("most", MOST_ROWS))):
        yield Row(fields=tuple(_column(pack, column, f"{term.id}.{number}") for column in columns))


def cleaned(pack: Pack, part: str, given: Mapping[str, Any]) -> dict[str, str]:
    """What was filled in, trimmed, without what is empty; added rows close up. ValidationError for a field
    that the part has not, a choice that there is not, a text that is too long, a row without its first field.
    """
    asked = questions(pack, part)
    known = {field.key: field for question in asked for field in question.fields()}
    if strange := sorted(set(given) - set(known)):
        raise ValidationError(_("This part has no field %(field)s.") % {"field": strange[0]})
    kept = {key: words for key, value in given.items() if (words := _checked(known[key], value))}
    for question in asked:
        if question.shape == "rows":
            kept = _closed_up(question, kept)
    return {key: kept[key] for key in known if key in kept}


def _checked(field: Field, value: object) -> str:
    words = "\n".join(line.rstrip() for line in str("" if value is None else value).strip().splitlines())
    label = field.label.in_(get_language() or "en")
    if words and field.choices and words not in dict(field.choices):
        there = ", ".join(text.in_(get_language() or "en") for _value, text in field.choices)
        wrong = {"field": label, "value": words, "choices": there}
        raise ValidationError(_("%(field)s: %(value)s is not one of the choices: %(choices)s.") % wrong)
    if words and field.shape == "day":
        _check_day(label, words)
    longest = LONGEST.get(field.shape)
    if longest is not None and len(words) > longest:
        wrong = {"field": label, "n": len(words), "longest": longest}
        raise ValidationError(_("%(field)s: %(n)s characters; at most %(longest)s fit.") % wrong)
    return " ".join(words.split()) if field.shape == "line" else words


def _check_day(label: str, words: str) -> None:
    try:
        datetime.date.fromisoformat(words)
    except ValueError:
        wrong = {"field": label, "value": words}
        raise ValidationError(_("%(field)s: %(value)s is no date; write it as 2026-03-31.") % wrong) from None


def _closed_up(question: Question, kept: dict[str, str]) -> dict[str, str]:
    """The rows that hold anything, one after the other."""
    filled = []
    for row in question.rows:
        found = {
            field.key.rpartition(".")[2]: kept.pop(field.key) for field in row.fields if field.key in kept
        }
        if found:
            first = row.fields[0]
            if first.key.rpartition(".")[2] not in found:
                named = {
                    "question": question.title.in_(get_language() or "en"),
                    "field": first.label.in_(get_language() or "en"),
                }
                raise ValidationError(_("%(question)s: a row lacks “%(field)s”.") % named)
            filled.append(found)
    for number, found in enumerate(filled):
        kept |= {f"{question.id}.{number}.{column}": words for column, words in found.items()}
    return kept


def missing(pack: Pack, part: str, content: Mapping[str, Any]) -> tuple[Text, ...]:
    """The titles of what the part requires and the content does not hold."""
    return tuple(one.title for one in questions(pack, part) if one.required and not one.is_answered(content))


def written_of(field: Field, value: str | None, language: str) -> str:
    """What stands in a field, in words."""
    if not value:
        return ""
    chosen = dict(field.choices).get(value)
    return chosen.in_(language) if chosen else value


def days_in(pack: Pack, part: str, content: Mapping[str, str]) -> Iterable[datetime.date]:
    """The days that were filled in."""
    for question in questions(pack, part):
        for field in question.fields():
            if field.shape == "day" and field.key in content:
                yield datetime.date.fromisoformat(content[field.key])
