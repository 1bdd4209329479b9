"""The phases of the pack with their tasks, and how far a project is with each."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from onmodel.implementing.models import Project, Task
from onmodel.packs.standards import Term
from onmodel.programmes.models import Programme

#: The pack's list of phases and tasks.
PHASES = "implementation_phases"
#: The phase in which is decided: those before it are what the decision rests on.
DECISION = "decision"
SETTLED = (Task.State.DONE, Task.State.NOT_NEEDED)


@dataclass(frozen=True, kw_only=True)
class Step:
    """A task of the pack, and what was written about it; nothing yet where `task` is None."""

    term: Term
    task: Task | None

    @property
    def state(self) -> str:
        return self.task.state if self.task else Task.State.TO_DO

    @property
    def settled(self) -> bool:
        return self.state in SETTLED

    def overdue(self, day: datetime.date) -> bool:
        due = self.task.due_on if self.task else None
        return not self.settled and due is not None and due < day


@dataclass(frozen=True, kw_only=True)
class Phase:
    term: Term
    steps: tuple[Step, ...]

    @property
    def settled(self) -> int:
        return sum(step.settled for step in self.steps)

    @property
    def complete(self) -> bool:
        return bool(self.steps) and self.settled == len(self.steps)


def terms_of(programme: Programme) -> tuple[Term, ...]:
    listed = programme.definitions.terms.get(PHASES)
    return listed.terms if listed else ()


def task_terms(programme: Programme) -> dict[str, Term]:
    return {term.id: term for term in terms_of(programme) if term.parent is not None}


def phases_of(programme: Programme, project: Project | None) -> list[Phase]:
    """In the pack's order; one query."""
    written = {}
    if project is not None:
        written = {one.task: one for one in project.tasks.select_related("owner")}
    terms = terms_of(programme)
    return [
        Phase(
            term=phase,
            steps=tuple(
                Step(term=term, task=written.get(term.id)) for term in terms if term.parent == phase.id
            ),
        )
        for phase in terms
        if phase.parent is None
    ]


def before_decision(phases: list[Phase]) -> list[Phase]:
    """The phases that a decision rests on; all where the pack names no phase of deciding."""
    names = [phase.term.id for phase in phases]
    return phases[: names.index(DECISION)] if DECISION in names else phases
