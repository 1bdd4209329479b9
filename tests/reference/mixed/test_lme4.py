"""Parity with lme4 1.1-31 (values printed by lme4.R from the tables of tables.py).

Tolerances: criterion 1e-6 relative; estimates 1e-4 of a standard error; standard errors 1e-4 relative;
variance components 1e-3 relative; patients' deviations 1e-3 of their spread. Where the fit is singular the
criterion is flat and lme4 stops near the edge: variance components then agree to 1e-3 of the larger one.
"""

from functools import cache
from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.mixed import MixedFit, Model, fit_mixed, patient_effects

HERE = Path(__file__).parent
PRINTED = pl.read_csv(HERE / "lme4.csv", schema_overrides={"name": pl.String})
FIXED: dict[str, dict[str, object]] = {
    "mean": {"terms": ()},
    "plain": {},
    "group": {"group": "group"},
    "drug": {"group": "group", "terms": ("log",), "covariates": ("drug",)},
    "curve": {"group": "group", "terms": ("linear", "quadratic")},
    "categorical": {"group": "group", "terms": ("categorical",)},
}
CASES = PRINTED["case"].unique(maintain_order=True).to_list()


@cache
def fitted(case: str, reference_tables) -> MixedFit:
    table, fixed, random, method = case.split("/")
    model = Model("patient", "time", "outcome", random=random, method=method, **FIXED[fixed])  # type: ignore[arg-type]
    return fit_mixed(reference_tables(table), model)


def printed(case: str, quantity: str) -> dict[str, float]:
    rows = PRINTED.filter((pl.col("case") == case) & (pl.col("quantity") == quantity))
    return dict(zip(rows["name"], rows["value"], strict=True))


@pytest.mark.parametrize("case", CASES)
def test_criterion_and_information_criteria(case: str, reference_tables) -> None:
    fit = fitted(case, reference_tables)
    assert fit.converged
    assert fit.criterion == pytest.approx(printed(case, "criterion")["criterion"], rel=1e-6)
    assert fit.aic == pytest.approx(printed(case, "aic")["aic"], rel=1e-6)
    assert fit.bic == pytest.approx(printed(case, "bic")["bic"], rel=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_criterion_is_not_above_lme4s(case: str, reference_tables) -> None:
    expected = printed(case, "criterion")["criterion"]
    assert fitted(case, reference_tables).criterion <= expected + 1e-8 * abs(expected)


@pytest.mark.parametrize("case", CASES)
def test_estimates_and_standard_errors(case: str, reference_tables) -> None:
    fit = fitted(case, reference_tables)
    assert set(fit.coef) == set(printed(case, "estimate"))
    for name, se in printed(case, "se").items():
        assert fit.se[name] == pytest.approx(se, rel=1e-4)
        assert fit.coef[name] == pytest.approx(printed(case, "estimate")[name], abs=1e-4 * se)


@pytest.mark.parametrize("case", CASES)
def test_variance_components(case: str, reference_tables) -> None:
    fit, expected = fitted(case, reference_tables), printed(case, "variance")
    slack = 1e-3 * max(expected.values()) if fit.singular else 0.0
    for name, value in expected.items():
        assert getattr(fit.variance, name) == pytest.approx(value, rel=1e-3, abs=slack)


@pytest.mark.parametrize("case", CASES)
def test_counts_and_singularity(case: str, reference_tables) -> None:
    fit = fitted(case, reference_tables)
    assert {"observations": fit.n_observations, "patients": fit.n_patients} == printed(case, "n")
    assert fit.singular == bool(printed(case, "singular")["singular"])
    assert fit.singular == any(caution.code.startswith("singular") for caution in fit.warnings)


@pytest.mark.parametrize("case", [case for case in CASES if printed(case, "intercept_of")])
def test_patients_deviations(case: str, reference_tables) -> None:
    fit = fitted(case, reference_tables)
    effects = patient_effects(fit)
    for quantity, values in (("intercept_of", effects.intercept), ("slope_of", effects.slope)):
        for patient, value in printed(case, quantity).items():
            index = effects.patients.cast(pl.String).index_of(patient)
            assert values[index] == pytest.approx(value, abs=1e-3 * float(values.std()))
