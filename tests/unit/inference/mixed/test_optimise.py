"""The search for the covariance of the random effects."""

from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from onmodel.inference.mixed import Model, fit_mixed


def sparse(seed: int) -> pl.DataFrame:
    """14 patients, of whom some were measured once."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 6, 14)
    patient = np.repeat(np.arange(14), counts)
    month = 3.0 * np.concatenate([np.arange(n) for n in counts])
    own = rng.normal(0, [5, 0.3], (14, 2))[patient]
    score = 20 - 0.4 * month + own[:, 0] + own[:, 1] * month + rng.normal(0, 3, len(month))
    return pl.DataFrame({"id": patient, "month": month, "score": score})


@pytest.mark.parametrize("seed", [7067, 7104])
def test_of_two_valleys_the_deeper_is_found(seed):
    """With few patients the criterion may have two; a richer model never fits worse than a simpler one."""
    criteria = [
        fit_mixed(sparse(seed), Model("id", "month", "score", random=random)).criterion
        for random in ("intercept", "uncorrelated", "slope")
    ]
    assert all(richer <= simpler + 1e-6 for simpler, richer in pairwise(criteria))
