"""Whether answers can be answers: inside the limits, and one of the options."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onmodel.measurement.arrays import Flags, Floats
from onmodel.measurement.form import Form, as_answers, read_form
from onmodel.packs.instruments import Instrument, Item, ItemKind
from onmodel.packs.scales import EnteredScale


@dataclass(frozen=True, slots=True)
class AnswerProblem:
    """One answer that cannot be: row (from 0), item, the value, and what would be right."""

    row: int
    item: str
    value: float
    expected: str

    def __str__(self) -> str:
        return f"row {self.row + 1}, item {self.item}: {self.value:g} is not an answer; {self.expected} is"


class InvalidAnswersError(ValueError):
    """Answers were to be scored that cannot be answers; `problems` has every one of them."""

    def __init__(self, instrument_id: str, problems: tuple[AnswerProblem, ...]) -> None:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        super().__init__(f"{instrument_id}: {problems[0]}{more}")
        self.problems = problems


def check_answers(instrument: Instrument, answers: ArrayLike) -> tuple[AnswerProblem, ...]:
    """Every answer outside what its item allows, by row and then item; missing (NaN) is allowed.

    `answers` is (n, k) in the order of `instrument.all_items()`; ValueError for another shape.
    """
    form = read_form(instrument)
    return problems_in(form, as_answers(form, answers))


def problems_in(form: Form, matrix: Floats) -> tuple[AnswerProblem, ...]:
    """The problems of answers (n, k) whose shape has been checked."""
    places = np.argwhere(impossible(form, matrix)).tolist()
    words = {column: expected(form, form.items[column]) for column in {column for _, column in places}}
    return tuple(
        AnswerProblem(row, form.items[column].id, float(matrix[row, column]), words[column])
        for row, column in places
    )


def impossible(form: Form, matrix: Floats) -> Flags:
    """(n, k): True where an answer is given that its item does not allow."""
    # NaN compares false: an open limit allows everything, and a missing answer is no problem
    wrong = (matrix < form.low) | (matrix > form.high) | np.isinf(matrix)
    wrong |= form.whole & (matrix != np.floor(matrix)) & ~np.isnan(matrix)
    for column, allowed in gapped_options(form):
        given = ~np.isnan(matrix[:, column])
        wrong[:, column] |= given & ~np.isin(matrix[:, column], allowed)
    return wrong


def gapped_options(form: Form) -> list[tuple[int, list[float]]]:
    """Columns whose options are not simply every whole number between the limits."""
    found = []
    for column, item in enumerate(form.items):
        allowed = option_values(form.instrument, item)
        if allowed and allowed != [float(v) for v in range(int(allowed[0]), int(allowed[-1]) + 1)]:
            found.append((column, allowed))
    return found


def option_values(instrument: Instrument, item: Item) -> list[float]:
    """The values that can be chosen, lowest first; empty for an item without options."""
    if item.kind is not ItemKind.CHOICE:
        return []
    return sorted({option.value for option in instrument.options_of(item)})


def expected(form: Form, item: Item) -> str:
    """In words what an answer to this item is: "a whole number from 0 to 3"."""
    allowed = option_values(form.instrument, item)
    column = form.index[item.id]
    if any(column == gapped for gapped, _ in gapped_options(form)):
        return "one of " + ", ".join(f"{value:g}" for value in allowed)
    kind = "a whole number" if form.whole[column] else "a number"
    return range_in_words(kind, form.low[column], form.high[column])


def range_in_words(kind: str, low: float, high: float) -> str:
    """What lies between limits that may be open (NaN): "a score from 0 to 27"."""
    if np.isnan(low) and np.isnan(high):
        return kind
    if np.isnan(high):
        return f"{kind} of {low:g} or more"
    if np.isnan(low):
        return f"{kind} of {high:g} or less"
    return f"{kind} from {low:g} to {high:g}"


def outside_limits(scale: EnteredScale, values: Floats) -> tuple[Flags, str]:
    """Which entered scores (n,) lie outside the scale's limits, and in words what would be right."""
    low = np.nan if scale.minimum is None else scale.minimum
    high = np.nan if scale.maximum is None else scale.maximum
    outside = np.isinf(values) | (values < low) | (values > high)  # NaN compares false: open, or missing
    return outside, range_in_words("a score", low, high)
