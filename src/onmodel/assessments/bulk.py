"""Store many filled forms of one instrument at once: scored together, written in a few statements."""

from __future__ import annotations

import datetime
import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID, uuid4

import numpy as np
from django.db import transaction
from django.utils import timezone
from numpy.typing import NDArray

from onmodel.accounts.models import User
from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.assessments.rows import for_database, insert_rows, prepared
from onmodel.measurement.scoring import score
from onmodel.packs.instruments import Instrument
from onmodel.programmes.models import Programme

BATCH = 2_000
ANSWER_FIELDS = ("assignment", "item", "value", "text", "not_applicable")
SCORE_FIELDS = ("assignment", "scale", "value", "answered_items", "items", "rule", "entered", "scored_at")
NOTHING_ENTERED: Mapping[str, NDArray[np.float64]] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Forms:
    """n forms of one instrument about treatments of one programme.

    `answers` is (n, k) in the order of `instrument.all_items()`, NaN where missing; `entered` holds
    scale scores that came in as such, (n,) each, NaN where unknown. A form may have both.
    `occasions` tells apart forms without a moment.
    """

    programme: Programme
    instrument: Instrument
    respondent: str
    treatments: Sequence[UUID]
    months: Sequence[float | None]
    answered_on: Sequence[datetime.date | None]
    answers: NDArray[np.float64] | None = None
    entered: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    occasions: Sequence[str] | None = None


@transaction.atomic
def store_forms(forms: Forms, *, by: User | None) -> int:
    """Write assignments, answers and scores; the number of forms written.

    Forms must be new (the database refuses a second form of one treatment and moment). The event is
    the caller's, whose act this is part of.
    """
    fields, rows = _assignment_rows(forms, by=by)
    insert_rows(Assignment, fields, rows)
    _write_contents(forms.instrument, forms.answers, forms.entered, [row[0] for row in rows])
    return len(rows)


@transaction.atomic
def write_filled(
    assignments: Sequence[Assignment],
    *,
    instrument: Instrument,
    answers: NDArray[np.float64] | None = None,
    entered: Mapping[str, NDArray[np.float64]] = NOTHING_ENTERED,
) -> int:
    """Write new forms about whatever subject, with these answers and entered scores, a row each."""
    written = Assignment.objects.bulk_create(assignments, batch_size=BATCH)
    keys = list(map(for_database(Answer, "assignment"), [assignment.pk for assignment in written]))
    _write_contents(instrument, answers, entered, keys)
    return len(written)


def _write_contents(
    instrument: Instrument,
    answers: NDArray[np.float64] | None,
    entered: Mapping[str, NDArray[np.float64]],
    keys: Sequence[object],
) -> None:
    now = for_database(Score, "scored_at")(timezone.now())
    insert_rows(Answer, ANSWER_FIELDS, _answers(instrument, answers, keys))
    insert_rows(Score, SCORE_FIELDS, _entered(entered, keys, now))
    insert_rows(Score, SCORE_FIELDS, _computed(instrument, answers, entered, keys, now))


def _assignment_rows(forms: Forms, *, by: User | None) -> tuple[list[str], list[tuple[object, ...]]]:
    """The fields of assignments, the key first, and a row of database values a form."""
    n = len(forms.treatments)
    same: dict[str, Hashable] = {
        "programme": forms.programme.pk,
        "subject_kind": "treatment",
        "person": None,
        "team": None,
        "pack": forms.programme.pack,
        "instrument": forms.instrument.id,
        "instrument_version": forms.instrument.version,
        "respondent": forms.respondent,
        "respondent_user": None,
        "schedule": "",
        "moment": "",
        "recommended": False,
        "opens_on": None,
        "closes_on": None,
        "window_fixed": False,
        "set_aside_reason": "",
        "recorded_at": timezone.now(),
        "recorded_by": by.pk if by else None,
    }
    answered, partial = Assignment.Status.ANSWERED.value, Assignment.Status.PARTIAL.value
    own: dict[str, Sequence[Hashable]] = {
        "id": [uuid4() for _ in range(n)],
        "treatment": forms.treatments,
        "months": forms.months,
        "occasion": forms.occasions or [""] * n,
        "due_on": forms.answered_on,
        "answered_on": forms.answered_on,
        "status": [answered if complete else partial for complete in _complete(forms).tolist()],
    }
    columns = [prepared(Assignment, field, values) for field, values in own.items()]
    columns += [prepared(Assignment, field, [value]) * n for field, value in same.items()]
    return [*own, *same], list(zip(*columns, strict=True))


def _complete(forms: Forms) -> NDArray[np.bool_]:
    """Which forms say something: a score entered, or at least half of the items answered."""
    said = np.zeros(len(forms.treatments), dtype=bool)
    for values in forms.entered.values():
        said |= ~np.isnan(values)
    if forms.answers is not None and forms.answers.size:
        said |= np.isnan(forms.answers).mean(axis=1) <= 0.5
    return said


def _answers(
    instrument: Instrument, answers: NDArray[np.float64] | None, keys: Sequence[object]
) -> Iterator[tuple[object, ...]]:
    if answers is None:
        return
    ids = [item.id for item in instrument.all_items()]
    for key, values in zip(keys, answers.tolist(), strict=True):
        for item, value in zip(ids, values, strict=True):
            if not math.isnan(value):
                yield key, item, value, "", False


def _entered(
    entered: Mapping[str, NDArray[np.float64]], keys: Sequence[object], now: object
) -> Iterator[tuple[object, ...]]:
    for scale, values in entered.items():
        for key, value in zip(keys, values.tolist(), strict=True):
            if not math.isnan(value):
                yield key, scale, value, None, None, "entered", True, now


def _computed(
    instrument: Instrument,
    answers: NDArray[np.float64] | None,
    entered: Mapping[str, NDArray[np.float64]],
    keys: Sequence[object],
    now: object,
) -> Iterator[tuple[object, ...]]:
    if answers is None:
        return
    for result in score(instrument, answers).scales:
        if result.scale_id in entered or result.rule == "entered":
            continue
        k = len(result.items)
        rows = zip(keys, result.values.tolist(), result.answered.tolist(), strict=True)
        for key, value, answered in rows:
            known = None if math.isnan(value) else value
            yield key, result.scale_id, known, answered, k, result.rule, False, now
