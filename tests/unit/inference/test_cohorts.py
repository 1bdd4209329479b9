import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.cohorts import compare_cohorts
from onmodel.inference.mixed import Model, estimates_at, fit_mixed


def register(slower: float, patients: int = 120, seed: int = 1) -> pl.DataFrame:
    """Simulated: two cohorts, the later one `slower` points a month."""
    random = np.random.default_rng(seed)
    patient = np.repeat(np.arange(patients), 4)
    month = np.tile([0.0, 6.0, 12.0, 18.0], patients)
    late = patient % 2
    own = random.normal(0, 4, patients)[patient]
    score = 30 - 0.6 * month + slower * late * month + own + random.normal(0, 3, len(month))
    cohort = np.where(late == 1, "later", "early")
    age = random.normal(30, 8, patients)[patient]
    return pl.DataFrame({"id": patient, "month": month, "gsi": score, "cohort": cohort, "age": age})


def model(**options: object) -> Model:
    return Model("id", "month", "gsi", group="cohort", **options)  # type: ignore[arg-type]


def test_a_difference_that_is_there_is_found() -> None:
    found = compare_cohorts(register(0.3), model(), [6, 18], baseline=["age"])
    last = found.differences[-1]
    assert last.estimate == pytest.approx(0.3 * 18, abs=1.5)
    assert last.p < 0.001
    # one linear term: the same question
    assert found.course.statistic == pytest.approx((last.estimate / last.se) ** 2, rel=1e-6)
    assert (last.lower < last.estimate < last.upper, found.course.df) == (True, 1)
    assert [(c.name, c.patients, c.measured_late) for c in found.cohorts] == [
        ("early", 60, 60),
        ("later", 60, 60),
    ]
    assert [row.name for row in found.baseline] == ["age"]


def test_none_is_found_where_none_is() -> None:
    shown = [compare_cohorts(register(0.0, seed=s), model(), [18]).differences[0].p < 0.05 for s in range(20)]
    assert sum(shown) <= 4


def test_the_difference_is_that_of_the_fitted_courses() -> None:
    table = register(0.2)
    found = compare_cohorts(table, model(terms=("linear", "quadratic")), [12])
    at = {
        (e.group, e.month): e.estimate
        for e in estimates_at(fit_mixed(table, model(terms=("linear", "quadratic"))), [0, 12])
    }
    expected = (at["later", 12] - at["later", 0]) - (at["early", 12] - at["early", 0])
    assert found.differences[0].estimate == pytest.approx(expected, rel=1e-9)
    assert found.course.df == 2


def test_the_reference_turns_the_sign() -> None:
    table = register(0.2)
    one = compare_cohorts(table, model(), [12]).differences[0]
    other = compare_cohorts(table, model(reference={"cohort": "later"}), [12]).differences[0]
    assert one.estimate == pytest.approx(-other.estimate)
    assert one.p == pytest.approx(other.p)


def test_small_cohorts_are_named() -> None:
    found = compare_cohorts(register(0.2, patients=24), model(), [12])
    assert "few_in_cohort" in {c.code for c in found.warnings}


def test_the_start_differs_by_nothing_from_itself() -> None:
    start = compare_cohorts(register(0.2), model(), [0]).differences[0]
    assert (start.estimate, start.p) == (None, None)


def test_other_than_two_cohorts_are_refused() -> None:
    three = register(0.2).with_columns(cohort=(pl.col("id") % 3).cast(pl.String))
    with pytest.raises(DataError, match="not 3"):
        compare_cohorts(three, model(), [12])
    with pytest.raises(DataError, match="tells them apart"):
        compare_cohorts(three, Model("id", "month", "gsi"), [12])
