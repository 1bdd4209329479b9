"""One change of level in a series: where, how much, and how often by chance."""

import numpy as np
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.raters import change_point


def test_a_fall_is_found_where_it_was():
    found = change_point([5, 6, 5, 6, 5, 6, 3, 2, 3, 2, 3, 2])
    assert (found.index, found.before, found.after, found.n) == (6, 5.5, 2.5, 12)
    assert found.p < 0.01


def test_without_a_change_one_in_twenty_is_called_one():
    """200 series of noise at 5 %: 10 expected, SD sqrt(200 x .05 x .95) = 3.1; 0 to 22 is four SDs."""
    random = np.random.default_rng(5)
    found = [change_point(random.normal(size=12), shuffles=99).p < 0.05 for _ in range(200)]
    assert sum(found) <= 22


@pytest.mark.parametrize(("values", "words"), [([1.0] * 7, "too few"), ([4.0] * 12, "never vary")])
def test_what_cannot_be_looked_at(values, words):
    with pytest.raises(DataError, match=words):
        change_point(values)
