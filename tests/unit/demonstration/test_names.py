import numpy as np
import pytest

from onmodel.demonstration.names import FAMILY, GIVEN, people


def test_names_are_different_and_follow_the_seed() -> None:
    names = people(np.random.default_rng(1), 900)
    assert len(set(names)) == 900
    assert names == people(np.random.default_rng(1), 900)
    assert names != people(np.random.default_rng(2), 900)


def test_more_names_than_there_are_is_refused_unless_they_may_return() -> None:
    too_many = len(GIVEN) * len(FAMILY) + 1
    with pytest.raises(ValueError, match=str(too_many)):
        people(np.random.default_rng(1), too_many)
    assert len(people(np.random.default_rng(1), too_many, different=False)) == too_many


def test_no_name_stands_twice_in_the_lists() -> None:
    assert len(set(GIVEN)) == len(GIVEN)
    assert len(set(FAMILY)) == len(FAMILY)
