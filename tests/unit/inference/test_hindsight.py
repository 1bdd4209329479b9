"""Predictions of patients who were left out, counted against what happened."""

import numpy as np
import polars as pl
import pytest

from onmodel.inference.expected import Track
from onmodel.inference.hindsight import look_back
from onmodel.inference.mixed import Model

MONTHS = np.array([0.0, 6.0, 12.0, 18.0])
MODEL = Model("p", "t", "y", terms=("linear",))


def simulated(n: int, seed: int) -> tuple[pl.DataFrame, dict[str, bool]]:
    """Courses as the model has them; in the end badly: who did not fall by a point."""
    rng = np.random.default_rng(seed)
    own = rng.multivariate_normal([0, 0], [[0.5, -0.01], [-0.01, 0.002]], size=n)
    y = 3 - 0.1 * MONTHS + own[:, :1] + own[:, 1:] * MONTHS + rng.normal(0, 0.4, (n, 4))
    frame = pl.DataFrame({"p": np.repeat(np.arange(n), 4), "t": np.tile(MONTHS, n), "y": y.ravel()})
    return frame, {str(p): bool(y[p, 0] - y[p, 3] < 1) for p in range(n)}


def back(frame: pl.DataFrame, badly: dict[str, bool], folds: int = 5):
    return look_back(
        frame, MODEL, ends={"no better": badly}, early=12.0, higher_is_worse=True, tail=1 / 3, sure=0.7,
        folds=folds,
    )  # fmt: skip


def test_bands_hold_as_many_as_they_say_and_off_track_tells():
    frame, badly = simulated(300, 7)
    found = back(frame, badly)
    assert (found.folds, found.patients, found.measurements) == (5, 300, 900)
    for coverage in found.coverage:
        for share in (coverage.from_start, coverage.next_one):
            assert share is not None
            assert share.n == 900
            assert share.estimate == pytest.approx(coverage.level, abs=0.03)
    hits = found.hits["no better"]
    off, on = hits.badly[Track.OFF], hits.badly[Track.ON]
    assert hits.patients == 300
    assert off is not None
    assert on is not None
    assert off.lower is not None
    assert on.upper is not None
    assert off.lower > on.upper  # far more of those off track did badly
    assert hits.right == off


def test_who_was_measured_once_is_not_predicted():
    frame, badly = simulated(40, 3)
    once = frame.filter((pl.col("p") != 0) | (pl.col("t") == 0.0))
    assert back(once, badly).patients == 39


def test_without_a_fit_there_is_nothing_to_count():
    frame, badly = simulated(1, 3)
    found = back(frame, badly)
    assert found.folds == 0
    assert found.coverage[0].from_start is None
    assert found.hits["no better"].found is None


def test_folds_are_at_least_two():
    frame, badly = simulated(5, 3)
    with pytest.raises(ValueError, match="at least 2 folds"):
        back(frame, badly, folds=1)
