"""Patients' predictions against the mixed-model equations, solved whole and dense."""

import numpy as np
import polars as pl
import pytest

from onmodel.inference.mixed import Model, fit_mixed, patient_course, patient_prediction, residuals


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    random = np.random.default_rng(3)
    counts = random.integers(1, 6, 25)
    patient = np.repeat(np.arange(25), counts)
    month = 4.0 * (np.arange(len(patient)) - np.repeat(np.cumsum(counts) - counts, counts))
    own = random.normal(0, 5, 25)[patient] + random.normal(0, 0.5, 25)[patient] * month
    score = 30 - 0.5 * month + own + random.normal(0, 3, len(patient))
    return pl.DataFrame({"id": patient, "month": month, "score": score, "arm": (patient % 2).astype(str)})


MODEL = Model("id", "month", "score", group="arm")


def dense_prediction(table: pl.DataFrame, fit, patient: int, month: float) -> tuple[float, float]:
    """Estimate and error variance from Henderson's equations over all patients."""
    v, n = fit.variance, fit.n_patients
    g = np.array([[v.intercept, v.covariance], [v.covariance, v.slope]])
    code, time = table["id"].to_numpy(), table["month"].to_numpy()
    arm = (table["arm"] == "1").to_numpy().astype(float)
    x = np.column_stack([np.ones(len(table)), time, arm, time * arm])
    z = np.zeros((len(table), 2 * n))
    z[np.arange(len(table)), 2 * code] = 1
    z[np.arange(len(table)), 2 * code + 1] = time
    w = np.hstack([x, z])
    left = w.T @ w / v.residual
    left[4:, 4:] += np.kron(np.eye(n), np.linalg.inv(g))
    solution = np.linalg.solve(left, w.T @ table["score"].to_numpy() / v.residual)
    line = np.zeros(4 + 2 * n)
    own_arm = float(patient % 2)
    line[:4] = [1, month, own_arm, month * own_arm]
    line[4 + 2 * patient : 6 + 2 * patient] = [1, month]
    return float(line @ solution), float(line @ np.linalg.solve(left, line))


@pytest.mark.parametrize(("patient", "month"), [(0, 0.0), (3, 8.0), (7, 36.0), (24, 2.5)])
def test_predictions_are_hendersons(table: pl.DataFrame, patient: int, month: float) -> None:
    fit = fit_mixed(table, MODEL)
    assert not fit.singular
    estimate, variance = dense_prediction(table, fit, patient, month)
    point = patient_prediction(fit, patient, [month])[0]
    assert point.estimate == pytest.approx(estimate, rel=1e-8)
    assert point.se**2 == pytest.approx(variance, rel=1e-8)
    reach = (point.predicted_upper - point.estimate) / 1.959964
    assert reach**2 == pytest.approx(variance + fit.variance.residual, rel=1e-6)


def test_new_outcomes_fall_within_the_prediction_interval_as_often_as_it_says() -> None:
    random = np.random.default_rng(9)
    patient, month = np.repeat(np.arange(400), 5), np.tile([0.0, 3.0, 6.0, 9.0, 12.0], 400)
    own = random.normal(0, 5, 400)[patient] + random.normal(0, 0.5, 400)[patient] * month
    table = pl.DataFrame({"id": patient, "month": month, "score": own + random.normal(0, 3, 2000)})
    known, last = table.filter(pl.col("month") < 12), table.filter(pl.col("month") == 12)
    fit = fit_mixed(known, Model("id", "month", "score"))
    points = [patient_prediction(fit, code, [12.0])[0] for code in last["id"]]
    inside = [p.predicted_lower < y < p.predicted_upper for p, y in zip(points, last["score"], strict=True)]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.03)


def test_residuals_stand_in_the_tables_order(table: pl.DataFrame) -> None:
    fit = fit_mixed(table, MODEL)
    found = residuals(fit)
    assert found["patient"].to_list() == table["id"].to_list()
    assert found["residual"].to_numpy() == pytest.approx((found["outcome"] - found["fitted"]).to_numpy())
    row = 4
    course = patient_course(fit, table["id"][row], [table["month"][row]])
    assert found["fitted"][row] == pytest.approx(course[0])


def test_without_random_effects_there_is_no_patient_of_ones_own(table: pl.DataFrame) -> None:
    fit = fit_mixed(table.with_columns(id=pl.int_range(pl.len())), MODEL)
    assert patient_prediction(fit, 0, [0.0]) == ()
    assert residuals(fit)["fitted"].to_list() == residuals(fit)["mean"].to_list()
