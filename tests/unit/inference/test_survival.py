import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.survival import cumulative_incidence, kaplan_meier, log_rank


def table(**columns: list) -> pl.DataFrame:
    return pl.DataFrame(columns)


def test_a_curve_by_hand() -> None:
    """Of 4, one ends at 1 (3/4 left), one is lost at 2, one of the remaining 2 ends at 3 (3/8), one stays."""
    curve = kaplan_meier(table(t=[3.0, 1, 2, 4], e=[1, 1, 0, 0]), time="t", ended="e")[0]
    assert curve.survival.tolist() == [0.75, 0.75, 0.375, 0.375]
    assert curve.at_risk.tolist() == [4, 3, 2, 1]
    assert (curve.n, curve.n_events, curve.median) == (4, 2, 3.0)
    greenwood = 0.375**2 * (1 / (4 * 3) + 1 / (2 * 1))
    assert curve.se[-1] ** 2 == pytest.approx(greenwood)
    assert curve.at(0.5) == (1, 1, 1)


def test_the_ends_share_what_kaplan_meier_leaves() -> None:
    random = np.random.default_rng(1)
    times = random.integers(1, 30, 200).astype(float)
    ends = random.choice(["completed", "drop-out", "push-out", ""], 200)
    frame = pl.DataFrame({"t": times, "end": [end or None for end in ends], "any": (ends != "").astype(int)})
    found = cumulative_incidence(frame, time="t", end="end")
    assert {curve.end for curve in found} == {"completed", "drop-out", "push-out"}
    everything = sum(curve.incidence for curve in found)
    assert everything == pytest.approx(1 - kaplan_meier(frame, time="t", ended="any")[0].survival)
    for curve in found:
        inside = curve.incidence > 0
        assert np.all(curve.lower[inside] < curve.incidence[inside])
        assert np.all(curve.upper[inside] > curve.incidence[inside])


def test_without_competition_incidence_is_one_minus_kaplan_meier_with_its_error() -> None:
    random = np.random.default_rng(2)
    ended = random.random(100) < 0.6
    frame = pl.DataFrame(
        {"t": random.exponential(5, 100), "e": ended.astype(int), "end": np.where(ended, "x", "")}
    )
    frame = frame.with_columns(pl.when(pl.col("end") != "").then("end").alias("end"))
    curve, incidence = (
        kaplan_meier(frame, time="t", ended="e")[0],
        cumulative_incidence(frame, time="t", end="end")[0],
    )
    inside = curve.survival > 0
    assert incidence.se[inside] == pytest.approx(curve.se[inside], rel=1e-8)


def test_missing_rows_are_dropped_and_counted() -> None:
    curve = kaplan_meier(table(t=[1.0, None, 2, 3], e=[1, 1, None, 0]), time="t", ended="e")[0]
    assert (curve.n, curve.dropped.total) == (2, 2)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"t": [1.0, -2], "e": [1, 0]}, "holds -2"),
        ({"t": [1.0, 2], "e": [1, 2]}, "holds 2; 1"),
        ({"t": [None, None], "e": [1, 0]}, "no row has a value"),
    ],
)
def test_what_cannot_be_is_refused(columns: dict[str, list], words: str) -> None:
    with pytest.raises(DataError, match=words):
        kaplan_meier(pl.DataFrame(columns, schema={"t": pl.Float64, "e": pl.Int64}), time="t", ended="e")


def test_one_group_cannot_be_compared() -> None:
    with pytest.raises(DataError, match="one value only"):
        log_rank(table(t=[1.0, 2], e=[1, 1], g=["a", "a"]), time="t", ended="e", group="g")
