"""How often two periods are called different: of simulated studies without a difference, and with one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import polars as pl

from bench.coverage import MONTHS, TRUTH, VARIANCE
from bench.rows import Row
from onmodel.inference.mixed import MixedFit, Model, changes_differ, course_test, fit_mixed
from onmodel.inference.multiplicity import holm

STUDIES = 400
OUTCOMES = [f"outcome{k}" for k in range(6)]
MODEL = Model("patient", "time", "", group="period", terms=("linear", "quadratic"))
#: Correlation of two outcomes' deviations in one patient.
SHARED = 0.5


def study(first: int, second: int, worse: float, random: np.random.Generator) -> pl.DataFrame:
    """Simulated: six outcomes as the GSI of D ch. 8, drop-out; the second period improves `worse` less."""
    patients = first + second
    last = random.integers(1, len(MONTHS) + 1, patients)
    patient, moment = np.nonzero(np.arange(len(MONTHS)) < last[:, None])
    month = MONTHS[moment]
    later = patient >= first
    intercept, slope, covariance, residual = VARIANCE
    spread = [[intercept, covariance], [covariance, slope]]
    common = random.multivariate_normal([0, 0], spread, patients)
    course = TRUTH["linear"] * month + TRUTH["quadratic"] * month**2
    mean = TRUTH["intercept"] + course * np.where(later, 1 - worse, 1.0)
    outcomes = {}
    for name in OUTCOMES:
        own = random.multivariate_normal([0, 0], spread, patients)
        deviation = (SHARED**0.5 * common + (1 - SHARED) ** 0.5 * own)[patient]
        noise = random.normal(0, residual**0.5, len(month))
        outcomes[name] = mean + deviation[:, 0] + deviation[:, 1] * month + noise
    period = np.where(later, "later", "before")
    return pl.DataFrame({"patient": patient, "time": month, "period": period, **outcomes})


def run() -> Iterator[Row]:
    for first, second in ((20, 20), (60, 60), (150, 50)):
        yield from called(first, second, 0.0, "at most 5 %")
    yield from called(60, 60, 0.5, "")


def called(first: int, second: int, worse: float, goal: str) -> Iterator[Row]:
    """The share of studies in which an outcome is called different (Holm), and of single outcomes."""
    random = np.random.default_rng(first + second)
    any_, single, at_end = [], [], []
    for _ in range(STUDIES):
        table = study(first, second, worse, random)
        fits = [fit_mixed(table, replace(MODEL, outcome=name)) for name in OUTCOMES]
        tests = [course_test(fit) for fit in fits]
        p = [test.p if test else None for test in tests]
        any_.append(any(one is not None and one < 0.05 for one in holm(p)))
        single += [one < 0.05 for one in p if one is not None]
        at_end.append(_at_end(fits[0]))
    what = f"{first} and {second} patients, {100 * worse:.0f} % less change, {STUDIES} studies of 6 outcomes"
    yield Row(f"called different: {what}", 100 * float(np.mean(any_)), "%", goal=goal)
    yield Row("a single outcome's courses at p < .05", 100 * float(np.mean(single)), "%", goal=goal and "5 %")
    yield Row(
        "one outcome's change at 36 months at p < .05", 100 * float(np.mean(at_end)), "%", goal=goal and "5 %"
    )


def _at_end(fit: MixedFit) -> bool:
    p = changes_differ(fit, [36])[0].p
    return p is not None and p < 0.05
