"""Expected intervals: R 4.2.2, prop.test(x, n, correct = FALSE)$conf.int and binom.test(x, n)$conf.int."""

import pytest

from onmodel.inference.proportions import proportion


@pytest.mark.parametrize(
    ("method", "successes", "n", "lower", "upper"),
    [
        ("wilson", 7, 10, 0.3967781, 0.8922087),
        ("wilson", 0, 10, 0.0, 0.2775328),
        ("wilson", 52, 100, 0.4231658, 0.6153545),
        ("wilson", 10, 10, 0.7224672, 1.0),
        ("exact", 7, 10, 0.3475471, 0.9332605),
        ("exact", 0, 10, 0.0, 0.3084971),
        ("exact", 52, 100, 0.4177898, 0.6209945),
    ],
)
def test_intervals_are_rs(method, successes: int, n: int, lower: float, upper: float) -> None:
    found = proportion(successes, n, method=method)
    assert found.estimate == successes / n
    assert (found.lower, found.upper) == pytest.approx((lower, upper), abs=5e-8)


def test_nothing_observed_is_unknown() -> None:
    assert proportion(0, 0).estimate is None


@pytest.mark.parametrize(("successes", "n"), [(-1, 3), (4, 3), (0, -1)])
def test_what_is_no_proportion_is_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="not a proportion"):
        proportion(successes, n)
