"""Two cohorts (or the time before and after a date) side by side: who they were, how they changed."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Floats, labels
from onmodel.inference.distributions import critical, t_two_sided_p
from onmodel.inference.missing.baseline import BaselineDifference, compare_baseline
from onmodel.inference.mixed import (
    EffectSize,
    Estimate,
    JointTest,
    MixedFit,
    Model,
    course_test,
    effect_sizes,
    estimates_at,
    fit_mixed,
    groups_of,
    model_sd,
    start_of,
)
from onmodel.inference.mixed.degrees import degrees_of_freedom
from onmodel.inference.mixed.estimates import estimable

#: Patients in a cohort below which a difference says little either way.
FEW = 20
METHOD = "mixed model with a course for each cohort; t and F with Satterthwaite's degrees of freedom"


@dataclass(frozen=True, slots=True)
class ChangeDifference:
    """Change since the start in the second cohort less that in the first, at `month`; d: over the model's SD
    at the start. t intervals and p with Satterthwaite's degrees of freedom. Unknown is None."""

    month: float
    estimate: float | None
    se: float | None
    lower: float | None
    upper: float | None
    p: float | None
    d: float | None


@dataclass(frozen=True, slots=True)
class CohortAt:
    """A cohort's patients, and how many of them have an outcome at or after half of the last month."""

    name: str
    patients: int
    measured_late: int


@dataclass(frozen=True, slots=True, eq=False)
class CohortComparison:
    """The first cohort is the one compared with. `course`: whether both change alike, in all of time."""

    cohorts: tuple[CohortAt, CohortAt]
    baseline: tuple[BaselineDifference, ...]
    estimates: tuple[Estimate, ...]
    effects: tuple[EffectSize, ...]
    differences: tuple[ChangeDifference, ...]
    course: JointTest | None
    fit: MixedFit
    method: str
    warnings: tuple[Caution, ...]

    @property
    def n(self) -> int:
        return self.fit.n_patients


def compare_cohorts(
    frame: pl.DataFrame,
    model: Model,
    months: Iterable[float],
    *,
    baseline: Sequence[str] = (),
    level: float = 0.95,
) -> CohortComparison:
    """A mixed model with a course for each of two cohorts (`model.group`), as D ch. 8.

    `baseline`: columns whose first value of each patient is compared (`compare_baseline`: .complete is the
    second cohort). Raises DataError as fit_mixed(), and for other than two cohorts.

    >>> rows = [(i, m, 30 - m * (1 + i % 2) / 4 + i % 5, "ab"[i % 2]) for i in range(60) for m in (0, 6, 12)]
    >>> table = pl.DataFrame(rows, schema=["id", "month", "bdi", "cohort"], orient="row")
    >>> found = compare_cohorts(table, Model("id", "month", "bdi", group="cohort"), [12])
    >>> round(found.differences[0].estimate, 6)
    -3.0
    """
    months = tuple(months)
    if model.group is None:
        raise DataError("two cohorts need a column that tells them apart")
    fit = fit_mixed(frame, model)
    groups = [g for g in groups_of(fit) if g is not None]
    if len(groups) != 2:
        raise DataError(
            f"column '{model.group}' holds {', '.join(groups)}; two cohorts are compared, not {len(groups)}",
            column=model.group,
        )
    cohorts = tuple(_cohort(frame, model, name) for name in groups)
    compared = _baseline(frame, model, groups[1], baseline)
    return CohortComparison(
        (cohorts[0], cohorts[1]), compared, estimates_at(fit, months, level=level),
        effect_sizes(fit, months, level=level),
        tuple(_difference(fit, m, groups, level) for m in months),
        course_test(fit), fit, METHOD, (*fit.warnings, *_cautions(cohorts)),
    )  # fmt: skip


def _difference(fit: MixedFit, month: float, groups: Sequence[str], level: float) -> ChangeDifference:
    design = fit.kernel.rows.design
    column, start = str(fit.model.group), start_of(fit)
    first, second = (design.row(month, {column: g}) - design.row(start, {column: g}) for g in groups)
    row: Floats = np.asarray(second - first, dtype=np.float64)
    kept = list(fit.kernel.kept)
    unknown = ChangeDifference(month, None, None, None, None, None, None)
    if not row.any() or not estimable(fit, row):
        return unknown
    estimate = float(row[kept] @ fit.estimates[kept])
    variance = float(row[kept] @ fit.vcov[np.ix_(kept, kept)] @ row[kept])
    if math.isnan(variance):
        return unknown
    se = math.sqrt(max(variance, 0.0))
    df = degrees_of_freedom(fit, row) if se > 0 else None
    reach = critical(level, df) * se
    sd = model_sd(fit, start)[0]
    p = t_two_sided_p(estimate / se, df) if df else None
    return ChangeDifference(
        month, estimate, se, estimate - reach, estimate + reach, p, estimate / sd if sd else None
    )


def _cohort(frame: pl.DataFrame, model: Model, name: str) -> CohortAt:
    column = str(model.group)
    rows = frame.drop_nulls([model.patient, model.time, model.outcome, column])
    last = rows.select(pl.col(model.time).cast(pl.Float64).max()).item()
    mine = rows.filter(labels(rows[column]) == name)
    late = mine.filter(pl.col(model.time).cast(pl.Float64) >= last / 2)
    return CohortAt(name, mine[model.patient].n_unique(), late[model.patient].n_unique())


def _baseline(
    frame: pl.DataFrame, model: Model, second: str, columns: Sequence[str]
) -> tuple[BaselineDifference, ...]:
    if not columns:
        return ()
    rows = frame.drop_nulls([model.patient, str(model.group)]).sort(model.time, maintain_order=True)
    first = rows.unique(model.patient, keep="first", maintain_order=True)
    flagged = first.with_columns((labels(first[str(model.group)]) == second).alias("#second"))
    return compare_baseline(flagged, complete="#second", covariates=columns)


def _cautions(cohorts: tuple[CohortAt, ...]) -> list[Caution]:
    said = []
    for cohort in cohorts:
        if cohort.patients < FEW:
            message = (
                f"'{cohort.name}' has {cohort.patients} patients: too few to tell a difference or its absence"
            )
            said.append(Caution("few_in_cohort", message))
        elif cohort.measured_late < cohort.patients / 2:
            message = (
                f"{cohort.measured_late} of {cohort.patients} patients of '{cohort.name}' were measured late"
            )
            said.append(Caution("few_measured_late", message))
    return said
