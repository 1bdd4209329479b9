"""Patients within programmes against lme4 (nested.R): InstEval, Pastes, simulated programmes.

Tolerances: criterion 1e-6 relative and not above lme4's; estimates 1e-4 of a standard error; standard errors
1e-4 relative; variance components 1e-3 relative (of the largest where the fit is singular); programmes'
shrunken effects 1e-3 of their spread.
"""

from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from onmodel.inference.mixed import Model
from onmodel.inference.mixed.nested import NestedFit, fit_nested

PRINTED = pl.read_csv(Path(__file__).parent / "nested.csv", schema_overrides={"name": pl.String})
CASES = PRINTED["case"].unique(maintain_order=True).to_list()


def printed(case: str, quantity: str) -> dict[str, float]:
    rows = PRINTED.filter((pl.col("case") == case) & (pl.col("quantity") == quantity))
    return dict(zip(rows["name"], rows["value"], strict=True))


@cache
def fitted(case: str, reference_tables) -> NestedFit:
    table, between, random, method = case.split("/")
    estimates = printed(case, "estimate")
    names = tuple(name.replace("group=later", "group") for name in estimates if name != "intercept")
    model = Model("patient", "time", "outcome", effects=names, random=random, method=method)  # type: ignore[arg-type]
    return fit_nested(reference_tables(table), model, programme="programme", between=between)  # type: ignore[arg-type]


@pytest.mark.parametrize("case", CASES)
def test_criterion_estimates_and_variances(case: str, reference_tables) -> None:
    fit = fitted(case, reference_tables)
    criterion = printed(case, "criterion")["criterion"]
    assert fit.converged
    assert fit.criterion == pytest.approx(criterion, rel=1e-6)
    assert fit.criterion <= criterion + 1e-7 * abs(criterion)
    for name, se in printed(case, "se").items():
        assert fit.se[name] == pytest.approx(se, rel=1e-4)
        assert fit.coef[name] == pytest.approx(printed(case, "estimate")[name], abs=1e-4 * se)
    for quantity, found in (("variance", fit.variance), ("programmes", fit.programmes)):
        expected = printed(case, quantity)
        slack = 1e-3 * max(printed(case, "variance").values()) if fit.singular else 1e-7
        for name, value in expected.items():
            assert getattr(found, name) == pytest.approx(value, rel=1e-3, abs=slack), (quantity, name)


@pytest.mark.parametrize("case", CASES)
def test_programmes_shrunken_effects(case: str, reference_tables) -> None:
    fit = fitted(case, reference_tables)
    expected = printed(case, "intercept_of")
    assert {effect.programme for effect in fit.effects} == set(expected)
    spread = float(np.std(list(expected.values()))) or 1.0
    for effect in fit.effects:
        assert effect.intercept == pytest.approx(expected[effect.programme], abs=1e-3 * spread + 1e-3)
    slopes = printed(case, "slope_of")
    for effect in fit.effects if slopes else ():
        spread = float(np.std(list(slopes.values())))
        assert effect.slope == pytest.approx(slopes[effect.programme], abs=1e-3 * spread)


def test_programmes_that_do_not_differ_are_said_not_to(reference_tables) -> None:
    fit = fitted("alike/intercept/slope/reml", reference_tables)
    assert fit.singular == (fit.programmes.intercept == 0)
    assert fit.share_of_programmes < 0.02
