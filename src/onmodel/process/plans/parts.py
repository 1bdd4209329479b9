"""What a plan consists of, as the pack's plan_parts say: sections, groups and the fields to write in.

Keys of a plan's content: `part` for a text; `part.entry` for a text for each entry of a list;
`part.goal.words` and `part.goal.components` for goals; `part.stage.field` for the stages of a crisis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from onmodel.packs.base import Text
from onmodel.packs.pack import Pack
from onmodel.packs.standards import Term
from onmodel.process.terms import entries

PARTS = "plan_parts"
KINDS = "plan_kinds"
GOALS = "treatment_goals"
#: The longest text of one field; a plan is read in a crisis.
LONGEST = 2_000


@dataclass(frozen=True, kw_only=True)
class Field:
    """Something to write: a text, or a choice of several where it has `choices`."""

    key: str
    label: Text
    choices: tuple[Term, ...] = ()
    required: bool = False


@dataclass(frozen=True, kw_only=True)
class Group:
    """Fields that belong together: a goal, a stage of a crisis. Without a label where there is one field."""

    fields: tuple[Field, ...]
    label: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Section:
    id: str
    title: Text
    help: Text | None
    groups: tuple[Group, ...]
    shape: str = "text"
    lists: tuple[str, ...] = field(default=())

    def fields(self) -> Iterator[Field]:
        for group in self.groups:
            yield from group.fields


def structure(pack: Pack, kind: str) -> tuple[Section, ...]:
    """The sections of a plan of this kind, in the pack's order; empty where the pack lists none."""
    return tuple(
        Section(
            id=part.id,
            title=part.label,
            help=part.help,
            groups=tuple(_groups(pack, part)),
            shape=str(part.values.get("shape", "text")),
            lists=part.links,
        )
        for part in entries(pack, PARTS)
        if part.values.get("plan") == kind
    )


def fields_of(pack: Pack, kind: str) -> dict[str, Field]:
    """Every field of such a plan by its key."""
    return {field.key: field for section in structure(pack, kind) for field in section.fields()}


def _groups(pack: Pack, part: Term) -> Iterator[Group]:
    required = bool(part.values.get("required"))
    match part.values.get("shape"):
        case "each":
            for term in entries(pack, part.links[0]):
                key = f"{part.id}.{term.id}"
                yield Group(fields=(Field(key=key, label=term.label, required=required),))
        case "goals":
            for term in entries(pack, part.links[0]):
                yield _goal(pack, part, term)
        case "stages":
            for term in entries(pack, part.links[0]):
                yield _stage(pack, part, term)
        case _:
            one = Field(key=part.id, label=part.label, required=required)
            yield Group(fields=(one,))


def _goal(pack: Pack, part: Term, goal: Term) -> Group:
    words = Field(key=f"{part.id}.{goal.id}.words", label=OWN_WORDS)
    components = entries(pack, part.links[1])
    worked_on = Field(key=f"{part.id}.{goal.id}.components", label=WORKED_ON, choices=components)
    return Group(label=goal.label, fields=(words, worked_on))


def _stage(pack: Pack, part: Term, stage: Term) -> Group:
    named = bool(stage.values.get("defined_by_patient"))
    return Group(
        label=stage.label,
        fields=tuple(
            Field(key=f"{part.id}.{stage.id}.{one.id}", label=one.label)
            for one in entries(pack, part.links[1])
            if named or not one.values.get("defined_by_patient")
        ),
    )


OWN_WORDS = Text(en="The goal in the patient's own words", nl="Het doel in de eigen woorden van de patiënt")
WORKED_ON = Text(
    en="The parts of the programme that work on it", nl="De onderdelen van het programma die eraan werken"
)


def cleaned(pack: Pack, kind: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """What was written, trimmed, without what is empty. KeyError for a field that such a plan has not,
    ValueError for a choice that there is not or a text that is too long.
    """
    known = fields_of(pack, kind)
    kept: dict[str, Any] = {}
    for key, value in content.items():
        field = known[key]
        if field.choices:
            chosen = [term.id for term in field.choices if term.id in value]
            if strange := set(value) - set(chosen):
                raise ValueError(", ".join(sorted(map(str, strange))))
            value = chosen
        else:
            value = "\n".join(line.rstrip() for line in str(value).strip().splitlines())
            if len(value) > LONGEST:
                raise ValueError(f"{len(value)} > {LONGEST}")
        if value:
            kept[key] = value
    return kept


def missing(pack: Pack, kind: str, content: Mapping[str, Any]) -> tuple[Text, ...]:
    """The labels of what such a plan must hold and this one does not."""
    return tuple(f.label for f in fields_of(pack, kind).values() if f.required and not content.get(f.key))


def goals_in(pack: Pack, kind: str, content: Mapping[str, Any]) -> dict[str, str]:
    """General goal -> how the patient put it, of those that the plan words."""
    found = {}
    for section in structure(pack, kind):
        if section.shape == "goals":
            for goal in entries(pack, section.lists[0]):
                if words := content.get(f"{section.id}.{goal.id}.words"):
                    found[goal.id] = str(words)
    return found


def written_of(field: Field, value: Any, language: str) -> str:
    """What stands in a field, as text."""
    if not field.choices:
        return str(value or "")
    return ", ".join(term.label.in_(language) for term in field.choices if term.id in (value or ()))
