"""The simulated service against the figures that it is drawn from (D ch. 4 and 8)."""

import datetime

import numpy as np
import pytest

from onmodel.demonstration.careers import Career
from onmodel.demonstration.courses import GSI, SIPP, Cohort, Course
from onmodel.demonstration.patient_forms import bsi_answers, item_parameters, outcomes, self_harm_counts
from onmodel.demonstration.visits import MONTHS

N = 20_000
COURSES = {course.name: course for course in (GSI, *SIPP)}
START = datetime.date(2023, 1, 1)

#: D ch. 8, Table 2: intercept, linear, quadratic of the reorganised cohort, and what is added to each
#: in the cohort before. Rounding of the figures (half a unit in the last printed place of each, times
#: months and months squared) can move the curve by what `ROUNDING` allows.
TABLE_2 = {
    "GSI": ((1.92, -0.032, 0.0005), (-0.14, -0.017, 0.0)),
    "SELF_CONTROL": ((25.9, 0.35, -0.006), (-0.28, 0.25, 0.0)),
    "IDENTITY": ((22.4, 0.55, -0.011), (0.014, 0.25, 0.0)),
    "RESPONSIBILITY": ((29.2, 0.29, -0.006), (-2.02, 0.27, 0.0)),
    "RELATIONAL": ((24.7, -0.07, 0.005), (-0.08, 0.61, -0.014)),
    "SOCIAL": ((33.3, 0.11, -0.002), (-3.16, 0.44, -0.008)),
}
ROUNDING = {"GSI": (0.02, 0.0005, 0.00005)}  # estimates of both tables, linear, quadratic
SIPP_ROUNDING = (0.11, 0.005, 0.0005)

#: D ch. 8, Table 3: effect sizes at 18 and 36 months, before and during the reorganisation.
TABLE_3 = {
    "GSI": ((-1.00, -1.56), (-0.58, -0.74)),
    "SELF_CONTROL": ((1.22, 1.76), (0.59, 0.58)),
    "IDENTITY": ((1.22, 1.63), (0.71, 0.60)),
    "RESPONSIBILITY": ((1.18, 1.80), (0.47, 0.38)),
    "RELATIONAL": ((0.91, 1.02), (0.04, 0.47)),
    "SOCIAL": ((0.99, 1.02), (0.21, 0.27)),
}


@pytest.mark.parametrize("name", TABLE_2)
@pytest.mark.parametrize("cohort", list(Cohort))
def test_the_curve_through_table_3_is_that_of_table_2(name: str, cohort: Cohort) -> None:
    reorganised, added = TABLE_2[name]
    sound = cohort is Cohort.SOUND
    b0, b1, b2 = (r + a if sound else r for r, a in zip(reorganised, added, strict=True))
    level, linear, quadratic = ROUNDING.get(name, SIPP_ROUNDING)
    terms = 2 if sound else 1  # a sum of two rounded figures
    for month in MONTHS:
        tolerance = level + terms * (linear * month + quadratic * month**2)
        curve = COURSES[name].mean(np.array([month]), cohort)[0]
        assert curve == pytest.approx(b0 + b1 * month + b2 * month**2, abs=tolerance)


def patient(turned_on: datetime.date | None) -> Career:
    return Career(
        programme="simulated",
        team=0,
        turned_on=turned_on,
        year_of_birth=1995,
        gender="female",
        referred_on=START,
        oriented_on=START,
        started_on=START,
        ended_on=None,
        end_kind="",
        phases=(),
    )


@pytest.fixture(scope="module")
def simulated() -> dict[Cohort, dict[str, np.ndarray]]:
    """Scores (N, moments) by cohort and outcome: N patients in a sound programme, N in the other."""
    found = {}
    for cohort, turned in ((Cohort.SOUND, None), (Cohort.REORGANISED, START)):
        drawn = outcomes(np.random.default_rng(11), [patient(turned)] * N)
        found[cohort] = {"GSI": drawn.gsi, **drawn.sipp}
    return found


def published(course: Course, cohort: Cohort) -> tuple[float, float, float]:
    return course.sound if cohort is Cohort.SOUND else course.reorganised


