"""Write what patients filled in, and the forms that were missed, are open or are planned."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils import timezone

from onmodel.accounts.models import User
from onmodel.assessments.bulk import write_filled
from onmodel.assessments.models import Assignment
from onmodel.demonstration.caseload import BATCH, Caseload
from onmodel.demonstration.courses import Floats
from onmodel.demonstration.patient_forms import (
    Forms,
    Outcomes,
    alliance_answers,
    at_visits,
    bsi_answers,
    care_counts,
    eq5d_answers,
    outcomes,
    phq9_answers,
    self_harm_counts,
)
from onmodel.demonstration.visits import State, Visit
from onmodel.packs.instruments import Instrument

#: Of the visits that came, the share in which a form beside the BSI stayed empty.
LEFT_OUT = 0.05


@dataclass(frozen=True, kw_only=True)
class Given:
    """One kind of form's answers (n, k) or entered scores for n visits."""

    answers: Floats | None = None
    entered: Mapping[str, Floats] | None = None


@dataclass(frozen=True, kw_only=True)
class Form:
    """Which form is asked at which months, of whom, and how it is filled."""

    instrument: str
    respondent: str
    months: tuple[float, ...]
    fill: Callable[[Filling, Instrument, Sequence[Visit]], Given]


@dataclass(frozen=True, kw_only=True)
class Filling:
    """What filling needs: one programme's patients and their courses."""

    caseload: Caseload
    outcomes: Outcomes
    parameters: Forms
    rng: np.random.Generator

    def gsi(self, visits: Sequence[Visit]) -> Floats:
        return at_visits(self.outcomes.gsi, visits)

    def reorganised(self, visits: Sequence[Visit]) -> Floats:
        """How far each visit's patient was touched by the reorganisation by then: (n,)."""
        careers = self.caseload.careers
        return np.array(
            [careers[visit.patient].share_reorganised(np.array([visit.months]))[0] for visit in visits]
        )


def in_items(instrument: Instrument, answers: Mapping[str, Floats]) -> Floats:
    """Columns by item id as a matrix in the form's order, NaN for items that are not named."""
    n = len(next(iter(answers.values())))
    empty = np.full(n, np.nan)
    return np.column_stack([answers.get(item.id, empty) for item in instrument.all_items()])


def _bsi(filling: Filling, instrument: Instrument, visits: Sequence[Visit]) -> Given:
    return Given(answers=bsi_answers(filling.rng, filling.parameters, filling.gsi(visits)))


def _eq5d(filling: Filling, instrument: Instrument, visits: Sequence[Visit]) -> Given:
    return Given(answers=eq5d_answers(filling.rng, filling.parameters, filling.gsi(visits)))


def _phq9(filling: Filling, instrument: Instrument, visits: Sequence[Visit]) -> Given:
    nine = phq9_answers(filling.rng, filling.parameters, filling.gsi(visits))
    return Given(answers=in_items(instrument, {str(n + 1): nine[:, n] for n in range(9)}))


def _alliance(filling: Filling, instrument: Instrument, visits: Sequence[Visit]) -> Given:
    touched = filling.reorganised(visits)
    return Given(answers=alliance_answers(filling.rng, filling.parameters, touched))


def _sipp(filling: Filling, instrument: Instrument, visits: Sequence[Visit]) -> Given:
    scores = filling.outcomes.sipp.items()
    return Given(entered={name: np.round(at_visits(values, visits), 1) for name, values in scores})


def _self_harm(filling: Filling, instrument: Instrument, visits: Sequence[Visit]) -> Given:
    months = [visit.months for visit in visits]
    counts = dict(self_harm_counts(filling.rng, months, filling.reorganised(visits)))
    counts["months"] = np.full(len(visits), 6.0)
    return Given(answers=in_items(instrument, counts))


def _care(filling: Filling, instrument: Instrument, visits: Sequence[Visit]) -> Given:
    months = [visit.months for visit in visits]
    counts = dict(care_counts(filling.rng, months, filling.reorganised(visits)))
    counts["months"] = np.full(len(visits), 6.0)
    return Given(answers=in_items(instrument, counts))


