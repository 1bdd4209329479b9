"""How long until a fall of adherence by one scale point is noticed, at which rate of false alarms?

A therapist is rated twice a quarter, one individual and one group session, by one rater or two; a team has
five such therapists. From a known month on the level lies a point lower for good. The watch of
`inference.control.falls` with the settings of the MBT pack is held beside a look once a year: the mean of the
calendar year against that of the first year, one-sided, with as many false alarms a year.

Reliabilities are those of the pack: generalizability of a mean over several raters, brought back to one
rater by Spearman and Brown. Assumed, for want of published figures: a single rating has an SD of one point
(also tried: 0.7); half of what is true of a session is the therapist's lasting level; a rater's severity is
the same throughout and so falls out.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from bench.rows import Row
from onmodel.inference.control.falls import Fall, watch_for_fall
from onmodel.inference.distributions import normal_quantile

REPLICATES = 2000
SEED = 20261121
YEARS, FALL_YEAR = 8, 2  # the fall comes at some time in the third year
THERAPISTS = 5
FALL = 1.0
#: Reliability of the mean over so many raters: MBT-ACS in the Danish clinic, and in the original study; the
#: group scale (Folmo 2017).
DANISH, ORIGINAL, GROUP = (0.67, 6), (0.84, 7), (0.97, 5)


@dataclass(frozen=True)
class Case:
    """`individual` and `group`: published reliability and its number of raters; `sd` of one rating."""

    name: str
    individual: tuple[float, int]
    raters: int
    sd: float = 1.0
    group: tuple[float, int] = GROUP


CASES = (
    Case("Danish reliability, one rater", DANISH, 1),
    Case("Danish reliability, two raters", DANISH, 2),
    Case("original reliability, one rater", ORIGINAL, 1),
    Case("Danish reliability, one rater, SD 0.7", DANISH, 1, sd=0.7),
)


@dataclass(frozen=True)
class Design:
    """What is watched: sessions a year, baseline, the fall that the chart is made for, its run length."""

    name: str
    a_year: int
    baseline: int
    tuned: float
    run_length: float
    therapists: int = 1


DESIGNS = (
    Design("therapist", 8, 8, 1.0, 80.0),
    Design("therapist", 8, 8, 1.0, 160.0),
    Design("therapist", 8, 8, 1.0, 320.0),
    Design("team of 5", 40, 24, 0.5, 200.0, THERAPISTS),
    Design("team of 5", 40, 24, 0.5, 400.0, THERAPISTS),
)


@dataclass(frozen=True)
class Found:
    """Months until noticed (inf where not within the time simulated), and false alarms a year."""

    months: np.ndarray
    false_a_year: float

    def within(self, months: float) -> float:
        return float((self.months <= months).mean())

    @property
    def median(self) -> float:
        return float(np.median(self.months))


def one_rater(published: tuple[float, int]) -> float:
    """Spearman-Brown backwards: the reliability of a single rater.

    >>> round(one_rater((0.67, 6)), 2), round(one_rater((0.84, 7)), 2), round(one_rater((0.97, 5)), 2)
    (0.25, 0.43, 0.87)
    """
    value, raters = published
    return value / (raters - (raters - 1) * value)


def around_own_level(case: Case, published: tuple[float, int]) -> float:
    """SD of a session's score around the therapist's unchanged level."""
    reliable = one_rater(published)
    return case.sd * math.sqrt(reliable / 2 + (1 - reliable) / case.raters)


def simulate(case: Case, design: Design, replicates: int = REPLICATES) -> tuple[Found, Found]:
    """By the watch, and by the yearly mean."""
    random = np.random.default_rng(SEED)
    sessions = YEARS * design.a_year
    day = (np.arange(sessions) + 0.5) / design.a_year
    own = np.array([around_own_level(case, case.individual), around_own_level(case, case.group)])
    between = case.sd * math.sqrt((one_rater(case.individual) + one_rater(case.group)) / 4)
    noise = own[np.arange(sessions) // design.therapists % 2]
    sd = math.sqrt(float((own**2).mean()) + (between**2 if design.therapists > 1 else 0.0))
    df = (design.baseline - 1) * (THERAPISTS if design.therapists == 1 else 2)
    watched, yearly = [], []
    false_watched = false_yearly = 0
    for _ in range(replicates):
        level = random.normal(0.0, between, design.therapists)[np.arange(sessions) % design.therapists]
        start = FALL_YEAR + random.uniform()
        y = level + random.normal(0.0, 1.0, sessions) * noise - FALL * (day >= start)
        estimated = sd * math.sqrt(random.chisquare(df) / df)
        found = watch_for_fall(
            y, baseline=design.baseline, sd=estimated, df=df, fall=design.tuned, run_length=design.run_length
        )
        alarms = [float(day[one.signalled]) for one in found.falls]
        false_watched += sum(at < start for at in alarms)
        if not any(_lasts(one, day, start) for one in found.falls):
            watched.append(_months(alarms, start))
        looks = _yearly(y, design, math.sqrt(float((own**2).mean())))
        false_yearly += sum(at < start for at in looks)
        yearly.append(_months(looks, start))
    sound = replicates * (FALL_YEAR + 0.5 - design.baseline / design.a_year)
    return (
        Found(np.array(watched), false_watched / sound),
        Found(np.array(yearly), false_yearly / (replicates * (FALL_YEAR - 1))),
    )


def _yearly(y: np.ndarray, design: Design, sd: float) -> list[float]:
    """The ends of the years whose mean lies lower than the first year's by more than chance allows."""
    means = y.reshape(YEARS, design.a_year).mean(axis=1)
    limit = normal_quantile(1 - design.a_year / design.run_length) * sd * math.sqrt(2 / design.a_year)
    return [year + 1.0 for year in range(1, YEARS) if means[year] < means[0] - limit]


def _lasts(fall: Fall, day: np.ndarray, start: float) -> bool:
    """Whether a false alarm lasts when the fall comes: then nothing new is noticed, and it is not counted."""
    return day[fall.signalled] < start and (fall.ended is None or day[fall.ended] >= start)


def _months(alarms: list[float], start: float) -> float:
    """Until the first alarm after the fall."""
    later = [at for at in alarms if at >= start]
    return 12 * (later[0] - start) if later else math.inf


def run() -> Iterator[Row]:
    for case in CASES:
        for design in DESIGNS:
            every = design.run_length / design.a_year
            for how, found in zip(("watch", "yearly mean"), simulate(case, design), strict=True):
                name = f"{case.name}; {design.name}, false alarm in {every:g} y; {how}"
                yield Row(f"{name}: median", found.median, "months")
                yield Row(f"{name}: within 12 months", 100 * found.within(12), "%")
                yield Row(f"{name}: false alarms", found.false_a_year, "a year")
