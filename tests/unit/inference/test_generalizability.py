import numpy as np
import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.generalizability import d_study, g_study, needed


@pytest.fixture(scope="module")
def table() -> pl.DataFrame:
    """30 therapists x 4 raters on the same day: therapist 1.0, rater 0.25, residual 0.5 of variance."""
    random = np.random.default_rng(3)
    therapist, rater = random.normal(0, 1, 30), random.normal(0, 0.5, 4)
    rows = [
        (t, r, 4 + therapist[t] + rater[r] + random.normal(0, 0.5**0.5)) for t in range(30) for r in range(4)
    ]
    return pl.DataFrame(rows, orient="row", schema=["therapist", "rater", "score"])


def test_balanced_components_are_those_of_the_mean_squares(table: pl.DataFrame) -> None:
    study = g_study(table, score="score", object="therapist", facets=("rater",))
    x = table.pivot(on="rater", index="therapist", values="score").drop("therapist").to_numpy()
    n, k = x.shape
    between = k * x.mean(axis=1).var(ddof=1)
    raters = n * x.mean(axis=0).var(ddof=1)
    error = ((x - x.mean(axis=1, keepdims=True) - x.mean(axis=0) + x.mean()) ** 2).sum() / ((n - 1) * (k - 1))
    assert study.variance("therapist") == pytest.approx((between - error) / k, rel=1e-5)
    assert study.variance("rater") == pytest.approx((raters - error) / n, rel=1e-5)
    assert study.variance("rater", "therapist") == pytest.approx(error, rel=1e-5)
    assert sum(component.share for component in study.components) == pytest.approx(1)


def test_a_d_study_divides_error_by_the_conditions(table: pl.DataFrame) -> None:
    study = g_study(table, score="score", object="therapist", facets=("rater",))
    true, rater, rest = (study.variance(*e) for e in (("therapist",), ("rater",), ("therapist", "rater")))
    found = d_study(study, rater=3)
    assert found.relative == pytest.approx(true / (true + rest / 3))
    assert found.absolute == pytest.approx(true / (true + rest / 3 + rater / 3))
    assert found.sem_absolute**2 == pytest.approx((rest + rater) / 3)


def test_what_is_needed_is_smallest_and_reaches_the_target(table: pl.DataFrame) -> None:
    study = g_study(table, score="score", object="therapist", facets=("rater",))
    found = needed(study, target=0.85)
    assert len(found) == 1
    raters = found[0].conditions["rater"]
    assert d_study(study, rater=raters).relative >= 0.85
    assert raters == 1 or d_study(study, rater=raters - 1).relative < 0.85
    assert needed(study, target=0.999) == ()


def test_sessions_named_alike_in_two_therapists_are_two_sessions() -> None:
    random = np.random.default_rng(5)
    rows = [(t, s, r, random.normal()) for t in "abcdef" for s in (1, 2, 3) for r in ("x", "y")]
    table = pl.DataFrame(rows, orient="row", schema=["therapist", "session", "rater", "score"])
    study = g_study(
        table, score="score", object="therapist", facets=("session", "rater"), nested={"session": "therapist"}
    )
    assert study.levels["session"] == 18
    assert ("session",) not in [component.effect for component in study.components]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rater": pl.lit("one")}, "'rater' has one value only"),
        ({"score": pl.lit(3.0)}, "never vary"),
        ({"rater": pl.int_range(pl.len())}, "scored once at most"),
    ],
)
def test_scores_that_cannot_be_divided_are_refused(table: pl.DataFrame, change, words: str) -> None:
    with pytest.raises(DataError, match=words):
        g_study(table.with_columns(**change), score="score", object="therapist", facets=("rater",))


def test_a_facet_that_is_not_there_is_refused(table: pl.DataFrame) -> None:
    study = g_study(table, score="score", object="therapist", facets=("rater",))
    with pytest.raises(ValueError, match="one of rater"):
        d_study(study, session=2)
