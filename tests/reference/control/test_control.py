"""Run lengths against R's spc and against simulation, segmented regressions against lm, glm and sandwich.

Tolerances: run lengths of scores 1e-4 relative (both are numerical solutions), of events 5 % (4,000 simulated
runs); estimates 1e-6 of a standard error, standard errors 1e-6 relative. Values: control.R.
"""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy import stats

from onmodel.inference.control import (
    cusum_run_length,
    ewma_run_length,
    ratio_cusum_run_length,
    shewhart_run_length,
)
from onmodel.inference.interrupted import interrupted_series
from tests.real_data import table

PRINTED = pl.read_csv(Path(__file__).parent / "control.csv")
OF = {"ewma": ewma_run_length, "cusum": cusum_run_length}


@pytest.mark.parametrize(
    ("case", "setting", "shift", "expected"), PRINTED.filter(pl.col("case").is_in(list(OF))).rows()
)
def test_run_lengths(case: str, setting: str, shift: str, expected: float) -> None:
    first, second = (float(part) for part in setting.split("/"))
    assert OF[case](first, second, shift=float(shift)) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("shift", "expected"), [(0.0, 370.40), (1.0, 43.89), (2.0, 6.30)])
def test_shewhart_run_lengths_by_hand(shift: float, expected: float) -> None:
    """1 / (Q(3 - shift) + Q(3 + shift)), Q the normal tail."""
    by_hand = 1 / (stats.norm.sf(3 - shift) + stats.norm.sf(3 + shift))
    assert shewhart_run_length(3, shift=shift) == pytest.approx(by_hand, rel=1e-10)
    assert by_hand == pytest.approx(expected, abs=0.006)


def test_shewhart_run_lengths_with_a_rule_for_runs() -> None:
    """Champ and Woodall 1987: 152.73 between false alarms with eight on one side; a shift, simulated."""
    assert shewhart_run_length(3, run=8) == pytest.approx(152.73, abs=0.006)
    simulated = PRINTED.filter(pl.col("case") == "run")["value"][0]
    assert shewhart_run_length(3, run=8, shift=1) == pytest.approx(simulated, rel=0.05)


def test_run_lengths_of_events() -> None:
    y = np.arange(60)
    counts = ratio_cusum_run_length(y * np.log(1.5) - 4, stats.poisson.pmf(y, 8), 3.0)
    y = np.arange(21)
    shares = ratio_cusum_run_length(y * np.log(1.5) - 20 * np.log(1.125), stats.binom.pmf(y, 20, 0.25), 3.0)
    expected = PRINTED.filter(pl.col("case") == "ratio")["value"].to_list()
    assert [counts, shares] == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("family", ["continuous", "count", "binary"])
def test_segmented_regression(family) -> None:
    rows = table("nile").select("time", flow="value").with_columns(days=(pl.col("flow") / 10).round(), of=200)
    outcome = "flow" if family == "continuous" else "days"
    size = "of" if family == "binary" else None
    found = interrupted_series(rows, time="time", outcome=outcome, at=1899, family=family, size=size, lag=3)
    expected = PRINTED.filter(pl.col("case") == family)
    se = dict(expected.filter(pl.col("quantity") == "se").select("name", "value").rows())
    assert found.se == pytest.approx(se, rel=1e-6)
    for name, estimate in expected.filter(pl.col("quantity") == "estimate").select("name", "value").rows():
        assert found.coef[name] == pytest.approx(estimate, abs=1e-6 * se[name])
    if family == "continuous":
        printed = expected.filter(pl.col("quantity") == "durbin_watson")["value"][0]
        assert found.durbin_watson == pytest.approx(printed, rel=1e-8)
        assert found.p["level_change"] < 0.001
