"""Two fits of the same rows against each other."""

from __future__ import annotations

from dataclasses import dataclass

from onmodel.inference.cautions import Caution
from onmodel.inference.distributions import chi_square_p
from onmodel.inference.mixed.result import MixedFit


@dataclass(frozen=True, slots=True)
class LikelihoodRatio:
    """Twice the gain in log-likelihood of the larger model, against chi-square."""

    statistic: float
    df: int
    p: float
    method: str
    warnings: tuple[Caution, ...]


def likelihood_ratio(smaller: MixedFit, larger: MixedFit) -> LikelihoodRatio:
    """Test whether `larger` fits better than `smaller`, which it must contain.

    Raises ValueError when the fits cannot be compared: other rows, another method, a criterion that is not
    known, REML with different fixed effects, or no more parameters.

    >>> import polars as pl
    >>> from dataclasses import replace
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> scores = [40.0, 30, 26, 22, 24, 8]
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3], "month": [0, 12] * 3, "bdi": scores})
    >>> level = Model("id", "month", "bdi", terms=(), random="intercept", method="ml")
    >>> found = likelihood_ratio(fit_mixed(table, level), fit_mixed(table, replace(level, terms=("linear",))))
    >>> round(found.statistic, 3), found.df  # 3 ln(372 / 72)
    (4.927, 1)
    """
    if smaller.criterion is None or larger.criterion is None:
        raise ValueError("a fit without a likelihood cannot be compared")
    if smaller.method != larger.method:
        raise ValueError(f"one fit is by {smaller.method}, the other by {larger.method}")
    if (smaller.n_observations, smaller.n_patients) != (larger.n_observations, larger.n_patients):
        raise ValueError("the fits do not rest on the same rows")
    same_fixed = set(smaller.names) == set(larger.names)
    if smaller.method == "reml" and not same_fixed:
        raise ValueError("REML criteria of models with different fixed effects are not comparable; use ML")
    df = larger.n_parameters - smaller.n_parameters
    if df <= 0:
        raise ValueError("the second fit has no more parameters than the first")
    statistic = max(smaller.criterion - larger.criterion, 0.0)
    return LikelihoodRatio(
        statistic, df, chi_square_p(statistic, df), smaller.method, _cautions(smaller, larger)
    )


def _cautions(smaller: MixedFit, larger: MixedFit) -> tuple[Caution, ...]:
    found = []
    if smaller.random != larger.random:
        found.append(
            Caution(
                "boundary",
                "The test asks whether a variance is 0, the edge of what it can be: p is too large, "
                "up to twofold for one variance.",
            )
        )
    if not (smaller.converged and larger.converged):
        found.append(Caution("not_converged", "A fit did not settle; the test cannot be relied on."))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class VarianceExplained:
    """Share by which a predictor lowers the variances between patients; negative when it raises them.

    None: not in both models, or nothing to explain.
    """

    intercept: float | None
    slope: float | None
    residual: float | None


def variance_explained(without: MixedFit, with_predictor: MixedFit) -> VarianceExplained:
    """(variance without - variance with) / variance without, as S reports of its period predictor.

    >>> import polars as pl
    >>> from onmodel.inference.mixed import Model, fit_mixed
    >>> table = pl.DataFrame({"id": [1, 1, 2, 2, 3, 3, 4, 4], "month": [0, 12] * 4, "work": list("yyyynnnn"),
    ...                       "bdi": [26.0, 20, 35, 23, 38, 32, 47, 35]})
    >>> plain = fit_mixed(table, Model("id", "month", "bdi", random="intercept"))
    >>> known = fit_mixed(table, Model("id", "month", "bdi", covariates=("work",), random="intercept"))
    >>> round(variance_explained(plain, known).intercept, 3)  # (57 - 15) / 57
    0.737
    """
    before, after = without.variance, with_predictor.variance

    def share(old: float | None, new: float | None) -> float | None:
        return None if old is None or new is None or old <= 0 else (old - new) / old

    return VarianceExplained(
        share(before.intercept, after.intercept),
        share(before.slope, after.slope),
        share(before.residual, after.residual),
    )
