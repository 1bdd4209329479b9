"""Laws of the comparison of providers."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel.inference.funnel import binomial_limits, compare_providers, poisson_limits

SIZES = st.lists(st.tuples(st.integers(1, 40), st.floats(0.1, 0.9)), min_size=2, max_size=8)


def rows(sizes: list[tuple[int, float]], seed: int) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    team = np.repeat(np.arange(len(sizes)), [n for n, _ in sizes])
    chance = np.repeat([p for _, p in sizes], [n for n, _ in sizes])
    out = (random.random(len(team)) < chance).astype(int)
    out[0], out[-1] = 0, 1
    score = np.round(random.normal(20, 6, len(team)) + 3 * chance, 1)
    return pl.DataFrame({"team": team, "out": out, "score": score, "age": random.integers(18, 60, len(team))})


@settings(deadline=None, max_examples=25)
@given(sizes=SIZES, seed=st.integers(0, 999), adjust=st.booleans())
def test_the_order_of_rows_does_not_matter(sizes, seed: int, adjust: bool) -> None:
    table = rows(sizes, seed)
    options = {
        "provider": "team",
        "outcome": "out",
        "kind": "proportion",
        "adjust": ["age"] if adjust else [],
    }
    one, other = (
        compare_providers(t, **options) for t in (table, table.sample(fraction=1, shuffle=True, seed=1))
    )
    assert [p.verdict for p in one.providers] == [p.verdict for p in other.providers]
    assert [p.value for p in one.providers] == pytest.approx([p.value for p in other.providers], rel=1e-6)


@settings(deadline=None, max_examples=25)
@given(sizes=SIZES, seed=st.integers(0, 999), shift=st.floats(-50, 50))
def test_adding_a_constant_moves_means_and_limits_alone(sizes, seed: int, shift: float) -> None:
    table = rows(sizes, seed)
    moved = table.with_columns(pl.col("score") + shift)
    one, other = (compare_providers(t, provider="team", outcome="score", kind="mean") for t in (table, moved))
    pairs = zip(one.providers, other.providers, strict=True)
    assert all(a.z == pytest.approx(b.z, abs=1e-6) for a, b in pairs)
    assert other.target - one.target == pytest.approx(shift, abs=1e-9)


@settings(deadline=None, max_examples=50)
@given(n=st.integers(1, 3000), share=st.floats(0.01, 0.99), level=st.sampled_from([0.9, 0.95, 0.998]))
def test_limits_stand_about_the_target_and_widen_with_the_level(n: int, share: float, level: float) -> None:
    lower, upper = (float(v[0]) for v in binomial_limits(np.array([float(n)]), share, level))
    assert 0 <= lower <= upper <= 1
    wide = [float(v[0]) for v in binomial_limits(np.array([float(n)]), share, 0.9995)]
    assert wide[0] <= lower + 1e-12
    assert wide[1] >= upper - 1e-12
    low, high = (float(v[0]) for v in poisson_limits(np.array([n * share]), level))
    assert 0 <= low <= high
