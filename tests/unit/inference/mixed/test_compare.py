import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.mixed import Model, fit_mixed, fit_nested, likelihood_ratio, variance_explained


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    random = np.random.default_rng(2)
    patient, month = np.repeat(np.arange(80), 4), np.tile([0.0, 6.0, 12.0, 18.0], 80)
    period = patient % 2
    own = random.normal(0, 4, 80)[patient] + random.normal(0, 0.3, 80)[patient] * month
    score = 30 - 0.5 * month + period * (5 + 0.4 * month) + own + random.normal(0, 3, 320)
    return pl.DataFrame(
        {"id": patient, "month": month, "score": score, "period": period, "place": (patient % 5).astype(str)}
    )


def fitted(table: pl.DataFrame, *effects: str, **change):
    return fit_mixed(table, Model("id", "month", "score", effects=effects, **change))


def test_a_period_explains_variance_between_patients(table: pl.DataFrame) -> None:
    without = fitted(table, "linear", method="ml")
    with_period = fitted(table, "linear", "period", "linear:period", method="ml")
    found = variance_explained(without, with_period)
    assert found.intercept == pytest.approx(1 - with_period.variance.intercept / without.variance.intercept)
    assert 0 < found.slope < 1
    assert variance_explained(without, fitted(table, "linear", random="intercept")).slope is None


def test_likelihood_ratios_of_fits_that_cannot_be_compared_are_refused(table: pl.DataFrame) -> None:
    small, large = fitted(table, "linear"), fitted(table, "linear", "period")
    with pytest.raises(ValueError, match="use ML"):
        likelihood_ratio(small, large)
    with pytest.raises(ValueError, match="by reml"):
        likelihood_ratio(small, fitted(table, "linear", "period", method="ml"))
    with pytest.raises(ValueError, match="same rows"):
        likelihood_ratio(fitted(table.head(100), "linear", random="intercept"), small)
    with pytest.raises(ValueError, match="no more parameters"):
        likelihood_ratio(small, small)
    with pytest.raises(ValueError, match="without a likelihood"):
        likelihood_ratio(fitted(table.with_columns(score=pl.lit(1.0)), "linear"), small)


def test_a_test_of_a_variance_says_that_it_is_conservative(table: pl.DataFrame) -> None:
    found = likelihood_ratio(fitted(table, "linear", random="intercept"), fitted(table, "linear"))
    assert [caution.code for caution in found.warnings] == ["boundary"]
    assert found.df == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"place": pl.lit("only")}, "one value only"),
        ({"place": pl.col("month").cast(pl.String)}, "in more than one 'place'"),
        ({"score": pl.lit(1.0)}, "no programmes can be compared"),
    ],
)
def test_programmes_that_cannot_be_compared_are_refused(table: pl.DataFrame, change, words: str) -> None:
    with pytest.raises(DataError, match=words):
        fit_nested(table.with_columns(**change), Model("id", "month", "score"), programme="place")


def test_few_programmes_are_named(table: pl.DataFrame) -> None:
    fit = fit_nested(table, Model("id", "month", "score"), programme="place")
    assert "few_programmes" in {caution.code for caution in fit.warnings}
    assert sum(effect.n for effect in fit.effects) == 80
