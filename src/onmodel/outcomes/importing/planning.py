"""What an import would make: new patients, treatments and forms; what is here already; what contradicts."""

from __future__ import annotations

import datetime
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from onmodel.outcomes.importing.comparing import FormsPlan, plan_forms
from onmodel.outcomes.importing.forms import read_forms
from onmodel.outcomes.importing.mapping import ImportMap, Measure, columns_named, read_map
from onmodel.outcomes.importing.people import PATIENT_FACTS, TREATMENT_FACTS, People, Person, read_people
from onmodel.outcomes.importing.problems import ImportRefusedError, Problem
from onmodel.outcomes.importing.reading import Source, missing_columns, read_source
from onmodel.packs.instruments import Instrument
from onmodel.packs.pack import Pack
from onmodel.patients.models import Patient, Treatment
from onmodel.programmes.models import Programme, Team

#: Told with (stage, rows done, rows in all).
Progress = Callable[[str, int, int], None]
CHUNK = 900  # values in one condition: SQLite's oldest limit is 999


def silent(stage: str, done: int, total: int) -> None:
    """Progress that nobody watches."""


@dataclass
class PersonPlan:
    """A person of the file: whom and which treatment they are here, and what the file adds to those."""

    person: Person
    patient: Patient | None = None
    treatment: Treatment | None = None
    treatment_id: uuid.UUID = field(default_factory=uuid.uuid4)
    start: datetime.date | None = None
    patient_adds: dict[str, Any] = field(default_factory=dict)
    treatment_adds: dict[str, Any] = field(default_factory=dict)

    @property
    def brings_something(self) -> bool:
        new = self.patient is None or self.treatment is None
        return new or bool(self.patient_adds or self.treatment_adds)


@dataclass
class Plan:
    """Everything that an import would write, and every reason not to."""

    programme: Programme
    mapping: ImportMap
    source: Source
    people: list[PersonPlan] = field(default_factory=list)
    forms: list[FormsPlan] = field(default_factory=list)

    @property
    def problems(self) -> list[Problem]:
        return self.source.problems

    @property
    def changes_nothing(self) -> bool:
        people = any(person.brings_something for person in self.people)
        return not people and not any(forms.new.any() or forms.additions for forms in self.forms)


