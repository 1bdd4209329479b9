"""Parity on MatchIt's own data with MatchIt 4.5.1 (scores, balance before) and with the algorithm written out
in R (pairs, balance after); values printed by matching.R.

Tolerances: scores 1e-7, standardised differences 1e-6; the pairs are the same ones.
"""

from functools import cache
from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.matching import Matching, match_groups
from tests.real_data import table

PRINTED = pl.read_csv(Path(__file__).parent / "matching.csv")
OPTIONS: dict[str, dict[str, object]] = {
    "plain": {},
    "strata": {"strata": ["married", "nodegree"]},
    "caliper": {"caliper": 0.2},
}


@cache
def matched(case: str) -> Matching:
    covariates = ["age", "educ", "race", "married", "nodegree", "re74", "re75"]
    return match_groups(
        table("lalonde"), group="treat", treated="1", covariates=covariates, order="largest", sd="treated",
        **OPTIONS[case],  # type: ignore[arg-type]
    )  # fmt: skip


def printed(case: str, quantity: str) -> dict[str, float]:
    rows = PRINTED.filter((pl.col("case") == case) & (pl.col("quantity") == quantity))
    return dict(zip(rows["name"], rows["value"], strict=True))


def test_scores() -> None:
    scores = matched("plain").propensity.scores
    assert dict(zip(map(str, range(len(scores))), scores, strict=True)) == pytest.approx(
        printed("matchit", "score"), abs=1e-7
    )


def test_balance_before() -> None:
    rows = {row.name: row for row in matched("plain").balance}
    expected = printed("matchit", "before")
    assert {name: rows[name].smd_before for name in expected} == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("case", OPTIONS)
def test_pairs(case: str) -> None:
    assert {str(pair.treated): pair.other for pair in matched(case).pairs} == printed(case, "pair")


@pytest.mark.parametrize("case", OPTIONS)
def test_balance_after(case: str) -> None:
    rows = {row.name: row for row in matched(case).balance}
    expected = printed(case, "after")
    assert {name: rows[name].smd_after for name in expected} == pytest.approx(expected, abs=1e-6)


def test_no_order_leaves_pairs_further_apart_than_matchit() -> None:
    assert sum(pair.difference for pair in matched("plain").pairs) < printed("matchit", "total")["total"]