@pytest.mark.parametrize("name", COURSES)
@pytest.mark.parametrize("cohort", list(Cohort))
def test_means_and_spread_come_back(simulated, name: str, cohort: Cohort) -> None:
    """A mean of 20,000 has a standard error of SD / 141; four of them are allowed."""
    course, scores = COURSES[name], simulated[cohort][name][:, [0, 3, 6]]
    assert scores.mean(axis=0) == pytest.approx(published(course, cohort), abs=4 * course.sd / np.sqrt(N))
    assert scores.std(axis=0) == pytest.approx(np.full(3, course.sd), rel=0.03)


@pytest.mark.parametrize("name", COURSES)
@pytest.mark.parametrize("cohort", list(Cohort))
def test_effect_sizes_come_back(simulated, name: str, cohort: Cohort) -> None:
    """Against (estimate - start) / pooled SD of Table 3 within 0.04; and against the effect size printed
    beside them, which the printed estimates and SD give within 0.18 only (self-control at 36 months:
    (39.1 - 25.6) / 7.0 = 1.93, printed 1.76).
    """
    course, scores = COURSES[name], simulated[cohort][name][:, [0, 3, 6]]
    start, *later = published(course, cohort)
    found = (scores.mean(axis=0)[1:] - scores.mean(axis=0)[0]) / scores[:, 0].std()
    by_hand = [(value - start) / course.sd for value in later]
    assert found == pytest.approx(by_hand, abs=0.06)
    assert found == pytest.approx(TABLE_3[name][cohort is Cohort.REORGANISED], abs=0.2)


def test_the_reorganisation_halves_the_gsi_effect_at_18_and_36_months(simulated) -> None:
    """Table 3: 0.43 of 0.73 at 18 months, 0.55 of 1.16 at 36."""
    change = {
        cohort: scores["GSI"].mean(axis=0)[[3, 6]] - scores["GSI"].mean(axis=0)[0]
        for cohort, scores in simulated.items()
    }
    kept = change[Cohort.REORGANISED] / change[Cohort.SOUND]
    assert kept == pytest.approx([0.43 / 0.73, 0.55 / 1.16], abs=0.04)


@pytest.mark.parametrize("cohort", list(Cohort))
def test_the_bsi_answered_item_by_item_keeps_the_course_of_its_gsi(simulated, cohort: Cohort) -> None:
    """The mean answer within 0.03 of Table 3; its SD within 6 %, as items add their own chance."""
    rng = np.random.default_rng(12)
    parameters = item_parameters(rng, np.arange(53) % 10)
    for column, mean in zip((0, 3, 6), published(GSI, cohort), strict=True):
        scores = np.nanmean(bsi_answers(rng, parameters, simulated[cohort]["GSI"][:8000, column]), axis=1)
        assert scores.mean() == pytest.approx(mean, abs=0.03)
        assert scores.std() == pytest.approx(GSI.sd, rel=0.06)


@pytest.mark.parametrize(
    ("item", "shares"),
    [("attempts", (0.317, 0.147, 0.0, 0.06)), ("self_harm", (0.512, 0.324, 0.158, 0.19))],
)
def test_attempts_and_self_harm_come_as_often_as_published(item: str, shares: tuple[float, ...]) -> None:
    """D ch. 4: the share with any in the half year before the start and months 6, 12, 18."""
    for months, share in zip((0.0, 6.0, 12.0, 18.0), shares, strict=True):
        counts = self_harm_counts(np.random.default_rng(13), [months] * N, np.zeros(N))[item]
        assert (counts > 0).mean() == pytest.approx(share, abs=0.015)


def test_acts_of_self_harm_are_as_many_as_published() -> None:
    """D ch. 4: 17.9, 6.5, 3.0 and 3.0 on average among those with any."""
    for months, mean in zip((0.0, 6.0, 12.0, 18.0), (17.9, 6.5, 3.0, 3.0), strict=True):
        counts = self_harm_counts(np.random.default_rng(14), [months] * N, np.zeros(N))["self_harm"]
        assert counts[counts > 0].mean() == pytest.approx(mean, rel=0.05)
