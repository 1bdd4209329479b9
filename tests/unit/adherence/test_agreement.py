"""Agreement and calibration by hand."""

import datetime

import numpy as np
import pytest

from onmodel.adherence.agreement import against_reference, item_agreement

NAN = float("nan")


def test_points_apart_and_within_one_by_hand():
    """|5-4|, |3-3|, |6-3|, |2-1| = 1, 0, 3, 1: mean 1.25; three of four at most one apart."""
    found = item_agreement("a1", np.array([[5, 4], [3, 3], [6, 3], [2, 1], [4, NAN]]))
    assert (found.n, found.apart, found.within_one, found.icc) == (4, 1.25, 0.75, None)


def test_icc_from_five_sessions_by_hand():
    """Pairs (1,2) (3,3) (5,4) (6,6) (2,3): means 1.5 3 4.5 6 2.5, grand 3.5.
    Between: 2 x (4 + .25 + 1 + 6.25 + 1) / 4 = 6.25; within: (.5 + 0 + .5 + 0 + .5) / 5 = 0.3.
    ICC(1) = (6.25 - .3) / (6.25 + .3) = 0.9084"""
    found = item_agreement("a1", np.array([[1, 2], [3, 3], [5, 4], [6, 6], [2, 3.0]]))
    assert found.icc.estimate == pytest.approx(0.9084, abs=1e-4)


def test_nothing_rated_twice_is_nothing():
    assert item_agreement("a1", np.array([[4, NAN]])) is None


def test_a_raters_own_drift_by_hand():
    """Differences 0, 0.5, 1, 1.5 half a year apart: one point a year, exactly."""
    days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=round(182.625 * n)) for n in range(4)]
    found = against_reference("Sam", [(day, 0.5 * n, 0.5) for n, day in enumerate(days)])
    assert found.slope == pytest.approx(1.0, abs=0.01)
    assert (found.n, found.bias.mean, found.apart) == (4, 0.75, 0.5)
    assert against_reference("Sam", [(days[0], 0.5, 0.5)] * 2).slope is None
