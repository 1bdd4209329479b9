import math

import numpy as np
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.control import cusum, cusum_run_length, ewma, shewhart

STEADY = [10.0, 12, 11, 9, 10, 11, 10, 12, 9, 11, 10, 12]


def test_individuals_chart_by_hand() -> None:
    """Mean moving range of 10, 12, 11, 9 is 5/3; over 1.128 the SD; limits three of them from 10.5."""
    chart = shewhart([10, 12, 11, 9])
    sd = 5 / 3 / 1.128379
    assert chart.centre == 10.5
    assert chart.sd == pytest.approx(sd, rel=1e-6)
    assert chart.points[0].upper == pytest.approx(10.5 + 3 * sd, rel=1e-6)


def test_means_of_more_patients_have_narrower_limits() -> None:
    chart = shewhart([10, 11, 10, 9], sizes=[1, 4, 16, 1], centre=10, sd=2)
    assert [p.upper for p in chart.points] == pytest.approx([16, 13, 11.5, 16])


def test_eight_on_one_side_signal() -> None:
    chart = shewhart([10.5] * 9, centre=10, sd=1)
    assert chart.first_signal == 7
    assert [p.signal for p in chart.points[6:]] == [None, "run", "run"]
    assert shewhart([10.5] * 9, centre=10, sd=1, run=None).first_signal is None


def test_limits_of_events_hold_their_chance_and_are_never_negative() -> None:
    chart = shewhart([3, 1, 0, 2, 9], kind="count", sizes=[1] * 5, centre=2.0, run=None)
    assert [p.signal for p in chart.points] == [None] * 4 + ["above"]
    assert chart.points[0].lower == 0
    shares = shewhart([5, 6, 19], kind="proportion", sizes=[20] * 3, centre=0.3)
    assert shares.points[2].signal == "above"
    assert shares.points[2].value == 0.95


def test_moving_average_by_hand() -> None:
    chart = ewma([12, 8], centre=10, sd=1, weight=0.25)
    assert [p.statistic for p in chart.points] == pytest.approx([10.5, 9.875])
    first, second = (p.upper - 10 for p in chart.points)
    assert second / first == pytest.approx(math.sqrt(1 + 0.75**2))
    assert chart.run_length == pytest.approx(370.4, rel=1e-6)


def test_sums_by_hand() -> None:
    """Slack 0.5: 1 - .5, then 2 - .5 more, then nothing below 0."""
    chart = cusum([11, 12, 8], centre=10, sd=1)
    assert [p.statistic for p in chart.points] == pytest.approx([0.5, 2.0, 0.0])
    assert [p.statistic_low for p in chart.points] == pytest.approx([0, 0, 1.5])
    assert cusum_run_length(0.5, chart.points[0].upper) == pytest.approx(370.4, rel=1e-6)


@pytest.mark.parametrize(("chart", "latest"), [(shewhart, 30), (ewma, 21), (cusum, 21)])
def test_a_lasting_change_is_found(chart, latest: int) -> None:
    values = [*STEADY, *(v + 2.5 for v in STEADY)]
    found = chart(values, baseline=12)
    assert 12 <= found.first_signal <= latest
    assert found.points[found.first_signal].signal in ("above", "run")


def test_where_the_change_began() -> None:
    assert cusum([*STEADY, *(v + 3.0 for v in STEADY)], baseline=12).change_point in (11, 12, 13)


@pytest.mark.parametrize(("kind", "later"), [("count", 16), ("proportion", 16)])
def test_events_that_become_more_frequent_are_found(kind, later: int) -> None:
    events = [8, 7, 9, 8, 10, 6, 8, 9, 7, 8, 9, 8, *[later] * 6]
    found = cusum(events, kind=kind, sizes=[40] * 18, baseline=12)
    assert found.points[found.first_signal].signal == "above"
    assert found.first_signal < 16
    assert found.run_length == pytest.approx(370.4, rel=0.01)
    assert found.run_length_shift < 15


def test_doubts_are_named() -> None:
    chart = ewma([1, 0, 2, 1, 0], kind="count")
    assert {c.code for c in chart.warnings} == {"short_baseline", "few_events"}


@pytest.mark.parametrize(
    ("values", "options", "why"),
    [
        ([1.0], {}, "two points"),
        ([5.0, 5.0, 5.0], {}, "does not vary"),
        ([5.0, math.nan, 4.0], {}, "needs a value"),
        ([1, 2.5], {"kind": "count"}, "numbers of events"),
        ([1, 9], {"kind": "proportion", "sizes": [5, 5]}, "point 2 has 9 events among 5"),
        ([1, 2, 3], {"baseline": 9}, "baseline of 9"),
    ],
)
def test_what_is_no_series_is_refused(values: list[float], options: dict[str, object], why: str) -> None:
    with pytest.raises(DataError, match=why):
        shewhart(values, **options)


@pytest.mark.parametrize("options", [{"shift": 0.0}, {"kind": "count", "shift": 1.0}])
def test_a_change_of_nothing_cannot_be_looked_for(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="is none"):
        cusum([1, 2, 3], **options)


def test_false_alarms_are_as_rare_as_said() -> None:
    """60 series of 100 points: 1 - (1 - 1/370)^100 is about 0.24."""
    random = np.random.default_rng(3)
    alarms = [ewma(random.normal(0, 1, 100), centre=0, sd=1).first_signal is not None for _ in range(60)]
    assert 0.08 < np.mean(alarms) < 0.45
