"""Whether patients who are measured throughout differ at the start from those who are not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.cautions import DataError
from onmodel.inference.columns import as_numbers, labels, levels_of
from onmodel.inference.comparisons import Comparison, chi_square, fisher, t_test
from onmodel.inference.multiplicity import holm
from onmodel.inference.regressors import is_factor


@dataclass(frozen=True, slots=True)
class BaselineDifference:
    """One characteristic. complete, incomplete: means, or the share of each level by name; smd: difference
    of means over the pooled SD (None for text); p_holm: p for all characteristics together."""

    name: str
    complete: float | dict[str, float] | None
    incomplete: float | dict[str, float] | None
    smd: float | None
    test: Comparison
    p_holm: float | None


def compare_baseline(
    frame: pl.DataFrame, *, complete: str, covariates: Sequence[str]
) -> tuple[BaselineDifference, ...]:
    """Each covariate in rows (patients) where `complete` is true (or 1) and where it is not.

    Numbers by Welch's t, text by chi-square or, of a 2 x 2 table, Fisher's test. Raises DataError for a
    column that is missing, or when one side is empty.

    >>> table = pl.DataFrame({"all": [1, 1, 1, 0, 0, 0], "age": [30.0, 34, 32, 22, 27, 23]})
    >>> found = compare_baseline(table, complete="all", covariates=["age"])[0]
    >>> found.complete, found.incomplete, round(found.test.p, 3)
    (32.0, 24.0, 0.016)
    """
    for name in (complete, *covariates):
        if name not in frame.columns:
            raise DataError(
                f"there is no column '{name}'; the columns are: {', '.join(frame.columns)}", column=name
            )
    side = as_numbers(frame[complete])
    one, other = frame.filter(side != 0), frame.filter(side == 0)
    if not (len(one) and len(other)):
        raise DataError(
            f"{len(one)} complete and {len(other)} incomplete patients: there is nothing to compare"
        )
    rows = [_compare(name, one[name], other[name]) for name in covariates]
    adjusted = holm([row.test.p for row in rows])
    return tuple(
        BaselineDifference(r.name, r.complete, r.incomplete, r.smd, r.test, p)
        for r, p in zip(rows, adjusted, strict=True)
    )


def _compare(name: str, one: pl.Series, other: pl.Series) -> BaselineDifference:
    if is_factor(one):
        return _compare_labels(name, one, other)
    a, b = (as_numbers(side).drop_nulls().to_numpy() for side in (one, other))
    test = t_test(a.tolist(), b.tolist())
    means = [float(v.mean()) if len(v) else None for v in (a, b)]
    smd = None
    if min(len(a), len(b)) > 1:
        unit = math.sqrt((float(a.var(ddof=1)) + float(b.var(ddof=1))) / 2)
        smd = float(a.mean() - b.mean()) / unit if unit > 0 else None
    return BaselineDifference(name, means[0], means[1], smd, test, None)


def _compare_labels(name: str, one: pl.Series, other: pl.Series) -> BaselineDifference:
    sides = [labels(side.drop_nulls()) for side in (one, other)]
    levels = levels_of(pl.concat(sides))
    counts = np.array([[int((side == level).sum()) for level in levels] for side in sides])
    test = fisher(counts.tolist()) if counts.shape == (2, 2) else chi_square(counts.tolist())
    shares = [
        {level: float(k) / row.sum() for level, k in zip(levels, row, strict=True)} if row.sum() else None
        for row in counts
    ]
    return BaselineDifference(name, shares[0], shares[1], None, test, None)
