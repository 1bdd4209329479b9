"""Laws of matching."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onmodel.inference.matching import nearest_pairs

SCORES = st.lists(st.tuples(st.integers(0, 1000), st.booleans(), st.integers(0, 2)), min_size=2, max_size=40)
ORDERS = st.sampled_from(["closest", "largest", "optimal"])


def arrays(rows):
    scores, treated, stratum = (np.array(column) for column in zip(*rows, strict=True))
    return scores / 1000, treated, stratum


@settings(deadline=None)
@given(rows=SCORES, order=ORDERS, caliper=st.one_of(st.none(), st.floats(0, 1)))
def test_pairs_are_of_both_groups_of_one_stratum_near_and_never_twice(rows, order, caliper) -> None:
    scores, treated, stratum = arrays(rows)
    pairs = nearest_pairs(scores, treated, stratum, order=order, caliper=caliper)
    used = [i for pair in pairs for i in pair]
    assert len(used) == len(set(used))
    for one, other in pairs:
        assert treated[one]
        assert not treated[other]
        assert stratum[one] == stratum[other]
        assert caliper is None or abs(scores[one] - scores[other]) <= caliper + 1e-9
    if caliper is None:
        room = sum(
            min((treated & (stratum == s)).sum(), (~treated & (stratum == s)).sum()) for s in set(stratum)
        )
        assert len(pairs) == room


@settings(deadline=None)
@given(rows=SCORES, order=st.sampled_from(["closest", "largest"]))
def test_optimal_is_never_worse(rows, order) -> None:
    scores, treated, stratum = arrays(rows)

    def total(how) -> float:
        return sum(abs(scores[i] - scores[j]) for i, j in nearest_pairs(scores, treated, stratum, order=how))

    assert total("optimal") <= total(order) + 1e-9


@settings(deadline=None)
@given(rows=SCORES.filter(lambda r: len({x[0] for x in r}) == len(r)), seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter_to_the_sum(rows, seed: int) -> None:
    scores, treated, stratum = arrays(rows)
    order = np.random.default_rng(seed).permutation(len(scores))
    one = nearest_pairs(scores, treated, stratum, order="optimal")
    other = nearest_pairs(scores[order], treated[order], stratum[order], order="optimal")
    gap = [sum(abs(s[i] - s[j]) for i, j in pairs) for s, pairs in ((scores, one), (scores[order], other))]
    assert gap[0] == pytest.approx(gap[1], abs=1e-9)
