"""Do 95 % intervals hold the truth in 95 of 100 simulated studies? At the sizes of the source studies.

The truth is the course that D ch. 8 Table 2 prints for the GSI (both cohorts, linear and quadratic) with a
random intercept and slope, measured at seven moments with drop-out. Each replicate is simulated anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from bench.rows import Row
from onmodel.inference.mixed import Model, coefficient_tests, effect_sizes, fit_mixed

MONTHS = np.array([0, 6, 12, 18, 24, 30, 36], dtype=float)
REPLICATES = 400
#: Coefficients of the GSI in D ch. 8 Table 2: start, linear, quadratic, and what the earlier cohort adds.
TRUTH = {
    "intercept": 1.92, "linear": -0.032, "quadratic": 0.0005, "cohort=pre": -0.14,
    "linear:cohort=pre": -0.017,
}  # fmt: skip
#: Variance of intercepts, of slopes, their covariance, residual variance: SD 0.79 at the start (Table 3).
VARIANCE = (0.42, 0.0002, -0.003, 0.2041)
MODEL = Model(
    "patient", "time", "outcome", group="cohort",
    effects=("linear", "quadratic", "cohort", "linear:cohort"), reference={"cohort": "reorganised"},
)  # fmt: skip


def study(patients: int, random: np.random.Generator) -> pl.DataFrame:
    """Half of the patients in each cohort; about one in ten is lost after each moment."""
    last = np.minimum(random.geometric(0.1, patients), len(MONTHS))
    patient, moment = np.nonzero(np.arange(len(MONTHS)) < last[:, None])
    month = MONTHS[moment]
    pre = patient % 2 == 0
    intercept, slope, covariance, residual = VARIANCE
    own = random.multivariate_normal([0, 0], [[intercept, covariance], [covariance, slope]], patients)[
        patient
    ]
    mean = TRUTH["intercept"] + TRUTH["linear"] * month + TRUTH["quadratic"] * month**2
    mean = mean + pre * (TRUTH["cohort=pre"] + TRUTH["linear:cohort=pre"] * month)
    outcome = mean + own[:, 0] + own[:, 1] * month + random.normal(0, residual**0.5, len(month))
    cohort = np.where(pre, "pre", "reorganised")
    return pl.DataFrame({"patient": patient, "time": month, "outcome": outcome, "cohort": cohort})


def run() -> Iterator[Row]:
    for patients in (60, 200):
        random = np.random.default_rng(patients)
        yield from coverage(patients, random)


def coverage(patients: int, random: np.random.Generator) -> Iterator[Row]:
    """Share of replicates in which each kind of interval held the truth, over all coefficients."""
    wald, satterthwaite, effect = [], [], []
    d = (TRUTH["linear"] * 36 + TRUTH["quadratic"] * 36**2) / (VARIANCE[0] + VARIANCE[3]) ** 0.5
    for _ in range(REPLICATES):
        fit = fit_mixed(study(patients, random), MODEL)
        wald += [low < TRUTH[name] < high for name, (low, high) in fit.ci.items()]
        satterthwaite += [test.lower < TRUTH[test.name] < test.upper for test in coefficient_tests(fit)]
        size = next(size for size in effect_sizes(fit, [36]) if size.group == "reorganised")
        effect.append(size.lower < d < size.upper)
    for name, inside in (
        ("Wald", wald),
        ("Satterthwaite t", satterthwaite),
        ("Cohen's d at 36 months", effect),
    ):
        share = 100 * float(np.mean(inside))
        yield Row(f"{name}, {patients} patients, {REPLICATES} studies", share, "%", goal="95 %")
