"""Who is in the file: one person a pseudonym, with the facts that every row about them agrees on."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel.outcomes.importing.mapping import EARLIEST_DAY, ImportMap
from onmodel.outcomes.importing.problems import Problem
from onmodel.outcomes.importing.reading import Source
from onmodel.packs.pack import Pack
from onmodel.patients.models import Patient, Treatment

PATIENT_FACTS = ("year_of_birth", "gender")
TREATMENT_FACTS = ("cohort", "team", "referred_on", "started_on", "ended_on", "end_kind")
LONGEST = {
    "pseudonym": Patient._meta.get_field("pseudonym").max_length,
    "gender": Patient._meta.get_field("gender").max_length,
    "cohort": Treatment._meta.get_field("cohort").max_length,
}


@dataclass
class Person:
    """A pseudonym, the line it first stands on, and its facts (absent where the file says nothing)."""

    pseudonym: str
    line: int
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class People:
    """Everybody in the file, in order of appearance; `of_row` (n,) is each row's person, -1 for none.

    `columns` says from which column of the file each fact came.
    """

    persons: list[Person]
    of_row: np.ndarray
    columns: dict[str, str]


def read_people(source: Source, mapping: ImportMap, pack: Pack) -> People:
    """Who the rows are about. Rows without a patient, and facts that contradict, become problems."""
    persons, of_row = _persons(source, mapping)
    columns: dict[str, str] = {}
    for fact, column, values in _facts(source, mapping, pack):
        columns[fact] = column
        _keep(source, persons, of_row, fact, column, values)
    people = People(persons, of_row, columns)
    _check_order(source, people)
    return people


def _persons(source: Source, mapping: ImportMap) -> tuple[list[Person], np.ndarray]:
    column = mapping.patient.column
    index: dict[str, int] = {}
    persons: list[Person] = []
    of_row = np.full(len(source), -1)
    for row, cell in enumerate(source.texts(column)):
        if not cell:
            source.problem(row, column, "", _("the row names no patient"), _("a pseudonym"))
            continue
        name = mapping.patient.prefix + cell
        if len(name) > LONGEST["pseudonym"]:
            source.problem(row, column, name, _("the pseudonym is too long"), _at_most("pseudonym"))
            continue
        if name in index and mapping.layout == "wide":
            first = persons[index[name]].line
            reason = _("this patient has a row already, on line %(line)d") % {"line": first}
            source.problem(row, column, cell, reason, _("one row a patient in a wide file"))
            continue
        if name not in index:
            index[name] = len(persons)
            persons.append(Person(name, source.lines[row]))
        of_row[row] = index[name]
    return persons, of_row


def _at_most(fact: str) -> str:
    return _("at most %(n)d characters") % {"n": LONGEST[fact]}


def _facts(source: Source, mapping: ImportMap, pack: Pack) -> Iterator[tuple[str, str, Sequence[Any]]]:
    """(fact, column, values (n,) with None where missing) for each fact that the map names."""
    patient, treatment = mapping.patient, mapping.treatment
    if patient.year_of_birth:
        yield "year_of_birth", patient.year_of_birth, _years(source, patient.year_of_birth)
    for fact, column in (("gender", patient.gender), ("cohort", treatment.cohort), ("team", treatment.team)):
        if column:
            yield fact, column, _words(source, fact, column)
    for fact, column in (
        ("referred_on", treatment.referred),
        ("started_on", treatment.start),
        ("ended_on", treatment.ended),
    ):
        if column:
            yield fact, column, past_dates(source, column)
    if treatment.end_kind:
        yield "end_kind", treatment.end_kind, _end_kinds(source, mapping, pack)


def _years(source: Source, column: str) -> list[int | None]:
    this_year = timezone.localdate().year
    years: list[int | None] = []
    for row, value in enumerate(source.numbers(column).tolist()):
        good = value.is_integer() and 1900 <= value <= this_year
        if value == value and not good:
            wanted = _("a year from 1900 to %(year)d") % {"year": this_year}
            source.problem(row, column, value, _("this is not a year of birth"), wanted)
        years.append(int(value) if good else None)
    return years


def _words(source: Source, fact: str, column: str) -> list[str | None]:
    words: list[str | None] = []
    for row, cell in enumerate(source.texts(column, labelled=True)):
        if fact in LONGEST and len(cell) > LONGEST[fact]:
            source.problem(row, column, cell, _("this is too long"), _at_most(fact))
        words.append(cell or None)
    return words


def past_dates(source: Source, column: str) -> list[datetime.date | None]:
    """Dates, each checked not to lie in the future or before 1900; None where missing or wrong."""
    today = timezone.localdate()
    days = source.dates(column)
    for row, day in enumerate(days):
        if day is None or EARLIEST_DAY <= day <= today:
            continue
        if day > today:
            source.problem(row, column, day, _("this date lies in the future"), _("today or earlier"))
        else:
            source.problem(row, column, day, _("this date lies too far back"), _("1900 or later"))
        days[row] = None
    return days


def _end_kinds(source: Source, mapping: ImportMap, pack: Pack) -> list[str | None]:
    """The pack's end kinds, by way of the map's `end_kinds`; the file may use codes or their labels."""
    column = mapping.treatment.end_kind or ""
    terms = pack.terms.get("end_kinds")
    known = [term.id for term in terms.terms] if terms else []
    values = mapping.treatment.end_kinds
    kinds: list[str | None] = []
    for row, (code, label) in enumerate(
        zip(source.texts(column), source.texts(column, labelled=True), strict=True)
    ):
        kind = values.get(code) or values.get(label) or label
        if kind and known and kind not in known:
            wanted = _("one of %(kinds)s; or a line under [treatment.end_kinds]")
            wanted %= {"kinds": ", ".join(known)}
            source.problem(row, column, label, _("the pack has no such kind of end"), wanted)
        kinds.append(kind or None)
    return kinds


def _keep(
    source: Source, persons: list[Person], of_row: np.ndarray, fact: str, column: str, values: Sequence[Any]
) -> None:
    """Give each person the fact; a second, different value is a problem."""
    lines: dict[int, int] = {}
    for row, (number, value) in enumerate(zip(of_row.tolist(), values, strict=True)):
        if value is None or number < 0:
            continue
        facts = persons[number].facts
        if fact not in facts:
            facts[fact] = value
            lines[number] = source.lines[row]
        elif facts[fact] != value:
            reason = _("patient %(patient)s has “%(first)s” on line %(line)d") % {
                "patient": persons[number].pseudonym,
                "first": facts[fact],
                "line": lines[number],
            }
            source.problem(row, column, value, reason, _("the same on every row of a patient"))


def _check_order(source: Source, people: People) -> None:
    """An end has a kind, and lies after the start."""
    for person in people.persons:
        start, end, kind = (person.facts.get(fact) for fact in ("started_on", "ended_on", "end_kind"))
        if start and end and end < start:
            reason = _("the treatment ends before it starts (%(start)s)") % {"start": start}
            source.problems.append(
                Problem(person.line, people.columns["ended_on"], str(end), reason, _("the start or later"))
            )
        if bool(end) != bool(kind):
            column = people.columns["end_kind" if end else "ended_on"]
            reason = _("an end has a date and a kind; one of them is missing")
            source.problems.append(Problem(person.line, column, "", reason, _("both, or neither")))
