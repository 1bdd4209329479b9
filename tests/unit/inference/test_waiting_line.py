"""Simulated waiting lines against queueing theory, with the tolerance that so many simulations allow."""

import math

import numpy as np
import pytest

from onmodel.inference.waiting_line import (
    expected_caseload,
    mean_wait,
    poisson_times,
    simulate,
    waiting_chance,
)

FUTURES = 600


def futures(rate, draw, places, until, seed=7):
    rng = np.random.default_rng(seed)
    return [
        simulate(
            arrivals=poisson_times(rng, rate, until).tolist(),
            draw_stays=lambda n: draw(rng, n),
            places=places,
            moments=[until],
        )
        for _ in range(FUTURES)
    ]


@pytest.mark.parametrize(
    ("name", "draw"),
    [
        ("all the same", lambda rng, n: np.full(n, 4.0)),
        ("exponential", lambda rng, n: rng.exponential(4.0, n)),
        ("two kinds", lambda rng, n: np.where(rng.uniform(size=n) < 0.5, 1.0, 7.0)),
    ],
)
def test_with_places_for_all_the_caseload_is_poisson_whatever_the_stays(name, draw):
    """M/G/infinity: mean = variance = rate x mean stay = 3 x 4 = 12; 4 standard errors of 600 futures."""
    caseloads = np.array([f.caseload[0] for f in futures(3.0, draw, None, until=60.0)])
    expected = expected_caseload(3.0, 4.0)
    assert expected == 12.0
    assert caseloads.mean() == pytest.approx(expected, abs=4 * math.sqrt(expected / FUTURES))
    # the variance of a Poisson variance: about 2 mean^2 / n
    assert caseloads.var() == pytest.approx(expected, abs=4 * expected * math.sqrt(2.2 / FUTURES))


def test_before_it_is_settled_the_caseload_grows_as_theory_says():
    """From empty at time t: rate x (1 - e^(-t / mean)) x mean; 3 x 4 x (1 - e^-0.5) = 4.722."""
    found = futures(3.0, lambda rng, n: rng.exponential(4.0, n), None, until=2.0)
    mean = np.mean([f.caseload[0] for f in found])
    assert mean == pytest.approx(4.722, abs=4 * math.sqrt(4.722 / FUTURES))


def test_waiting_follows_erlang():
    """M/M/4, rate 3, mean stay 1: C(4, 3) = 0.5094 (Gross and Harris 1998, eq. 2.33 by hand), wait 0.5094."""
    assert waiting_chance(3.0, 4) == pytest.approx(0.5094, abs=5e-5)
    assert mean_wait(3.0, 1.0, 4) == pytest.approx(0.5094, abs=5e-5)
    found = futures(3.0, lambda rng, n: rng.exponential(1.0, n), 4, until=60.0)
    waits = np.array([f.wait[0] for f in found])
    # who waits, waits 1 on average, exponentially: the SD of a wait is sqrt(C (2 - C)) = 0.871
    assert waits.mean() == pytest.approx(0.5094, abs=4 * 0.871 / math.sqrt(FUTURES))
    assert (waits > 0).mean() == pytest.approx(0.5094, abs=4 * 0.5 / math.sqrt(FUTURES))
    # Little: waiting on average = rate x mean wait = 1.528; its SD is about 2.6
    waiting = np.mean([f.waiting[0] for f in found])
    assert waiting == pytest.approx(1.528, abs=4 * 2.6 / math.sqrt(FUTURES))


def test_one_place_is_the_textbook_case():
    """M/M/1 at half load: C = 0.5, wait = rho / (mu - lambda) = 0.5 / 0.5 = 1."""
    assert waiting_chance(0.5, 1) == pytest.approx(0.5)
    assert mean_wait(0.5, 1.0, 1) == pytest.approx(1.0)


def test_a_line_that_only_grows_has_no_mean():
    assert mean_wait(4.0, 1.0, 4) is None
    assert waiting_chance(5.0, 4) == 1.0


def test_more_patients_than_places_give_nobody_a_place_at_first():
    """Three there, one place: it is free only when the last of them goes, after 5."""
    found = simulate(
        arrivals=[],
        draw_stays=lambda n: np.full(n, 2.0),
        places=1,
        remaining=[1.0, 3.0, 5.0],
        waiting=1,
        moments=[0.5, 4.0, 6.0, 8.0],
    )
    assert found.caseload.tolist() == [3, 1, 1, 0]
    assert found.waiting.tolist() == [1, 1, 0, 0]
    assert found.wait.tolist() == [6.5, 3.0, 1.0, 0.0]


def test_nothing_is_computed_from_nonsense():
    with pytest.raises(ValueError, match="at least one"):
        waiting_chance(1.0, 0)
    with pytest.raises(ValueError, match="below 0"):
        expected_caseload(-1.0, 2.0)
    with pytest.raises(ValueError, match="at least one is needed"):
        simulate(arrivals=[], draw_stays=np.zeros, places=0, moments=[1.0])
    with pytest.raises(ValueError, match="ascend"):
        simulate(arrivals=[], draw_stays=np.zeros, places=1, moments=[2.0, 1.0])
    with pytest.raises(ValueError, match="cannot be"):
        poisson_times(np.random.default_rng(1), -1.0, 2.0)
