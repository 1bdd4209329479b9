import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.proportions import proportion
from onmodel.inference.shares import shares_over_time


def test_by_group_and_moment_in_order() -> None:
    table = pl.DataFrame(
        {"arm": ["b", "a", "a", "a", "b"], "month": [6, 0, 0, 6, 0], "harm": [1, 1, 0, None, 1]}
    )
    found = shares_over_time(table, time="month", outcome="harm", group="arm")
    assert [(s.group, s.time, s.share) for s in found] == [
        ("a", 0, proportion(1, 2)),
        ("b", 0, proportion(1, 1)),
        ("b", 6, proportion(1, 1)),
    ]


def test_more_than_yes_and_no_is_refused() -> None:
    with pytest.raises(DataError, match="neither 0 nor 1"):
        shares_over_time(pl.DataFrame({"month": [0], "harm": [3]}), time="month", outcome="harm")
