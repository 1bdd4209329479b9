import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.missing import (
    assessments_as_predictor,
    compare_baseline,
    missing_patterns,
    pattern_mixture,
)
from onmodel.inference.missing.patterns import kind_of
from onmodel.inference.mixed import Model


def register(seed: int = 3, patients: int = 150, worse: float = 0.0) -> pl.DataFrame:
    """Simulated: 0, 6, 12 months; a third is gone after 6 and changes `worse` a month less well."""
    random = np.random.default_rng(seed)
    rows = []
    for i in range(patients):
        gone, own = i % 3 == 0, random.normal(0, 4)
        for month in (0, 6) if gone else (0, 6, 12):
            score = 30 - 0.5 * month + own + worse * month * gone + random.normal(0, 3)
            rows.append((i, float(month), score, "a" if i % 2 else "b"))
    return pl.DataFrame(rows, schema=["id", "month", "bdi", "arm"], orient="row")


def model(**options: object) -> Model:
    return Model("id", "month", "bdi", random="intercept", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("measured", "kind"),
    [
        ((1, 1, 1), "complete"),
        ((1, 1, 0), "drop_out"),
        ((1, 0, 1), "intermittent"),
        ((0, 1, 1), "intermittent"),
        ((0, 0), "none"),
    ],
)
def test_kinds(measured: tuple[int, ...], kind: str) -> None:
    assert kind_of(tuple(map(bool, measured))) == kind


def test_patterns_count_every_patient_once() -> None:
    found = missing_patterns(register(), patient="id", time="month", outcome="bdi")
    assert [(p.picture, p.n) for p in found.patterns] == [("●●●", 100), ("●●○", 50)]
    assert (found.n, found.complete, found.measured) == (150, 100, (150, 150, 100))
    assert found.warnings == ()


def test_planned_moments_at_which_nobody_was_measured() -> None:
    found = missing_patterns(register(), patient="id", time="month", outcome="bdi", moments=(0, 6, 12, 18))
    assert found.measured[-1] == 0
    assert [c.code for c in found.warnings] == ["mostly_incomplete"]


def test_baseline_of_numbers_and_words() -> None:
    table = pl.DataFrame(
        {
            "all": [True] * 4 + [False] * 4,
            "age": [30.0, 34, 32, None, 22, 27, 23, 24],
            "sex": list("ffmfmmmf"),
        }
    )
    age, sex = compare_baseline(table, complete="all", covariates=["age", "sex"])
    assert (age.complete, age.incomplete, age.test.n) == (32.0, 24.0, (3, 4))
    assert sex.complete == {"f": 0.75, "m": 0.25}
    assert age.p_holm == pytest.approx(2 * age.test.p)
    assert sex.test.method == "Fisher's exact test"


def test_nobody_incomplete_is_refused() -> None:
    table = pl.DataFrame({"all": [1, 1], "age": [30.0, 34.0]})
    with pytest.raises(DataError, match="0 incomplete"):
        compare_baseline(table, complete="all", covariates=["age"])
    whole = register().filter(pl.col("month") < 12)
    with pytest.raises(DataError, match="no patterns"):
        pattern_mixture(whole, model(), [6])


def test_a_column_of_that_name_is_refused() -> None:
    with pytest.raises(DataError, match="another name"):
        assessments_as_predictor(register().with_columns(assessments=pl.lit(1)), model())


def test_number_of_assessments_finds_those_who_change_less() -> None:
    assert assessments_as_predictor(register(), model()).p_together > 0.05
    found = assessments_as_predictor(register(worse=0.6), model())
    assert found.p["linear:assessments"] < 0.01
    assert (found.n, found.df) == (150, 2)


def test_mixture_counts_the_incomplete_by_their_share() -> None:
    """Complete change -6 in 12 months, incomplete +1.2: two thirds and one third of them make -3.6."""
    found = pattern_mixture(register(worse=0.6, patients=900), model(), [12])
    change = found.estimates[0]
    assert found.share_incomplete == {None: pytest.approx(1 / 3)}
    assert change.mixture == pytest.approx(-3.6, abs=0.5)
    assert change.at_random < change.mixture
    assert change.lower < change.mixture < change.upper
    assert change.tipping > 0


def test_by_group() -> None:
    found = pattern_mixture(register(), model(group="arm"), [6, 12])
    assert [(e.group, e.month) for e in found.estimates] == [("a", 6), ("a", 12), ("b", 6), ("b", 12)]
    assert found.n_incomplete == 50


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    table = register(patients=30)
    mixed = table.sample(fraction=1, shuffle=True, seed=seed)
    one, other = (pattern_mixture(t, model(), [12]).estimates[0] for t in (table, mixed))
    assert one.mixture == pytest.approx(other.mixture, rel=1e-6)
    patterns = [missing_patterns(t, patient="id", time="month", outcome="bdi") for t in (table, mixed)]
    assert patterns[0] == patterns[1]
