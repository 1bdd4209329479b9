"""Laws of GEE and of the tests."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel.inference.comparisons import chi_square, fisher, mcnemar, t_test
from onmodel.inference.gee import fit_gee
from onmodel.inference.multiplicity import bonferroni, holm

SEEDS = st.integers(0, 9999)
P = st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=12)
CELLS = st.lists(st.integers(0, 40), min_size=4, max_size=4)


def rows(seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(25), random.integers(1, 5, 25))
    score = random.normal(20, 4, 25)[patient] + random.normal(0, 3, len(patient))
    return pl.DataFrame(
        {"id": patient, "x": random.normal(0, 1, len(patient)), "y": score, "n": np.round(score)}
    )


@settings(deadline=None, max_examples=25)
@given(
    seed=SEEDS,
    family=st.sampled_from(["continuous", "count"]),
    working=st.sampled_from(["exchangeable", "independent"]),
)
def test_the_order_of_rows_does_not_matter_to_gee(seed: int, family, working) -> None:
    table = rows(seed).with_columns(pl.col("n").clip(0))
    outcome = "y" if family == "continuous" else "n"
    one, other = (
        fit_gee(t, patient="id", outcome=outcome, covariates=["x"], family=family, working=working)
        for t in (table, table.sample(fraction=1, shuffle=True, seed=seed))
    )
    assert one.coef == pytest.approx(other.coef, rel=1e-6, abs=1e-8)
    assert one.se == pytest.approx(other.se, rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(seed=SEEDS, shift=st.floats(-50, 50), scale=st.floats(0.1, 10))
def test_unit_and_origin_of_the_outcome_carry_over(seed: int, shift: float, scale: float) -> None:
    table = rows(seed)
    one = fit_gee(table, patient="id", outcome="y", covariates=["x"])
    other = fit_gee(
        table.with_columns(y=shift + scale * pl.col("y")), patient="id", outcome="y", covariates=["x"]
    )
    assert other.coef["x"] == pytest.approx(scale * one.coef["x"], rel=1e-6, abs=1e-8)
    assert other.se["x"] == pytest.approx(scale * one.se["x"], rel=1e-6)
    assert other.correlation == pytest.approx(one.correlation, abs=1e-6)


@given(p=P)
def test_holm_is_never_above_bonferroni_nor_below_p(p) -> None:
    for raw, step, all_at_once in zip(p, holm(p), bonferroni(p), strict=True):
        assert (raw is None) == (step is None) == (all_at_once is None)
        assert raw is None or raw <= step <= all_at_once <= 1


@given(cells=CELLS)
def test_rows_and_columns_are_alike(cells: list[int]) -> None:
    a, b, c, d = cells
    for test in (chi_square, fisher):
        one, turned, swapped = test([[a, b], [c, d]]), test([[a, c], [b, d]]), test([[c, d], [a, b]])
        assert one.p == (None if one.p is None else pytest.approx(turned.p, rel=1e-9))
        assert one.p == (None if one.p is None else pytest.approx(swapped.p, rel=1e-9))


@given(cells=CELLS)
def test_mcnemar_does_not_care_which_way(cells: list[int]) -> None:
    b, c, same, _ = cells
    one, other = mcnemar(b, c, b + c + same), mcnemar(c, b, b + c + same)
    assert one.p == other.p
    assert one.p is None or one.coef == -other.coef


@given(seed=SEEDS, shift=st.floats(-50, 50))
def test_a_common_shift_changes_no_t_test(seed: int, shift: float) -> None:
    a, b = np.random.default_rng(seed).normal(0, 1, (2, 8))
    assert t_test(a, b).p == pytest.approx(t_test(a + shift, b + shift).p, rel=1e-6)
