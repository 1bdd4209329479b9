"""Scores of people rated by several raters: each person's score with the raters' severity taken out.

y = person + rater + session + error; raters, sessions and error are random. The variance components are
REML with persons random too (`components.variance_components`); given them, persons are estimated by
generalised least squares and raters predicted (BLUP), as in Searle, Casella and McCulloch 1992 (Variance
Components, ch. 7). That the components are estimated is not in the intervals.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from onmodel.inference.cautions import DataError
from onmodel.inference.columns import Floats, Ints
from onmodel.inference.components import variance_components
from onmodel.inference.distributions import critical

#: Below these, components would be noise.
FEWEST_RATINGS, FEWEST_PERSONS, FEWEST_RATERS = 12, 3, 2


@dataclass(frozen=True, slots=True)
class Estimate:
    """Of one person or rater, from `n` ratings. For a rater: how much higher than others (s)he rates."""

    name: str
    n: int
    value: float
    se: float
    lower: float
    upper: float


@dataclass(frozen=True, slots=True)
class RaterStudy:
    """`session` is None where no session was rated twice: then it is part of `residual`."""

    persons: tuple[Estimate, ...]
    raters: tuple[Estimate, ...]
    person_variance: float
    rater_variance: float
    session_variance: float | None
    residual_variance: float
    n: int
    sessions: int

    def person(self, name: str) -> Estimate | None:
        return next((one for one in self.persons if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Enough:
    """How many more sessions (one rater each), or more raters of each session, make an interval narrow
    enough; None where `most` would not do."""

    sessions: int | None
    raters: int | None


def rater_study(
    scores: Sequence[float],
    persons: Sequence[str],
    raters: Sequence[str],
    sessions: Sequence[str],
    *,
    level: float = 0.95,
) -> RaterStudy:
    """One entry a rating, all four of the same length; a session has one name for all its raters.

    Raises DataError for too few ratings, persons or raters, and for scores that never vary.

    >>> scores = [4.9, 4.1, 3.9, 3.1, 6.9, 6.1, 5.9, 5.1, 8.9, 8.1, 7.9, 7.1]
    >>> persons, raters = list("aaaabbbbcccc"), ["high", "high", "low", "low"] * 3
    >>> found = rater_study(scores, persons, raters, sessions=[str(i) for i in range(12)])
    >>> [round(person.value, 3) for person in found.persons]
    [4.0, 6.0, 8.0]
    >>> [(rater.name, round(rater.value, 3)) for rater in found.raters]
    [('high', 0.46), ('low', -0.46)]
    """
    y = np.asarray(scores, dtype=float)
    names = [
        np.unique(np.asarray(column, dtype=str), return_inverse=True)
        for column in (persons, raters, sessions)
    ]
    (person_names, person), (rater_names, rater), (session_names, session) = names
    _check(len(y), len(person_names), len(rater_names))
    twice = len(session_names) < len(y)
    factors = [codes.astype(np.int64) for codes in (person, rater, *((session,) if twice else ()))]
    fit = variance_components(y, factors)
    of_rater = fit.variances[1]
    of_session = fit.variances[2] if twice else None
    inverse = np.linalg.inv(_covariance(rater, of_rater, session, of_session, fit.residual))
    x = np.eye(len(person_names))[person]
    covariance = np.linalg.inv(x.T @ inverse @ x)
    beta = covariance @ (x.T @ inverse @ y)
    z = np.eye(len(rater_names))[rater]
    projected = inverse - inverse @ x @ covariance @ x.T @ inverse
    severity = of_rater * z.T @ (inverse @ (y - x @ beta))
    error = of_rater * np.eye(len(rater_names)) - of_rater**2 * z.T @ projected @ z
    return RaterStudy(
        _estimates(person_names, person, beta, np.diag(covariance), level),
        _estimates(rater_names, rater, severity, np.diag(error), level),
        fit.variances[0],
        of_rater,
        of_session,
        fit.residual,
        len(y),
        len(session_names),
    )


def _check(n: int, persons: int, raters: int) -> None:
    if n < FEWEST_RATINGS or persons < FEWEST_PERSONS or raters < FEWEST_RATERS:
        raise DataError(
            f"{n} ratings of {persons} persons by {raters} raters are too few to tell raters from persons; "
            f"at least {FEWEST_RATINGS} of {FEWEST_PERSONS} by {FEWEST_RATERS} are needed"
        )


def _covariance(
    rater: NDArray[np.int64], of_rater: float, session: Ints, of_session: float | None, residual: float
) -> Floats:
    v = residual * np.eye(len(rater)) + of_rater * (rater[:, None] == rater[None, :])
    if of_session:
        v = v + of_session * (session[:, None] == session[None, :])
    result: Floats = v
    return result


def _estimates(
    names: NDArray[np.str_], codes: Ints, values: Floats, variances: Floats, level: float
) -> tuple[Estimate, ...]:
    reach = critical(level)
    found = []
    for place, name in enumerate(names):
        se = math.sqrt(max(float(variances[place]), 0.0))
        value = float(values[place])
        n = int((codes == place).sum())
        found.append(Estimate(str(name), n, value, se, value - reach * se, value + reach * se))
    return tuple(found)


def half_width(study: RaterStudy, *, sessions: int, raters: int, level: float = 0.95) -> float:
    """Half the interval of a mean over so many sessions, each with the same so many raters.

    Rater variance / raters + session variance / sessions + residual / (sessions x raters), severity not
    taken out. Raises ValueError for several raters where no session was rated twice.

    >>> study = RaterStudy((), (), 1.0, 0.5, 1.0, 4.0, n=24, sessions=12)
    >>> round(half_width(study, sessions=4, raters=2), 2)  # 1.96 sqrt(4 / 8 + 0.5 / 2 + 1 / 4)
    1.96
    """
    if sessions < 1 or raters < 1 or (raters > 1 and study.session_variance is None):
        raise ValueError(f"{sessions} sessions with {raters} raters cannot be reckoned with")
    error = study.residual_variance / (sessions * raters) + study.rater_variance / raters
    error += (study.session_variance or 0.0) / sessions
    return critical(level) * math.sqrt(error)


def enough_for_a_verdict(
    study: RaterStudy, name: str, *, bar: float, level: float = 0.95, most: int = 8
) -> Enough:
    """What more would part the person's score from `bar`, were the score to stay as it is.

    More raters as in `half_width`; where no session was rated twice, `raters` is None. Raises KeyError for an
    unknown person.

    >>> one = Estimate("Bo", n=4, value=5.0, se=1.0, lower=3.04, upper=6.96)
    >>> study = RaterStudy((one,), (), 1.0, 0.25, 1.0, 3.0, n=24, sessions=12)
    >>> enough_for_a_verdict(study, "Bo", bar=3.5)
    Enough(sessions=3, raters=2)
    """
    one = study.person(name)
    if one is None:
        raise KeyError(name)
    distance = abs(one.value - bar)
    reach = critical(level)

    more = range(1, most + 1)
    sessions = next((k for k in more if _narrower(study, one, k, distance, reach)), None)
    told = study.session_variance is not None
    raters = next(
        (k for k in more if told and half_width(study, sessions=one.n, raters=1 + k, level=level) < distance),
        None,
    )
    return Enough(sessions, raters)


def _narrower(study: RaterStudy, one: Estimate, more: int, distance: float, reach: float) -> bool:
    """With `more` sessions of one rating each: the part of the error that sessions share out shrinks."""
    within = (study.residual_variance + (study.session_variance or 0.0)) / one.n
    rest = max(one.se**2 - within, 0.0)
    return reach * math.sqrt(rest + within * one.n / (one.n + more)) < distance


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The place before which a level held and after which another: `index` is the first of the new level.

    p: the share of orders of the same values, shuffled, in which some place parts them as much.
    """

    index: int
    before: float
    after: float
    p: float
    n: int


