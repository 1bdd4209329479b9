import numpy as np
import pytest

from onmodel.measurement import cronbach_alpha, scale_alpha

NAN = np.nan


def test_alpha_by_hand():
    # items (1,2), (2,3), (3,5): variances 1 and 7/3; sums 3, 5, 8 with variance 19/3
    alpha = cronbach_alpha(np.array([[1.0, 2], [2, 3], [3, 5]]))
    assert alpha.value == pytest.approx(2 * (1 - (1 + 7 / 3) / (19 / 3)))
    assert (alpha.n, alpha.items) == (3, 2)


def test_the_interval_lies_around_alpha_and_narrows_with_less_certainty():
    alpha = cronbach_alpha(np.array([[1.0, 2], [2, 3], [3, 5], [2, 4]]))
    low, high = alpha.interval()
    narrow_low, narrow_high = alpha.interval(0.8)
    assert low < narrow_low < alpha.value < narrow_high < high < 1


def test_only_complete_rows_count():
    rows = np.array([[1.0, 2], [2, 3], [3, 5], [NAN, 4], [4, NAN]])
    assert cronbach_alpha(rows) == cronbach_alpha(rows[:3])


@pytest.mark.parametrize(
    "rows", [[[1.0, 2]], [[1.0], [2.0], [3.0]], [[1.0, 2], [2, 1]], [[NAN, 1], [1, NAN]]]
)
def test_alpha_that_cannot_be_known(rows):
    alpha = cronbach_alpha(np.array(rows))
    assert (alpha.value, alpha.interval()) == (None, None)


def test_items_of_a_scale_are_reversed_first(build):
    scale = {"id": "total", "rule": "sum", "items": ["1", "2"], "reverse": ["2"]}
    answers = [[1, 3, 0, 0], [2, 2, 0, 0], [4, 0, 0, 0]]
    assert scale_alpha(build(scale), "total", answers).value == pytest.approx(1)


@pytest.mark.parametrize(
    "scale",
    [{"rule": "entered"}, {"rule": "single", "item": "1"}, {"rule": "count", "items": ["1"], "at_least": 1}],
)
def test_alpha_is_for_sums_and_means_of_items(build, scale):
    assert scale_alpha(build({"id": "total", **scale}), "total", [[1, 1, 1, 1]]) is None
