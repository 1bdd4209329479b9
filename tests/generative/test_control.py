"""Laws of control charts and interrupted series."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel.inference.control import cusum, ewma, ewma_run_length, shewhart
from onmodel.inference.interrupted import interrupted_series

SEEDS = st.integers(0, 9999)


@settings(deadline=None, max_examples=30)
@given(
    seed=SEEDS,
    shift=st.floats(-100, 100),
    scale=st.floats(0.01, 100),
    chart=st.sampled_from([shewhart, ewma, cusum]),
)
def test_unit_and_origin_of_scores_do_not_matter(seed: int, shift: float, scale: float, chart) -> None:
    values = np.random.default_rng(seed).normal(0, 1, 25)
    one, other = chart(values, baseline=15), chart(shift + scale * values, baseline=15)
    assert [p.signal for p in one.points] == [p.signal for p in other.points]


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS, chart=st.sampled_from([shewhart, ewma, cusum]))
def test_later_points_do_not_change_earlier_ones(seed: int, chart) -> None:
    values = np.random.default_rng(seed).normal(0, 1, 25)
    assert chart(values[:18], baseline=12).points == chart(values, baseline=12).points[:18]


@settings(deadline=None, max_examples=30)
@given(weight=st.floats(0.05, 1), width=st.floats(1.5, 3.5), shift=st.floats(0.2, 3))
def test_a_change_is_found_sooner_than_a_false_alarm(weight: float, width: float, shift: float) -> None:
    assert ewma_run_length(weight, width, shift=shift) < ewma_run_length(weight, width)


@settings(deadline=None, max_examples=30)
@given(seed=SEEDS)
def test_the_order_of_periods_in_the_table_does_not_matter(seed: int) -> None:
    table = pl.DataFrame({"t": range(20), "y": np.random.default_rng(seed).normal(5, 1, 20)})
    one, other = (
        interrupted_series(t, time="t", outcome="y", at=9)
        for t in (table, table.sample(20, shuffle=True, seed=seed))
    )
    assert one.coef == pytest.approx(other.coef, abs=1e-9)
    assert one.se == pytest.approx(other.se, abs=1e-9)
