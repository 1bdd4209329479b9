"""The forms of a file against those that are here: new, the same, adding something, or contradicting."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
from django.utils.translation import gettext as _

from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.outcomes.importing.forms import FormRows
from onmodel.outcomes.importing.problems import Problem
from onmodel.programmes.models import Programme

if TYPE_CHECKING:
    from onmodel.outcomes.importing.planning import PersonPlan

Moment = tuple[UUID, float]  # treatment, months


@dataclass(frozen=True)
class Addition:
    """What a form that is here already gets from the file."""

    assignment: UUID
    scores: Mapping[str, float]
    answers: Mapping[str, float]
    day: datetime.date | None


@dataclass
class FormsPlan:
    """The forms of one instrument and respondent: which are `new` (m,), which add to one that is here."""

    rows: FormRows
    treatments: list[UUID]
    new: np.ndarray
    additions: list[Addition] = field(default_factory=list)
    unchanged: int = 0


@dataclass
class Here:
    """A form in the records."""

    id: UUID
    scores: dict[str, float] = field(default_factory=dict)
    entered: set[str] = field(default_factory=set)
    answers: dict[str, float] = field(default_factory=dict)


def plan_forms(
    programme: Programme, rows: FormRows, people: Sequence[PersonPlan], problems: list[Problem]
) -> FormsPlan:
    """Compare; each value that differs from the one here becomes a problem."""
    treatments = [people[person].treatment_id for person in rows.persons]
    plan = FormsPlan(rows, treatments, np.ones(len(rows), dtype=bool))
    known = {p.treatment_id for p in people if p.treatment is not None}
    here = _forms_here(programme, rows) if known else {}
    for at, key in enumerate(zip(treatments, rows.months, strict=True)):
        form = here.get(key)
        if form is None:
            continue
        plan.new[at] = False
        differing = list(_differences(rows, at, form))
        problems += differing
        addition = _addition(rows, at, form)
        if addition is not None:
            plan.additions.append(addition)
        elif not differing:
            plan.unchanged += 1
    return plan


def _forms_here(programme: Programme, rows: FormRows) -> dict[Moment, Here]:
    """The programme's forms of this instrument and respondent that hang on a moment."""
    wanted = {"instrument": rows.instrument.id, "respondent": rows.respondent, "occasion": ""}
    assignments = Assignment.objects.filter(
        programme=programme, treatment__isnull=False, months__isnull=False, **wanted
    )
    forms: dict[UUID, Here] = {}
    by_moment: dict[Moment, Here] = {}
    for id_, treatment, months in assignments.values_list("id", "treatment", "months").order_by():
        by_moment[treatment, months] = forms[id_] = Here(id_)
    scores = Score.objects.filter(assignment__in=assignments.order_by(), value__isnull=False)
    for id_, scale, value, entered in scores.values_list("assignment", "scale", "value", "entered"):
        forms[id_].scores[scale] = value
        if entered:
            forms[id_].entered.add(scale)
    answers = Answer.objects.filter(assignment__in=assignments.order_by(), value__isnull=False)
    if rows.answers is not None:
        for id_, item, value in answers.values_list("assignment", "item", "value"):
            forms[id_].answers[item] = value
    return by_moment


def _given(rows: FormRows, at: int) -> tuple[dict[str, float], dict[str, float]]:
    """The scores and the answers that the file has for a form."""
    scores = {scale: float(values[at]) for scale, values in rows.entered.items()}
    items = [item.id for item in rows.instrument.all_items()] if rows.answers is not None else []
    answers = dict(zip(items, rows.answers[at].tolist(), strict=True)) if rows.answers is not None else {}
    return (
        {scale: value for scale, value in scores.items() if not math.isnan(value)},
        {item: value for item, value in answers.items() if not math.isnan(value)},
    )


def _differences(rows: FormRows, at: int, form: Here) -> Iterator[Problem]:
    scores, answers = _given(rows, at)
    for given, here in ((scores, form.scores), (answers, form.answers)):
        for name, value in given.items():
            if name in here and not math.isclose(value, here[name], rel_tol=1e-9, abs_tol=1e-9):
                reason = _("the records have %(here)g at month %(months)g") % {
                    "here": here[name],
                    "months": rows.months[at],
                }
                wanted = _("%(here)g, or nothing; a correction is made on the form itself")
                wanted %= {"here": here[name]}
                yield Problem(rows.lines[at], rows.columns[at][name], f"{value:g}", reason, wanted)
    if answers and form.entered and not form.answers:
        column = rows.columns[at][next(iter(answers))]
        reason = _("the records have a score that was entered without answers at month %(months)g")
        reason %= {"months": rows.months[at]}
        yield Problem(rows.lines[at], column, "", reason, _("the score, or a form without one"))


def _addition(rows: FormRows, at: int, form: Here) -> Addition | None:
    scores, answers = _given(rows, at)
    new_scores = {scale: value for scale, value in scores.items() if scale not in form.scores}
    new_answers = {item: value for item, value in answers.items() if item not in form.answers}
    if not new_scores and not new_answers:
        return None
    return Addition(form.id, new_scores, new_answers, rows.days[at])
