"""Tiny, constant, separated and empty tables: a result that names its doubts or a refusal, no traceback."""

import contextlib
import math

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel.inference.cautions import DataError
from onmodel.inference.funnel import compare_providers
from onmodel.inference.gee import fit_gee
from onmodel.inference.glm import fit_glm
from onmodel.inference.matching import match_groups
from onmodel.inference.missing import missing_patterns


@st.composite
def tables(draw) -> pl.DataFrame:
    patients, moments = draw(st.integers(1, 8)), draw(st.integers(1, 4))
    n = patients * moments
    random = np.random.default_rng(draw(st.integers(0, 9999)))
    scores = draw(
        st.sampled_from([np.zeros(n), np.ones(n), random.normal(0, 1, n), random.normal(1e6, 1e-3, n)])
    )
    table = pl.DataFrame(
        {
            "id": np.repeat(np.arange(patients), moments),
            "t": np.tile(6.0 * np.arange(moments), patients),
            "y": scores,
            "b": random.integers(0, 2, n),
            "c": random.poisson(0.5, n),
            "e": random.random(n) + 0.01,
            "x": random.choice([0.0, 1.0, 5.0], n),
            "g": random.choice(list("ab"), n),
            "team": random.choice(list("uvw"), n),
        }
    )
    gaps = pl.Series(random.random(n) < draw(st.sampled_from([0.0, 0.4])))
    return table.with_columns(pl.when(gaps).then(None).otherwise(pl.col("y")).alias("y"))


KINDS = st.sampled_from([("proportion", "b"), ("mean", "y"), ("rate", "c")])
FAMILIES = st.sampled_from([("continuous", "y"), ("binary", "b"), ("count", "c")])


def known(values) -> bool:
    return all(value is None or math.isfinite(value) for value in values)


@settings(deadline=None, max_examples=60)
@given(
    table=tables(),
    kind=KINDS,
    adjust=st.booleans(),
    how=st.sampled_from(["auto", "additive", "multiplicative"]),
)
def test_providers(table: pl.DataFrame, kind: tuple[str, str], adjust: bool, how) -> None:
    with contextlib.suppress(DataError):
        found = compare_providers(
            table, provider="team", outcome=kind[1], kind=kind[0], adjust=["x", "g"] if adjust else [],
            overdispersion=how, minimum_n=1,
        )  # fmt: skip
        assert known(v for p in found.providers for v in (p.value, p.se, p.z, p.p))


@settings(deadline=None, max_examples=60)
@given(table=tables(), family=FAMILIES, working=st.sampled_from(["exchangeable", "independent"]))
def test_repeated_and_independent_rows(table: pl.DataFrame, family: tuple[str, str], working) -> None:
    with contextlib.suppress(DataError):
        gee = fit_gee(
            table,
            patient="id",
            outcome=family[1],
            time="t",
            covariates=["g"],
            family=family[0],
            working=working,
        )
        glm = fit_glm(table, outcome=family[1], covariates=["x", "g"], family=family[0])
        for fit in (gee, glm):
            assert known([*fit.coef.values(), *fit.se.values(), *fit.p.values()])


@settings(deadline=None, max_examples=30)
@given(table=tables(), order=st.sampled_from(["closest", "largest", "optimal"]))
def test_matching_and_patterns(table: pl.DataFrame, order) -> None:
    with contextlib.suppress(DataError):
        found = missing_patterns(table, patient="id", time="t", outcome="y")
        assert sum(pattern.n for pattern in found.patterns) == found.n
    with contextlib.suppress(DataError):
        matched = match_groups(table, group="g", treated="a", covariates=["x"], strata=["team"], order=order)
        assert matched.n + len(matched.unmatched) == matched.n_treated
