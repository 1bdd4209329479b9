"""The scoring rules of a pack, each a function of arrays.

Two families: rules over items take the answers, rules over scales take scales already worked out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from onmodel.measurement.arrays import Flags, Floats, Ints
from onmodel.measurement.circumplex import structural_summary
from onmodel.measurement.form import Form
from onmodel.measurement.missing import add_up
from onmodel.packs.scales import (
    CircumplexScale,
    CombinedScale,
    CountScale,
    EnteredScale,
    MeanScale,
    RatioScale,
    RecodedScale,
    Scale,
    SingleScale,
    SumScale,
    ValueSetScale,
)

#: The statistics of a combined scale.
STATISTICS: dict[str, Callable[..., Floats]] = {"sum": np.sum, "mean": np.mean, "min": np.min, "max": np.max}

ItemScale = SumScale | MeanScale | CountScale | RecodedScale


@dataclass(frozen=True, slots=True, eq=False)
class Worked:
    """A scale worked out: its values (n,), the columns it rests on, and which columns were filled.

    `stand_ins` maps column -> (n,) flags; a column without stand-ins is absent.
    """

    values: Floats
    columns: Ints
    stand_ins: Mapping[int, Flags]


def work_out(scale: Scale, form: Form, answers: Floats, done: Mapping[str, Worked]) -> Worked:
    """One scale from answers (n, k) and the scales it builds on; an entered scale comes out unknown."""
    match scale:
        case SumScale() | MeanScale() | CountScale() | RecodedScale():
            return from_items(scale, form, answers)
        case SingleScale():
            columns = form.columns([scale.item], scale.id)
            return Worked(answers[:, columns[0]].copy(), columns, {})
        case ValueSetScale():
            columns = form.columns(scale.items, scale.id)
            return Worked(index_values(scale, of_items(answers, columns)), columns, {})
        case CombinedScale():
            return together(combined(scale, done), [done[part] for part in scale.scales])
        case RatioScale():
            top, bottom = done[scale.numerator], done[scale.denominator]
            return together(ratio(top.values, bottom.values), [top, bottom])
        case CircumplexScale():
            return together(around_circle(scale, done), [done[octant] for octant in scale.octants])
        case EnteredScale():
            return Worked(np.full(len(answers), np.nan), np.array([], dtype=np.int64), {})


def of_items(answers: Floats, columns: Ints) -> Floats:
    """Some columns of answers (n, k), each contiguous: sums over items then run along respondents."""
    return answers.T[columns].T


def item_values(scale: ItemScale, form: Form, answers: Floats) -> Floats:
    """(n, items of the scale): each answer as it counts in the scale, NaN where missing."""
    columns = form.columns(scale.items, scale.id)
    given = of_items(answers, columns)
    match scale:
        case RecodedScale():
            return recoded(scale, given)
        case CountScale():
            turned = reversed_answers(scale, form, given, columns)
            return np.where(np.isnan(turned), np.nan, (turned >= scale.at_least).astype(np.float64))
        case _:
            return reversed_answers(scale, form, given, columns)


def reversed_answers(
    scale: SumScale | MeanScale | CountScale, form: Form, given: Floats, columns: Ints
) -> Floats:
    """`given` (n, items) with lowest + highest - answer for the items in `reverse`."""
    if not scale.reverse:
        return given
    form.columns(scale.reverse, scale.id)  # refuses an item that the form has not
    turned = np.isin(np.array(scale.items), np.array(scale.reverse))
    ends = form.low[columns] + form.high[columns]
    if np.isnan(ends[turned]).any():
        raise ValueError(f"scale {scale.id} reverses an item whose answers have no lowest and highest value")
    return np.where(turned, ends - given, given)


def recoded(scale: RecodedScale, given: Floats) -> Floats:
    """`given` (n, items) with each answer's own value; an answer without one becomes unknown."""
    values = np.full_like(given, np.nan)
    for column, item_id in enumerate(scale.items):
        for answer, value in scale.recode_items.get(item_id, scale.recode).items():
            values[given[:, column] == float(answer), column] = value
    return values


