"""Fits that ordinary data give, and those that broken data give: named, survived, never a wrong answer."""

import math

import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.mixed import (
    Model,
    as_dict,
    effect_sizes,
    estimates_at,
    fit_mixed,
    patient_course,
    patient_effects,
)


def simulated(patients: int = 40, moments: int = 5, seed: int = 1) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), moments)
    month = np.tile(np.arange(moments) * 6.0, patients)
    own = random.normal(0, 5, patients)[patient] + random.normal(0, 0.5, patients)[patient] * month
    group = np.where(patient % 2 == 0, "a", "b")
    outcome = 30 - 0.5 * month + 3 * (patient % 2) + own + random.normal(0, 4, len(patient))
    return pl.DataFrame({"id": patient, "month": month, "score": outcome, "group": group})


def codes_of(fit) -> set[str]:
    return {caution.code for caution in fit.warnings}


MODEL = Model("id", "month", "score")


def test_an_ordinary_fit_says_everything() -> None:
    fit = fit_mixed(simulated(), Model("id", "month", "score", group="group"))
    assert fit.names == ("intercept", "linear", "group=b", "linear:group=b")
    assert (fit.n_observations, fit.n_patients, fit.n_dropped) == (200, 40, 0)
    assert fit.converged
    assert not fit.warnings
    assert fit.loglik == pytest.approx(-fit.criterion / 2)
    lower, upper = fit.ci["linear"]
    assert lower < fit.coef["linear"] < upper
    assert upper - lower == pytest.approx(2 * 1.959964 * fit.se["linear"], rel=1e-6)


def test_row_order_does_not_matter() -> None:
    table = simulated()
    one, two = fit_mixed(table, MODEL), fit_mixed(table.sample(fraction=1, shuffle=True, seed=3), MODEL)
    assert two.criterion == pytest.approx(one.criterion, rel=1e-12)
    assert two.estimates == pytest.approx(one.estimates, rel=1e-8)


def test_missing_rows_are_dropped_and_counted_by_column() -> None:
    table = simulated().with_columns(
        score=pl.when(pl.int_range(pl.len()) < 3).then(None).otherwise("score"),
        month=pl.when(pl.int_range(pl.len()) == 3).then(float("nan")).otherwise("month"),
    )
    fit = fit_mixed(table, MODEL)
    assert fit.n_dropped == 4
    assert fit.dropped_by_column == {"score": 3, "month": 1}
    assert fit.n_observations == 196


def test_one_observation_a_patient_is_fitted_without_random_effects() -> None:
    table = simulated().with_columns(id=pl.int_range(pl.len()))
    fit = fit_mixed(table, MODEL)
    assert "one_observation" in codes_of(fit)
    assert fit.random == "none"
    assert fit.variance.intercept is None
    assert np.isnan(patient_effects(fit).intercept).all()
    slope, start = np.polyfit(table["month"], table["score"], 1)
    assert fit.coef == pytest.approx({"intercept": start, "linear": slope})


def test_two_moments_cannot_carry_a_slope() -> None:
    fit = fit_mixed(simulated(moments=2), MODEL)
    assert "unidentified" in codes_of(fit)
    assert fit.random == "intercept"
    assert fit.diagnostics.requested_random == "slope"
    assert fit.variance.slope is None


@pytest.mark.parametrize("value", [0.0, 7.0, 1e9])
def test_a_constant_outcome(value: float) -> None:
    fit = fit_mixed(simulated().with_columns(score=pl.lit(value)), MODEL)
    assert "constant_outcome" in codes_of(fit)
    assert not fit.converged
    assert fit.coef["intercept"] == pytest.approx(value)
    assert fit.coef["linear"] == pytest.approx(0, abs=1e-6)
    assert fit.se == {"intercept": None, "linear": None}
    assert fit.criterion is None
    assert effect_sizes(fit, [6])[0].d is None


def test_an_outcome_that_time_reproduces_exactly() -> None:
    fit = fit_mixed(simulated().with_columns(score=3 + 2 * pl.col("month")), MODEL)
    assert "exact_fit" in codes_of(fit)
    assert fit.coef == pytest.approx({"intercept": 3, "linear": 2})


def test_lines_without_residual() -> None:
    table = simulated().with_columns(score=pl.col("id") + pl.col("month") * (pl.col("id") % 7))
    fit = fit_mixed(table, MODEL)
    assert codes_of(fit) & {"no_residual", "not_converged"}