def make_plan(
    *, programme: Programme, path: Path, map_text: str, name: str = "", progress: Progress = silent
) -> Plan:
    """Read the file by its map and compare it with the records. Nothing is written.

    Raises ImportRefusedError for a file that is no table, or a map that does not fit it; what is wrong
    with single cells stands in the plan's `problems`, in the order of the file.
    """
    mapping = read_map(map_text)
    pack = programme.definitions
    instruments = _instruments(mapping, pack)
    progress("reading", 0, 0)
    source = read_source(path, mapping.file, name=name)
    _check_columns(source, mapping, instruments)
    plan = Plan(programme, mapping, source)
    progress("checking", 0, len(source))
    people = read_people(source, mapping, pack)
    plan.people = _known(programme, people, source)
    _compare_people(plan, people)
    starts = [person.start for person in plan.people]
    progress("checking", len(source) // 2, len(source))
    rows = read_forms(source, mapping, people, instruments, starts)
    if not source.problems:
        plan.forms = [plan_forms(programme, form_rows, plan.people, source.problems) for form_rows in rows]
    source.problems.sort(key=lambda problem: problem.line or 0)
    progress("checking", len(source), len(source))
    return plan


# --- the map against the pack and the file ---
def _instruments(mapping: ImportMap, pack: Pack) -> dict[str, Instrument]:
    """The instruments that the map names; ImportRefusedError for what the pack does not have."""
    problems: list[Problem] = []
    for number, measure in enumerate(mapping.measures, start=1):
        problems += _measure_problems(f"measures[{number}]", measure, pack)
    if problems:
        raise ImportRefusedError(problems)
    return {measure.instrument: pack.instruments[measure.instrument] for measure in mapping.measures}


def _measure_problems(key: str, measure: Measure, pack: Pack) -> Iterator[Problem]:
    instrument = pack.instruments.get(measure.instrument)
    if instrument is None:
        reason = _("the pack “%(pack)s” has no such instrument") % {"pack": pack.id}
        wanted = ", ".join(sorted(pack.instruments))
        yield Problem(None, f"{key}.instrument", measure.instrument, reason, wanted)
        return
    if instrument.subject != "treatment":
        reason = _("this instrument is not about a treatment")
        yield Problem(None, f"{key}.instrument", measure.instrument, reason)
    scales = [scale.id for scale in instrument.scales]
    if measure.scale is not None and measure.scale not in scales:
        reason = _("%(form)s has no such scale") % {"form": instrument.abbreviation}
        yield Problem(None, f"{key}.scale", measure.scale, reason, ", ".join(scales))
    respondents = [respondent.value for respondent in instrument.respondents]
    if measure.respondent and measure.respondent not in respondents:
        reason = _("%(form)s is not filled by such a person") % {"form": instrument.abbreviation}
        yield Problem(None, f"{key}.respondent", measure.respondent, reason, ", ".join(respondents))
    yield from _item_problems(key, measure, instrument)


def _item_problems(key: str, measure: Measure, instrument: Instrument) -> Iterator[Problem]:
    if measure.items is None:
        return
    items = [item.id for item in instrument.all_items()]
    if not items:
        reason = _("the items of %(form)s are not in the pack") % {"form": instrument.abbreviation}
        yield Problem(None, f"{key}.items", "", reason, _("a scale and its column"))
    elif isinstance(measure.items, dict):
        for item in sorted(set(measure.items) - set(items)):
            reason = _("%(form)s has no such item") % {"form": instrument.abbreviation}
            yield Problem(None, f"{key}.items", item, reason, ", ".join(items))


def _check_columns(source: Source, mapping: ImportMap, instruments: Mapping[str, Instrument]) -> None:
    """Every column that the map counts on is there; items that a form can do without may be absent."""
    needed = {
        name: [i.id for i in instrument.all_items() if i.required and not i.unscored and i.kind != "text"]
        for name, instrument in instruments.items()
    }
    problems = missing_columns(source, columns_named(mapping, needed))
    if problems:
        raise ImportRefusedError(problems)


# --- the people against the records ---
def _known(programme: Programme, people: People, source: Source) -> list[PersonPlan]:
    """Each person with the patient and the treatment that they are here."""
    names = [person.pseudonym for person in people.persons]
    patients: dict[str, Patient] = {}
    treatments: dict[int, list[Treatment]] = {}
    for chunk in (names[at : at + CHUNK] for at in range(0, len(names), CHUNK)):
        known = Patient.objects.filter(organisation=programme.organisation_id, pseudonym__in=chunk)
        patients |= {patient.pseudonym: patient for patient in known}
        here = Treatment.objects.filter(
            programme=programme.pk,
            patient__organisation=programme.organisation_id,
            patient__pseudonym__in=chunk,
        )
        for treatment in here.select_related("team"):
            treatments.setdefault(treatment.patient_id, []).append(treatment)
    plans = []
    for person in people.persons:
        patient = patients.get(person.pseudonym)
        plan = PersonPlan(person, patient)
        if patient is not None:
            plan.treatment = _treatment_of(plan, treatments.get(patient.pk, []), people, source)
            plan.treatment_id = plan.treatment.pk if plan.treatment else plan.treatment_id
        plans.append(plan)
    return plans


def _treatment_of(
    plan: PersonPlan, treatments: Sequence[Treatment], people: People, source: Source
) -> Treatment | None:
    """The treatment in this programme that the file means; a problem where it could be more than one."""
    start = plan.person.facts.get("started_on")
    if len(treatments) > 1:
        same = [treatment for treatment in treatments if treatment.started_on == start]
        if len(same) == 1:
            return same[0]
        reason = _("patient %(patient)s has %(n)d treatments in this programme") % {
            "patient": plan.person.pseudonym,
            "n": len(treatments),
        }
        column = people.columns.get("started_on", _("treatment"))
        wanted = _("a start date that is one of: %(starts)s") % {
            "starts": ", ".join(str(treatment.started_on) for treatment in treatments)
        }
        source.problems.append(Problem(plan.person.line, column, str(start or ""), reason, wanted))
    return treatments[0] if treatments else None


class _Fact(NamedTuple):
    name: str
    here: Any
    shown: bool  # whether the value here may be told


def _compare_people(plan: Plan, people: People) -> None:
    """What the file adds to each patient and treatment; a fact that differs from the records is a problem."""
    teams = _teams(plan, people)
    nominal = plan.mapping.treatment.nominal_start
    for person in plan.people:
        facts = dict(person.person.facts)
        if "team" in facts:
            facts["team"] = teams.get(facts["team"])
        for fact in _facts_here(person):
            value = facts.get(fact.name)
            if value in (None, fact.here):
                continue
            if fact.here in (None, ""):
                adds = person.patient_adds if fact.name in PATIENT_FACTS else person.treatment_adds
                adds[fact.name] = value
            else:
                _tell_difference(plan, people, person, fact)
        person.start = _start(person, facts, nominal)


def _facts_here(person: PersonPlan) -> Iterator[_Fact]:
    for name in PATIENT_FACTS:
        yield _Fact(name, getattr(person.patient, name, None), person.treatment is not None)
    for name in TREATMENT_FACTS:
        here = getattr(person.treatment, name, None)
        nominal = name == "started_on" and person.treatment is not None and person.treatment.start_is_nominal
        yield _Fact(name, None if nominal else here, True)


def _start(
    person: PersonPlan, facts: Mapping[str, Any], nominal: datetime.date | None
) -> datetime.date | None:
    here = person.treatment.started_on if person.treatment else None
    if facts.get("started_on"):
        return facts["started_on"]
    if here is None and nominal is not None:
        person.treatment_adds["started_on"] = nominal
        person.treatment_adds["start_is_nominal"] = True
        return nominal
    return here


def _tell_difference(plan: Plan, people: People, person: PersonPlan, fact: _Fact) -> None:
    reason = _("the records of patient %(patient)s say something else") % {"patient": person.person.pseudonym}
    if fact.shown:
        reason += f": “{fact.here}”"
    value = str(person.person.facts[fact.name])
    wanted = _("the same as recorded, or nothing")
    plan.problems.append(Problem(person.person.line, people.columns[fact.name], value, reason, wanted))


def _teams(plan: Plan, people: People) -> dict[str, Any]:
    """The programme's teams by name; a problem for each name that is none of them."""
    column = people.columns.get("team")
    if column is None:
        return {}
    teams = {team.name: team for team in Team.objects.filter(programme=plan.programme.pk)}
    for person in people.persons:
        name = person.facts.get("team")
        if name and name not in teams:
            wanted = ", ".join(teams) or _("make the team first")
            reason = _("the programme has no such team")
            plan.problems.append(Problem(person.line, column, name, reason, wanted))
    return teams


def columns_used(plan: Plan) -> list[str]:
    """The columns of the file that the map uses, in the file's order."""
    instruments = plan.programme.definitions.instruments
    items = {
        measure.instrument: [item.id for item in instruments[measure.instrument].all_items()]
        for measure in plan.mapping.measures
    }
    named = {column for _key, column in columns_named(plan.mapping, items)}
    return [column for column in plan.source.columns if column in named]
