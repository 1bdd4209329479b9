"""The line in a cell. The box is 88 by 24 with 4 around it: x from 4 to 84, y from 20 (low) to 4 (high)."""

import pytest

from onmodel.charts import sparkline


@pytest.mark.parametrize(
    ("values", "paths", "end"),
    [
        ([0, 10], ("M4,20L84,4",), ("84", "4")),
        ([10, 5, 0], ("M4,4L44,12L84,20",), ("84", "20")),
        ([0, 10, None, 5], ("M4,20L30.7,4",), ("84", "12")),
        ([0, None, 10], (), ("84", "4")),
        ([7], (), ("4", "12")),
        ([3, 3], ("M4,12L84,12",), ("84", "12")),
        ([None, None], (), None),
        ([], (), None),
    ],
)
def test_the_line(values, paths, end) -> None:
    drawn = sparkline(values)
    assert drawn.paths == paths
    assert drawn.end == end


def test_a_fixed_scale_makes_rows_comparable() -> None:
    assert sparkline([10, 20], low=0, high=40).paths == ("M4,16L84,12",)