def test_a_collinear_column_is_left_out_by_name() -> None:
    table = simulated().with_columns(years=pl.col("month") / 12)
    fit = fit_mixed(table, Model("id", "month", "score", covariates=("years",)))
    assert "collinear" in codes_of(fit)
    assert fit.coef["years"] is None
    plain = fit_mixed(table, MODEL)
    assert fit.criterion == pytest.approx(plain.criterion, rel=1e-9)
    assert [e.estimate for e in estimates_at(fit, [12.0])] == [None], "0 years and 12 months disagree"


def test_a_group_with_a_single_value() -> None:
    fit = fit_mixed(simulated().with_columns(group=pl.lit("a")), Model("id", "month", "score", group="group"))
    assert "one_level" in codes_of(fit)
    assert fit.names == ("intercept", "linear")


def test_a_group_without_follow_up_has_no_estimate_there() -> None:
    table = simulated().filter((pl.col("group") == "a") | (pl.col("month") == 0))
    fit = fit_mixed(table, Model("id", "month", "score", group="group", random="intercept"))
    assert fit.coef["linear:group=b"] is None
    found = {(e.group, e.month): e.estimate for e in estimates_at(fit, [0, 6])}
    assert found["b", 0] is not None
    assert found["b", 6] is None


def test_one_patient_and_few_patients() -> None:
    alone = fit_mixed(simulated(patients=1), MODEL)
    assert "one_patient" in codes_of(alone)
    few = fit_mixed(simulated(patients=4), MODEL)
    assert "few_patients" in codes_of(few)


def test_fewer_rows_than_effects() -> None:
    fit = fit_mixed(simulated().head(2), MODEL)
    assert "too_few_observations" in codes_of(fit)
    assert fit.se["linear"] is None


def test_a_single_moment_leaves_no_course() -> None:
    fit = fit_mixed(simulated().filter(pl.col("month") == 6), MODEL)
    assert {"collinear", "one_observation"} <= codes_of(fit)
    assert fit.coef["linear"] is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"score": pl.lit("x")}, "'x', which is not a number"),
        ({"score": pl.lit(math.inf)}, "not finite"),
        ({"score": pl.lit(None, dtype=pl.Float64)}, "no row has a value in all of: id, month, score"),
        ({"month": pl.lit("2024-01-01").str.to_date()}, "holds dates"),
    ],
)
def test_data_that_cannot_be_read_are_refused_in_words(change: dict[str, pl.Expr], words: str) -> None:
    with pytest.raises(DataError, match=words):
        fit_mixed(simulated().with_columns(**change), MODEL)


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Model("nobody", "month", "score"), "no column 'nobody'"),
        (Model("id", "month", "score", covariates=("age",)), "no column 'age'"),
        (Model("id", "month", "score", terms=("cubic",)), "'cubic' is not a time term"),
        (Model("id", "month", "score", terms=("categorical", "linear")), "categorical"),
        (Model("id", "month", "score", random="both"), "random is 'both'"),  # type: ignore[arg-type]
        (Model("id", "month", "month"), "two roles"),
        (
            Model("id", "month", "score", group="group", reference={"group": "z"}),
            "'z' is not a value of 'group'",
        ),
    ],
)
def test_models_that_cannot_be_meant_are_refused_in_words(model: Model, words: str) -> None:
    with pytest.raises(DataError, match=words):
        fit_mixed(simulated(), model)


def test_log_time_refuses_months_before_minus_one() -> None:
    with pytest.raises(DataError, match="above -1"):
        fit_mixed(
            simulated().with_columns(pl.col("month") - 1), Model("id", "month", "score", terms=("log",))
        )


def test_numbers_written_as_text_are_read() -> None:
    table = simulated()
    fit = fit_mixed(table.with_columns(pl.col("score").cast(pl.String)), MODEL)
    assert fit.criterion == pytest.approx(fit_mixed(table, MODEL).criterion)


def test_a_far_origin_loses_no_digits() -> None:
    table = simulated()
    plain = fit_mixed(table, MODEL)
    far = fit_mixed(table.with_columns(pl.col("score") + 1e7), MODEL)
    assert far.coef["linear"] == pytest.approx(plain.coef["linear"], rel=1e-6)
    assert far.criterion == pytest.approx(plain.criterion, rel=1e-8)


