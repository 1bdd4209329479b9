"""A rating as the page needs it: areas, rows, and in each row one group of answers a respect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from onmodel.adherence import scales
from onmodel.adherence.models import Rating
from onmodel.assessments.actions import instrument_of
from onmodel.packs.instruments import Instrument, Item, ItemKind
from onmodel.packs.texts import Text

Answers = Mapping[str, float | str | None]


@dataclass(frozen=True, kw_only=True)
class Choice:
    value: str
    label: str
    words: str
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Field:
    """One item: `choices` for a rating, else a number or a text."""

    item: str
    label: str
    kind: str
    choices: tuple[Choice, ...] = ()
    value: str = ""


@dataclass(frozen=True, kw_only=True)
class RowShown:
    key: str
    label: str
    help: str
    fields: tuple[Field, ...]
    counter: Field | None
    also_in: str


@dataclass(frozen=True, kw_only=True)
class AreaShown:
    label: str
    rows: tuple[RowShown, ...]


def in_words(text: Text | None, otherwise: str = "") -> str:
    return text.in_(get_language() or "en") if text else otherwise


def answers_so_far(rating: Rating) -> dict[str, float | str | None]:
    return {one.item: one.as_given for one in rating.assignment.drafts.all()}


def areas_shown(rating: Rating, answers: Answers) -> list[AreaShown]:
    instrument = instrument_of(rating.assignment)
    listed = rating.programme.definitions.terms.get(scales.AREAS)
    terms = listed.terms if listed else ()
    found = []
    for area in scales.areas(rating.programme, instrument):
        shown = []
        for row in area.rows:
            others = [term for term in terms if term != area.term and scales.serves(row, term, instrument)]
            shown.append(_row(instrument, row, answers, ", ".join(in_words(one.label) for one in others)))
        title = in_words(area.term.label) if area.term else _("Other items")
        found.append(AreaShown(label=title, rows=tuple(shown)))
    return found


def _row(instrument: Instrument, row: scales.Row, answers: Answers, also_in: str) -> RowShown:
    titles = {part.id: in_words(part.title) for part in instrument.parts}
    label = in_words(row.first.label, row.key)
    fields = tuple(
        field_of(instrument, item, answers, titles.get(part, "")) for part, item in row.ratings.items()
    )
    counter = row.counter
    return RowShown(
        key=row.key,
        label=label,
        help=next((in_words(item.help) for item in row.items.values() if item.help), ""),
        fields=fields,
        counter=field_of(instrument, counter, answers, titles.get(counter.part or "", ""))
        if counter
        else None,
        also_in=also_in,
    )


def overall_shown(rating: Rating, answers: Answers) -> list[Field]:
    instrument = instrument_of(rating.assignment)
    return [
        field_of(instrument, item, answers, in_words(item.label, item.id))
        for item in scales.overall_items(instrument)
    ]


def mark_words(instrument: Instrument) -> str:
    """ "1 very poor, 2 poor, ...": what the whole marks of a form mean."""
    whole = [option for option in instrument.options if option.value == int(option.value)]
    return ", ".join(f"{option.value:g} {in_words(option.label)}" for option in whole)


def field_of(instrument: Instrument, item: Item, answers: Answers, label: str) -> Field:
    given = answers.get(item.id)
    if item.kind is not ItemKind.CHOICE:
        return Field(item=item.id, label=label, kind=item.kind.value, value=_plain(given))
    choices = [
        Choice(
            value=f"{option.value:g}",
            label=f"{option.value:g}",
            words=in_words(option.label),
            chosen=given == option.value,
        )
        for option in instrument.options_of(item)
    ]
    if item.not_applicable:
        words = _("not applicable")
        choices.append(Choice(value="na", label=_("n/a"), words=words, chosen=given == "na"))
    return Field(item=item.id, label=label, kind="choice", choices=tuple(choices))


def _plain(given: float | str | None) -> str:
    if given is None:
        return ""
    return given if isinstance(given, str) else f"{given:g}"
