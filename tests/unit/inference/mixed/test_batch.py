import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.mixed import Model, fit_many, fit_mixed


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    random = np.random.default_rng(6)
    patient, month = np.repeat(np.arange(120), 4), np.tile([0.0, 6.0, 12.0, 18.0], 120)
    own = random.normal(0, 5, 120)[patient] + random.normal(0, 0.4, 120)[patient] * month
    bdi = 30 - 0.5 * month + own + random.normal(0, 4, 480)
    gaps = random.random(480) < 0.2
    return pl.DataFrame(
        {
            "id": patient,
            "month": month,
            "place": np.where(patient % 3 == 0, "north", "south"),
            "arm": np.where(patient % 2 == 0, "a", "b"),
            "bdi": bdi,
            "gsi": [None if gap else value / 20 for gap, value in zip(gaps, bdi + own, strict=True)],
        }
    )


MODEL = Model("id", "month", "-", group="arm")


def test_a_batch_gives_the_fits_one_by_one(table: pl.DataFrame) -> None:
    found = fit_many(table, MODEL, ["bdi", "gsi"], by="place")
    assert [(one.part, one.outcome) for one in found] == [
        ("north", "bdi"), ("north", "gsi"), ("south", "bdi"), ("south", "gsi"),
    ]  # fmt: skip
    for one in found:
        alone = fit_mixed(
            table.filter(pl.col("place") == one.part), Model("id", "month", one.outcome, group="arm")
        )
        assert one.fit.criterion == pytest.approx(alone.criterion, rel=1e-10)
        assert one.fit.coef == pytest.approx(alone.coef, rel=1e-6)
        assert one.fit.n_observations == alone.n_observations
        assert one.fit.dropped_by_column == alone.dropped_by_column


def test_an_outcome_that_cannot_be_fitted_does_not_stop_the_others(table: pl.DataFrame) -> None:
    words = table.with_columns(text=pl.lit("x"), empty=pl.lit(None, dtype=pl.Float64))
    found = fit_many(words, MODEL, ["text", "empty", "bdi"])
    assert "'x', which is not a number" in found[0].refused
    assert "no row has a value of 'empty'" in found[1].refused
    assert found[2].fit.converged


def test_a_column_that_is_not_there_is_refused(table: pl.DataFrame) -> None:
    with pytest.raises(DataError, match="no column 'iip'"):
        fit_many(table, MODEL, ["iip"])
