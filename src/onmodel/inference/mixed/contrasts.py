"""Whether groups change differently: the test of the whole course, and the difference at a month.

Both rest on the model as it was posed, not on one from which effects were dropped by looking at the data:
p values and intervals after such a choice are too good.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from onmodel.inference.distributions import critical, t_two_sided_p
from onmodel.inference.mixed.compare import LikelihoodRatio, likelihood_ratio
from onmodel.inference.mixed.degrees import JointTest, degrees_of_freedom, joint_test
from onmodel.inference.mixed.estimates import groups_of, linear_function, model_sd, row_at, start_of
from onmodel.inference.mixed.fit import fit_mixed
from onmodel.inference.mixed.model import Model
from onmodel.inference.mixed.result import MixedFit


@dataclass(frozen=True, slots=True)
class ChangeDifference:
    """By how much `group` changed more since `start` than `reference` did, at `month`.

    d is that difference in SDs of single outcomes, pooled over start and month; `lower`, `upper` bound d.
    The test is t with Satterthwaite's degrees of freedom. None where the data cannot say.
    """

    month: float
    start: float
    reference: str
    group: str
    difference: float | None
    d: float | None
    lower: float | None
    upper: float | None
    df: float | None
    p: float | None


def changes_differ(
    fit: MixedFit, months: Iterable[float], *, start: float | None = None, level: float = 0.95
) -> tuple[ChangeDifference, ...]:
    """Each group against the reference, at each month. Raises ValueError for a fit without groups.

    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3, 4, 4], "month": [0, 12] * 4, "arm": list("aaaabbbb"),
    ...                       "bdi": [40.0, 36, 28, 20, 44, 28, 28, 16]})
    >>> fit = fit_mixed(table, Model("id", "month", "bdi", group="arm", random="intercept"))
    >>> found = changes_differ(fit, [12])[0]
    >>> round(found.difference, 3), round(found.d, 3), round(found.df, 3), round(found.p, 3)
    (-8.0, -0.8, 2.0, 0.106)
    """
    reference, *others = groups_of(fit)
    if reference is None:
        raise ValueError("the model has no groups to compare")
    wanted, since = tuple(months), start_of(fit) if start is None else start
    return tuple(
        _difference(fit, month, since, (reference, group), level)
        for group in others
        if group is not None
        for month in wanted
    )


def _difference(
    fit: MixedFit, month: float, start: float, pair: tuple[str, str], level: float
) -> ChangeDifference:
    changes = [row_at(fit, month, group) - row_at(fit, start, group) for group in pair]
    row = changes[1] - changes[0]
    found = linear_function(fit, row, month, pair[1], level)
    sd, relative = model_sd(fit, start, month)
    df = degrees_of_freedom(fit, row) if found.se else None
    if found.estimate is None or not found.se or not sd or not df:
        return ChangeDifference(month, start, *pair, found.estimate, None, None, None, None, None)
    d = found.estimate / sd
    reach = critical(level, df) * math.sqrt((found.se / sd) ** 2 + d**2 * relative)
    p = t_two_sided_p(found.estimate / found.se, df)
    return ChangeDifference(month, start, *pair, found.estimate, d, d - reach, d + reach, df, p)


def course_test(fit: MixedFit) -> JointTest | None:
    """F of the group's whole part in the course: do the groups change alike, wherever they began?

    Holds with fewer patients than the deviance of courses_differ() does. None where the data do not tell.
    Raises ValueError for a fit without groups.

    >>> rows = [(i, m, 30 - m * (1 + i % 2) / 4 + i * 7 % 5 + i * m % 3, "ab"[i % 2])
    ...         for i in range(40) for m in (0, 6, 12)]
    >>> table = pl.DataFrame(rows, schema=["id", "month", "bdi", "arm"], orient="row")
    >>> found = course_test(fit_mixed(table, Model("id", "month", "bdi", group="arm", random="intercept")))
    >>> found.df, found.p < 0.001
    (1, True)
    """
    if fit.model.group is None:
        raise ValueError("the model has no groups to compare")
    design = fit.kernel.rows.design
    places = [
        place for effect in design.effects if ":" in effect and fit.model.group in effect.split(":")
        for place in design.columns_of(effect) if place in fit.kernel.kept
    ]  # fmt: skip
    return joint_test(fit, np.eye(len(fit.names))[places])


def courses_differ(frame: pl.DataFrame, model: Model) -> LikelihoodRatio | None:
    """ML deviance of the model without the group's part in the course, against the model with it.

    The level at the start may differ in both. None where a likelihood is not known, or the data cannot tell
    the two models apart. Raises DataError as fit_mixed does, ValueError for a model without group.

    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3, 4, 4], "month": [0, 12] * 4, "arm": list("aaaabbbb"),
    ...                       "bdi": [40.0, 36, 28, 20, 44, 28, 28, 16]})
    >>> found = courses_differ(table, Model("id", "month", "bdi", group="arm", random="intercept"))
    >>> round(found.statistic, 3), found.df  # 4 ln(80 / 16): squares of change around one mean, around two
    (6.438, 1)
    """
    if model.group is None:
        raise ValueError("the model has no groups to compare")
    effects: Sequence[str] = model.all_effects
    shared = tuple(effect for effect in effects if ":" not in effect or model.group not in effect.split(":"))
    larger = fit_mixed(frame, replace(model, method="ml"))
    smaller = fit_mixed(frame, replace(model, method="ml", effects=shared))
    if None in (larger.criterion, smaller.criterion) or larger.n_parameters <= smaller.n_parameters:
        return None
    return likelihood_ratio(smaller, larger)