def from_items(scale: ItemScale, form: Form, answers: Floats) -> Worked:
    """Sum, mean or count of the items, after the rule for missing answers."""
    columns = form.columns(scale.items, scale.id)
    added = add_up(item_values(scale, form, answers), scale.missing)
    averages = isinstance(scale, MeanScale) or (isinstance(scale, RecodedScale) and recodes_to_mean(scale))
    result = added.total / np.maximum(added.counted, 1) if averages else added.total
    multiplier = scale.multiplier if isinstance(scale, SumScale | MeanScale) else 1.0
    values = np.where(added.known, multiplier * result, np.nan)
    return Worked(values, columns, by_column(added.stand_ins, columns))


def by_column(stand_ins: Flags | None, columns: Ints) -> dict[int, Flags]:
    """Stand-ins (n, items) as column -> (n,) flags, for the columns that have any."""
    if stand_ins is None:
        return {}
    return {int(columns[at]): stand_ins[:, at] for at in np.flatnonzero(stand_ins.any(axis=0))}


def recodes_to_mean(scale: RecodedScale) -> bool:
    """Whether the recoded values are averaged (True) or summed."""
    if scale.statistic not in ("mean", "sum"):
        raise ValueError(f"scale {scale.id}: statistic must be mean or sum, not {scale.statistic}")
    return scale.statistic == "mean"


def index_values(scale: ValueSetScale, levels: Floats) -> Floats:
    """The weighted index of levels (n, items); unknown where a level is missing or has no weight."""
    values = np.where(levels.max(axis=1, initial=1) > 1, 1 + scale.constant, 1.0)
    at_worst = np.zeros(len(levels), dtype=bool)
    for column, item_id in enumerate(scale.items):
        weights = np.array([0.0, *scale.decrements[item_id]])
        values = values + weight_of(levels[:, column], weights)
        at_worst |= levels[:, column] == len(weights)
    return np.where(at_worst, values + scale.any_worst, values)


def weight_of(levels: Floats, weights: Floats) -> Floats:
    """(n,): `weights[level - 1]`; NaN for a level that is missing or not one of 1, 2, ..."""
    exists = np.isin(levels, np.arange(1, len(weights) + 1))
    places = np.where(exists, levels, 1).astype(np.int64) - 1
    return np.where(exists, weights[places], np.nan)


def combined(scale: CombinedScale, done: Mapping[str, Worked]) -> Floats:
    """Sum, mean, min or max of weighted scales; unknown where one of them is."""
    weights = np.array(scale.weights or [1.0] * len(scale.scales))
    if len(weights) != len(scale.scales):
        raise ValueError(f"scale {scale.id} has {len(weights)} weights for {len(scale.scales)} scales")
    parts = np.column_stack([done[part].values for part in scale.scales]) * weights
    statistic = STATISTICS.get(scale.statistic)
    if statistic is None:
        raise ValueError(
            f"scale {scale.id}: statistic must be one of {', '.join(STATISTICS)}, not {scale.statistic}"
        )
    return statistic(parts, axis=1)


def ratio(top: Floats, bottom: Floats) -> Floats:
    """top / bottom (n,), unknown where the divisor is 0."""
    return np.divide(top, bottom, out=np.full_like(top, np.nan), where=bottom != 0)


def around_circle(scale: CircumplexScale, done: Mapping[str, Worked]) -> Floats:
    """The index of the structural summary that this scale asks for."""
    scores = np.column_stack([done[octant].values for octant in scale.octants])
    summary = structural_summary(scores, np.array(list(scale.octants.values()), dtype=np.float64))
    if scale.index not in summary.__slots__:
        raise ValueError(
            f"scale {scale.id}: index must be one of {', '.join(summary.__slots__)}, not {scale.index}"
        )
    index: Floats = getattr(summary, scale.index)
    return index


def together(values: Floats, parts: list[Worked]) -> Worked:
    """A scale that rests on the columns and stand-ins of `parts`."""
    columns = np.array(
        list(dict.fromkeys(c for part in parts for c in part.columns.tolist())), dtype=np.int64
    )
    stand_ins: dict[int, Flags] = {}
    for part in parts:
        for column, flags in part.stand_ins.items():
            stand_ins[column] = stand_ins[column] | flags if column in stand_ins else flags
    return Worked(values, np.array(columns, dtype=np.int64), stand_ins)
