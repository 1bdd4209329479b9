import numpy as np
import pytest

from onmodel.demonstration.answering import GradedItems, graded_items, skip_some
from onmodel.demonstration.patient_forms import answers_to, facet_deviations


@pytest.fixture(scope="module")
def items() -> GradedItems:
    rng = np.random.default_rng(5)
    return graded_items(rng, facets=np.arange(53) % 10, options=5, lowest=0, easiest=-0.5)


def test_the_expected_mean_rises_over_the_whole_range(items: GradedItems) -> None:
    expected = items.expected_mean(np.linspace(-6, 6, 25))
    assert np.all(np.diff(expected) > 0)
    assert expected[0] < 0.01
    assert expected[-1] > 3.98


@pytest.mark.parametrize("mean", [0.1, 0.62, 1.37, 1.78, 3.0])
def test_answers_have_the_mean_that_was_asked_for(items: GradedItems, mean: float) -> None:
    answers = answers_to(np.random.default_rng(6), items, np.full(4000, mean))
    assert answers.mean() == pytest.approx(mean, abs=0.02)
    assert set(np.unique(answers)) <= {0.0, 1.0, 2.0, 3.0, 4.0}


def test_subscales_share_most_but_not_all(items: GradedItems) -> None:
    rng = np.random.default_rng(7)
    answers = answers_to(rng, items, rng.uniform(0.3, 2.5, size=3000))
    scales = np.column_stack([answers[:, items.facets == facet].mean(axis=1) for facet in range(10)])
    off_diagonal = np.corrcoef(scales.T)[np.triu_indices(10, 1)]
    assert off_diagonal.min() > 0.4
    assert off_diagonal.max() < 0.95


def test_facets_weigh_to_nothing_over_the_items(items: GradedItems) -> None:
    drawn = facet_deviations(np.random.default_rng(8), items, 50)
    assert drawn[:, items.facets].mean(axis=1) == pytest.approx(np.zeros(50), abs=1e-12)


def test_a_share_of_single_items_is_left_open() -> None:
    skipped = skip_some(np.random.default_rng(9), np.ones((1000, 50)), 0.02)
    assert np.isnan(skipped).mean() == pytest.approx(0.02, abs=0.003)
