"""The path to a parsimonious model against the same procedure written with lme4 (building.R).

Every deviance difference to 1e-4 (absolute; 1e-3 where a fit is singular), p to 1e-3, and every decision.
"""

from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.mixed import Model, build_model

PRINTED = pl.read_csv(Path(__file__).parent / "building.csv")
TABLES = PRINTED["table"].unique(maintain_order=True).to_list()


@pytest.mark.parametrize("table", TABLES)
def test_the_path_is_that_of_lme4(table: str, reference_tables) -> None:
    model = Model("patient", "time", "outcome", group="group", terms=("linear", "quadratic", "log"))
    found = build_model(reference_tables(table), model)
    expected = PRINTED.filter(pl.col("table") == table)
    for number, step in enumerate(found.steps, 1):
        rows = expected.filter(pl.col("step") == number)
        names = {candidate.name.removeprefix("without "): candidate for candidate in step.considered}
        assert set(names) == set(rows["effect"]), number
        for row in rows.iter_rows(named=True):
            candidate = names[row["effect"]]
            assert candidate.statistic == pytest.approx(row["statistic"], abs=1e-3)
            assert candidate.df == row["df"]
            assert candidate.p == pytest.approx(row["p"], abs=1e-3)
            assert (step.dropped == row["effect"]) == bool(row["dropped"])
    final = expected["effect"][-1].split()
    assert [found.final.random, *found.final.model.all_effects] == final[1:]


def test_the_path_reads_as_text(reference_tables) -> None:
    model = Model("patient", "time", "outcome", group="group", terms=("linear", "quadratic", "log"))
    lines = build_model(reference_tables("btheb"), model).lines()
    assert lines[0].startswith("Saturated model: linear, quadratic, log, group, linear:group")
    assert any("dropped, p" in line and "by ML deviance" in line for line in lines)
    assert lines[-1].startswith("Against the saturated")
