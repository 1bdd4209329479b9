import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.matching import match_groups, nearest_pairs

SCORES = np.array([0.50, 0.60, 0.55, 0.10, 0.52])
TREATED = np.array([True, True, False, False, False])


def patients(seed: int = 2, n: int = 120) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    age, severe, work = random.normal(30, 8, n), random.normal(0, 1, n), random.integers(0, 2, n)
    chance = 1 / (1 + np.exp(1.2 - 0.04 * (age - 30) - 0.8 * severe + 0.7 * work))
    arm = np.where(random.random(n) < chance, "mbt", "other")
    sex = np.where(random.random(n) < 0.7, "f", "m")
    return pl.DataFrame({"arm": arm, "age": age, "severe": severe, "work": work, "sex": sex})


def matched(**options: object):
    return match_groups(
        patients(), group="arm", treated="mbt", covariates=["age", "severe", "sex"], **options
    )


def test_nearest_first_by_hand() -> None:
    """0.52 is nearest to 0.50, 0.55 to 0.60; optimal is the same here; with 0.10 nobody is paired."""
    assert nearest_pairs(SCORES, TREATED) == [(0, 4), (1, 2)]
    assert nearest_pairs(SCORES, TREATED, order="optimal") == [(0, 4), (1, 2)]
    assert nearest_pairs(SCORES, TREATED, caliper=0.03) == [(0, 4)]
    assert nearest_pairs(SCORES, TREATED, caliper=0.03, order="optimal") == [(0, 4)]


def test_optimal_has_the_smallest_sum() -> None:
    """Greedy gives 0.01 + 0.39, optimal 0.09 + 0.29."""
    scores, treated = np.array([0.50, 0.90, 0.51, 0.41]), np.array([True, True, False, False])
    assert nearest_pairs(scores, treated, order="largest") == [(0, 3), (1, 2)]
    assert nearest_pairs(scores, treated) == [(0, 2), (1, 3)]


@pytest.mark.parametrize("order", ["closest", "largest", "optimal"])
def test_nobody_is_matched_twice_and_only_within_strata(order) -> None:
    found = matched(strata=["work", "sex"], order=order)
    table = patients()
    assert len(found.rows) == len(set(found.rows)) == 2 * found.n
    for pair in found.pairs:
        assert table[pair.treated, "arm"] == "mbt"
        assert table[pair.other, "arm"] == "other"
        assert table[pair.treated, "work"] == table[pair.other, "work"]
        assert table[pair.treated, "sex"] == table[pair.other, "sex"]
    assert found.n + len(found.unmatched) == found.n_treated


def test_matching_brings_groups_together() -> None:
    found = matched(caliper=0.2)
    rows = {row.name: row for row in found.balance}
    assert set(rows) == {"propensity score", "age", "severe", "sex=m"}
    assert abs(rows["severe"].smd_after) < abs(rows["severe"].smd_before)
    assert abs(rows["propensity score"].smd_after) < 0.1
    assert rows["sex=m"].binary
    assert rows["sex=m"].ratio_before is None
    assert rows["severe"].p_before < 0.05 < rows["severe"].p_after


def test_rows_without_a_value_are_left_out_and_the_others_keep_their_places() -> None:
    table = patients().with_row_index("row").with_columns(age=pl.when(pl.col("row") >= 10).then("age"))
    found = match_groups(table, group="arm", treated="mbt", covariates=["age", "severe"], strata=["work"])
    assert found.n_dropped == 10
    assert min(found.rows) >= 10


def test_doubts_are_named() -> None:
    separate = patients().with_columns(age=pl.when(pl.col("arm") == "mbt").then(60.0).otherwise("age"))
    found = match_groups(separate, group="arm", treated="mbt", covariates=["age"])
    assert {"separated", "little_overlap", "imbalance"} <= {c.code for c in found.warnings}
    assert "unmatched" in {c.code for c in matched(caliper=0.001).warnings}


@pytest.mark.parametrize("treated", ["MBT", "nobody"])
def test_a_group_that_is_not_there_is_refused(treated: str) -> None:
    with pytest.raises(DataError, match="both groups are needed"):
        match_groups(patients(), group="arm", treated=treated, covariates=["age"])


def test_nobody_to_match_leaves_the_balance_unknown() -> None:
    table = pl.DataFrame({"arm": ["a", "a", "b", "b"], "x": [1.0, 2, 1, 3], "s": ["u", "u", "v", "v"]})
    found = match_groups(table, group="arm", treated="a", covariates=["x"], strata=["s"])
    assert found.pairs == ()
    assert found.balance[1].smd_after is None
