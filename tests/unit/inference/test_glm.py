import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.glm import fit_glm


def codes(fit) -> set[str]:
    return {caution.code for caution in fit.warnings}


def test_a_share_of_two_groups_by_hand() -> None:
    """Log-odds of 1/4 and 3/4: the intercept is log(1/3), the difference log(9); se^2 sums 1/cell."""
    table = pl.DataFrame({"y": [1, 0, 0, 0, 1, 1, 1, 0], "arm": ["a"] * 4 + ["b"] * 4})
    fit = fit_glm(table, outcome="y", covariates=["arm"], family="binary")
    assert fit.coef == pytest.approx({"intercept": np.log(1 / 3), "arm=b": np.log(9)})
    assert fit.se["arm=b"] == pytest.approx(np.sqrt(1 + 1 / 3 + 1 / 3 + 1))
    assert fit.n == 8


def test_separation_is_named_and_its_coefficient_unknown() -> None:
    table = pl.DataFrame({"y": [0, 0, 0, 1, 1, 1], "x": [1.0, 2, 3, 4, 5, 6], "z": [1.0, 2, 1, 2, 1, 1.5]})
    fit = fit_glm(table, outcome="y", covariates=["x", "z"], family="binary")
    assert codes(fit) == {"separated"}
    assert fit.coef["x"] is None
    assert fit.p["x"] is None


def test_a_doubled_column_is_left_out_and_named() -> None:
    table = pl.DataFrame({"y": [1.0, 2, 4, 3], "x": [0.0, 1, 2, 3], "twice": [0.0, 2, 4, 6]})
    fit = fit_glm(table, outcome="y", covariates=["x", "twice"])
    assert codes(fit) == {"collinear"}
    assert fit.coef["twice"] is None
    assert fit.coef["x"] == pytest.approx(0.8)


def test_as_many_rows_as_coefficients_has_no_standard_error() -> None:
    fit = fit_glm(pl.DataFrame({"y": [1.0, 2.0], "x": [0.0, 1.0]}), outcome="y", covariates=["x"])
    assert fit.coef["x"] == pytest.approx(1)
    assert fit.se["x"] is None
    assert fit.scale is None


@pytest.mark.parametrize(
    ("family", "values", "why"),
    [
        ("binary", [0, 1, 2], "2, which is neither 0 nor 1"),
        ("count", [1, 2.5, 0], "2.5, which is not a count"),
    ],
)
def test_an_outcome_of_another_kind_is_refused(family, values: list[float], why: str) -> None:
    with pytest.raises(DataError, match=why):
        fit_glm(pl.DataFrame({"y": [float(v) for v in values]}), outcome="y", family=family)