def test_everything_exports_as_plain_values() -> None:
    import json

    text = json.dumps(as_dict(fit_mixed(simulated(), Model("id", "month", "score", group="group")), [0, 18]))
    assert "NaN" not in text
    text = json.dumps(as_dict(fit_mixed(simulated().with_columns(score=pl.lit(1.0)), MODEL), [0, 18]))
    assert "NaN" not in text


def test_fixed_effects_that_tell_patients_apart_leave_no_variance_between_them() -> None:
    table = simulated(patients=12).with_columns(name=pl.col("id").cast(pl.String))
    fit = fit_mixed(table, Model("id", "month", "score", covariates=("name",), random="intercept"))
    assert "unidentified" in codes_of(fit)
    assert fit.random == "none"
    assert fit.variance.intercept is None
    assert "singular_intercept" in codes_of(
        fit_mixed(table, Model("id", "month", "score", covariates=("name",), random="intercept", method="ml"))
    )


@pytest.mark.parametrize("unit", [1e-12, 1e-3, 1e6, 1e12])
def test_the_unit_of_the_score_does_not_matter(unit: float) -> None:
    table = simulated()
    one, two = fit_mixed(table, MODEL), fit_mixed(table.with_columns(pl.col("score") * unit), MODEL)
    assert (two.estimates / unit).tolist() == pytest.approx(one.estimates.tolist(), rel=1e-5)
    assert two.variance.slope / unit**2 == pytest.approx(one.variance.slope, rel=1e-5)
    assert effect_sizes(two, [12])[0].lower == pytest.approx(effect_sizes(one, [12])[0].lower, rel=1e-4)


@pytest.mark.parametrize("kind", [pl.Float64, pl.Boolean, pl.String, pl.Categorical])
def test_a_group_may_be_written_in_any_way(kind) -> None:
    code = (pl.col("id") % 2).cast(pl.Int8)
    column = (
        (code == 1)
        if kind == pl.Boolean
        else code.cast(pl.String if kind == pl.Categorical else kind).cast(kind)
    )
    table = simulated().with_columns(group=column)
    fit = fit_mixed(table, Model("id", "month", "score", group="group"))
    plain = fit_mixed(simulated(), Model("id", "month", "score", group="group"))
    assert fit.estimates.tolist() == pytest.approx(plain.estimates.tolist())
    assert len(estimates_at(fit, [0])) == 2
    patient_course(fit, 1, [0.0])


def test_moments_that_are_no_whole_months_keep_their_own_means() -> None:
    table = simulated().with_columns(pl.col("month") + 0.123456789123)
    fit = fit_mixed(table, Model("id", "month", "score", terms=("categorical",), random="intercept"))
    means = table.group_by("month").agg(pl.col("score").mean()).sort("month")
    for month, mean in means.rows():
        assert estimates_at(fit, [month])[0].estimate == pytest.approx(mean)
    with pytest.raises(DataError, match="'7' is not a value of 'categorical'"):
        estimates_at(fit, [7])


def test_log_time_has_no_estimate_before_month_minus_one() -> None:
    fit = fit_mixed(simulated(), Model("id", "month", "score", terms=("log",)))
    with pytest.raises(DataError, match="no value at month -1"):
        estimates_at(fit, [-1])


def test_lines_that_leave_no_residual_are_named() -> None:
    """One arm has one patient and the others' lines fit exactly: the criterion falls without end."""
    table = pl.DataFrame(
        {
            "id": [0, 0, 1, 1, 2, 2],
            "month": [0.64, 3.27, 0.04, 3.02, 0.81, 3.91],
            "arm": ["a", "a", "b", "b", "a", "a"],
            "y": [30.98, 31.82, 29.60, 32.89, 27.68, 29.49],
        }
    )
    fit = fit_mixed(table, Model("id", "month", "y", group="arm"))
    assert not fit.converged
    assert "no_residual" in {caution.code for caution in fit.warnings}


def test_a_single_moment_has_no_categories_that_differ_by_group() -> None:
    table = pl.DataFrame({"id": range(8), "month": 6, "arm": ["a", "b"] * 4, "y": [3.0, 5, 2, 6, 4, 5, 3, 7]})
    fit = fit_mixed(table, Model("id", "month", "y", group="arm", terms=("categorical",)))
    assert fit.names == ("intercept", "arm=b")
    assert fit.coef == pytest.approx({"intercept": 3.0, "arm=b": 2.75})
