import numpy as np
import polars as pl
import pytest

from onmodel.inference.mixed import (
    Model,
    build_model,
    changes_at,
    changes_differ,
    coefficient_tests,
    course_test,
    courses_differ,
    fit_mixed,
    model_sd,
)

MODEL = Model("id", "month", "score", group="arm", terms=("linear", "quadratic"))


def table(effect: float, seed: int = 3, patients: int = 120) -> pl.DataFrame:
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), 4)
    month = np.tile([0.0, 6.0, 12.0, 18.0], patients)
    own = random.normal(0, 4, patients)[patient] + random.normal(0, 0.1, patients)[patient] * month
    later = patient % 2 == 1
    score = 30 - 0.6 * month + effect * month * later + own + random.normal(0, 3, len(patient))
    return pl.DataFrame(
        {"id": patient, "month": month, "score": score, "arm": np.where(later, "later", "earlier")}
    )


@pytest.fixture(scope="module")
def fit():
    return fit_mixed(table(0.3), MODEL)


def test_a_difference_is_that_of_the_changes_in_pooled_sds(fit) -> None:
    changes = {(c.group, c.month): c.estimate for c in changes_at(fit, [6, 18])}
    for found in changes_differ(fit, [6, 18]):
        assert (found.reference, found.group) == ("earlier", "later")
        wanted = changes["later", found.month] - changes["earlier", found.month]
        assert found.difference == pytest.approx(wanted)
        assert found.d == pytest.approx(wanted / model_sd(fit, 0.0, found.month)[0])
        assert found.lower < found.d < found.upper


def test_of_straight_courses_it_is_the_test_of_the_interaction() -> None:
    fit = fit_mixed(table(0.3), Model("id", "month", "score", group="arm"))
    (found,) = changes_differ(fit, [1])
    wanted = next(test for test in coefficient_tests(fit) if test.name == "linear:arm=later")
    assert found.difference == pytest.approx(wanted.estimate)
    assert (found.df, found.p) == pytest.approx((wanted.df, wanted.p))


def test_the_reference_only_turns_the_sign() -> None:
    one, other = (
        changes_differ(
            fit_mixed(table(0.3), Model("id", "month", "score", group="arm", reference=given)), [18]
        )[0]
        for given in ({"arm": "earlier"}, {"arm": "later"})
    )
    assert one.d == pytest.approx(-other.d, rel=1e-6)
    assert one.p == pytest.approx(other.p, rel=1e-4)


def test_courses_that_differ_are_told_from_those_that_do_not() -> None:
    assert courses_differ(table(0.3), MODEL).p < 0.001
    assert courses_differ(table(0.0), MODEL).p > 0.05
    assert courses_differ(table(0.3), MODEL).df == 2


def test_f_of_straight_courses_is_the_square_of_t() -> None:
    fit = fit_mixed(table(0.3), Model("id", "month", "score", group="arm"))
    wanted = next(test for test in coefficient_tests(fit) if test.name == "linear:arm=later")
    found = course_test(fit)
    assert (found.statistic, found.df) == (pytest.approx(wanted.t**2), 1)
    assert (found.df_within, found.p) == pytest.approx((wanted.df, wanted.p))


def test_f_does_not_care_how_time_is_counted() -> None:
    found = course_test(fit_mixed(table(0.3), MODEL))
    years = table(0.3).with_columns(pl.col("month") / 12)
    other = course_test(fit_mixed(years, MODEL))
    assert other.statistic == pytest.approx(found.statistic, rel=1e-5)
    assert other.df_within == pytest.approx(found.df_within, rel=0.1)


def test_f_calls_alike_courses_of_few_patients_different_as_rarely_as_said() -> None:
    p = [course_test(fit_mixed(table(0.0, seed, 16), MODEL)).p for seed in range(100, 300)]
    assert 0.02 < np.mean(np.array(p) < 0.05) < 0.09


def test_a_shift_at_the_start_is_no_difference_of_courses() -> None:
    shifted = table(0.0).with_columns(pl.col("score") + 10 * (pl.col("arm") == "later"))
    assert courses_differ(shifted, MODEL).statistic == pytest.approx(
        courses_differ(table(0.0), MODEL).statistic, abs=1e-4
    )


def test_the_deviance_is_that_of_the_building_path() -> None:
    frame = table(0.3)
    model = Model("id", "month", "score", group="arm")
    step = next(s for s in build_model(frame, model).steps if s.question == "Fixed effects")
    (candidate,) = step.considered
    random = build_model(frame, model).final.random
    found = courses_differ(frame, Model("id", "month", "score", group="arm", random=random))
    assert found.statistic == pytest.approx(candidate.statistic, rel=1e-6)


def test_alike_courses_are_called_different_as_rarely_as_said() -> None:
    p = [courses_differ(table(0.0, seed, 60), MODEL).p for seed in range(100, 300)]
    assert 0.01 < np.mean(np.array(p) < 0.05) < 0.10


@pytest.mark.parametrize("ask", [changes_differ, courses_differ, course_test])
def test_without_groups_there_is_nothing_to_compare(ask) -> None:
    model = Model("id", "month", "score")
    more = {changes_differ: ([6],), courses_differ: (model,), course_test: ()}[ask]
    with pytest.raises(ValueError, match="no groups"):
        ask(table(0.0) if ask is courses_differ else fit_mixed(table(0.0), model), *more)


def test_one_group_only_has_no_test() -> None:
    frame = table(0.0).filter(pl.col("arm") == "later")
    assert courses_differ(frame, MODEL) is None
    assert course_test(fit_mixed(frame, MODEL)) is None
