"""A batch gives what fit_mixed gives one by one, however odd the data."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel.inference.mixed import MixedFit, Model, fit_many, fit_mixed

GROUPED = Model("id", "month", "-", group="arm")


def simulated(seed: int, patients: int, moments: int, spread: float, tilt: float) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), moments)
    month = np.tile(np.arange(moments) * 3.0, patients) + random.uniform(0, 1, len(patient)).round(2)
    own = (
        random.normal(0, 1, patients)[patient] * spread
        + random.normal(0, 1, patients)[patient] * tilt * month
    )
    there = (random.random(len(patient)) < 0.85) | (month < 1)
    outcome = 30 - 0.4 * month + own + random.normal(0, 3, len(patient))
    arm = np.where(patient % 2 == 0, "a", "b")
    return pl.DataFrame({"id": patient, "month": month, "arm": arm, "y": outcome}).filter(pl.Series(there))


def same(one: MixedFit, alone: MixedFit) -> None:
    """Criterion to 1e-8, estimates to 1e-5 of a standard error, all that is said of them equal."""
    assert (one.random, one.singular, one.converged) == (alone.random, alone.singular, alone.converged)
    assert one.warnings == alone.warnings
    assert one.n_patients == alone.n_patients
    if alone.criterion is None:
        assert one.criterion is None
        return
    assert one.criterion == pytest.approx(alone.criterion, rel=1e-8)
    errors = np.sqrt(np.diag(alone.vcov))
    np.testing.assert_array_less(np.nan_to_num(np.abs(one.estimates - alone.estimates) / errors), 1e-5)
    np.testing.assert_allclose(one.vcov, alone.vcov, rtol=1e-4, atol=1e-6 * np.nanmax(np.abs(alone.vcov)))


def check(table: pl.DataFrame, model: Model, outcomes: list[str]) -> list[MixedFit]:
    fits = []
    for one in fit_many(table, model, outcomes, by="place"):
        assert one.fit is not None
        part = table.filter(pl.col("place").cast(pl.String) == one.part)
        same(
            one.fit,
            fit_mixed(
                part, Model("id", "month", one.outcome, group="arm", random=model.random, method=model.method)
            ),
        )
        fits.append(one.fit)
    return fits


def test_430_simulated_data_sets() -> None:
    """43 programmes; spreads from none to large, so that many fits are singular."""
    tables = []
    for place in range(43):
        table = simulated(place, 12 + 2 * place, 3 + place % 4, 0.0, 0.0).with_columns(place=place)
        random = np.random.default_rng(100 + place)
        level, slope = (random.normal(0, 1, 200)[table["id"]] for _ in range(2))
        noise = [random.normal(0, 1, len(table)) for _ in range(10)]
        columns = {
            f"y{k}": pl.Series(
                table["month"].to_numpy() * (0.1 + 0.03 * k * slope) + 0.25 * k * level + noise[k]
            )
            for k in range(10)
        }
        tables.append(table.with_columns(**columns))
    fits = check(pl.concat(tables), GROUPED, [f"y{k}" for k in range(10)])
    assert len(fits) == 430
    assert 50 < sum(fit.singular for fit in fits) < 380


@pytest.mark.parametrize("random", ["slope", "uncorrelated", "intercept"])
@pytest.mark.parametrize("method", ["reml", "ml"])
def test_degenerate_outcomes(random: str, method: str) -> None:
    table = simulated(3, 40, 4, 5.0, 0.3).with_columns(
        place=pl.lit("x"),
        constant=7.0,
        line=pl.col("month") * 2.0,
        once=pl.when(pl.col("month") < 1).then(pl.col("y")),
        few=pl.when((pl.col("id") < 2) & (pl.col("month") < 4)).then(pl.col("y")),
    )
    check(
        table,
        Model("id", "month", "-", group="arm", random=random, method=method),
        ["y", "constant", "line", "once", "few"],
    )


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    patients=st.integers(2, 14),
    moments=st.integers(1, 5),
    spread=st.sampled_from([0.0, 1.0, 10.0]),
    tilt=st.sampled_from([0.0, 0.3, 3.0]),
)
def test_small_shapes(seed: int, patients: int, moments: int, spread: float, tilt: float) -> None:
    small = simulated(seed, patients, moments, spread, tilt).with_columns(place=pl.lit("x"))
    other = simulated(seed + 1, 14, 4, 4.0, 0.3).with_columns(place=pl.lit("y"))
    check(pl.concat([small, other]), GROUPED, ["y"])
