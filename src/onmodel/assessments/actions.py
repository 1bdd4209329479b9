"""Fill a form: keep its answers, compute its scores."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping

import numpy as np
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from onmodel import library
from onmodel.accounts.models import User
from onmodel.assessments.models import Answer, Assignment, Score
from onmodel.audit.actions import Draft, record, record_all
from onmodel.measurement.scoring import score
from onmodel.packs.instruments import Instrument, Item


def instrument_of(assignment: Assignment) -> Instrument:
    return library.load(assignment.pack).instruments[assignment.instrument]


@transaction.atomic
def record_answers(
    *, assignment: Assignment, answers: Mapping[str, float | str | None], answered_on: datetime.date, by: User
) -> Assignment:
    """Keep these answers beside those already given, and score the form again.

    Saying the same twice changes nothing. Raises ValidationError, naming item and value, for an item
    that the form does not have or a value outside its limits; then nothing is kept.
    """
    draft = keep_answers(assignment=assignment, answers=answers, answered_on=answered_on, by=by)
    record_all([draft], by=by)
    return draft.subject


def keep_answers(
    *, assignment: Assignment, answers: Mapping[str, float | str | None], answered_on: datetime.date, by: User
) -> Draft:
    """The same without the event, which the caller records after all that it does (an import)."""
    assignment = Assignment.objects.select_for_update().get(pk=assignment.pk)
    instrument = instrument_of(assignment)
    rows = [checked_answer(assignment, instrument, item, value) for item, value in answers.items()]
    Answer.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["assignment", "item"],
        update_fields=["value", "text", "not_applicable"],
    )
    _score(assignment, instrument)
    _settle(assignment, instrument, answered_on=answered_on, by=by)
    return Draft(verb="answers recorded", subject=assignment, detail={"items": sorted(answers)})


@transaction.atomic
def record_scores(
    *, assignment: Assignment, scores: Mapping[str, float], answered_on: datetime.date, by: User
) -> Assignment:
    """Keep scale scores computed elsewhere; ValidationError for a scale or value out of place."""
    draft = keep_scores(assignment=assignment, scores=scores, answered_on=answered_on, by=by)
    record_all([draft], by=by)
    return draft.subject


def keep_scores(
    *, assignment: Assignment, scores: Mapping[str, float], answered_on: datetime.date, by: User
) -> Draft:
    """The same without the event, which the caller records after all that it does (an import)."""
    assignment = Assignment.objects.select_for_update().get(pk=assignment.pk)
    instrument = instrument_of(assignment)
    for scale_id, value in scores.items():
        _check_score(instrument, scale_id, value)
        Score.objects.update_or_create(
            assignment=assignment,
            scale=scale_id,
            defaults={"value": value, "rule": "entered", "entered": True, "scored_at": timezone.now()},
        )
    assignment.status = Assignment.Status.ANSWERED
    _stamp(assignment, answered_on=answered_on, by=by)
    return Draft(verb="scores recorded", subject=assignment, detail={"scales": sorted(scores)})


@transaction.atomic
def set_aside(*, assignment: Assignment, reason: str, by: User) -> Assignment:
    """Mark a form as not applicable, with the reason."""
    if not reason.strip():
        raise ValidationError(_("Say why the form does not apply."))
    assignment.status = Assignment.Status.NOT_APPLICABLE
    assignment.set_aside_reason = reason.strip()
    assignment.save(update_fields=["status", "set_aside_reason"])
    record(by=by, verb="form set aside", subject=assignment, why=reason.strip())
    return assignment


def checked_answer(
    assignment: Assignment, instrument: Instrument, item_id: str, value: float | str | None
) -> Answer:
    """The answer, not kept yet. ValidationError for an item or value that the form does not have."""
    try:
        item = instrument.item(item_id)
    except KeyError:
        raise ValidationError(
            _("%(form)s has no item %(item)s.") % {"form": instrument.abbreviation, "item": item_id}
        ) from None
    if value == "na" and item.not_applicable:
        return Answer(assignment=assignment, item=item_id, not_applicable=True)
    if item.kind == "text":
        return Answer(assignment=assignment, item=item_id, text=str(value or ""))
    return Answer(assignment=assignment, item=item_id, value=_number(instrument, item, value))


def _number(instrument: Instrument, item: Item, value: float | str | None) -> float | None:
    if value is None or value == "":
        return None
    low, high = instrument.limits_of(item)
    options = [option.value for option in instrument.options_of(item)]
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    outside = (low is not None and number < low) or (high is not None and number > high)
    if not math.isfinite(number) or outside or (options and item.kind == "choice" and number not in options):
        wanted = {"item": item.id, "value": value, "low": low, "high": high}
        raise ValidationError(
            _("Item %(item)s: %(value)s is not an answer from %(low)s to %(high)s.") % wanted
        )
    return number


def _check_score(instrument: Instrument, scale_id: str, value: float) -> None:
    try:
        scale = instrument.scale(scale_id)
    except KeyError:
        wrong = {"form": instrument.abbreviation, "scale": scale_id}
        raise ValidationError(_("%(form)s has no scale %(scale)s.") % wrong) from None
    low, high = scale.minimum, scale.maximum
    if (low is not None and value < low) or (high is not None and value > high) or math.isnan(value):
        wrong = {"scale": scale_id, "value": value, "low": low, "high": high}
        raise ValidationError(
            _("Scale %(scale)s: %(value)s is not a score from %(low)s to %(high)s.") % wrong
        )


def _score(assignment: Assignment, instrument: Instrument) -> None:
    given = dict(assignment.answers.filter(value__isnull=False).values_list("item", "value"))
    row = np.array([[given.get(item.id, math.nan) for item in instrument.all_items()]], dtype=float)
    for result in score(instrument, row).scales:
        if result.rule == "entered":
            continue
        value = float(result.values[0])
        Score.objects.update_or_create(
            assignment=assignment,
            scale=result.scale_id,
            defaults={
                "value": None if math.isnan(value) else value,
                "answered_items": int(result.answered[0]),
                "items": len(result.items),
                "rule": result.rule,
                "entered": False,
                "scored_at": timezone.now(),
            },
        )


def _settle(assignment: Assignment, instrument: Instrument, *, answered_on: datetime.date, by: User) -> None:
    """Answered once every required item is; partly answered before."""
    required = {item.id for item in instrument.all_items() if item.required and item.kind != "text"}
    done = set(
        assignment.answers.exclude(value__isnull=True, not_applicable=False).values_list("item", flat=True)
    )
    complete = required <= done
    assignment.status = Assignment.Status.ANSWERED if complete else Assignment.Status.PARTIAL
    _stamp(assignment, answered_on=answered_on, by=by)


def _stamp(assignment: Assignment, *, answered_on: datetime.date, by: User) -> None:
    assignment.answered_on = answered_on
    assignment.recorded_at = timezone.now()
    assignment.recorded_by = by
    assignment.save(update_fields=["status", "answered_on", "recorded_at", "recorded_by"])
