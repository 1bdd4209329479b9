"""Rates with exact intervals, against R's poisson.test (printed values beside the call)."""

import pytest

from onmodel.inference.counts import rate

#: events, exposure -> rate, lower, upper; R 4.2: poisson.test(x, T)$conf.int
R_VALUES = [
    (0, 1.0, 0.0, 0.0, 3.688879),
    (1, 1.0, 1.0, 0.02531781, 5.571643),
    (10, 2.0, 5.0, 2.397695, 9.195178),
    (49, 1.0, 49.0, 36.25070, 64.78026),
]


@pytest.mark.parametrize(("events", "exposure", "expected", "lower", "upper"), R_VALUES)
def test_against_r(events, exposure, expected, lower, upper):
    found = rate(events, exposure)
    assert (found.rate, found.lower, found.upper) == pytest.approx((expected, lower, upper), rel=1e-5)


@pytest.mark.parametrize(("events", "exposure", "level"), [(-1, 1.0, 0.95), (1, 0.0, 0.95), (1, 1.0, 1.0)])
def test_what_has_no_rate(events, exposure, level):
    with pytest.raises(ValueError, match="no rate"):
        rate(events, exposure, level=level)
