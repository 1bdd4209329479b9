import math

import pytest

from onmodel.inference.comparisons import (
    chi_square,
    fisher,
    mcnemar,
    paired_t_test,
    t_test,
    wald_shares,
)
from onmodel.inference.multiplicity import bonferroni, holm


def test_difference_of_shares_by_hand() -> None:
    """30 of 40 and 20 of 40: se^2 = .75 x .25 / 40 + .5 x .5 / 40."""
    found = wald_shares((30, 40), (20, 40))
    assert found.se == pytest.approx(math.sqrt((0.1875 + 0.25) / 40))
    assert found.ci == pytest.approx((0.25 - 1.959964 * found.se, 0.25 + 1.959964 * found.se))


def test_mcnemar_uses_those_who_changed() -> None:
    assert mcnemar(40, 20, 100).statistic == pytest.approx(400 / 60)
    assert mcnemar(40, 20, 100).coef == pytest.approx(-0.2)
    assert mcnemar(6, 2, 100).p == pytest.approx(2 * (1 + 8 + 28) / 256)
    assert mcnemar(6, 2, 100).method == "McNemar's exact test"


@pytest.mark.parametrize(
    "found",
    [
        t_test([1.0], [2.0, 3.0]),
        t_test([2.0, 2.0], [3.0, 3.0]),
        paired_t_test([1.0, 2.0], [2.0, 3.0]),
        wald_shares((0, 10), (0, 12)),
        wald_shares((0, 0), (3, 12)),
        mcnemar(0, 0, 20),
        chi_square([[5, 7], [0, 0]]),
    ],
)
def test_without_differences_there_is_no_test(found) -> None:
    assert found.p is None
    assert [c.code for c in found.warnings] == ["too_few"]


def test_few_expected_are_named() -> None:
    assert [c.code for c in chi_square([[3, 1], [1, 3]]).warnings] == ["few_expected"]
    assert chi_square([[30, 10], [20, 20]]).warnings == ()


def test_missing_values_do_not_count() -> None:
    assert t_test([1.0, math.nan, 3.0], [4.0, 6.0]).n == (2, 2)
    assert paired_t_test([1.0, 5.0, 2.0], [2.0, math.nan, 5.0]).n == (2,)


@pytest.mark.parametrize(
    "refused",
    [
        lambda: wald_shares((5, 4), (1, 2)),
        lambda: mcnemar(5, 6, 10),
        lambda: fisher([[1, 2, 3], [1, 2, 3]]),
        lambda: chi_square([[1, -2], [1, 3]]),
        lambda: paired_t_test([1.0], [1.0, 2.0]),
        lambda: holm([0.2, 1.2]),
        lambda: bonferroni([-0.1]),
    ],
)
def test_what_is_no_table_is_refused(refused) -> None:
    with pytest.raises(ValueError):
        refused()


def test_an_empty_cell_has_no_odds_ratio() -> None:
    assert fisher([[0, 8], [5, 3]]).coef is None
    assert fisher([[2, 4], [3, 1]]).coef == pytest.approx(2 / 12)
