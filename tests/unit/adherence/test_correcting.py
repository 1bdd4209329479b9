"""What is taken out of ratings before they are held against each other, and what is left out."""

import datetime

import numpy as np
import pytest

from onmodel.adherence.correcting import Rated, correction_of, series_of, spread_of

START = datetime.date(2024, 1, 8)


def rated(number: int, value: float, **named) -> Rated:
    """The `number`th week's rating."""
    given = {"therapist": 1, "team": 1, "kind": "individual", "rater": 1, "session": number, "form": number}
    return Rated(**{**given, "day": START + datetime.timedelta(weeks=number), "value": value, **named})


def doubled(severity: float, *, sessions: int = 12) -> list[Rated]:
    """Sessions of three therapists, each rated by rater 1 and, so much lower, by rater 2."""
    random, found = np.random.default_rng(3), []
    for number in range(sessions):
        value = 5 + float(random.normal(0, 0.5))
        own = {"therapist": number % 3, "session": number}
        found.append(rated(number, value, **own))
        low = value - severity + float(random.normal(0, 0.1))
        found.append(rated(number, low, rater=2, form=100 + number, **own))
    return found


def test_severity_is_told_by_sessions_that_two_rated() -> None:
    correction = correction_of(tuple(doubled(0.8)), baseline=4)
    assert correction.raters == 2
    difference = correction.severity[1] - correction.severity[2]
    assert difference == pytest.approx(0.8, abs=0.1)
    assert correction.link[1] == correction.link[2]


def test_a_session_is_the_mean_of_its_raters_with_severity_taken_out() -> None:
    ratings = doubled(0.8)
    correction = correction_of(tuple(ratings), baseline=4)
    series = series_of(ratings, correction, baseline=4)
    assert len(series.scores) == 12
    pair = ratings[:2]
    expected = sum(one.value - correction.severity[one.rater] for one in pair) / 2
    assert series.values[0] == pytest.approx(expected)
    assert series.scores[0].forms == (0, 100)


def test_a_later_rater_who_rates_lower_is_no_fall() -> None:
    """Rater 2, 0.8 stricter, comes after a year; some sessions of that half-year rated by both tell."""
    random = np.random.default_rng(1)
    early = [rated(n, 5 + float(random.normal(0, 0.2)), therapist=n % 3) for n in range(52)]
    late = []
    for n in range(52, 104):
        value = 5 + float(random.normal(0, 0.2))
        late.append(rated(n, value - 0.8, therapist=n % 3, rater=2))
        if n < 70:
            late.append(rated(n, value, therapist=n % 3, form=1000 + n))
    ratings = early + late
    series = series_of(ratings, correction_of(tuple(ratings), baseline=8), baseline=24)
    assert series.left_out == 0
    before, after = np.mean(series.values[:52]), np.mean(series.values[70:])
    assert after - before == pytest.approx(0, abs=0.15)


def test_a_rater_who_shares_no_half_year_is_left_out() -> None:
    ratings = [rated(n, 5.0 + n % 2) for n in range(10)] + [rated(n, 3.0, rater=9) for n in range(60, 70)]
    series = series_of(ratings, correction_of(tuple(ratings), baseline=8), baseline=8)
    assert len(series.scores) == 10
    assert series.left_out == 10


def test_raters_of_the_baseline_stay_also_when_nothing_tells_their_severity() -> None:
    """Two raters who never rate the same therapist: each is held against what was before by both."""
    ratings = [rated(n, 5.0, rater=1 + n % 2, therapist=n % 2) for n in range(20)]
    correction = correction_of(tuple(ratings), baseline=8)
    assert correction.raters == 0
    assert series_of(ratings, correction, baseline=8).left_out == 0


def test_the_kind_of_session_is_taken_out_within_therapists() -> None:
    """Groups are rated 1 lower; therapist 2 scores 2 higher and gives more groups, which does not matter."""
    ratings = [rated(n, 5.0, therapist=1) for n in range(6)]
    ratings += [rated(6, 4.0, therapist=1, kind="group")]
    ratings += [rated(7 + n, 6.0, therapist=2, kind="group") for n in range(4)]
    ratings += [rated(11 + n, 7.0, therapist=2) for n in range(2)]
    correction = correction_of(tuple(ratings), baseline=8)
    assert correction.kinds == {"individual": 0.0, "group": pytest.approx(-1.0)}
    series = series_of([one for one in ratings if one.therapist == 1], correction, baseline=4)
    assert series.values == pytest.approx([5.0] * 7)


def test_a_kind_that_cannot_be_compared_is_left_out() -> None:
    """Groups come after the baseline, and nobody was rated in both within it."""
    ratings = [rated(n, 5.0 + n % 2) for n in range(8)] + [rated(8 + n, 3.0, kind="group") for n in range(4)]
    series = series_of(ratings, correction_of(tuple(ratings), baseline=8), baseline=8)
    assert (len(series.scores), series.left_out) == (8, 4)


def test_the_spread_is_pooled_over_baselines() -> None:
    """1, 3 and 4, 6: each sum of squares 2; together 4 on 2 df, SD sqrt 2. What follows does not count."""
    one = [rated(0, 1.0), rated(1, 3.0), rated(2, 100.0)]
    two = [rated(0, 4.0, therapist=2), rated(1, 6.0, therapist=2)]
    correction = correction_of((*one, *two), baseline=2)
    both = [series_of(own, correction, baseline=2) for own in (one, two)]
    assert spread_of(both) == (pytest.approx(2**0.5), 2)
    assert spread_of([]) is None
