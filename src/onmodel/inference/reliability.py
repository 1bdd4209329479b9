"""How much of a sum score is one thing? McDonald's omega from a one-factor model.

Cronbach's alpha (onmodel.measurement) supposes that all items carry the trait equally; omega lets each item
have a loading of its own: (sum of loadings)^2 / ((sum of loadings)^2 + sum of unique variances). McDonald
1999, Test Theory, ch. 6. The factor model is fitted by maximum likelihood (Joereskog 1967, Psychometrika
32:443).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from onmodel.inference.cautions import Caution, DataError
from onmodel.inference.columns import Floats

#: A standardised unique variance this low is the edge at which a loading explains an item wholly.
EDGE = 0.005


@dataclass(frozen=True, slots=True, eq=False)
class Omega:
    """Omega of the sum of k items; loadings (k,) and uniqueness (k,) standardised.

    `estimate` is None where no common factor is found. lower, upper: percentile bootstrap, None when it was
    not asked for. n: respondents with all items; n_dropped: the others.
    """

    estimate: float | None
    lower: float | None
    upper: float | None
    loadings: Floats
    uniqueness: Floats
    n: int
    n_dropped: int
    warnings: tuple[Caution, ...]


def omega(items: ArrayLike, *, resamples: int = 0, seed: int = 0, level: float = 0.95) -> Omega:
    """items: (respondents, items), scored in one direction, nan where unanswered.

    Raises DataError for fewer than three items, an item that never varies, or no more respondents than items.

    >>> from itertools import product
    >>> answers = [[f + a, f + b, f + c] for f, a, b, c in product((0, 1), repeat=4)]
    >>> found = omega(answers)  # items correlate 1/2: 3 x 0.5 / (1 + 2 x 0.5)
    >>> round(found.estimate, 3), found.n
    (0.75, 16)
    """
    x = np.asarray(items, dtype=float)
    if x.ndim != 2 or x.shape[1] < 3:
        raise DataError(
            "a row a respondent and at least three items are needed; with two, loadings are not known"
        )
    whole = x[~np.isnan(x).any(axis=1)]
    if len(whole) <= x.shape[1]:
        raise DataError(
            f"{len(whole)} respondents answered all {x.shape[1]} items; more than items are needed"
        )
    if np.any(np.ptp(whole, axis=0) == 0):
        raise DataError(f"item {int(np.argmin(np.ptp(whole, axis=0))) + 1} never varies")
    loadings, uniqueness = one_factor(_correlation(whole))
    lower = upper = None
    if resamples:
        random = np.random.default_rng(seed)
        draws = [_resampled(whole, random) for _ in range(resamples)]
        lower, upper = (float(q) for q in np.nanquantile(draws, [(1 - level) / 2, (1 + level) / 2]))
    return Omega(
        _omega(whole, loadings, uniqueness), lower, upper, loadings, uniqueness,
        len(whole), len(x) - len(whole), _cautions(loadings, uniqueness),
    )  # fmt: skip


def one_factor(correlation: Floats) -> tuple[Floats, Floats]:
    """Loadings and unique variances (k,) of the one-factor model with the highest likelihood."""
    from scipy.optimize import minimize

    def objective(psi: Floats) -> tuple[float, Floats]:
        scale = 1 / np.sqrt(psi)
        values = np.linalg.eigvalsh(correlation * np.outer(scale, scale))[:-1]
        values = np.maximum(values, 1e-12)  # items that copy each other
        loadings = _loadings(correlation, psi)
        rest = np.outer(loadings, loadings) + np.diag(psi) - correlation
        return float((values - np.log(values)).sum()), np.diag(rest) / psi**2

    start = np.clip(0.5 / np.diag(np.linalg.pinv(correlation)), EDGE, 1.0)
    found = minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(EDGE, 1.0)] * len(start),
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 1000},
    )
    loadings = _loadings(correlation, found.x)
    return loadings * (1.0 if loadings.sum() >= 0 else -1.0), np.asarray(found.x, dtype=np.float64)


def _correlation(x: Floats) -> Floats:
    return np.asarray(np.corrcoef(x, rowvar=False), dtype=np.float64)


def _loadings(correlation: Floats, psi: Floats) -> Floats:
    scale = 1 / np.sqrt(psi)
    values, vectors = np.linalg.eigh(correlation * np.outer(scale, scale))
    result: Floats = np.sqrt(psi) * vectors[:, -1] * np.sqrt(max(float(values[-1]) - 1, 0.0))
    return result


def _omega(x: Floats, loadings: Floats, uniqueness: Floats) -> float | None:
    """Of the sum of the items as they were scored: loadings and unique variances in the items' units."""
    sd = x.std(axis=0, ddof=1)
    common = float((loadings * sd).sum()) ** 2
    total = common + float((uniqueness * sd**2).sum())
    return common / total if common > 0 else None


def _resampled(x: Floats, random: np.random.Generator) -> float:
    drawn = x[random.integers(0, len(x), len(x))]
    if np.any(np.ptp(drawn, axis=0) == 0):
        return float("nan")
    value = _omega(drawn, *one_factor(_correlation(drawn)))
    return float("nan") if value is None else value


def _cautions(loadings: Floats, uniqueness: Floats) -> tuple[Caution, ...]:
    found = []
    negative = [str(i + 1) for i in np.flatnonzero(loadings < 0)]
    if negative:
        message = (
            f"Items {', '.join(negative)} load against the others: were they scored in the same direction?"
        )
        found.append(Caution("negative_loading", message))
    if np.any(uniqueness <= EDGE * 1.001):
        message = (
            "A factor explains an item wholly (a Heywood case): one factor does not describe these items."
        )
        found.append(Caution("heywood", message))
    return tuple(found)
