"""Scores, alpha, structural summary and outcomes against base R (values printed by scores.R).

R computes them by other ways: covariance matrices, a regression on cosine and sine, F quantiles of
its own. Tolerances: 1e-9 for scores and summaries, 1e-8 for intervals, counts exactly.
"""

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from onmodel.library import load
from onmodel.measurement import (
    change_criteria,
    classify_change,
    cronbach_alpha,
    scale_alpha,
    score,
    summarise,
)
from onmodel.measurement.circumplex import structural_summary
from tests.reference.measurement import tables
from tests.unit.measurement.conftest import build_instrument

PRINTED = pl.read_csv(Path(__file__).with_name("scores.csv"))
REVERSED = {"A": ["A1"], "C": ["C4", "C5"], "E": ["E1", "E2"], "N": [], "O": ["O2", "O5"]}
#: Alphas that the psych package documents for these scales, to two decimals.
PUBLISHED = {"A": 0.70, "C": 0.73, "E": 0.76, "N": 0.81, "O": 0.60}


def in_r(case: str) -> dict[str, float]:
    rows = PRINTED.filter(pl.col("case") == case)
    return dict(zip(rows["quantity"], rows["value"], strict=True))


@cache
def bfi() -> np.ndarray:
    return tables.bfi().fill_null(np.nan).to_numpy()


@cache
def bfi_form():
    scales = [
        {
            "id": scale,
            "rule": "mean",
            "items": [f"{scale}{n}" for n in range(1, 6)],
            "reverse": reverse,
            "missing": {"at_most": 1},
        }
        for scale, reverse in REVERSED.items()
    ]
    items = [{"id": f"{scale}{n}"} for scale in "ACENO" for n in range(1, 6)]
    return build_instrument(*scales, numbered_items=0, items=items, minimum=1, maximum=6, main_scale="A")


@pytest.mark.parametrize("scale", REVERSED)
def test_real_answers_with_gaps_and_reversed_items(scale):
    expected = in_r(scale)
    scores = score(bfi_form(), bfi())
    (summary,) = [s for s in summarise(bfi_form(), bfi(), scores) if s.scale_id == scale]
    assert summary.n == expected["n"]
    assert (summary.mean, summary.sd) == pytest.approx((expected["mean"], expected["sd"]), abs=1e-9)


@pytest.mark.parametrize("scale", REVERSED)
def test_alpha_and_its_interval(scale):
    expected = in_r(scale)
    alpha = scale_alpha(bfi_form(), scale, bfi())
    assert (alpha.n, alpha.items) == (expected["complete"], 5)
    assert alpha.value == pytest.approx(expected["alpha"], abs=1e-9)
    assert alpha.interval() == pytest.approx((expected["low"], expected["high"]), abs=1e-8)
    assert alpha.value == pytest.approx(PUBLISHED[scale], abs=0.01)


def test_alpha_without_reversing_is_another():
    plain = cronbach_alpha(bfi()[:, :5])
    assert plain.value < in_r("A")["alpha"] - 0.2


@pytest.mark.parametrize(
    "index", ["elevation", "dominance", "affiliation", "amplitude", "displacement", "fit"]
)
def test_the_structural_summary_is_a_regression_on_cosine_and_sine(index):
    angles = np.array([90.0, 135, 180, 225, 270, 315, 0, 45])
    profiles = tables.profiles().to_numpy()
    expected = [in_r(f"profile{row}")[index] for row in range(1, len(profiles) + 1)]
    assert getattr(structural_summary(profiles, angles), index) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("moment", ["2m", "4m", "6m", "8m"])
def test_outcomes_of_a_real_trial(moment):
    """The file's SD of 10.84 is the trial's own before treatment, rounded."""
    bdi, trial = load("mbt").instruments["bdi2"], tables.beat_the_blues()
    (criterion,) = change_criteria(bdi, "TOTAL")
    assert criterion.value == pytest.approx(in_r("bdi")["smallest"], abs=0.005)
    first, last = (trial[column].fill_null(np.nan).to_numpy() for column in ("pre", moment))
    change = classify_change(bdi, "TOTAL", first, last)
    assert change.counts() == in_r(moment)
    assert change.n_known == {"2m": 97, "4m": 73, "6m": 58, "8m": 52}[moment]
