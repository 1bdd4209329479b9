import math

import numpy as np
import pytest

from onmodel.inference.agreement import intraclass, krippendorff, weighted_kappa
from onmodel.inference.cautions import DataError


def test_raters_who_agree_wholly() -> None:
    found = intraclass([[1, 1], [2, 2], [5, 5]])
    assert found.single_absolute.estimate == found.mean_any.estimate == 1
    assert weighted_kappa([1, 2, 5], [1, 2, 5]).estimate == 1
    assert krippendorff([[1, 1], [2, 2], [5, 5]]).estimate == 1


def test_a_severe_rater_lowers_absolute_agreement_only() -> None:
    ratings = np.array([[1.0, 3], [2, 4.5], [4, 6], [5, 6.5], [7, 9]])
    found = intraclass(ratings)
    assert found.single_absolute.estimate < found.single_consistency.estimate
    level = intraclass(ratings - [0, 2])
    assert level.single_consistency.estimate == pytest.approx(found.single_consistency.estimate)


def test_subjects_without_all_ratings_are_left_out_and_counted() -> None:
    found = intraclass([[1, 2], [2, 2], [4, math.nan], [5, 4]])
    assert (found.n, found.n_dropped, found.raters) == (3, 1, 2)


def test_kappa_by_hand() -> None:
    """Observed agreement 3/4; by chance 1/2 x 1/2 + 1/2 x 1/2 with equal margins: (3/4 - 1/2) / (1/2)."""
    found = weighted_kappa(["a", "a", "b", "b"] * 2, ["a", "a", "b", "a", "a", "b", "b", "b"], weights="none")
    assert found.estimate == pytest.approx(0.5)
    assert found.n == 8


def test_kappa_leaves_pairs_with_a_gap_out() -> None:
    assert weighted_kappa([1.0, 2, math.nan, 3], [1.0, 2, 2, 3]).n == 3
    assert weighted_kappa(["a", "b", None], ["a", "b", "b"], weights="none").n == 2


def test_ratings_that_never_vary_are_unknown_not_perfect() -> None:
    assert weighted_kappa([3, 3], [3, 3]).estimate is None
    assert krippendorff([[3, 3], [3, 3]]).estimate is None
    with pytest.raises(DataError, match="never vary"):
        intraclass([[3, 3], [3, 3]])


def test_a_resampled_interval_holds_alpha_and_repeats_with_the_seed() -> None:
    random = np.random.default_rng(1)
    ratings = random.normal(0, 1, (30, 1)) + random.normal(0, 0.5, (30, 3))
    one, two = (krippendorff(ratings, resamples=200, seed=4) for _ in range(2))
    assert one == two
    assert one.lower < one.estimate < one.upper


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: intraclass([[1, 2]]), "two of both"),
        (lambda: intraclass([1, 2]), "as a matrix"),
        (lambda: krippendorff([[1, math.nan], [math.nan, 2]]), "no unit has two"),
        (lambda: weighted_kappa([1, 2], [1]), "the same subjects"),
        (lambda: weighted_kappa([math.nan], [1.0]), "by both raters"),
    ],
)
def test_ratings_that_do_not_suffice_are_refused(call, words: str) -> None:
    with pytest.raises(DataError, match=words):
        call()
