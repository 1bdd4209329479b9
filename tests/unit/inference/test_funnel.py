import numpy as np
import polars as pl
import pytest
from scipy import stats

from onmodel.inference.cautions import DataError
from onmodel.inference.funnel import compare_providers, dispersion, n_to_detect
from onmodel.inference.funnel.limits import mid_p, sum_distribution, sum_limits


def teams(events: dict[str, tuple[int, int]]) -> pl.DataFrame:
    rows = [(team, int(i < k)) for team, (k, n) in events.items() for i in range(n)]
    return pl.DataFrame(rows, schema=["team", "out"], orient="row")


def test_sum_of_unequal_chances_by_hand() -> None:
    """P(0) = .9 x .6, P(2) = .1 x .4."""
    assert sum_distribution(np.array([0.1, 0.4])) == pytest.approx([0.54, 0.42, 0.04])


def test_equal_chances_are_binomial() -> None:
    found = sum_distribution(np.full(37, 0.3))
    assert found == pytest.approx(stats.binom.pmf(np.arange(38), 37, 0.3), abs=1e-14)
    assert sum_limits(found, 0.95)[0] < 37 * 0.3 < sum_limits(found, 0.95)[1]


def test_mid_p_counts_half_of_what_was_seen() -> None:
    assert mid_p(0.10, 0.06) == pytest.approx(2 * 0.13)
    assert mid_p(0.45, 0.10) == pytest.approx(1.0)


def test_a_provider_far_out_is_found_and_others_are_not() -> None:
    events = {f"t{i}": (20, 50) for i in range(12)} | {"far": (42, 50)}
    found = compare_providers(teams(events), provider="team", outcome="out", kind="proportion")
    assert [p.name for p in found.outside(0.998)] == ["far"]
    far = next(p for p in found.providers if p.name == "far")
    assert (far.verdict, far.outside, far.observed, far.n) == ("above", 0.998, 42, 50)
    assert found.by_chance == pytest.approx({0.95: 13 * 0.05, 0.998: 13 * 0.002})
    assert found.dispersion.applied == "none"


def test_few_patients_are_shown_and_not_judged() -> None:
    found = compare_providers(
        teams({"big": (30, 60), "small": (4, 4)}), provider="team", outcome="out", kind="proportion"
    )
    small = next(p for p in found.providers if p.name == "small")
    assert (small.verdict, small.outside, small.value) == ("too_few", None, 1.0)
    assert {"too_few", "few_providers"} <= {caution.code for caution in found.warnings}


def test_scatter_beyond_chance_widens_the_limits() -> None:
    events = {f"t{i}": (10 + 4 * i, 100) for i in range(15)}
    narrow, wide, times = (
        compare_providers(
            teams(events), provider="team", outcome="out", kind="proportion", overdispersion=how
        )
        for how in ("none", "auto", "multiplicative")
    )
    assert wide.dispersion.applied == "additive"
    assert len(wide.outside(0.95)) < len(narrow.outside(0.95))
    assert len(times.outside(0.95)) < len(narrow.outside(0.95))
    assert "overdispersed" in {caution.code for caution in wide.warnings}


def test_case_mix_explains_what_it_explains() -> None:
    """Team b treats the severe only: its raw share is low, its adjusted share as expected."""
    rows = []
    for team, severe in (("a", 20), ("b", 180), ("c", 100)):
        rows += [(team, 1, int(i % 10 < 3)) for i in range(severe)]
        rows += [(team, 0, int(i % 10 < 7)) for i in range(200 - severe)]
    table = pl.DataFrame(rows, schema=["team", "severe", "out"], orient="row")
    raw = compare_providers(table, provider="team", outcome="out", kind="proportion")
    fair = compare_providers(table, provider="team", outcome="out", kind="proportion", adjust=["severe"])
    assert {p.name: p.verdict for p in raw.providers} == {"a": "above", "b": "below", "c": "within"}
    assert {p.verdict for p in fair.providers} == {"within"}
    assert [p.value for p in fair.providers] == pytest.approx([0.5] * 3)


def test_rates_per_unit_of_exposure() -> None:
    table = pl.DataFrame({"team": ["a", "a", "b"], "crises": [2, 4, 12], "years": [10.0, 20.0, 30.0]})
    found = compare_providers(
        table, provider="team", outcome="crises", kind="rate", exposure="years", minimum_n=1
    )
    assert found.target == pytest.approx(18 / 60)
    assert [p.value for p in found.providers] == pytest.approx([0.2, 0.4])
    assert [p.expected for p in found.providers] == pytest.approx([9, 9])


def test_constant_scores_have_no_limits() -> None:
    table = pl.DataFrame({"team": ["a"] * 12 + ["b"] * 12, "score": [4.0] * 24})
    found = compare_providers(table, provider="team", outcome="score", kind="mean")
    assert "no_spread" in {caution.code for caution in found.warnings}
    assert {p.verdict for p in found.providers} == {"too_few"}


def test_nobody_with_the_event_leaves_nothing_to_compare() -> None:
    with pytest.raises(DataError, match="nothing to compare"):
        compare_providers(teams({"a": (0, 20)}), provider="team", outcome="out", kind="proportion")


def test_a_target_goes_without_adjustment() -> None:
    with pytest.raises(ValueError, match="together with adjustment"):
        compare_providers(
            teams({"a": (3, 20)}), provider="team", outcome="out", kind="proportion", adjust=["x"], target=0.5
        )


def test_winsorising_keeps_one_outlier_from_widening() -> None:
    z = np.r_[np.linspace(-1.5, 1.5, 19), 12.0]
    assert dispersion(z, np.ones(20)).applied == "none"
    assert dispersion(z, np.ones(20), winsorise=0).applied == "additive"


def test_n_to_detect_has_the_power_and_one_less_has_not() -> None:
    """For a mean: ((1.96 + 0.84) sd / difference)^2. For shares by binomial power, checked around n."""
    assert n_to_detect("mean", 10, 12, sd=4) == int(np.ceil(((1.959964 + 0.841621) * 4 / 2) ** 2))
    n = n_to_detect("rate", 1.0, 1.5)
    assert 20 < n < 60
    with pytest.raises(ValueError, match="no n tells"):
        n_to_detect("proportion", 0.5, 0.5)
    with pytest.raises(ValueError, match="SD"):
        n_to_detect("mean", 0, 1)
