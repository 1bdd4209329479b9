"""Whether courses differ, and by how much, against lme4's anova and lmerTest's contests (contrasts.R).

Tolerances: deviance 1e-5 relative; difference and F 1e-4 relative; degrees of freedom 1e-3, p 1e-3 relative.
"""

from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.mixed import Model, changes_differ, course_test, courses_differ, fit_mixed

PRINTED = {
    (random, quantity, month): value
    for random, quantity, month, value in pl.read_csv(Path(__file__).parent / "contrasts.csv")
    .with_columns(pl.col("month").cast(pl.Float64))
    .iter_rows()
}


def model(random: str) -> Model:
    return Model(
        "patient",
        "time",
        "outcome",
        group="group",
        terms=("linear", "quadratic"),
        random=random,  # type: ignore[arg-type]
        reference={"group": "TAU"},
    )


@pytest.mark.parametrize("random", ["intercept", "slope"])
def test_the_deviance_of_the_groups_part_in_the_course(random: str, reference_tables) -> None:
    found = courses_differ(reference_tables("btheb"), model(random))
    assert found.statistic == pytest.approx(PRINTED[random, "deviance", 0.0], rel=1e-5)
    assert found.df == PRINTED[random, "deviance_df", 0.0]
    assert found.p == pytest.approx(PRINTED[random, "deviance_p", 0.0], rel=1e-3)


@pytest.mark.parametrize("random", ["intercept", "slope"])
def test_f_of_the_groups_part_in_the_course(random: str, reference_tables) -> None:
    found = course_test(fit_mixed(reference_tables("btheb"), model(random)))
    assert found.statistic == pytest.approx(PRINTED[random, "F", 0.0], rel=1e-4)
    assert found.df == PRINTED[random, "F_df", 0.0]
    assert found.df_within == pytest.approx(PRINTED[random, "F_df_within", 0.0], rel=1e-3)
    assert found.p == pytest.approx(PRINTED[random, "F_p", 0.0], rel=1e-3)


@pytest.mark.parametrize("random", ["intercept", "slope"])
def test_the_difference_at_a_month(random: str, reference_tables) -> None:
    for found in changes_differ(fit_mixed(reference_tables("btheb"), model(random)), [4.0, 8.0]):
        assert found.difference == pytest.approx(PRINTED[random, "difference", found.month], rel=1e-4)
        assert found.df == pytest.approx(PRINTED[random, "df", found.month], rel=1e-3)
        assert found.p == pytest.approx(PRINTED[random, "p", found.month], rel=1e-3)
