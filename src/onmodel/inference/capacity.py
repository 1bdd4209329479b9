"""What a programme has to expect in the next year: caseload, waiting list, waiting time, with intervals.

Three things are estimated, each with its uncertainty: how many come, how long they stay, how many places
there are (given). Then the year is simulated many times (`waiting_line`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from onmodel.inference.columns import Floats
from onmodel.inference.waiting_line import Course, poisson_times, simulate

#: Fewer arrivals or ended treatments than this tell too little. Ours.
FEWEST_ARRIVALS, FEWEST_ENDED = 10, 10
#: Where more than this share is still there at the longest stay seen, the mean stay is not known. Ours.
MOST_UNFINISHED = 0.2
FUTURES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known today, in months. `stays` and `ended` (1 ended, 0 still there) go together: the ones
    still there have stayed so long already, and are the caseload of today."""

    arrivals: int
    observed: float
    stays: tuple[float, ...]
    ended: tuple[bool, ...]
    waiting: int
    places: int


@dataclass(frozen=True, slots=True)
class Expected:
    """The middle of the simulated futures and the interval that holds `level` of them."""

    middle: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """`wait` in months: of somebody who comes then."""

    number: int
    caseload: Expected
    waiting: Expected
    wait: Expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """months: one each; `treated` is the annual caseload: those there now and those who start in the year.

    rate: arrivals a month; mean_stay: months, up to the longest seen; both in the middle as estimated, with
    the interval of what the futures were drawn from. unfinished: the share still there at the longest stay.
    """

    months: tuple[Month, ...]
    treated: Expected
    rate: Expected
    mean_stay: Expected
    unfinished: float
    level: float
    futures: int


def why_not(known: Known) -> str | None:
    """What is missing for a forecast: "arrivals", "ended", "unfinished", "places"; None where nothing is.

    >>> why_not(Known(arrivals=3, observed=12, stays=(), ended=(), waiting=0, places=18))
    'arrivals'
    """
    if known.arrivals < FEWEST_ARRIVALS or known.observed <= 0:
        return "arrivals"
    if sum(known.ended) < FEWEST_ENDED:
        return "ended"
    if known.places < 1:
        return "places"
    stays, ended = np.asarray(known.stays), np.asarray(known.ended, dtype=bool)
    return "unfinished" if _curve(stays, ended)[1][-1] > MOST_UNFINISHED else None


def forecast(
    known: Known, *, seed: int, months: int = 12, level: float = 0.8, futures: int = FUTURES
) -> Forecast | None:
    """The next `months` months, or None where `why_not` names what is missing.

    The rate of each future is drawn from its gamma posterior (Jeffreys' prior: shape arrivals + 1/2), its
    stays from the Kaplan-Meier curve of a bootstrap sample; who is there now stays on as the curve says of
    those who stayed as long. Beyond the longest stay seen, stays end there. ValueError where stays and
    ended differ in number, or a stay is below 0.

    >>> stays = tuple(float(m) for m in range(6, 18))
    >>> busy = Known(arrivals=24, observed=12, stays=stays, ended=(True,) * 12, waiting=0, places=100)
    >>> found = forecast(busy, seed=1)
    >>> found.rate.middle, found.mean_stay.middle, len(found.months)
    (2.0, 11.5, 12)
    """
    if len(known.stays) != len(known.ended) or any(stay < 0 for stay in known.stays):
        raise ValueError("each stay needs a number of months from 0, and whether it ended")
    if why_not(known) is not None:
        return None
    rng = np.random.default_rng(seed)
    stays, ended = np.asarray(known.stays, dtype=float), np.asarray(known.ended, dtype=bool)
    at = [float(number) for number in range(1, months + 1)]
    drawn = [_future(rng, known, stays, ended, at) for _ in range(futures)]
    courses = [future.course for future in drawn]
    times, left = _curve(stays, ended)
    there = float((~ended).sum())
    return Forecast(
        months=tuple(_month(courses, number, level) for number in range(months)),
        treated=_expected(np.array([there + course.starts for course in courses]), level),
        rate=_around(known.arrivals / known.observed, [future.rate for future in drawn], level),
        mean_stay=_around(_mean(times, left), [future.mean_stay for future in drawn], level),
        unfinished=float(left[-1]),
        level=level,
        futures=futures,
    )


@dataclass(frozen=True, slots=True)
class _Future:
    """A simulated year, with the rate and the mean stay that it was drawn with."""

    rate: float
    mean_stay: float
    course: Course


def _future(
    rng: np.random.Generator, known: Known, stays: Floats, ended: np.ndarray, at: Sequence[float]
) -> _Future:
    rate = rng.gamma(known.arrivals + 0.5) / known.observed
    picked = rng.integers(len(stays), size=len(stays))
    times, left = _curve(stays[picked], ended[picked])
    so_far = stays[~ended]
    course = simulate(
        arrivals=poisson_times(rng, rate, at[-1]).tolist(),
        draw_stays=lambda n: _stays(times, left, rng.uniform(size=n)),
        places=known.places,
        remaining=(_beyond(rng, times, left, so_far) - so_far).tolist(),
        waiting=known.waiting,
        moments=at,
    )
    return _Future(rate, _mean(times, left), course)


def _mean(times: Floats, left: Floats) -> float:
    """The area under the curve, up to the longest stay seen."""
    return float(np.diff(np.r_[0.0, times]) @ np.r_[1.0, left[:-1]])


def _around(estimate: float, drawn: Sequence[float], level: float) -> Expected:
    spread = _expected(np.array(drawn), level)
    return Expected(estimate, spread.low, spread.high)


def _curve(stays: Floats, ended: np.ndarray) -> tuple[Floats, Floats]:
    """Kaplan-Meier: the times seen, ascending, and the share still there after each."""
    times = np.unique(stays)
    ordered = np.sort(stays)
    at_risk = len(stays) - np.searchsorted(ordered, times, side="left")
    ends = np.sort(stays[ended])
    gone = np.searchsorted(ends, times, side="right") - np.searchsorted(ends, times, side="left")
    return times, np.cumprod(1 - gone / at_risk).astype(np.float64)


def _stays(times: Floats, left: Floats, chance: Floats) -> Floats:
    """The first time at which no more than `chance` are left; the longest seen where that never comes."""
    index = np.searchsorted(-left, -chance, side="left")
    drawn: Floats = times[np.minimum(index, len(times) - 1)]
    return drawn


def _beyond(rng: np.random.Generator, times: Floats, left: Floats, so_far: Floats) -> Floats:
    """The whole stays of those who stayed so long already."""
    after = np.searchsorted(times, so_far, side="right") - 1
    still = np.where(after < 0, 1.0, left[np.maximum(after, 0)])
    return np.maximum(_stays(times, left, rng.uniform(size=len(so_far)) * still), so_far)


def _month(courses: Sequence[Course], index: int, level: float) -> Month:
    def of(name: str) -> Expected:
        return _expected(np.array([getattr(course, name)[index] for course in courses]), level)

    return Month(number=index + 1, caseload=of("caseload"), waiting=of("waiting"), wait=of("wait"))


def _expected(values: Floats, level: float) -> Expected:
    low, middle, high = np.quantile(values, [(1 - level) / 2, 0.5, (1 + level) / 2])
    return Expected(float(middle), float(low), float(high))
