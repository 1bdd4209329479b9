"""Whether the fitted course depends on who was measured how often."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Floats, labels
from onmodel.inference.distributions import chi_square_p, critical, normal_two_sided_p
from onmodel.inference.mixed import MixedFit, Model, fit_mixed
from onmodel.inference.mixed.estimates import estimable

ASSESSMENTS = "assessments"
PATTERN = "pattern"


@dataclass(frozen=True, slots=True, eq=False)
class AssessmentsTest:
    """Number of assessments as a predictor of level and of change; p for each coefficient and together."""

    coef: dict[str, float | None]
    se: dict[str, float | None]
    p: dict[str, float | None]
    statistic: float | None
    df: int
    p_together: float | None
    n_patients: int
    fit: MixedFit
    method: str
    warnings: tuple[Caution, ...]

    @property
    def n(self) -> int:
        return self.n_patients


def assessments_as_predictor(frame: pl.DataFrame, model: Model) -> AssessmentsTest:
    """The model with each patient's number of measured outcomes, and its interactions with time, added.

    As S: no effect says that those measured seldom neither start nor change otherwise, as far as can be
    seen. The number is centred on its mean over patients. Raises DataError as fit_mixed().

    >>> rows = [(i, m, 30 - m / 3 + (i * 7 + m) % 5) for i in range(12) for m in (0, 6, 12)[: 2 + i % 2]]
    >>> table = pl.DataFrame(rows, schema=["id", "month", "bdi"], orient="row")
    >>> list(assessments_as_predictor(table, Model("id", "month", "bdi", random="intercept")).coef)
    ['assessments', 'linear:assessments']
    """
    counted = _with_counts(frame, model)
    added = (ASSESSMENTS, *(f"{term}:{ASSESSMENTS}" for term in model.terms))
    fit = fit_mixed(counted, _replaced(model, (*model.all_effects, *added)))
    names = [n for n in fit.names if ASSESSMENTS in n.split(":")]
    statistic, df = _wald(fit, names)
    return AssessmentsTest(
        {n: fit.coef[n] for n in names}, {n: fit.se[n] for n in names}, {n: fit.p[n] for n in names},
        statistic, df, None if statistic is None else chi_square_p(statistic, df), fit.n_patients, fit,
        "mixed model with number of assessments, Wald tests", fit.warnings,
    )  # fmt: skip


def _replaced(model: Model, effects: tuple[str, ...]) -> Model:
    return Model(
        model.patient, model.time, model.outcome, model.group, model.terms, model.covariates, effects,
        model.random, model.method, model.reference,
    )  # fmt: skip


def _with_counts(frame: pl.DataFrame, model: Model) -> pl.DataFrame:
    _refuse_taken(frame, ASSESSMENTS)
    complete = frame.drop_nulls([model.patient, model.time, model.outcome, *model.columns])
    counts = complete.group_by(model.patient).len(ASSESSMENTS)
    middle = counts[ASSESSMENTS].mean()
    centred = counts.with_columns(pl.col(ASSESSMENTS).cast(pl.Float64) - middle)
    return complete.join(centred, on=model.patient, how="left", maintain_order="left")


def _refuse_taken(frame: pl.DataFrame, name: str) -> None:
    if name in frame.columns:
        raise DataError(f"the table has a column '{name}'; give it another name", column=name)


def _wald(fit: MixedFit, names: list[str]) -> tuple[float | None, int]:
    """That all these coefficients are 0, of those that could be estimated."""
    at = [fit.names.index(n) for n in names if fit.coef[n] is not None and fit.se[n] is not None]
    if not at:
        return None, 0
    part = fit.vcov[np.ix_(at, at)]
    return float(fit.estimates[at] @ np.linalg.pinv(part, hermitian=True) @ fit.estimates[at]), len(at)


@dataclass(frozen=True, slots=True)
class MixtureEstimate:
    """The mean change since the start at `month` of `group`: as the model says that assumes missing at
    random, and averaged over patterns. tipping: by how much the incomplete patients' change would have to
    differ from what is estimated, towards none, for the change no longer to be significant; None when it is
    not, or nobody is incomplete.
    """

    month: float
    group: str | None
    at_random: float | None
    at_random_se: float | None
    mixture: float | None
    mixture_se: float | None
    lower: float | None
    upper: float | None
    p: float | None
    tipping: float | None


@dataclass(frozen=True, slots=True, eq=False)
class PatternMixture:
    """Changes under both assumptions; `share_incomplete` by group (None: not grouped)."""

    estimates: tuple[MixtureEstimate, ...]
    share_incomplete: dict[str | None, float]
    n_patients: int
    n_incomplete: int
    at_random: MixedFit
    by_pattern: MixedFit
    method: str
    warnings: tuple[Caution, ...]

    @property
    def n(self) -> int:
        return self.n_patients


def pattern_mixture(
    frame: pl.DataFrame,
    model: Model,
    months: Iterable[float],
    *,
    until: float | None = None,
    level: float = 0.95,
) -> PatternMixture:
    """Complete and incomplete patients each with a course of their own, averaged by their shares.

    A patient is complete who has an outcome at or after month `until` (default: the last in the table).
    Hedeker and Gibbons 1997 (Psychol Methods 2:64-78); the error includes that of the shares (delta method).
    Beyond the last measurements of the incomplete their course is extrapolated: keep `terms` simple.
    Raises DataError as fit_mixed(), or when nobody is incomplete.

    >>> rows = [(i, m, 30 - m / 3 + (i * 7 + m) % 5) for i in range(24) for m in (0, 6, 12)[: 2 + i % 2]]
    >>> table = pl.DataFrame(rows, schema=["id", "month", "bdi"], orient="row")
    >>> found = pattern_mixture(table, Model("id", "month", "bdi", random="intercept"), [12])
    >>> found.n_incomplete, [round(e.mixture, 1) for e in found.estimates]
    (12, [-4.1])
    """
    _refuse_taken(frame, PATTERN)
    at_random = fit_mixed(frame, model)
    rows = _with_pattern(frame, model, until)
    groups: tuple[str | None, ...] = (None,)
    if model.group is not None:
        groups = at_random.kernel.rows.design.parts[model.group].levels or (None,)
    by_pattern = fit_mixed(rows, _replaced(model, _effects(model)))
    people, incomplete = _people(rows, model.patient)
    shares = {g: _share(people, model.group, g) for g in groups}
    estimates = tuple(
        _estimate(at_random, by_pattern, month, group, *shares[group], level)
        for group in groups
        for month in months
    )
    return PatternMixture(
        estimates, {g: share for g, (share, _) in shares.items()}, len(people), incomplete,
        at_random, by_pattern, "pattern mixture of complete and incomplete patients", by_pattern.warnings,
    )  # fmt: skip


def _with_pattern(frame: pl.DataFrame, model: Model, until: float | None) -> pl.DataFrame:
    rows = frame.drop_nulls([model.patient, model.time, model.outcome, *model.columns])
    month = pl.col(model.time).cast(pl.Float64)
    end = until if until is not None else rows.select(month.max()).item()
    last = month.max().over(model.patient)
    return rows.with_columns(
        pl.when(last >= end).then(pl.lit("complete")).otherwise(pl.lit("incomplete")).alias(PATTERN)
    )


def _people(rows: pl.DataFrame, patient: str) -> tuple[pl.DataFrame, int]:
    """A row a patient, and how many are incomplete. DataError where all or none are."""
    people = rows.unique(patient)
    incomplete = int((people[PATTERN] == "incomplete").sum())
    if not 0 < incomplete < len(people):
        raise DataError(
            f"{incomplete} of {len(people)} patients are incomplete: there are no patterns to compare"
        )
    return people, incomplete


def _effects(model: Model) -> tuple[str, ...]:
    """Every effect of time and group also by pattern."""
    course = (
        *model.terms,
        *((model.group, *(f"{t}:{model.group}" for t in model.terms)) if model.group else ()),
    )
    return (*model.all_effects, PATTERN, *(f"{effect}:{PATTERN}" for effect in course))


def _share(people: pl.DataFrame, column: str | None, group: str | None) -> tuple[float, int]:
    """Share of incomplete patients in a group, and its size."""
    inside = people if column is None else people.filter(labels(people[column]) == group)
    return float((inside[PATTERN] == "incomplete").sum()) / len(inside), len(inside)


def _estimate(
    at_random: MixedFit,
    by_pattern: MixedFit,
    month: float,
    group: str | None,
    share: float,
    n: int,
    level: float,
) -> MixtureEstimate:
    own = {} if group is None or at_random.model.group is None else {at_random.model.group: group}
    plain, plain_se = _linear(at_random, _change(at_random, month, own))
    each = [_change(by_pattern, month, {**own, PATTERN: p}) for p in ("complete", "incomplete")]
    mean, se = _linear(by_pattern, (1 - share) * each[0] + share * each[1])
    apart = _linear(by_pattern, each[1] - each[0])[0]
    if mean is None or se is None or apart is None:
        return MixtureEstimate(month, group, plain, plain_se, mean, None, None, None, None, None)
    total = math.sqrt(se**2 + apart**2 * share * (1 - share) / n)
    reach = critical(level) * total
    tipping = (abs(mean) - reach) / share if abs(mean) > reach and share > 0 else None
    p = normal_two_sided_p(mean / total) if total > 0 else None
    return MixtureEstimate(month, group, plain, plain_se, mean, total, mean - reach, mean + reach, p, tipping)


def _change(fit: MixedFit, month: float, values: dict[str, str]) -> Floats:
    design = fit.kernel.rows.design
    return np.asarray(design.row(month, values) - design.row(0.0, values), dtype=np.float64)


def _linear(fit: MixedFit, row: Floats) -> tuple[float | None, float | None]:
    """row @ fixed effects and its standard error; None where the data do not determine it."""
    if not estimable(fit, row):
        return None, None
    kept = list(fit.kernel.kept)
    variance = float(row[kept] @ fit.vcov[np.ix_(kept, kept)] @ row[kept])
    value = float(row[kept] @ fit.estimates[kept])
    return value, None if math.isnan(variance) else math.sqrt(max(variance, 0.0))
