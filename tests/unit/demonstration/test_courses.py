import numpy as np
import pytest

from onmodel.demonstration.courses import GSI, SIPP, Cohort, deviations, draw_traits, scores_at

MONTHS = np.array([0.0, 6.0, 12.0, 18.0, 24.0, 30.0, 36.0])


@pytest.fixture(scope="module")
def drawn() -> np.ndarray:
    rng = np.random.default_rng(3)
    return deviations(rng, draw_traits(rng, 40_000), MONTHS)


def test_each_moment_deviates_as_a_standard_normal(drawn: np.ndarray) -> None:
    assert drawn.mean(axis=0) == pytest.approx(np.zeros(7), abs=0.02)
    assert drawn.std(axis=0) == pytest.approx(np.ones(7), abs=0.02)


def test_moments_near_each_other_go_together_more(drawn: np.ndarray) -> None:
    correlations = np.corrcoef(drawn.T)[0]
    assert list(correlations) == sorted(correlations, reverse=True)
    assert correlations[1] == pytest.approx(0.73, abs=0.03)


@pytest.mark.parametrize("course", [GSI, *SIPP], ids=lambda course: course.name)
@pytest.mark.parametrize("cohort", list(Cohort))
def test_scores_have_the_mean_and_sd_asked_for_and_keep_within_the_range(course, cohort, drawn) -> None:
    mean = course.mean(MONTHS, cohort)
    scores = scores_at(course, np.broadcast_to(mean, drawn.shape), drawn)
    assert scores.min() >= course.lowest
    assert scores.max() <= course.highest
    assert scores.mean(axis=0) == pytest.approx(mean, abs=0.02 * course.sd)
    assert scores.std(axis=0) == pytest.approx(np.full(7, course.sd), rel=0.02)


def test_after_three_years_a_course_stays_where_it_is() -> None:
    assert GSI.mean(np.array([48.0]), Cohort.SOUND) == pytest.approx([0.62])
