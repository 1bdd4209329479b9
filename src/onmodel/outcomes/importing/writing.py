"""Write a plan. Call it inside a transaction: whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from django.db import transaction

from onmodel.accounts.models import User
from onmodel.assessments.actions import keep_answers, keep_scores
from onmodel.assessments.bulk import Forms, store_forms
from onmodel.assessments.models import Assignment
from onmodel.audit.actions import Draft
from onmodel.outcomes.importing.comparing import Addition, FormsPlan
from onmodel.outcomes.importing.planning import Plan, Progress
from onmodel.patients.models import Patient, Treatment

AT_ONCE = 10_000  # forms written between two reports of progress


def write(plan: Plan, *, by: User | None, progress: Progress) -> list[Draft]:
    """Make what the plan says, and hand out the events of forms that were here already.

    Raises IntegrityError where the records changed since it was made.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An import is written in one transaction.")
    total = sum(int(part.new.sum()) + len(part.additions) for part in plan.forms)
    progress("writing", 0, total)
    _write_people(plan)
    done, drafts = 0, []
    for part in plan.forms:
        for forms in _chunks(plan, part):
            done += store_forms(forms, by=by)
            progress("writing", done, total)
        for addition in part.additions:
            drafts += _add(addition, by=by)
        done += len(part.additions)
        progress("writing", done, total)
    return drafts


def _write_people(plan: Plan) -> None:
    new = [person for person in plan.people if person.patient is None]
    known = [person for person in plan.people if person.patient is not None]
    patients = Patient.objects.bulk_create(
        [
            Patient(organisation=plan.programme.organisation, pseudonym=p.person.pseudonym, **p.patient_adds)
            for p in new
        ]
    )
    for person, patient in zip(new, patients, strict=True):
        person.patient = patient
    Treatment.objects.bulk_create(
        [
            Treatment(id=p.treatment_id, patient=p.patient, programme=plan.programme, **p.treatment_adds)
            for p in plan.people
            if p.treatment is None
        ]
    )
    _update([(p.patient, p.patient_adds) for p in known if p.patient_adds])
    _update([(p.treatment, p.treatment_adds) for p in plan.people if p.treatment and p.treatment_adds])


def _update(changes: Sequence[tuple[Patient | Treatment | None, dict[str, object]]]) -> None:
    for row, adds in changes:
        assert row is not None
        for name, value in adds.items():
            setattr(row, name, value)
        row.save(update_fields=list(adds))


def _chunks(plan: Plan, part: FormsPlan) -> Iterator[Forms]:
    new = np.flatnonzero(part.new)
    rows = part.rows
    for at in range(0, len(new), AT_ONCE):
        chosen = new[at : at + AT_ONCE]
        yield Forms(
            programme=plan.programme,
            instrument=rows.instrument,
            respondent=rows.respondent,
            treatments=[part.treatments[i] for i in chosen],
            months=[rows.months[i] for i in chosen],
            answered_on=[rows.days[i] for i in chosen],
            answers=None if rows.answers is None else rows.answers[chosen],
            entered={scale: values[chosen] for scale, values in rows.entered.items()},
        )


def _add(addition: Addition, *, by: User | None) -> Iterator[Draft]:
    """Fill a form that is here: planned and not answered yet, or lacking what the file has."""
    form = Assignment.objects.get(pk=addition.assignment)
    day = form.answered_on or addition.day
    if addition.answers:
        yield keep_answers(assignment=form, answers=addition.answers, answered_on=day, by=by)
    if addition.scores:
        yield keep_scores(assignment=form, scores=addition.scores, answered_on=day, by=by)
