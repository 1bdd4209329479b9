"""The expected course by hand: one mean for everybody, patients who differ in level only.

Mean 20 with no uncertainty, between-patient variance 9, residual variance 3: a score y is shrunken by
9 / (9 + 3) = 3/4 towards 20, and leaves 9 - 9 * 3/4 = 9/4 of the level's variance unknown.
"""

import math

import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.expected import Reference, Track, expect, reference_of, standing, without
from onmodel.inference.mixed import Model, fit_mixed

LEVEL = Reference(
    terms=(),
    coefficients=np.array([20.0]),
    vcov=np.array([[0.0]]),
    between=np.diag([9.0, 0.0]),
    residual=3.0,
    n_patients=50,
    n_measurements=100,
    last_month=12.0,
)


@pytest.mark.parametrize(
    ("scores", "mean", "true_variance"),
    [
        ([], 20.0, 9.0),
        ([28.0], 20 + 3 / 4 * 8, 9 / 4),
        ([28.0, 28.0], 20 + 6 / 7 * 8, 9 / 7),  # two scores: 9 / (9 + 3/2) = 6/7
        ([28.0, 12.0], 20.0, 9 / 7),
    ],
)
def test_a_level_is_shrunken_towards_the_mean(scores, mean, true_variance):
    found = expect(LEVEL, [float(at) for at in range(len(scores))], scores, [6.0])
    assert found.mean[0] == pytest.approx(mean)
    assert found.true_variance[0] == pytest.approx(true_variance)
    assert found.variance[0] == pytest.approx(true_variance + 3)


def test_the_band_holds_so_many_measurements():
    found = expect(LEVEL, [0.0], [28.0], [6.0])
    low, high = found.band(0.8)
    half = 1.2815515655446004 * math.sqrt(9 / 4 + 3)  # 10 % lie beyond each end
    assert (low[0], high[0]) == pytest.approx((26 - half, 26 + half))
    assert found.below([26.0])[0] == pytest.approx(0.5)
    assert found.below([high[0]])[0] == pytest.approx(0.9)


#: Began at 20, so that peers' true scores are N(20, 9/4), and the least favourable sixth begins one SD
#: above 20, at 21.5 (tail 0.158655...). Then a score y at month 6: own level N(20 + 3/7 (y - 20), 9/7).
SIXTH = 0.15865525393145707


@pytest.mark.parametrize(
    ("latest", "off", "status"),
    [
        (23.5, 0.5, Track.UNCERTAIN),  # 20 + 3/7 * 3.5 = 21.5: as likely beyond as not
        (30.0, 0.993, Track.OFF),  # (24.2857 - 21.5) / sqrt(9/7) = 2.4568 SD
        (20.0, 0.0929, Track.ON),  # -1.5 / 1.1339 = -1.3229 SD
    ],
)
def test_standing_by_hand(latest, off, status):
    found = standing(LEVEL, [0.0, 6.0], [20.0, latest], higher_is_worse=True, tail=SIXTH, sure=0.8)
    assert found is not None
    assert found.off == pytest.approx(off, abs=5e-4)
    assert found.status is status
    assert found.expected == pytest.approx(20.0)
    mirrored = standing(LEVEL, [0.0, 6.0], [20.0, 40 - latest], higher_is_worse=False, tail=SIXTH, sure=0.8)
    assert mirrored is not None
    assert mirrored.off == pytest.approx(found.off)
    assert found.certainty == pytest.approx(max(off, 1 - off), abs=5e-4)


@pytest.mark.parametrize(("months", "scores"), [([0.0], [20.0]), ([], []), ([0.0, 13.0], [20.0, 20.0])])
def test_nothing_is_said_on_one_score_or_beyond_what_was_measured(months, scores):
    assert standing(LEVEL, months, scores, higher_is_worse=True) is None


@pytest.mark.parametrize(("tail", "sure"), [(0.5, 0.8), (0.0, 0.8), (0.2, 0.5), (0.2, 1.0)])
def test_settings_that_mean_nothing_are_refused(tail, sure):
    with pytest.raises(ValueError, match="a tail below a half"):
        standing(LEVEL, [0.0, 6.0], [20.0, 20.0], higher_is_worse=True, tail=tail, sure=sure)


def test_months_and_scores_go_together():
    with pytest.raises(ValueError, match="2 months and 1 scores"):
        expect(LEVEL, [0.0, 6.0], [20.0], [12.0])


def test_a_course_with_groups_is_no_reference():
    table = pl.DataFrame(
        {"p": [1, 1, 2, 2, 3, 3], "t": [0.0, 6.0] * 3, "y": [3.0, 1, 4, 2, 5, 4.5], "g": list("aabbaa")}
    )
    with pytest.raises(DataError, match="no place for 'g'"):
        reference_of(fit_mixed(table, Model("p", "t", "y", group="g", random="intercept")))


def test_patients_who_cannot_be_told_apart_are_no_reference():
    table = pl.DataFrame({"p": [1, 1], "t": [0.0, 6.0], "y": [3.0, 1.0]})
    assert reference_of(fit_mixed(table, Model("p", "t", "y", random="intercept"))) is None


def test_who_carries_the_whole_reference_is_not_taken_out():
    table = pl.DataFrame({"p": [1, 1, 2], "t": [0.0, 6.0, 0.0], "y": [3.0, 1.0, 4.0]})
    one = Reference(
        ("linear",), np.array([3.5, -0.33]), np.linalg.inv(np.array([[3.0, 6.0], [6.0, 36.0]])),
        np.zeros((2, 2)), 1.0, 2, len(table), 6.0,
    )  # fmt: skip
    assert without(one, [0.0, 6.0], [3.0, 1.0]) is one
    assert without(one, [], []) is one
