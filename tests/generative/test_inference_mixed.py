"""What must hold for any data: order, units, origin, nesting."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel.inference.mixed import MixedFit, Model, fit_mixed, patient_effects


@st.composite
def registers(draw: st.DrawFn) -> pl.DataFrame:
    """Small registers: 1 to 5 moments a patient, at whole months or on any day, random or flat in truth."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    patients = draw(st.integers(12, 30))
    between, slope, residual = draw(st.tuples(st.floats(0, 8), st.floats(0, 0.6), st.floats(1, 8)))
    counts = random.integers(1, 6, patients)
    patient = np.repeat(np.arange(patients), counts)
    month = 3.0 * (np.arange(len(patient)) - np.repeat(np.cumsum(counts) - counts, counts))
    if draw(st.booleans()):
        month = month + np.where(month > 0, random.uniform(-1, 1, len(month)), 0)
    own = random.normal(0, between, patients)[patient] + random.normal(0, slope, patients)[patient] * month
    score = 20 - 0.4 * month + own + random.normal(0, residual, len(month))
    return pl.DataFrame({"id": patient, "month": month, "score": score, "arm": (patient % 2).astype(str)})


MODEL = Model("id", "month", "score", group="arm")


def same(one: MixedFit, two: MixedFit) -> None:
    assert two.criterion == pytest.approx(one.criterion, rel=1e-7, abs=1e-6)
    allowed = 1e-3 * np.sqrt(np.diag(one.vcov))
    assert np.all(np.abs(two.estimates - one.estimates) < allowed)


@settings(max_examples=30, deadline=None)
@given(registers(), st.integers(0, 1000))
def test_the_order_of_rows_does_not_matter(table: pl.DataFrame, seed: int) -> None:
    same(fit_mixed(table, MODEL), fit_mixed(table.sample(fraction=1, shuffle=True, seed=seed), MODEL))


@settings(max_examples=30, deadline=None)
@given(registers(), st.floats(-1e4, 1e4))
def test_a_constant_added_moves_the_intercept_only(table: pl.DataFrame, constant: float) -> None:
    one, two = (
        fit_mixed(table, MODEL),
        fit_mixed(table.with_columns(pl.col("score") + constant), MODEL),
    )
    assert two.criterion == pytest.approx(one.criterion, rel=1e-7, abs=1e-6)
    moved = two.estimates - one.estimates
    assert moved == pytest.approx([constant, 0, 0, 0], abs=1e-3 * float(np.sqrt(np.diag(one.vcov)).max()))


@settings(max_examples=30, deadline=None)
@given(registers(), st.floats(0.01, 100))
def test_time_in_other_units_gives_the_same_course(table: pl.DataFrame, unit: float) -> None:
    ml = Model("id", "month", "score", group="arm", method="ml")
    one = fit_mixed(table, ml)
    two = fit_mixed(table.with_columns(pl.col("month") * unit), ml)
    assert two.criterion == pytest.approx(one.criterion, rel=1e-7, abs=1e-6)
    assert two.coef["linear"] * unit == pytest.approx(one.coef["linear"], abs=1e-3 * one.se["linear"])


@settings(max_examples=20, deadline=None)
@given(registers())
def test_the_deviance_never_rises_along_nested_models(table: pl.DataFrame) -> None:
    effects: list[tuple[str, ...]] = [(), ("linear",), ("linear", "arm"), ("linear", "arm", "linear:arm")]
    for random in ("intercept", "uncorrelated", "slope"):
        fits = [
            fit_mixed(table, Model("id", "month", "score", effects=e, random=random, method="ml"))  # type: ignore[arg-type]
            for e in effects
        ]
        deviances = [fit.criterion for fit in fits]
        assert all(b <= a + 1e-6 for a, b in pairwise(deviances))
    nested = [
        fit_mixed(table, Model("id", "month", "score", random=random, method="reml")).criterion  # type: ignore[arg-type]
        for random in ("intercept", "uncorrelated", "slope")
    ]
    assert nested[2] <= nested[1] + 1e-6 <= nested[0] + 2e-6


@settings(max_examples=30, deadline=None)
@given(registers())
def test_deviations_are_shrunken_and_balance(table: pl.DataFrame) -> None:
    fit = fit_mixed(table, MODEL)
    if fit.random == "none":
        return
    effects = patient_effects(fit)
    spread = np.sqrt(np.maximum(fit.variance.intercept, 0)) if fit.variance.intercept is not None else 0
    assert np.abs(effects.intercept.mean()) <= spread + 1e-6
    assert np.all(np.linalg.eigvalsh(effects.given_fixed) > -1e-8)
