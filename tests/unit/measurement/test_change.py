import numpy as np
import pytest

from onmodel.measurement import (
    Outcome,
    change_criteria,
    classify_change,
    cut_off_between,
    derived_cut_off,
    reliable_change_index,
    standard_error,
)
from onmodel.packs.base import Confidence
from onmodel.packs.instruments import Norm

NAN = np.nan
SURE = {"scale": "total", "source": "made up", "confidence": "verified"}
CLINICAL = {**SURE, "use": "clinical", "population": "general"}
ORDER = ("recovered", "improved", "unchanged", "deteriorated")


def with_change(build, *rules, cut_off=10, **fields):
    offs = [] if cut_off is None else [{**CLINICAL, "value": cut_off}]
    return build(reliable_changes=[{**SURE, **rule} for rule in rules], cut_offs=offs, **fields)


def test_outcomes_have_the_order_of_jacobson_and_truax():
    assert tuple(Outcome) == ORDER


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (15, 9, "recovered"),  # 6 better, from >= 10 to below 10
        (20, 14, "improved"),  # 6 better, still dysfunctional
        (9, 3, "improved"),  # 6 better, functional from the start
        (15, 10, "unchanged"),  # 5 better
        (10, 9, "unchanged"),  # crosses, but by 1
        (9, 14, "unchanged"),
        (9, 15, "deteriorated"),
        (NAN, 3, None),
        (15, NAN, None),
    ],
)
def test_classification_where_higher_is_worse(build, first, last, expected):
    change = classify_change(with_change(build, {"value": 6}), "total", [first], [last])
    assert change.to_list() == [expected]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (9, 15, "recovered"),
        (3, 9, "improved"),
        (10, 16, "improved"),
        (15, 9, "deteriorated"),
        (10, 10, "unchanged"),
    ],
)
def test_classification_where_higher_is_better(build, first, last, expected):
    instrument = with_change(build, {"value": 6}, direction="better")
    assert classify_change(instrument, "total", [first], [last]).to_list() == [expected]


def test_a_scale_without_direction_has_no_outcomes(build):
    instrument = with_change(build, {"value": 6}, direction="neutral")
    assert classify_change(instrument, "total", [20, 1], [1, 20]).to_list() == [None, None]


def test_without_criterion_everything_is_unknown(build):
    change = classify_change(with_change(build), "total", [20], [1])
    assert (change.to_list(), change.criterion(0), change.n_known) == ([None], None, 0)
    assert change.changes() == [-19.0]


def test_without_cut_off_the_reliably_better_are_improved(build):
    change = classify_change(with_change(build, {"value": 6}, cut_off=None), "total", [20], [1])
    assert change.to_list() == ["improved"]
    assert change.cut_off is None


def test_a_verdict_carries_what_it_rests_on(build):
    change = classify_change(with_change(build, {"value": 6}), "total", [20, 20, NAN], [1, 19, 1])
    criterion = change.criterion(0)
    assert (criterion.value, criterion.origin, criterion.source) == (6, "published", "made up")
    assert criterion.confidence is Confidence.VERIFIED
    assert (change.cut_off.value, change.criterion(2)) == (10, None)
    assert change.counts() == {"recovered": 1, "improved": 0, "unchanged": 1, "deteriorated": 0}
    assert change.n_known == 2


@pytest.mark.parametrize(
    ("first", "last", "smallest", "expected"),
    [
        (0.60, 0.40, 0.43, "unchanged"),  # 0.20 from above 0.57
        (1.00, 0.57, 0.43, "improved"),  # 0.43, though binary sums say 0.43000000000000005
        (1.00, 0.50, 0.43, "recovered"),
        (0.57, 0.30, 0.43, "unchanged"),  # at the border counts as above
        (0.50, 0.30, 0.16, "improved"),
        (0.10, 0.26, 0.16, "deteriorated"),
    ],
)
def test_criteria_that_depend_on_the_start(build, first, last, smallest, expected):
    above, below = {"value": 0.43, "starts_above": 0.57}, {"value": 0.16, "starts_below": 0.57}
    change = classify_change(with_change(build, above, below, cut_off=0.57), "total", [first], [last])
    assert change.criterion(0).value == smallest
    assert change.to_list() == [expected]


def test_the_first_criterion_listed_counts(build):
    instrument = with_change(build, {"value": 6}, {"value": 3})
    assert [c.value for c in change_criteria(instrument, "total")] == [6, 3]
    assert classify_change(instrument, "total", [9], [5]).to_list() == ["unchanged"]


def test_a_criterion_from_sd_and_reliability(build):
    (criterion,) = change_criteria(with_change(build, {"sd": 10, "reliability": 0.75}), "total")
    assert criterion.sem == pytest.approx(5)  # 10 x sqrt(0.25)
    assert criterion.s_diff == pytest.approx(5 * 2**0.5)
    assert criterion.value == pytest.approx(1.96 * 5 * 2**0.5)
    assert criterion.origin == "computed"


def test_a_published_value_goes_before_what_could_be_computed(build):
    (criterion,) = change_criteria(with_change(build, {"value": 6, "sd": 10, "reliability": 0.75}), "total")
    assert (criterion.value, criterion.origin) == (6, "published")


def test_a_criterion_without_figures_is_refused(build):
    with pytest.raises(ValueError, match="needs a value, or an SD and a reliability"):
        change_criteria(with_change(build, {"sd": 10}), "total")


@pytest.mark.parametrize(("sd", "reliability"), [(0, 0.8), (-1, 0.8), (1, 1.2), (NAN, 0.8)])
def test_impossible_figures_are_refused(sd, reliability):
    with pytest.raises(ValueError, match="an SD above 0 and a reliability from 0 to 1"):
        standard_error(sd, reliability)


def test_perfect_reliability_leaves_no_error():
    assert reliable_change_index(5, 1) == 0


def norm(scale="total", mean=0.0, sd=1.0, group=None):
    return Norm(
        scale=scale,
        population=f"mean {mean:g}",
        group=group,
        mean=mean,
        sd=sd,
        source=f"study {mean:g}",
        confidence=Confidence.LIKELY,
    )


def test_cut_off_c_lies_nearer_the_population_with_less_spread():
    functional, dysfunctional = norm(mean=10, sd=2), norm(mean=30, sd=8)
    assert cut_off_between(functional, dysfunctional) == (2 * 30 + 8 * 10) / (2 + 8)
    derived = derived_cut_off(functional, dysfunctional)
    assert (derived.value, derived.confidence) == (14, Confidence.DERIVED)
    assert "study 10; study 30" in derived.source


def test_cut_off_c_needs_one_scale():
    with pytest.raises(ValueError, match="have no cut-off between them"):
        cut_off_between(norm("a"), norm("b"))


def test_a_given_cut_off_replaces_that_of_the_file(build):
    own = derived_cut_off(norm(mean=1), norm(mean=5))
    change = classify_change(with_change(build, {"value": 6}), "total", [9], [2], cut_off=own)
    assert (change.to_list(), change.cut_off) == (["recovered"], own)


def test_first_and_last_are_of_the_same_length(build):
    with pytest.raises(ValueError, match="as long as each other, not 2 and 1"):
        classify_change(with_change(build, {"value": 6}), "total", [1, 2], [1])
