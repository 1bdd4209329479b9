import math

import polars as pl
import pytest

from onmodel.inference.describe import describe, summarise


def test_mean_sd_and_t_interval_by_hand() -> None:
    found = summarise([2.0, 4.0, None, 9.0])
    sd = math.sqrt(((2 - 5) ** 2 + (4 - 5) ** 2 + (9 - 5) ** 2) / 2)
    half = 4.302653 * sd / math.sqrt(3)  # t(0.975, 2 df)
    assert (found.n, found.mean) == (3, 5)
    assert (found.sd, found.lower, found.upper) == pytest.approx((sd, 5 - half, 5 + half), rel=1e-6)


def test_one_value_has_no_spread_and_none_no_mean() -> None:
    one, none = summarise([3.0]), summarise([])
    assert (one.n, one.mean, one.sd, one.lower) == (1, 3, None, None)
    assert (none.n, none.mean) == (0, None)


def test_by_moment_and_group_in_order() -> None:
    table = pl.DataFrame(
        {"arm": ["b", "a", "a", "b", "a"], "month": [6, 0, 0, 0, 6], "bdi": [1.0, 2.0, 4.0, 7.0, None]}
    )
    found = describe(table, time="month", outcome="bdi", group="arm")
    assert [(m.group, m.month, m.summary.n, m.summary.mean) for m in found] == [
        ("a", 0, 2, 3),
        ("b", 0, 1, 7),
        ("b", 6, 1, 1),
    ]
    assert [m.month for m in describe(table, time="month", outcome="bdi")] == [0, 6]
