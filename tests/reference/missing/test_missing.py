"""Parity with lme4 and R's tests on Beat the Blues (values printed by missing.R).

Tolerances: estimates 1e-4 of a standard error, standard errors 1e-4 relative, p values 1e-9.
"""

from functools import cache
from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.missing import (
    assessments_as_predictor,
    compare_baseline,
    missing_patterns,
    pattern_mixture,
)
from onmodel.inference.mixed import Model
from tests.real_data import BTHEB_MONTHS, table

PRINTED = pl.read_csv(Path(__file__).parent / "missing.csv")
MODEL = Model("patient", "month", "bdi", terms=("log",), random="intercept")


def printed(quantity: str) -> dict[str, float]:
    return dict(PRINTED.filter(pl.col("quantity") == quantity).select("name", "value").rows())


@cache
def long() -> pl.DataFrame:
    wide = table("btheb").with_row_index("patient")
    rows = wide.unpivot(
        index=["patient", "drug"], on=list(BTHEB_MONTHS), variable_name="at", value_name="bdi"
    )
    return rows.with_columns(pl.col("at").replace_strict(BTHEB_MONTHS).alias("month"))


def test_number_of_assessments() -> None:
    found = assessments_as_predictor(long(), MODEL)
    se = printed("assessments_se")
    assert found.se == pytest.approx(se, rel=1e-4)
    for name, value in printed("assessments").items():
        assert found.coef[name] == pytest.approx(value, abs=1e-4 * se[name])


def test_pattern_mixture() -> None:
    found = pattern_mixture(long(), MODEL, [8]).estimates[0]
    expected = printed("mixture")
    assert found.mixture == pytest.approx(expected["change"], abs=1e-4 * expected["se"])
    assert found.mixture_se == pytest.approx(expected["se"], rel=1e-4)


def test_patterns() -> None:
    """The wide table has 100, 97, 73, 58 and 52 values, and none after a gap."""
    found = missing_patterns(long(), patient="patient", time="month", outcome="bdi")
    assert found.measured == (100, 97, 73, 58, 52)
    assert list(found.measured) == [table("btheb")[name].count() for name in BTHEB_MONTHS]
    assert {p.kind for p in found.patterns} == {"complete", "drop_out"}


def test_baseline() -> None:
    patients = table("btheb").with_columns(there=pl.col("bdi.8m").is_not_null())
    bdi, drug = compare_baseline(patients, complete="there", covariates=["bdi.pre", "drug"])
    assert bdi.test.p == pytest.approx(printed("welch")["bdi.pre"], rel=1e-9)
    assert drug.test.p == pytest.approx(printed("fisher")["drug"], rel=1e-9)
