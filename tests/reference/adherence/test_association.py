"""How outcome goes with adherence against lme4 1.1 (`association.R`), on simulated patients."""

from pathlib import Path

import polars as pl
import pytest
from scipy import stats

from onmodel.outcomes.with_adherence import BETWEEN_TEAMS, MONTHS, WITHIN_TEAMS, fitted, slope_of

#: Optimisers stop within this share of a standard error, and standard errors within this share of themselves.
CLOSE = 1e-4
CRITERION = 683.1271385
LME4 = {
    "intercept": (1.79642860099, 0.06957040484),
    "linear": (-0.03877351371, 0.00439431999),
    "own": (0.09508560289, 0.11768954520),
    "team": (-0.01650705961, 0.12694774958),
    "linear:own": (-0.00937082379, 0.00714746495),
    "linear:team": (-0.00171839072, 0.00678146941),
}


@pytest.fixture(scope="module")
def fit():
    found = fitted(pl.read_csv(Path(__file__).with_name("association.csv")))
    assert found is not None
    return found


def test_it_is_the_optimum_of_lme4(fit):
    assert fit.converged
    assert fit.criterion == pytest.approx(CRITERION, rel=1e-6)
    assert fit.programmes.slope == pytest.approx(9.83249518e-05, rel=1e-3)
    assert fit.programmes.intercept == pytest.approx(1.08590379e-02, rel=1e-3)


@pytest.mark.parametrize("name", LME4)
def test_estimates_and_standard_errors(fit, name):
    estimate, se = LME4[name]
    assert fit.coef[name] == pytest.approx(estimate, abs=CLOSE * se)
    assert fit.se[name] == pytest.approx(se, rel=CLOSE)


@pytest.mark.parametrize("name", [WITHIN_TEAMS, BETWEEN_TEAMS])
def test_the_difference_after_a_year(fit, name):
    """Twelve months of slope; t with 12 therapists less 2."""
    estimate, se = LME4[name]
    reach = stats.t.ppf(0.975, 10) * se
    slope = slope_of(fit, name)
    assert slope is not None
    assert (slope.estimate, slope.lower, slope.upper) == pytest.approx(
        (MONTHS * estimate, MONTHS * (estimate - reach), MONTHS * (estimate + reach)), abs=1e-4
    )


def test_one_therapist_tells_nothing():
    frame = pl.read_csv(Path(__file__).with_name("association.csv"))
    assert fitted(frame.with_columns(therapist=pl.lit("t1"))) is None
