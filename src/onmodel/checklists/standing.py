"""How the checks of a checklist stand, for many treatments at once."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from onmodel.checklists.facts import Fact, Facts
from onmodel.checklists.models import AttestedCheck
from onmodel.checklists.states import LACKING, ORDER, State, Time, Told, state_of, time_of
from onmodel.clocks.states import State as ClockState
from onmodel.packs.standards import Check, Checklist
from onmodel.patients.models import Phase, Treatment
from onmodel.process.terms import entries
from onmodel.programmes.models import Programme

#: The checklist of a treatment's clinical process, by its name in a pack.
CLINICAL_PROCESS = "clinical_process"
PRIMARY_CLINICIAN = "primary_clinician"


@dataclass(frozen=True)
class Standing:
    """One check of one treatment: how it stands, by what it is known, until when, and who acts."""

    check: Check
    state: State
    time: Time
    fact: Fact
    until: datetime.date | None = None
    responsible: str = PRIMARY_CLINICIAN
    attested: AttestedCheck | None = None

    @property
    def done_on(self) -> datetime.date | None:
        return self.fact.on or (self.attested.done_on if self.attested else None)

    @property
    def can_be_attested(self) -> bool:
        """Where no record can tell, and it was not attested yet."""
        return not self.fact.known and self.attested is None


def checklist_of(programme: Programme) -> Checklist | None:
    """None for a pack without one."""
    return programme.definitions.checklists.get(CLINICAL_PROCESS)


def standings(
    programme: Programme, treatments: Iterable[Treatment], day: datetime.date
) -> dict[UUID, list[Standing]]:
    """Of each treatment its checks in the pack's order; as many queries for one as for all."""
    checklist = checklist_of(programme)
    known = {treatment.pk: treatment for treatment in treatments}
    if checklist is None or not known:
        return {key: [] for key in known}
    board = _Board(programme, checklist, known, day)
    return {key: [board.standing(check, key) for check in checklist.checks] for key in known}


class _Board:
    """What all standings share."""

    def __init__(
        self, programme: Programme, checklist: Checklist, known: Mapping[UUID, Treatment], day: datetime.date
    ) -> None:
        self.day, self.known = day, known
        self.facts = Facts(programme, known, day)
        self.order = [term.id for term in entries(programme.definitions, "phases")]
        self.sections = {section.id: section.phases for section in checklist.sections}
        self.phases: dict[UUID, list[tuple[str, datetime.date]]] = {key: [] for key in known}
        for key, kind, since in Phase.objects.filter(treatment__in=known).values_list(
            "treatment", "kind", "starts_on"
        ):
            self.phases[key].append((kind, since))
        said = AttestedCheck.objects.in_force().filter(treatment__in=known, checklist=checklist.id)
        self.said = {(one.treatment_id, one.check_id): one for one in said.select_related("said_by")}

    def standing(self, check: Check, key: UUID) -> Standing:
        fact, until, responsible = self.facts.of(check, key), None, PRIMARY_CLINICIAN
        clock = self.facts.clock(check.within) if check.within else None
        if clock is not None:
            responsible = clock[0].rule.responsible
            reading = clock[1].get(key)
            if reading is not None and reading.run is not None and reading.state is not ClockState.STOPPED:
                until = reading.run.due_on
        until = until or fact.until
        attested = self.said.get((key, check.id))
        time = self._time(check, key)
        state = state_of(
            Told(fact.on, until, fact.known),
            attested_on=attested.done_on if attested else None,
            time=time,
            day=self.day,
        )
        return Standing(check, state, time, fact, until, responsible, attested)

    def _time(self, check: Check, key: UUID) -> Time:
        phases = check.phases or self.sections.get(check.section or "", ())
        ended = self.known[key].ended_on
        over = ended is not None and ended <= self.day
        return time_of(phases, self.phases[key], self.order, ended=over, day=self.day)


def done(found: Sequence[Standing]) -> int:
    return sum(one.state is State.DONE for one in found)


def lacking(found: Sequence[Standing]) -> list[Standing]:
    """Missing or overdue, overdue first."""
    return [one for one in in_order(found) if one.state in LACKING]


def next_of(found: Sequence[Standing]) -> Standing | None:
    """What asks for something first and can be done now; None where nothing does."""
    asked = [one for one in in_order(found) if one.state is not State.DONE]
    return next((one for one in asked if one.time not in (Time.BEFORE, Time.NEVER)), None)


def in_order(found: Sequence[Standing]) -> list[Standing]:
    """What is overdue, then what is missing, then by the last day."""
    return sorted(found, key=lambda one: (ORDER.index(one.state), one.until or datetime.date.max))
