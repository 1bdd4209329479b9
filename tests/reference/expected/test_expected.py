"""What is expected of a patient who was left out, against lme4 and the partitioned normal (expected.R).

Tolerances: means 1e-4, variances 1e-3 relative (the optimisers stop at slightly different variances).
"""

from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.expected import Reference, expect, reference_of, without
from onmodel.inference.mixed import Model, fit_mixed

ROWS = pl.read_csv(Path(__file__).parent / "expected.csv").rows()
PRINTED = {(quantity, known, month): value for quantity, known, month, value in ROWS}
WHO = int(PRINTED["patient", 0, 0.0])
MODEL = Model("patient", "time", "outcome", terms=("linear", "quadratic"))


def reference(frame: pl.DataFrame) -> Reference:
    found = reference_of(fit_mixed(frame, MODEL))
    assert found is not None
    return found


@pytest.mark.parametrize("known", [1, 2])
def test_the_conditional_distribution_of_later_scores(known: int, reference_tables) -> None:
    table = reference_tables("btheb")
    own = table.filter(pl.col("patient") == WHO).sort("time")
    months, scores = own["time"].to_list(), own["outcome"].to_list()
    others = reference(table.filter(pl.col("patient") != WHO))
    found = expect(others, months[:known], scores[:known], months[known:])
    for month, mean, variance in zip(months[known:], found.mean, found.true_variance, strict=True):
        assert mean == pytest.approx(PRINTED["mean", known, month], rel=1e-4)
        assert variance == pytest.approx(PRINTED["true_variance", known, month], rel=1e-3)


def test_the_reference_without_a_patient(reference_tables) -> None:
    table = reference_tables("btheb")
    own = table.filter(pl.col("patient") == WHO).sort("time")
    rest = without(reference(table), own["time"].to_list(), own["outcome"].to_list())
    for at in range(3):
        assert rest.coefficients[at] == pytest.approx(PRINTED["left_out", 0, at + 1.0], rel=1e-4)
        assert rest.vcov[at, at] == pytest.approx(PRINTED["left_out_variance", 0, at + 1.0], rel=1e-3)
