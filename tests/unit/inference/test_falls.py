"""A fall against a short baseline: alarms as often as promised, where it began, how far, when it ended."""

import math

import numpy as np
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.control.falls import (
    fall_run_length,
    fall_threshold,
    points_to_notice,
    watch_for_fall,
)
from onmodel.inference.control.run_length import cusum_one_side

KNOWN = 10**9  # a baseline of so many points is known exactly
SURE = 10**6

#: Montgomery, Introduction to Statistical Quality Control, table of ARLs of the two-sided CUSUM with
#: slack 1/2 and threshold 5, by shift in SDs. From 0.5 SD on the other side never signals first.
MONTGOMERY = {0.0: 465.0, 0.5: 38.0, 0.75: 17.0, 1.0: 10.4, 1.5: 5.75, 2.0: 4.01}


@pytest.mark.parametrize("shift", MONTGOMERY)
def test_with_a_known_baseline_run_lengths_are_those_of_the_table(shift: float) -> None:
    """Without shift one side alarms half as often as both."""
    sides = 2 if shift == 0 else 1
    found = fall_run_length(0.5, 5.0, baseline=KNOWN, df=SURE, shift=shift)
    assert found == pytest.approx(sides * MONTGOMERY[shift], rel=0.005)


def test_one_side_for_several_charts_is_each_by_itself() -> None:
    found = cusum_one_side(np.array([0.5, 0.25]), np.array([4.0, 6.0]), np.array([1.0, 0.0]))
    alone = [
        cusum_one_side(np.array([k]), np.array([h]), np.array([d]))[0]
        for k, h, d in ((0.5, 4.0, 1.0), (0.25, 6.0, 0.0))
    ]
    assert found == pytest.approx(alone)


@pytest.mark.parametrize(("baseline", "df"), [(8, 35), (24, 46), (40, 39)])
def test_false_alarms_come_as_often_as_promised(baseline: int, df: int) -> None:
    """4,000 charts of 150 points after their own baseline and with their own estimated SD, begun anew after
    each alarm. The rate is held against 1 in 160 within four standard errors (over charts, which differ: a
    baseline that came out high alarms often). From the beginning until the first alarm is a little longer
    than between later ones, which is within the tolerance.
    """
    random, charts, points = np.random.default_rng(5), 4000, 150
    shift, run_length = 1.25, 160.0
    limit = fall_threshold(shift, baseline, df, run_length)
    error = random.normal(0, 1 / math.sqrt(baseline), charts)
    sd = np.sqrt(random.chisquare(df, charts) / df)
    total, alarms = np.zeros(charts), np.zeros(charts)
    for _ in range(points):
        z = (random.normal(0, 1, charts) - error) / sd
        total = np.maximum(0.0, total - z - shift / 2)
        alarms += total > limit
        total[total > limit] = 0.0
    rates = alarms / points
    assert rates.mean() == pytest.approx(1 / run_length, abs=4 * rates.std() / math.sqrt(charts))


def test_a_threshold_from_tables_would_alarm_several_times_as_often() -> None:
    tabled = fall_threshold(1.0, KNOWN, SURE, 160.0)
    assert fall_run_length(0.5, tabled, baseline=8, df=35) < 160 / 2
    assert fall_threshold(1.0, 8, 35, 160.0) > fall_threshold(1.0, 24, 35, 160.0) > tabled


def test_a_longer_baseline_and_a_larger_fall_are_noticed_sooner() -> None:
    lengths = [
        points_to_notice(shift, fall_threshold(shift, n, 40, 160.0), 40)
        for shift, n in ((1.0, 8), (1.0, 24), (2.0, 24))
    ]
    assert lengths == sorted(lengths, reverse=True)


STEADY = [5.0, 6.0] * 4
GIVEN = {"baseline": 8, "sd": 0.6, "df": 40, "fall": 1.0, "run_length": 200}


def test_a_fall_and_its_amount() -> None:
    """Two points lower from the eleventh on: mean 5.5 before, (4 + 3 + 4 + 3) / 4 = 3.5 since;
    2.0211 (t, 40 df) x 0.6 sqrt(1/8 + 1/4) = 0.7426."""
    found = watch_for_fall([*STEADY, 5, 6, 4, 3, 4, 3], **GIVEN)
    assert found.now is not None
    assert found.now.first == 10
    amount = found.amount(found.now)
    assert (amount.before, amount.since, amount.n) == (5.5, 3.5, 4)
    assert (amount.lower, amount.upper) == pytest.approx((-2 - 0.7426, -2 + 0.7426), abs=1e-3)


def test_the_fall_ends_when_the_level_is_back_and_can_come_again() -> None:
    low, usual = [3.5] * 5, [5.5] * 8
    found = watch_for_fall([*STEADY, *low, *usual], **GIVEN)
    assert found.now is None
    (fall,) = found.falls
    assert fall.first == 8
    assert fall.ended is not None
    assert 13 <= fall.ended < 21
    again = watch_for_fall([*STEADY, *low, *usual, *low], **GIVEN)
    assert [one.ended is None for one in again.falls] == [False, True]
    assert again.now is not None
    assert again.now.first == 21


def test_a_rise_is_no_fall() -> None:
    assert watch_for_fall([*STEADY, *[7.0] * 20], **GIVEN).falls == ()


def test_nothing_is_said_within_the_baseline() -> None:
    assert watch_for_fall([6, 6, 6, 6, 2, 2, 2, 2], **GIVEN).falls == ()


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"baseline": 1}, "at least 2"),
        ({"baseline": 9}, "from 8"),
        ({"sd": 0.0}, "above 0"),
        ({"fall": -1.0}, "above 0"),
        ({"df": 0}, "above 0"),
        ({"run_length": 1.0}, "no threshold"),
    ],
)
def test_what_cannot_be_watched_is_refused(changed: dict[str, float], message: str) -> None:
    with pytest.raises(DataError, match=message):
        watch_for_fall(STEADY, **{**GIVEN, **changed})


def test_a_point_without_a_value_is_refused() -> None:
    with pytest.raises(DataError, match="needs a value"):
        watch_for_fall([*STEADY, math.nan], **GIVEN)