def change_point(
    values: Sequence[float], *, shuffles: int = 999, seed: int = 1, least: int = 3
) -> ChangePoint:
    """The place that parts the values best into two levels, by the largest weighted difference of means.

    The statistic is sqrt(k (n - k) / n) |mean after - mean before| over places with `least` values on either
    side; p is by permutation, so that looking everywhere is paid for. Raises DataError for fewer than
    2 x least + 2 values, or values that never vary.

    >>> found = change_point([5, 6, 5, 6, 5, 6, 3, 2, 3, 2, 3, 2])
    >>> found.index, found.before, found.after, found.p < 0.01
    (6, 5.5, 2.5, True)
    """
    y = np.asarray(values, dtype=float)
    if len(y) < 2 * least + 2:
        raise DataError(f"{len(y)} values are too few to look for a change; {2 * least + 2} are needed")
    if np.ptp(y) == 0:
        raise DataError("the values never vary")
    statistic, at = _split(y[None, :], least)
    random = np.random.default_rng(seed)
    shuffled = random.permuted(np.repeat(y[None, :], shuffles, axis=0), axis=1)
    as_much = int((_split(shuffled, least)[0] >= statistic[0] - 1e-12).sum())
    index = int(at[0])
    return ChangePoint(
        index, float(y[:index].mean()), float(y[index:].mean()), (as_much + 1) / (shuffles + 1), len(y)
    )


def _split(rows: Floats, least: int) -> tuple[Floats, Ints]:
    """The largest statistic of each row, and where."""
    n = rows.shape[1]
    k = np.arange(least, n - least + 1)
    sums = np.cumsum(rows, axis=1)
    before = sums[:, k - 1] / k
    after = (sums[:, -1:] - sums[:, k - 1]) / (n - k)
    found = np.sqrt(k * (n - k) / n) * np.abs(after - before)
    best = found.argmax(axis=1)
    return found[np.arange(len(rows)), best], k[best]
