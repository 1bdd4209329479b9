"""Severity and adjusted scores against lme4 1.1 and Henderson's equations in R (`raters.R`)."""

from pathlib import Path

import polars as pl
import pytest

from onmodel.inference.cautions import DataError
from onmodel.inference.raters import RaterStudy, enough_for_a_verdict, half_width, rater_study

#: R's optimiser and ours stop within this of each other.
CLOSE = 2e-5
PERSONS = (4.065295, 4.004801, 4.225007, 3.816077, 4.31487, 4.992211)
RATERS = ((-0.556546, 0.315855), (0.07061, 0.315547), (0.485935, 0.318347))


@pytest.fixture(scope="module")
def study() -> RaterStudy:
    rows = pl.read_csv(Path(__file__).with_name("raters.csv"))
    return rater_study(*(rows[name].to_list() for name in ("y", "person", "rater", "session")))


def test_components_are_those_of_lme4(study):
    assert study.person_variance == pytest.approx(0.088923257, abs=CLOSE)
    assert study.rater_variance == pytest.approx(0.283846120, abs=CLOSE)
    assert study.session_variance == pytest.approx(0.247255129, abs=CLOSE)
    assert study.residual_variance == pytest.approx(0.129837932, abs=CLOSE)
    assert (study.n, study.sessions) == (54, 24)


def test_persons_and_raters_are_those_of_hendersons_equations(study):
    assert [one.value for one in study.persons] == pytest.approx(PERSONS, abs=CLOSE)
    assert [one.se for one in study.persons] == pytest.approx([0.416661] * 6, abs=CLOSE)
    assert [(one.value, one.se) for one in study.raters] == [
        pytest.approx(pair, abs=CLOSE) for pair in RATERS
    ]


def test_half_the_interval_by_hand(study):
    """1.959964 x sqrt(0.1298379 / 8 + 0.2838461 / 2 + 0.2472551 / 4) = 0.9192"""
    assert half_width(study, sessions=4, raters=2) == pytest.approx(0.9192, abs=2e-4)


def test_a_verdict_needs_more_or_never_comes(study):
    far = enough_for_a_verdict(study, "p6", bar=4.0)
    near = enough_for_a_verdict(study, "p2", bar=4.0)
    assert far.sessions is not None
    assert (near.sessions, near.raters) == (None, None)
    with pytest.raises(KeyError):
        enough_for_a_verdict(study, "nobody", bar=4.0)


def test_ratings_of_sessions_once_leave_the_session_in_the_rest():
    scores = [4.0, 5.0, 3.0, 5.5, 4.5, 6.0, 2.0, 3.5, 3.0, 5.0, 6.5, 4.0]
    persons = ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    found = rater_study(scores, persons, ["x", "y"] * 6, [str(n) for n in range(12)])
    assert found.session_variance is None
    with pytest.raises(ValueError, match="cannot be reckoned"):
        half_width(found, sessions=2, raters=2)


@pytest.mark.parametrize(("n", "raters"), [(11, 2), (12, 1)])
def test_too_few_are_refused(n, raters):
    names = [str(k % raters) for k in range(n)]
    with pytest.raises(DataError, match="too few to tell"):
        rater_study(
            [float(k) for k in range(n)], [str(k % 3) for k in range(n)], names, list(map(str, range(n)))
        )
