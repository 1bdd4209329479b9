import numpy as np
import pytest

from onmodel.measurement import score, summarise
from onmodel.measurement.summary import mean_direction

NAN = np.nan


def test_a_summary_leaves_the_unknown_out(build):
    missing = {"at_most": 1}
    instrument = build({"id": "total", "rule": "sum", "items": ["1", "2", "3", "4"], "missing": missing})
    answers = [[1, 1, 1, 1], [2, 2, 2, NAN], [NAN, NAN, 1, 1]]
    (summary,) = summarise(instrument, answers, score(instrument, answers))
    assert (summary.n, summary.filled, summary.mean) == (2, 1, 6.0)
    assert summary.sd == pytest.approx(8**0.5)


@pytest.mark.parametrize(("rows", "n", "mean"), [([], 0, None), ([[1, 1, 1, 1]], 1, 4.0)])
def test_a_summary_of_few(build, rows, n, mean):
    instrument = build()
    answers = np.array(rows, dtype=float).reshape(-1, 4)
    (summary,) = summarise(instrument, answers, score(instrument, answers))
    assert (summary.n, summary.mean, summary.sd) == (n, mean, None)


@pytest.mark.parametrize(
    ("degrees", "expected"),
    [([350, 10], 0), ([10, 20, 30], 20), ([90], 90), ([0, 180], None), ([0, 120, 240], None), ([], None)],
)
def test_directions_are_averaged_around_the_circle(degrees, expected):
    found = mean_direction(np.array(degrees, dtype=float))
    assert (found is None) == (expected is None)
    if expected is not None:
        assert np.cos(np.deg2rad(found - expected)) == pytest.approx(1)


def test_a_scale_of_directions_has_no_sd(build):
    octants = [{"id": f"o{n}", "rule": "single", "item": str(n)} for n in range(1, 5)]
    angles = {"o1": 0, "o2": 90, "o3": 180, "o4": 270}
    towards = {"id": "total", "rule": "circumplex", "octants": angles, "index": "displacement"}
    instrument = build(towards, *octants)
    answers = [[4, 1, 0, 0], [4, 0, 0, 1]]  # a little above and a little below 0 degrees
    summary = summarise(instrument, answers, score(instrument, answers))[0]
    assert np.cos(np.deg2rad(summary.mean)) == pytest.approx(1)
    assert summary.sd is None
