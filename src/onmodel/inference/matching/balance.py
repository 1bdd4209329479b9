"""How alike two groups are, before and after matching."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.columns import Floats, labels, levels_of
from onmodel.inference.comparisons import fisher, t_test
from onmodel.inference.regressors import is_factor

Bools = np.ndarray[tuple[int], np.dtype[np.bool_]]
Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
#: A standardised difference beyond this is usually called an imbalance.
IMBALANCE = 0.1


@dataclass(frozen=True, slots=True)
class Balance:
    """One covariate (a level of a text one) in both groups.

    smd: difference over the SD before matching; ratio: of variances (None for a yes/no); p: Fisher's test
    of a yes/no, else t. Unknown is None.
    """

    name: str
    binary: bool
    treated_before: float
    other_before: float
    smd_before: float | None
    ratio_before: float | None
    p_before: float | None
    treated_after: float | None
    other_after: float | None
    smd_after: float | None
    ratio_after: float | None
    p_after: float | None


def balance(
    table: pl.DataFrame,
    covariates: Sequence[str],
    treated: Bools,
    *,
    first: Ints,
    second: Ints,
    sd: str = "pooled",
    scores: Floats | None = None,
) -> tuple[Balance, ...]:
    """Each covariate of complete rows before, and of the rows `first` (treated) and `second` after.

    sd "pooled": sqrt((s1^2 + s0^2) / 2) before matching (Austin 2009, Stat Med 28:3083-3107); "treated": that
    of the treated, as MatchIt. `scores`, if given, come first as "propensity score".

    >>> table = pl.DataFrame({"age": [30.0, 34, 20, 30, 34]})
    >>> treated = np.array([True, True, False, False, False])
    >>> found = balance(table, ["age"], treated, first=np.array([0, 1]), second=np.array([3, 4]))[0]
    >>> found.treated_before, found.other_before, found.other_after, found.smd_after
    (32.0, 28.0, 32.0, 0.0)
    """
    columns = {name: values for covariate in covariates for name, values in _columns(table[covariate])}
    if scores is not None:
        columns = {"propensity score": scores, **columns}
    return tuple(_row(name, values, treated, first, second, sd) for name, values in columns.items())


def _columns(series: pl.Series) -> list[tuple[str, Floats]]:
    """A number as itself; text as its second value of two, or as every value of more."""
    if not is_factor(series):
        return [(series.name, series.cast(pl.Float64).to_numpy())]
    levels, text = levels_of(series), labels(series)
    shown = levels[1:] if len(levels) == 2 else levels
    return [(f"{series.name}={level}", (text == level).to_numpy().astype(float)) for level in shown]


def _row(name: str, values: Floats, treated: Bools, first: Ints, second: Ints, sd: str) -> Balance:
    binary = bool(np.isin(values, (0.0, 1.0)).all())
    one, other = values[treated], values[~treated]
    unit = math.sqrt(
        _variance(one, binary) if sd == "treated" else (_variance(one, binary) + _variance(other, binary)) / 2
    )
    before = _sides(one, other, unit, binary)
    after = _sides(values[first], values[second], unit, binary) if len(first) else (None,) * 5
    return Balance(name, binary, *before, *after)


def _variance(values: Floats, binary: bool) -> float:
    if binary:
        return float(values.mean() * (1 - values.mean()))
    return float(values.var(ddof=1)) if len(values) > 1 else 0.0


def _sides(
    one: Floats, other: Floats, unit: float, binary: bool
) -> tuple[float, float, float | None, float | None, float | None]:
    a, b = float(one.mean()), float(other.mean())
    smd = (a - b) / unit if unit > 0 else (0.0 if a == b else None)
    spread = _variance(other, binary)
    ratio = None if binary or spread <= 0 else _variance(one, binary) / spread
    if binary:
        yes, no = int(one.sum()), int(other.sum())
        p = fisher([[yes, len(one) - yes], [no, len(other) - no]]).p
    else:
        p = t_test(one.tolist(), other.tolist(), pooled=True).p
    return a, b, smd, ratio, p
