"""Courses of outcome, drawn around the published curves of two cohorts (D ch. 8, Tables 2 and 3).

D Table 3 prints each cohort's model estimate at 0, 18 and 36 months; the quadratic through those
three is the model's curve, and agrees with the coefficients of Table 2 as far as those are rounded.
What D does not print, how far patients differ in level and slope, is an assumption of the simulation
(`SHARE_BETWEEN`, `SLOPE_SD`, `LEVEL_SLOPE_CORRELATION`), chosen so that the spread stays near the
pooled SD throughout.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

ANCHORS = np.array([0.0, 18.0, 36.0])
SHARE_BETWEEN = 0.75  # of the baseline variance, between patients
SLOPE_SD = 0.018  # pooled SDs a month
LEVEL_SLOPE_CORRELATION = -0.37


class Cohort(StrEnum):
    """Whose course a patient follows: before a reorganisation, or during one (D ch. 8)."""

    SOUND = "sound"
    REORGANISED = "reorganised"


@dataclass(frozen=True)
class Course:
    """An outcome's published estimates at 0, 18 and 36 months, its pooled SD, and its range."""

    name: str
    sound: tuple[float, float, float]
    reorganised: tuple[float, float, float]
    sd: float
    lowest: float
    highest: float

    def mean(self, months: Floats, cohort: Cohort) -> Floats:
        """The curve at those months; months beyond 36 keep the value of month 36."""
        estimates = self.sound if cohort is Cohort.SOUND else self.reorganised
        curve = np.polynomial.Polynomial.fit(ANCHORS, estimates, deg=2)
        return np.asarray(curve(np.clip(months, ANCHORS[0], ANCHORS[-1])), dtype=np.float64)


#: D ch. 8, Table 3. The SIPP stands in the metric of that table; its range here is the simulation's.
GSI = Course("GSI", (1.78, 1.05, 0.62), (1.92, 1.49, 1.37), 0.79, 0.0, 4.0)
SIPP = (
    Course("SELF_CONTROL", (25.6, 34.4, 39.1), (25.9, 30.1, 30.4), 7.0, 0.0, 70.0),
    Course("IDENTITY", (22.4, 33.3, 36.9), (22.4, 28.7, 27.8), 8.9, 0.0, 70.0),
    Course("RESPONSIBILITY", (27.2, 35.3, 39.6), (29.2, 32.5, 31.9), 6.9, 0.0, 70.0),
    Course("RELATIONAL", (24.7, 31.4, 32.1), (24.7, 25.0, 28.2), 7.4, 0.0, 70.0),
    Course("SOCIAL", (30.1, 36.9, 37.4), (33.3, 34.7, 35.2), 6.7, 0.0, 70.0),
)


@dataclass(frozen=True)
class Traits:
    """What stays with a patient: level and slope, in pooled SDs from the curve; (n,) each."""

    level: Floats
    slope: Floats


def draw_traits(rng: np.random.Generator, n: int) -> Traits:
    level_sd = np.sqrt(SHARE_BETWEEN)
    shared = LEVEL_SLOPE_CORRELATION * level_sd * SLOPE_SD
    covariance = [[SHARE_BETWEEN, shared], [shared, SLOPE_SD**2]]
    drawn = rng.multivariate_normal([0.0, 0.0], covariance, size=n)
    return Traits(level=drawn[:, 0], slope=drawn[:, 1])


def deviations(rng: np.random.Generator, traits: Traits, months: Floats) -> Floats:
    """How far each patient is from the curve at each moment, in SDs of that moment: (n, moments).

    Level, slope and a residual of the moment, divided by their joint spread, so that each column is
    standard normal.
    """
    residual_variance = 1.0 - SHARE_BETWEEN
    residual = rng.normal(0.0, np.sqrt(residual_variance), size=(len(traits.level), len(months)))
    raw = traits.level[:, None] + traits.slope[:, None] * months[None, :] + residual
    shared = LEVEL_SLOPE_CORRELATION * np.sqrt(SHARE_BETWEEN) * SLOPE_SD
    variance = 1.0 + 2.0 * months * shared + (months * SLOPE_SD) ** 2
    return raw / np.sqrt(variance)


def scores_at(course: Course, mean: Floats, deviation: Floats) -> Floats:
    """Scores with that mean and the course's SD, within its range; broadcasts mean over deviation.

    The deviation is a rank: a score is that quantile of the beta distribution on the range with
    this mean and SD. So neither mean nor SD is bent where a curve comes near the end of the scale.
    """
    span = course.highest - course.lowest
    share = (mean - course.lowest) / span
    concentration = share * (1.0 - share) / (course.sd / span) ** 2 - 1.0
    quantile = stats.norm.cdf(deviation)
    drawn = stats.beta.ppf(quantile, share * concentration, (1.0 - share) * concentration)
    return course.lowest + span * np.asarray(drawn, dtype=np.float64)
