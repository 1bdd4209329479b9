import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.gee import fit_gee


def repeated(seed: int = 1, patients: int = 60, moments: int = 4) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), moments)
    month = np.tile(6.0 * np.arange(moments), patients)
    own = random.normal(0, 5, patients)[patient]
    score = 30 - 0.5 * month + own + random.normal(0, 4, len(month))
    harm = (score > 25).astype(int)
    return pl.DataFrame(
        {"id": patient, "month": month, "score": score, "harm": harm, "crises": np.round(score / 10)}
    )


def codes(fit) -> set[str]:
    return {caution.code for caution in fit.warnings}


def test_balanced_moments_give_the_observed_means() -> None:
    table = repeated()
    fit = fit_gee(table, patient="id", outcome="score", time="month")
    means = table.group_by("month").agg(pl.col("score").mean()).sort("month")["score"].to_list()
    assert fit.coef["intercept"] == pytest.approx(means[0])
    assert [fit.coef[f"month={m}"] for m in (6, 12, 18)] == pytest.approx([m - means[0] for m in means[1:]])
    assert 0.3 < fit.correlation < 0.8
    assert (fit.n_observations, fit.n_patients, fit.n_dropped) == (240, 60, 0)


def test_change_has_the_error_of_a_paired_difference() -> None:
    """Two moments, all measured: the robust error is that of the mean change, with n instead of n - 1."""
    table = repeated(moments=2)
    change = np.diff(table["score"].to_numpy().reshape(60, 2)).ravel()
    fit = fit_gee(table, patient="id", outcome="score", time="month")
    assert fit.se["month=6"] == pytest.approx(change.std() / np.sqrt(60))


def test_all_moments_together() -> None:
    fit = fit_gee(repeated(), patient="id", outcome="score", time="month")
    statistic, df, p = fit.wald_test(["month=6", "month=12", "month=18"])
    assert (df, p < 0.001, statistic > 20) == (3, True, True)
    with pytest.raises(KeyError):
        fit.wald_test(["month=99"])


def test_rows_without_an_answer_are_left_out_and_counted() -> None:
    table = repeated().with_columns(score=pl.when(pl.col("month") < 18).then("score"))
    fit = fit_gee(table, patient="id", outcome="score", time="month")
    assert (fit.n_observations, fit.n_dropped) == (180, 60)


@pytest.mark.parametrize("moments", [1, 2])
def test_one_measurement_a_patient_has_no_correlation(moments: int) -> None:
    fit = fit_gee(repeated(patients=10, moments=moments), patient="id", outcome="score", covariates=["month"])
    assert (fit.correlation == 0) == (moments == 1)
    assert "few_patients" in codes(fit)


def test_a_moment_at_which_nobody_harms_is_named() -> None:
    table = repeated().with_columns(harm=pl.when(pl.col("month") == 18).then(0).otherwise("harm"))
    fit = fit_gee(table, patient="id", outcome="harm", time="month", family="binary")
    assert "separated" in codes(fit)
    assert fit.coef["month=18"] is None
    assert fit.se["month=18"] is None
    without = fit_gee(
        table.filter(pl.col("month") < 18), patient="id", outcome="harm", time="month", family="binary"
    )
    assert fit.coef["month=6"] == pytest.approx(without.coef["month=6"], abs=0.1)
    assert fit.se["month=6"] == pytest.approx(without.se["month=6"], rel=0.1)


def test_a_constant_outcome_is_named() -> None:
    fit = fit_gee(repeated().with_columns(score=pl.lit(3.0)), patient="id", outcome="score", time="month")
    assert "exact_fit" in codes(fit)
    assert fit.coef["month=6"] == pytest.approx(0, abs=1e-9)


def test_nothing_measured_is_refused() -> None:
    empty = repeated().with_columns(score=pl.lit(None, dtype=pl.Float64))
    with pytest.raises(DataError, match="no row"):
        fit_gee(empty, patient="id", outcome="score", time="month")
