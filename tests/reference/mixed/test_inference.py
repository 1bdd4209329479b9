"""Degrees of freedom, likelihood-ratio tests, profile intervals against lmerTest 3.1 and lme4 (inference.R).

Tolerances: degrees of freedom 1e-4 relative; p 1e-3 relative; likelihood ratio 1e-5; ends of profiles 1e-3
of the interval's width. lme4 interpolates a profile of which the steps near a correlation of -1 are
coarse: there (sigma in btheb/slope) its end is 0.015 lower; ours is checked against the deviance itself.
"""

import math
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.mixed import Model, coefficient_tests, fit_mixed, likelihood_ratio, profile_intervals
from onmodel.inference.mixed.profile import ProfileInterval

HERE = Path(__file__).parent
PRINTED = pl.read_csv(HERE / "inference.csv", schema_overrides={"name": pl.String})
CASES = PRINTED["case"].unique(maintain_order=True).to_list()
COARSE = {("btheb/slope/ml", "sigma")}


def model_of(case: str, **change: object) -> Model:
    table, random, method = case.split("/")
    group = "group" if table == "btheb" else None
    known = {"group": group, "random": random, "method": method} | change
    return Model("patient", "time", "outcome", **known)  # type: ignore[arg-type]


@cache
def fitted(case: str, reference_tables):
    return fit_mixed(reference_tables(case.split("/")[0]), model_of(case))


def printed(case: str, quantity: str) -> dict[str, float]:
    rows = PRINTED.filter((pl.col("case") == case) & (pl.col("quantity") == quantity))
    return dict(zip(rows["name"], rows["value"], strict=True))


@pytest.mark.parametrize("case", CASES)
def test_satterthwaite(case: str, reference_tables) -> None:
    found = {test.name: test for test in coefficient_tests(fitted(case, reference_tables))}
    assert {name: test.df for name, test in found.items()} == pytest.approx(printed(case, "df"), rel=1e-4)
    assert {name: test.p for name, test in found.items()} == pytest.approx(printed(case, "p"), rel=1e-3)


@pytest.mark.parametrize("case", [case for case in CASES if case.endswith("/ml")])
def test_likelihood_ratio(case: str, reference_tables) -> None:
    smaller = fit_mixed(reference_tables(case.split("/")[0]), model_of(case, effects=()))
    found = likelihood_ratio(smaller, fitted(case, reference_tables))
    expected = printed(case, "lrt")
    assert found.statistic == pytest.approx(expected["statistic"], rel=1e-5)
    assert found.df == expected["df"]
    assert found.p == pytest.approx(expected["p"], rel=1e-3)


@cache
def profiled(case: str, reference_tables) -> dict[str, ProfileInterval]:
    return {found.name: found for found in profile_intervals(fitted(case, reference_tables))}


@pytest.mark.parametrize("case", [case for case in CASES if case.endswith("/ml")])
def test_profile_intervals(case: str, reference_tables) -> None:
    found = profiled(case, reference_tables)
    lower, upper = printed(case, "lower"), printed(case, "upper")
    assert set(found) == set(lower)
    for name, interval in found.items():
        allowed = (2e-2 if (case, name) in COARSE else 1e-3) * (upper[name] - lower[name])
        assert interval.lower == pytest.approx(lower[name], abs=allowed), name
        assert interval.upper == pytest.approx(upper[name], abs=allowed), name


def test_where_lme4_is_coarse_the_deviance_has_risen_by_the_quantile_at_our_end(reference_tables) -> None:
    """There the deviance, minimised by brute force, is 1.96 squared above the lowest."""
    import numpy as np
    from scipy.optimize import minimize

    from onmodel.inference.mixed.criterion import evaluate

    fit = fitted("btheb/slope/ml", reference_tables)
    sigma = profiled("btheb/slope/ml", reference_tables)["sigma"].upper
    sums = fit.kernel.sums

    def deviance(t: np.ndarray) -> float:
        triangle = np.array([[t[0], 0.0], [t[1], t[2]]]) / sigma
        point = evaluate(sums, triangle @ triangle.T, reml=False)
        return point.log_term + sums.n * math.log(2 * math.pi * sigma**2) + point.r / sigma**2

    options = {"xatol": 1e-9, "fatol": 1e-10, "maxiter": 5000}
    starts = ([8, 0, 2], [8, -1, 0.1], [8, 1, 0.1], [5, 0, 0.01])
    lowest = min(minimize(deviance, start, method="Nelder-Mead", options=options).fun for start in starts)
    assert lowest - fit.criterion == pytest.approx(1.959964**2, abs=1e-4)
