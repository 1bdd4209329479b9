"""Scoring: n respondents x k items at once, every scale of the instrument."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import numpy as np
from numpy.typing import ArrayLike

from onmodel.measurement.answers import InvalidAnswersError, outside_limits, problems_in
from onmodel.measurement.arrays import Flags, Floats, frozen
from onmodel.measurement.form import Form, as_answers, read_form
from onmodel.measurement.rules import Worked, work_out
from onmodel.measurement.scores import ScaleScores, Scores
from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import (
    CircumplexScale,
    CombinedScale,
    EnteredScale,
    RatioScale,
    Scale,
    SingleScale,
    ValueSetScale,
)


def score(
    instrument: Instrument, answers: ArrayLike, entered: Mapping[str, ArrayLike] | None = None
) -> Scores:
    """Score answers (n, k) in the order of `instrument.all_items()`; NaN is missing.

    An answer "not applicable" is given as missing. `entered` maps the id of an entered scale to
    its values (n,); without it such a scale is unknown. Raises InvalidAnswersError when an answer
    lies outside what its item allows, ValueError for another shape or a definition that cannot be.
    """
    form = read_form(instrument)
    matrix = as_answers(form, answers)
    problems = problems_in(form, matrix)
    if problems:
        raise InvalidAnswersError(instrument.id, problems)
    given = check_entered(instrument, entered or {}, len(matrix))
    done: dict[str, Worked] = {}
    for scale in in_order(instrument):
        worked = work_out(scale, form, matrix, done)
        done[scale.id] = Worked(given[scale.id], worked.columns, {}) if scale.id in given else worked
    missing = np.isnan(matrix)
    scales = tuple(report(scale, done[scale.id], form, missing) for scale in instrument.scales)
    return Scores(instrument.id, instrument.version, scales)


def check_entered(instrument: Instrument, entered: Mapping[str, ArrayLike], rows: int) -> dict[str, Floats]:
    """The entered values as floats (n,); ValueError for a scale that is not entered, or another length."""
    scales = {scale.id: scale for scale in instrument.scales if isinstance(scale, EnteredScale)}
    values = {}
    for scale_id, given in entered.items():
        if scale_id not in scales:
            raise ValueError(f"{instrument.id} has no scale {scale_id} whose score is entered")
        array = np.array(given, dtype=np.float64)
        if array.shape != (rows,):
            raise ValueError(
                f"scale {scale_id}: {rows} values are needed, one a respondent, not {array.shape}"
            )
        outside, expected = outside_limits(scales[scale_id], array)
        if outside.any():
            raise ValueError(f"scale {scale_id}: {array[outside][0]:g} is not {expected}")
        values[scale_id] = array
    return values


def rests_on(scale: Scale) -> tuple[str, ...]:
    """The ids of the scales that this one is made from."""
    match scale:
        case CombinedScale():
            return scale.scales
        case RatioScale():
            return scale.numerator, scale.denominator
        case CircumplexScale():
            return tuple(scale.octants)
        case _:
            return ()


def scored_items(instrument: Instrument, *, joint: bool = False) -> tuple[str, ...]:
    """The ids of the items that some scale rests on, in the order of the form.

    With `joint` only those that count together with others, not those that are a scale alone.
    """
    used: set[str] = set()
    for scale in instrument.scales:
        used |= set(getattr(scale, "items", ()))
        if isinstance(scale, SingleScale) and not joint:
            used.add(scale.item)
    return tuple(item.id for item in instrument.all_items() if item.id in used)


def in_order(instrument: Instrument) -> list[Scale]:
    """The scales, each after those it rests on; ValueError for a circle or a scale that is not there."""
    scales = {scale.id: scale for scale in instrument.scales}
    wanted = {scale.id: rests_on(scale) for scale in instrument.scales}
    for scale_id, parts in wanted.items():
        for part in parts:
            if part not in scales:
                raise ValueError(
                    f"scale {scale_id} of {instrument.id} names scale {part}, which the form has not"
                )
    try:
        return [scales[scale_id] for scale_id in TopologicalSorter(wanted).static_order()]
    except CycleError as error:
        circle = " -> ".join(error.args[1])
        raise ValueError(f"scales of {instrument.id} rest on each other: {circle}") from error


def report(scale: Scale, worked: Worked, form: Form, missing: Flags) -> ScaleScores:
    """The scale's scores with what they rest on."""
    known = ~np.isnan(worked.values)
    filled = np.zeros(len(worked.values), dtype=np.int64)
    for flags in worked.stand_ins.values():
        filled += flags & known
    columns = worked.columns
    answered = len(columns) - missing.T[columns].sum(axis=0, dtype=np.int64)
    return ScaleScores(
        scale_id=scale.id,
        values=frozen(worked.values),
        answered=frozen(answered),
        items=tuple(form.items[column].id for column in columns),
        rule=str(scale.__struct_config__.tag),
        filled=frozen(filled),
        value_set=scale.set_id if isinstance(scale, ValueSetScale) else None,
    )
