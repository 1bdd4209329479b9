import numpy as np
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.reliability import omega


def items(loadings: list[float], n: int = 5000, seed: int = 1) -> np.ndarray:
    random = np.random.default_rng(seed)
    trait = random.normal(size=(n, 1))
    weights = np.array(loadings)
    return trait * weights + random.normal(size=(n, len(loadings))) * np.sqrt(1 - weights**2)


def test_known_loadings_give_the_known_omega() -> None:
    loadings = [0.8, 0.7, 0.5, 0.4]
    truth = sum(loadings) ** 2 / (sum(loadings) ** 2 + sum(1 - value**2 for value in loadings))
    found = omega(items(loadings))
    assert found.estimate == pytest.approx(truth, abs=0.02)
    assert found.loadings.tolist() == pytest.approx(loadings, abs=0.04)
    assert not found.warnings


def test_equal_loadings_give_alpha() -> None:
    x = items([0.6] * 6, n=20000)
    covariance = np.cov(x, rowvar=False)
    alpha = 6 / 5 * (1 - np.trace(covariance) / covariance.sum())
    assert omega(x).estimate == pytest.approx(alpha, abs=2e-3)


def test_an_item_scored_the_other_way_is_named() -> None:
    x = items([0.7, 0.7, 0.7, 0.7])
    x[:, 2] *= -1
    assert [caution.code for caution in omega(x).warnings] == ["negative_loading"]


def test_a_resampled_interval_holds_omega() -> None:
    found = omega(items([0.7, 0.6, 0.5], n=200), resamples=100)
    assert found.lower < found.estimate < found.upper


def test_respondents_with_gaps_are_left_out_and_counted() -> None:
    x = items([0.7, 0.6, 0.5], n=100)
    x[:7, 0] = np.nan
    found = omega(x)
    assert (found.n, found.n_dropped) == (93, 7)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (np.ones((10, 2)), "at least three items"),
        (np.ones((10, 3)), "item 1 never varies"),
        (np.arange(9.0).reshape(3, 3), "more than items"),
    ],
)
def test_items_that_do_not_suffice_are_refused(x: np.ndarray, words: str) -> None:
    with pytest.raises(DataError, match=words):
        omega(x)
