import math

import numpy as np
import polars as pl
import pytest

from onmodel.inference.mixed import (
    Model,
    changes_at,
    coefficient_tests,
    effect_sizes,
    estimates_at,
    fit_mixed,
    model_sd,
    patient_course,
    patient_effects,
    start_of,
)


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    random = np.random.default_rng(7)
    patient = np.repeat(np.arange(300), 4)
    month = np.tile([0.0, 6.0, 12.0, 18.0], 300)
    own = random.normal(0, 4, 300)[patient] + random.normal(0, 0.1, 300)[patient] * month
    treated = patient % 3 == 0
    score = 20 - 0.3 * month - 0.2 * month * treated + own + random.normal(0, 3, len(patient))
    sex = np.where(patient % 5 == 0, "m", "f")
    return pl.DataFrame(
        {
            "id": patient,
            "month": month,
            "score": score,
            "arm": np.where(treated, "mbt", "as usual"),
            "sex": sex,
        }
    )


@pytest.fixture(scope="module")
def fit(table: pl.DataFrame):
    return fit_mixed(table, Model("id", "month", "score", group="arm", covariates=("sex",)))


def test_estimates_are_the_linear_function_of_the_coefficients(fit) -> None:
    found = {(e.group, e.month): e for e in estimates_at(fit, [0, 12], at={"sex": "f"})}
    b = fit.coef
    assert found["as usual", 12].estimate == pytest.approx(b["intercept"] + 12 * b["linear"])
    treated = b["intercept"] + b["arm=mbt"] + 12 * (b["linear"] + b["linear:arm=mbt"])
    assert found["mbt", 12].estimate == pytest.approx(treated)
    assert found["as usual", 0].se == pytest.approx(fit.se["intercept"])


def test_open_covariates_stand_at_the_patients_average(fit) -> None:
    open_ = estimates_at(fit, [0])[0].estimate
    assert open_ == pytest.approx(fit.coef["intercept"] + 0.2 * fit.coef["sex=m"])


def test_the_effect_size_is_the_change_by_the_models_sd_at_the_start(fit) -> None:
    sd = math.sqrt(fit.variance.intercept + fit.variance.residual)
    assert model_sd(fit)[0] == pytest.approx(sd)
    size = effect_sizes(fit, [18])[0]
    change = changes_at(fit, [18])[0]
    assert change.estimate == pytest.approx(18 * fit.coef["linear"])
    assert size.d == pytest.approx(change.estimate / sd)
    assert size.lower < size.d < size.upper


def test_a_given_sd_divides_as_if_known(fit) -> None:
    size, change = effect_sizes(fit, [18], sd=8.0)[0], changes_at(fit, [18])[0]
    assert size.d == pytest.approx(change.estimate / 8)
    assert size.se == pytest.approx(change.se / 8)


def test_no_change_from_the_start_to_itself(fit) -> None:
    size = effect_sizes(fit, [0])[0]
    assert size.d == 0
    assert size.se == pytest.approx(0, abs=1e-8)


def test_patients_courses_shrink_towards_the_mean(fit, table: pl.DataFrame) -> None:
    effects = patient_effects(fit)
    assert effects.intercept.mean() == pytest.approx(0, abs=0.1)
    assert effects.intercept.std() < math.sqrt(fit.variance.intercept)
    course = patient_course(fit, 5, [0, 12])
    b = fit.coef
    assert course[1] == pytest.approx(
        b["intercept"] + b["sex=m"] + 12 * b["linear"] + effects.intercept[5] + 12 * effects.slope[5]
    )
    with pytest.raises(KeyError):
        patient_course(fit, 999, [0])


def test_the_variance_of_the_sd_is_right_by_simulation() -> None:
    random = np.random.default_rng(11)
    found, claimed = [], []
    patient, month = np.repeat(np.arange(60), 4), np.tile([0.0, 6.0, 12.0, 18.0], 60)
    for _ in range(200):
        own = random.normal(0, 4, 60)[patient] + random.normal(0, 0.2, 60)[patient] * month
        table = pl.DataFrame({"id": patient, "month": month, "score": own + random.normal(0, 3, 240)})
        fit = fit_mixed(table, Model("id", "month", "score"))
        sd, relative = model_sd(fit)
        found.append(math.log(sd))
        claimed.append(relative)
    assert np.mean(claimed) == pytest.approx(np.var(found), rel=0.25)


def test_t_intervals_are_wider_and_those_of_the_coefficients(fit) -> None:
    normal, t = (estimates_at(fit, [0], at={"sex": "f"}, satterthwaite=choice)[0] for choice in (False, True))
    assert (t.estimate, t.se) == (normal.estimate, normal.se)
    assert t.upper > normal.upper
    intercept = coefficient_tests(fit)[0]
    assert (t.lower, t.upper, t.df) == pytest.approx((intercept.lower, intercept.upper, intercept.df))
    change = changes_at(fit, [0, 18], satterthwaite=True)
    assert change[0].df is None
    assert change[1].p == pytest.approx(coefficient_tests(fit)[1].p)


@pytest.mark.parametrize(("term", "shift"), [("linear", 100), ("categorical", 100), ("categorical", -5)])
def test_change_is_since_the_first_month_where_month_0_was_not_measured(term: str, shift: int) -> None:
    random = np.random.default_rng(4)
    patient = np.repeat(np.arange(20), 3)
    month = np.tile([0.0, 6, 12], 20)
    outcome = 20 - month + random.normal(0, 3, 20)[patient] + random.normal(0, 1, 60)
    late = pl.DataFrame({"id": patient, "month": month + shift, "y": outcome})
    fit = fit_mixed(late, Model("id", "month", "y", terms=(term,), random="intercept"))
    assert start_of(fit) == shift
    change = changes_at(fit, [shift + 12])[0]
    assert change.estimate == pytest.approx(-12, abs=2)
    assert effect_sizes(fit, [shift + 12])[0].start == shift
