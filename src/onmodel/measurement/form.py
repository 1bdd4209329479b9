"""A form ready for arrays: which column holds which item, and what may stand in each column."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onmodel.measurement.arrays import Flags, Floats, Ints
from onmodel.packs.instruments import Instrument, Item, ItemKind

WHOLE_KINDS = {ItemKind.CHOICE, ItemKind.COUNT, ItemKind.YES_NO}


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """The items of an instrument as columns, in the order of `instrument.all_items()`.

    `low` and `high` (k,) are the limits of an answer, NaN where open; `whole` (k,) says whether
    an answer is a whole number; `ranges` whether every whole number between the limits is allowed.
    """

    instrument: Instrument
    items: tuple[Item, ...]
    index: dict[str, int]
    low: Floats
    high: Floats
    whole: Flags

    def columns(self, item_ids: Iterable[str], scale_id: str) -> Ints:
        """Column numbers of these items; ValueError names an item that the form does not have."""
        numbers = []
        for item_id in item_ids:
            if item_id not in self.index:
                raise ValueError(
                    f"scale {scale_id} of {self.instrument.id} names item {item_id}, which the form has not"
                )
            numbers.append(self.index[item_id])
        return np.array(numbers, dtype=np.int64)


def read_form(instrument: Instrument) -> Form:
    """The columns and limits of `instrument`."""
    items = instrument.all_items()
    limits = [instrument.limits_of(item) for item in items]
    return Form(
        instrument=instrument,
        items=items,
        index={item.id: column for column, item in enumerate(items)},
        low=np.array([np.nan if low is None else low for low, _ in limits]),
        high=np.array([np.nan if high is None else high for _, high in limits]),
        whole=np.array([has_whole_answers(instrument, item) for item in items], dtype=bool),
    )


def has_whole_answers(instrument: Instrument, item: Item) -> bool:
    """Whether only whole numbers are answers: a choice or count, unless its options say otherwise."""
    options = instrument.options_of(item) if item.kind is ItemKind.CHOICE else ()
    return item.kind in WHOLE_KINDS and all(option.value.is_integer() for option in options)


def as_answers(form: Form, answers: ArrayLike) -> Floats:
    """`answers` as floats (n, k), column by column; ValueError when k is not the form's number of items."""
    matrix = np.asarray(answers, dtype=np.float64, order="F")
    if matrix.ndim != 2 or matrix.shape[1] != len(form.items):
        raise ValueError(
            f"{form.instrument.id} has {len(form.items)} items; answers must be n x {len(form.items)}, "
            f"not {' x '.join(str(size) for size in matrix.shape)}"
        )
    return matrix
