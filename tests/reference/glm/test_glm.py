"""Parity with R's glm() (values printed by glm.R). Tolerances: estimates 1e-6 of a standard error, standard
errors 1e-6 relative, p values 1e-6 relative, deviance 1e-9 relative."""

from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.glm import GlmFit, fit_glm
from tests.real_data import table

PRINTED = pl.read_csv(Path(__file__).parent / "glm.csv")
COVARIATES = ("hmo", "white", "age80", "type")
CASES: dict[str, dict[str, object]] = {
    "binary": {"outcome": "died", "covariates": COVARIATES, "family": "binary"},
    "count": {"outcome": "los", "covariates": COVARIATES, "family": "count"},
    "continuous": {"outcome": "los", "covariates": COVARIATES, "family": "continuous"},
    "rate": {"outcome": "hmo", "covariates": ("white", "age80"), "family": "count", "exposure": "los"},
}


def fitted(case: str) -> GlmFit:
    return fit_glm(table("medpar"), factors=["type"], **CASES[case])  # type: ignore[arg-type]


def printed(case: str, quantity: str) -> dict[str, float]:
    rows = PRINTED.filter((pl.col("case") == case) & (pl.col("quantity") == quantity))
    return dict(zip(rows["name"], rows["value"], strict=True))


@pytest.mark.parametrize("case", CASES)
def test_fits_are_rs(case: str) -> None:
    fit = fitted(case)
    assert fit.converged
    assert fit.se == pytest.approx(printed(case, "se"), rel=1e-6)
    for name, estimate in printed(case, "estimate").items():
        assert fit.coef[name] == pytest.approx(estimate, abs=1e-6 * fit.se[name])
    assert fit.p == pytest.approx(printed(case, "p"), rel=1e-6)
    assert fit.deviance == pytest.approx(printed(case, "deviance")["deviance"], rel=1e-9)
