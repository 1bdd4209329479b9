"""The year to come: estimates that come out, intervals that hold, and silence where data are few."""

import numpy as np
import pytest

from onmodel.inference.capacity import Known, forecast, why_not

STAYS = tuple(float(m) for m in np.linspace(6, 18, 40))


def known(**changes):
    given = {
        "arrivals": 60,
        "observed": 24.0,
        "stays": STAYS,
        "ended": (True,) * 40,
        "waiting": 0,
        "places": 500,
    }
    return Known(**(given | changes))


def test_rate_and_stay_are_those_of_the_record():
    found = forecast(known(), seed=1)
    assert found.rate.middle == 2.5
    assert found.mean_stay.middle == pytest.approx(12.0, abs=1e-9)  # all ended: the plain mean
    assert found.unfinished == 0.0


def test_rate_and_stay_have_the_interval_of_what_the_futures_are_drawn_from():
    """R: qgamma(c(.1, .9), 60.5) / 24 is 2.1154 and 2.9441; the mean of 40 stays of 6 to 18 months has an SD
    of sqrt(mean((x - 12)^2) / 40) = .5616, so 80 % within 1.2816 x .5616 = .7197. 2,000 futures."""
    found = forecast(known(), seed=1, months=1, futures=2000)
    assert (found.rate.low, found.rate.high) == pytest.approx((2.1154, 2.9441), abs=0.05)
    assert found.mean_stay.high - 12 == pytest.approx(0.7197, abs=0.08)
    assert 12 - found.mean_stay.low == pytest.approx(0.7197, abs=0.08)


def test_patients_still_there_lengthen_the_stay():
    """Kaplan-Meier by hand: stays 2, 4+, 6, 8 -> S = .75, .375 from 6, 0; mean 2 + 4 x .75 + 2 x .375."""
    stays, ended = (2.0, 4.0, 6.0, 8.0) * 4, (True, False, True, True) * 4
    found = forecast(known(stays=stays, ended=ended), seed=1)
    assert found.mean_stay.middle == pytest.approx(5.75, abs=1e-9)


def test_with_places_for_all_the_year_ends_at_rate_times_stay():
    """From empty, stays of 1 to 3 months, 12 months on: 2.5 x 2 = 5, and nobody waits."""
    stays = tuple(float(m) for m in np.linspace(1, 3, 40))
    last = forecast(known(stays=stays), seed=3).months[-1]
    assert last.caseload.middle == pytest.approx(5.0, abs=1.0)
    assert (last.waiting.high, last.wait.high) == (0.0, 0.0)


def test_too_few_places_make_a_line_and_one_therapist_more_shortens_it():
    there = (8.0,) * 20
    busy = known(stays=STAYS + there, ended=(True,) * 40 + (False,) * 20, places=20, waiting=4)
    few, more = forecast(busy, seed=5), forecast(known(**{**_fields(busy), "places": 38}), seed=5)
    assert few.months[-1].caseload.high <= 20
    assert few.months[-1].waiting.middle > more.months[-1].waiting.middle
    assert few.months[-1].wait.middle > more.months[-1].wait.middle
    assert few.treated.middle < more.treated.middle


def test_the_interval_holds_as_often_as_it_says():
    """80 programmes of known rate 2 and stays 1 to 3: of what happens next, 80 % within 4 standard errors."""
    rng = np.random.default_rng(11)
    inside = 0
    for seed in range(80):
        stays = tuple(rng.uniform(1, 3, 40))
        one = known(arrivals=max(10, int(rng.poisson(48))), stays=stays)
        month = forecast(one, seed=seed, months=6, futures=150).months[-1].caseload
        inside += month.low <= rng.poisson(4.0) <= month.high
    assert 80 * 0.8 - 4 * np.sqrt(80 * 0.16) <= inside


def test_the_same_seed_gives_the_same_year():
    assert forecast(known(), seed=9) == forecast(known(), seed=9)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"arrivals": 9}, "arrivals"),
        ({"observed": 0.0}, "arrivals"),
        ({"ended": (True,) * 9 + (False,) * 31}, "ended"),
        ({"places": 0}, "places"),
        ({"ended": (True,) * 20 + (False,) * 20}, "unfinished"),
    ],
)
def test_too_little_gives_none_and_the_reason(changes, why):
    assert forecast(known(**changes), seed=1) is None
    assert why_not(known(**changes)) == why


def test_stays_and_ends_go_together():
    with pytest.raises(ValueError, match="whether it ended"):
        forecast(known(ended=(True,)), seed=1)


def _fields(one):
    return {name: getattr(one, name) for name in one.__dataclass_fields__}
