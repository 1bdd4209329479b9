"""Parity with geepack 1.3.9 on its own data (values printed by gee.R).

Tolerances: estimates 1e-4 of a standard error, standard errors 1e-4 relative, correlation and scale 1e-5.
"""

from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.gee import GeeFit, fit_gee
from tests.real_data import table

PRINTED = pl.read_csv(Path(__file__).parent / "gee.csv")
CASES = PRINTED["case"].unique(maintain_order=True).to_list()


def seizures() -> pl.DataFrame:
    wide = table("seizure").with_row_index("id")
    visits = ["y1", "y2", "y3", "y4"]
    return wide.unpivot(index=["id", "trt", "age"], on=visits, value_name="y").with_columns(weeks=pl.lit(2.0))


def fitted(case: str) -> GeeFit:
    name, working = case.split("/")
    options: dict[str, dict[str, object]] = {
        "ohio": {"patient": "id", "outcome": "resp", "covariates": ["age", "smoke"], "family": "binary"},
        "ohio_moments": {
            "patient": "id", "outcome": "resp", "time": "age", "covariates": ["smoke"], "family": "binary",
        },
        "dietox": {"patient": "Pig", "outcome": "Weight", "time": "Time", "covariates": ["Start"]},
        "respiratory": {
            "patient": "who", "outcome": "outcome", "covariates": ["treat", "age", "baseline"],
            "family": "binary",
        },
        "seizure": {
            "patient": "id", "outcome": "y", "covariates": ["trt", "age"], "family": "count",
            "exposure": "weeks",
        },
    }  # fmt: skip
    rows = {
        "ohio_moments": lambda: table("ohio"),
        "respiratory": lambda: table("respiratory").with_columns(who=pl.col("center") * 1000 + pl.col("id")),
        "seizure": seizures,
    }.get(name, lambda: table(name))()
    return fit_gee(rows, working=working, **options[name])  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_fits_are_geepacks(case: str) -> None:
    fit = fitted(case)
    rows = PRINTED.filter(pl.col("case") == case)
    printed = {
        q: dict(rows.filter(pl.col("quantity") == q).select("name", "value").rows())
        for q in ("estimate", "se")
    }
    assert fit.converged
    assert fit.se == pytest.approx(printed["se"], rel=1e-4)
    for name, estimate in printed["estimate"].items():
        assert fit.coef[name] == pytest.approx(estimate, abs=1e-4 * printed["se"][name])
    for quantity in ("scale", "correlation"):
        for value in rows.filter(pl.col("quantity") == quantity)["value"]:
            assert getattr(fit, quantity) == pytest.approx(value, rel=1e-5)