HALF_YEARLY = (0.0, 6.0, 12.0, 18.0, 24.0, 30.0, 36.0)
FORMS = (
    Form(instrument="bsi", respondent="patient", months=HALF_YEARLY, fill=_bsi),
    Form(instrument="eq5d3l", respondent="patient", months=HALF_YEARLY, fill=_eq5d),
    Form(instrument="phq9", respondent="patient", months=(0.0, 6.0, 12.0, 18.0), fill=_phq9),
    Form(instrument="sipp118", respondent="patient", months=HALF_YEARLY, fill=_sipp),
    Form(instrument="wai_sr", respondent="patient", months=(6.0, 12.0, 18.0), fill=_alliance),
    Form(instrument="sshi", respondent="interviewer", months=(0.0, 6.0, 12.0, 18.0, 36.0), fill=_self_harm),
    Form(
        instrument="care_consumption",
        respondent="interviewer",
        months=(0.0, 6.0, 12.0, 18.0, 36.0),
        fill=_care,
    ),
)


def write_measures(
    caseload: Caseload, visits: Sequence[Visit], parameters: Forms, rng: np.random.Generator, by: User
) -> int:
    """Write every form of one programme's patients; how many were filled."""
    filling = Filling(
        caseload=caseload, outcomes=outcomes(rng, caseload.careers), parameters=parameters, rng=rng
    )
    instruments = caseload.staffed.programme.definitions.instruments
    filled = 0
    for form in FORMS:
        of_form = [visit for visit in visits if visit.months in form.months]
        answered = [visit for visit in of_form if _answers(rng, form, visit)]
        chosen = set(map(id, answered))
        rest = [visit for visit in of_form if id(visit) not in chosen]
        instrument = instruments[form.instrument]
        filled += _write_filled(filling, form, instrument, answered, by)
        rows = [_assignment(caseload, form, instrument, visit) for visit in rest]
        Assignment.objects.bulk_create(rows, batch_size=BATCH)
    return filled


def _answers(rng: np.random.Generator, form: Form, visit: Visit) -> bool:
    left_out = form.instrument != "bsi" and rng.random() < LEFT_OUT
    return visit.state is State.ANSWERED and not left_out


def _write_filled(
    filling: Filling, form: Form, instrument: Instrument, visits: Sequence[Visit], by: User
) -> int:
    if not visits:
        return 0
    given = form.fill(filling, instrument, visits)
    recorded_by = by if form.respondent == "interviewer" else None
    rows = [
        _assignment(filling.caseload, form, instrument, visit, answered=True, by=recorded_by)
        for visit in visits
    ]
    return write_filled(rows, instrument=instrument, answers=given.answers, entered=given.entered or {})


def _assignment(
    caseload: Caseload,
    form: Form,
    instrument: Instrument,
    visit: Visit,
    *,
    answered: bool = False,
    by: User | None = None,
) -> Assignment:
    state = State.ANSWERED if answered else _unanswered(visit, caseload.today)
    return Assignment(
        programme=caseload.staffed.programme,
        subject_kind="treatment",
        treatment=caseload.treatments[visit.patient],
        pack=caseload.staffed.programme.pack,
        instrument=instrument.id,
        instrument_version=instrument.version,
        respondent=form.respondent,
        months=visit.months,
        opens_on=visit.opens_on,
        due_on=visit.due_on,
        closes_on=visit.closes_on,
        status=state.value,
        answered_on=visit.answered_on if answered else None,
        recorded_at=timezone.now() if answered else None,
        recorded_by=by,
    )


def _unanswered(visit: Visit, today: datetime.date) -> State:
    """A form left out of a visit that came: open while its window lasts, then missed."""
    if visit.state is not State.ANSWERED:
        return visit.state
    return State.OPEN if today <= visit.closes_on else State.MISSED
