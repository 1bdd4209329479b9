"""What is asked of a fit, and the rows that answer it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import polars as pl

from onmodel.inference.cautions import DataError
from onmodel.inference.columns import Dropped, codes, complete_rows
from onmodel.inference.mixed.crossproducts import Floats, Ints
from onmodel.inference.mixed.design import CATEGORICAL, TIME_TERMS, Design, build

#: "slope": intercept and slope, correlated; "uncorrelated": both, correlation fixed at 0; "none" only arises
#: where the data cannot tell patients apart.
Random = Literal["slope", "uncorrelated", "intercept"]
Structure = Literal["slope", "uncorrelated", "intercept", "none"]
Method = Literal["reml", "ml"]


@dataclass(frozen=True, slots=True)
class Model:
    """A linear mixed model of `outcome` on `time` (months since start) within `patient`.

    `terms` (of TIME_TERMS) describe the course; with `group` each group has its own start and course;
    `covariates` shift the level. `effects` replaces all three when given (see mixed.design).
    """

    patient: str
    time: str
    outcome: str
    group: str | None = None
    terms: tuple[str, ...] = ("linear",)
    covariates: tuple[str, ...] = ()
    effects: tuple[str, ...] | None = None
    random: Random = "slope"
    method: Method = "reml"
    reference: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_effects(self) -> tuple[str, ...]:
        if self.effects is not None:
            return self.effects
        groups = (self.group, *(f"{term}:{self.group}" for term in self.terms)) if self.group else ()
        return (*self.terms, *(effect for effect in groups if effect), *self.covariates)

    def adjusted_for(self, covariates: Sequence[str]) -> Model:
        """With a part for each of these characteristics in the level and in the straight change over time.

        >>> Model("id", "month", "bdi", group="arm").adjusted_for(["age"]).all_effects
        ('linear', 'arm', 'linear:arm', 'age', 'linear:age')
        """
        timed = [f"linear:{name}" for name in covariates] if "linear" in self.terms else []
        return replace(self, effects=(*self.all_effects, *covariates, *timed))

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that effects name, but for time."""
        parts = [part for effect in self.all_effects for part in effect.split(":")]
        return tuple(dict.fromkeys(part for part in parts if part not in TIME_TERMS))


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Complete rows: patient codes (n,) into `patients`, time and outcome (n,), design matrix x (n, p).

    `attributes` holds each patient's first row of the columns that effects name.
    """

    design: Design
    patients: pl.Series
    codes: Ints
    time: Floats
    outcome: Floats
    x: Floats
    attributes: pl.DataFrame
    dropped: Dropped


def check(model: Model) -> None:
    """Raises DataError for a model that cannot be meant."""
    for term in model.terms:
        if term not in TIME_TERMS:
            raise DataError(f"'{term}' is not a time term; choose from {', '.join(TIME_TERMS)}", value=term)
    if CATEGORICAL in model.terms and len(model.terms) > 1:
        raise DataError("'categorical' gives each month its own mean and leaves nothing to other time terms")
    for name, choices in (("random", ("slope", "uncorrelated", "intercept")), ("method", ("reml", "ml"))):
        if getattr(model, name) not in choices:
            raise DataError(f"{name} is '{getattr(model, name)}'; choose from {', '.join(choices)}")
    clash = {model.outcome, model.patient} & set(model.columns)
    if clash or model.outcome in (model.time, model.patient):
        raise DataError(f"a column has two roles: {', '.join(sorted(clash) or [model.outcome])}")


def read(frame: pl.DataFrame, model: Model) -> Rows:
    """The complete rows of a table for a model. Raises DataError: a column is wrong, or nothing is left.

    >>> table = pl.DataFrame({"id": ["a", "a", "b"], "month": [0, 6, 0], "bdi": [30.0, None, 24]})
    >>> rows = read(table, Model("id", "month", "bdi"))
    >>> rows.patients.to_list(), rows.outcome.tolist(), rows.dropped.total
    (['a', 'b'], [30.0, 24.0], 1)
    """
    check(model)
    for name in model.columns:
        if name not in frame.columns:
            raise DataError(
                f"there is no column '{name}'; the columns are: {', '.join(frame.columns)}", column=name
            )
    factors = frozenset(n for n in model.columns if n == model.group or not frame[n].dtype.is_numeric())
    numbers = {model.time, model.outcome, *model.columns} - factors
    table, dropped = complete_rows(frame, [model.patient, model.time, model.outcome, *model.columns], numbers)
    if not len(table):
        raise DataError(
            f"no row has a value in all of: {model.patient}, {model.time}, {model.outcome}"
            + "".join(f", {name}" for name in model.columns)
        )
    patient, count = codes(table[model.patient])
    first = _first_rows(patient, count)
    time = table[model.time].to_numpy()
    design = build(
        table,
        effects=model.all_effects,
        time=model.time,
        factors=factors,
        reference=model.reference,
        patients_first_rows=first,
    )
    return Rows(
        design,
        table[model.patient].gather(first),
        patient,
        time,
        table[model.outcome].to_numpy(),
        design.matrix(table, time),
        table.select(model.columns)[first] if model.columns else pl.DataFrame(),
        dropped,
    )


def _first_rows(patient: Ints, count: int) -> pl.Series:
    """Where each patient's first row stands."""
    first = np.empty(count, dtype=np.int64)
    backwards = np.arange(len(patient) - 1, -1, -1)
    first[patient[backwards]] = backwards
    return pl.Series(first)
