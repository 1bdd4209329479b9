"""Several weak signs at once, against arithmetic by hand and simulated quiet quarters."""

import numpy as np
import pytest

from onmodel.inference.climate import at_least, chance_of_more, climate


def test_the_false_alarm_rate_is_the_binomial_tail():
    """15 signs at 1/8: P(5 or more) = 1 - sum of C(15, i) 7^(15 - i) / 8^15 for i up to 4 = 0.0311."""
    found = climate(looked_at=15, weak=5, chance=0.125, most=0.05)
    by_hand = 1 - sum(count * 7 ** (15 - i) / 8**15 for i, count in enumerate((1, 15, 105, 455, 1365)))
    assert (found.needed, found.is_climate) == (5, True)
    assert found.false_alarm == pytest.approx(by_hand, abs=1e-12)
    assert round(by_hand, 4) == 0.0311


def test_one_sign_fewer_is_no_climate():
    assert not climate(looked_at=15, weak=4, chance=0.125, most=0.05).is_climate


def test_fewer_signs_need_fewer_weak_ones_and_too_few_tell_nothing():
    assert climate(looked_at=6, weak=0, chance=0.125, most=0.05).needed == 3
    assert climate(looked_at=1, weak=1, chance=0.125, most=0.05).needed is None
    assert not climate(looked_at=0, weak=0, chance=0.125, most=0.05).is_climate


def test_quiet_quarters_alarm_as_rarely_as_stated():
    """2,000 quarters in which nothing changed: 13 counts, each against its own eight quarters."""
    rng = np.random.default_rng(4)
    alarms = 0
    for _ in range(2_000):
        rates = rng.uniform(0.2, 6.0, 13)
        weak = 0
        for rate in rates:
            before = [(float(x), 1.0) for x in rng.poisson(rate, 8)]
            chance = chance_of_more("count", float(rng.poisson(rate)), 1.0, before)
            weak += chance is not None and chance <= 0.125
        alarms += climate(looked_at=13, weak=weak, chance=0.125, most=0.05).is_climate
    stated = climate(looked_at=13, weak=0, chance=0.125, most=0.05).false_alarm
    assert alarms / 2_000 <= stated + 4 * np.sqrt(stated * (1 - stated) / 2_000)


def test_a_first_event_after_eight_quiet_quarters_is_one_in_nine():
    assert chance_of_more("count", 1, 1, [(0, 1)] * 8) == pytest.approx(1 / 9)


def test_nothing_happened_is_never_weak():
    assert chance_of_more("count", 0, 1, [(2, 1)] * 8) == 1.0
    assert chance_of_more("proportion", 0, 10, [(2, 10)] * 8) == 1.0


def test_shares_are_fishers():
    """3 of 5 against 2 of 20: C(5,3) C(20,2) + C(5,4) C(20,1) + C(5,5) over C(25,5) = 2001 / 53130."""
    found = chance_of_more("proportion", 3, 5, [(1, 10), (1, 10)])
    assert found == pytest.approx(2001 / 53130, rel=1e-9)


def test_low_can_be_bad():
    high = chance_of_more("score", 60, 1, [(80, 1), (82, 1), (78, 1), (80, 1)])
    low = chance_of_more("score", 60, 1, [(80, 1), (82, 1), (78, 1), (80, 1)], high_is_bad=False)
    assert high > 0.99
    assert low == pytest.approx(1 - high)
    assert chance_of_more("count", 0, 1, [(4, 1)] * 4, high_is_bad=False) == pytest.approx(0.8**16)


def test_a_score_is_held_against_the_next_of_a_normal_process():
    """Mean 80, SD sqrt(8/3): t = 5 / (SD sqrt(1.25)) = 2.739 with 3 degrees of freedom; upper tail 0.0357."""
    found = chance_of_more("score", 85, 1, [(80, 1), (82, 1), (78, 1), (80, 1)])
    assert found == pytest.approx(0.0357, abs=5e-5)


def test_a_past_that_does_not_tell_gives_none():
    assert chance_of_more("score", 3, 1, [(1, 1), (2, 1)]) is None
    assert chance_of_more("score", 3, 1, [(1, 1)] * 5) is None
    assert chance_of_more("count", 3, 1, []) is None


def test_what_cannot_be_is_refused():
    with pytest.raises(ValueError, match="cannot be"):
        climate(looked_at=3, weak=4, chance=0.1, most=0.05)
    assert (at_least(0, 5, 0.1), at_least(6, 5, 0.1)) == (1.0, 0.0)
