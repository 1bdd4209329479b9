import numpy as np
import pytest

from onmodel.measurement import score, scored_items

NAN = np.nan


def values(instrument, answers, scale="total", **kwargs):
    return score(instrument, answers, **kwargs)[scale].to_list()


def test_a_score_says_what_it_rests_on(build):
    missing = {"at_most": 1}
    scores = score(
        build({"id": "total", "rule": "sum", "items": ["1", "2", "3", "4"], "missing": missing}),
        [[1, 2, 3, 4], [1, 2, 3, NAN], [1, NAN, NAN, 4]],
    )
    total = scores["total"]
    assert (scores.instrument_id, scores.version, len(scores)) == ("probe", "1.0.0", 3)
    assert total.to_list() == [10.0, 8.0, None]
    assert total.answered.tolist() == [4, 3, 2]
    assert total.filled.tolist() == [0, 1, 0]
    assert (total.items, total.rule, total.value_set) == (("1", "2", "3", "4"), "sum", None)
    assert total.at(2) is None
    assert scores.row(1) == {"total": 8.0}


def test_scores_cannot_be_changed_afterwards(build):
    total = score(build(), [[1, 2, 3, 4]])["total"]
    with pytest.raises(ValueError, match="read-only"):
        total.values[0] = 0


def test_scoring_leaves_the_answers_as_they_were(build):
    answers = np.array([[1.0, 2, 3, NAN]])
    score(build({"id": "total", "rule": "single", "item": "1"}), answers)
    answers[0, 0] = 3
    assert answers.flags.writeable


def test_reversed_items_turn_by_the_limits_of_the_item(build):
    scale = {"id": "total", "rule": "sum", "items": ["1", "2"], "reverse": ["2"]}
    assert values(build(scale), [[1, 1, 0, 0]]) == [1 + (0 + 4 - 1)]
    own = build(scale, items=[{"id": "2", "minimum": 1, "maximum": 7}])
    assert values(own, [[1, 2, 0, 0]]) == [1 + (1 + 7 - 2)]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"rule": "sum"}, 7),
        ({"rule": "sum", "multiplier": 4}, 28),
        ({"rule": "mean"}, 7 / 4),
        ({"rule": "mean", "multiplier": 10}, 17.5),
        ({"rule": "count", "at_least": 2}, 2),
        ({"rule": "count", "at_least": 1}, 3),
    ],
)
def test_rules_over_items(build, rule, expected):
    assert values(build({"id": "total", "items": ["1", "2", "3", "4"], **rule}), [[0, 1, 2, 4]]) == [expected]


@pytest.mark.parametrize(
    ("missing", "answers", "expected"),
    [
        ({}, [1, 2, 3, NAN], None),
        ({"at_most": 1}, [0, 1, 2, NAN], 3 + 1),
        ({"at_most": 1}, [0, 1, NAN, NAN], None),
        ({"at_most_share": 0.25}, [0, 1, 2, NAN], 4),
        ({"at_most_share": 0.24}, [0, 1, 2, NAN], None),
        ({"at_most": 2, "at_most_share": 0.25}, [0, 1, NAN, NAN], None),
        ({"at_most": 2, "fill": "rounded_mean"}, [0, 1, NAN, NAN], 1 + 2 * 1),
        ({"at_most": 1, "fill": "rounded_mean"}, [0, 1, 0, NAN], 1),
        ({"at_most": 1, "fill": "none"}, [0, 1, 2, NAN], 3),
        ({"at_most": 4}, [NAN, NAN, NAN, NAN], None),
        ({"at_most": 4, "fill": "none"}, [NAN, NAN, NAN, NAN], None),
    ],
)
def test_missing_answers(build, missing, answers, expected):
    scale = {"id": "total", "rule": "sum", "items": ["1", "2", "3", "4"], "missing": missing}
    assert values(build(scale), [answers]) == [expected]


def test_what_stands_in_is_reckoned_after_reversing(build):
    scale = {"id": "total", "rule": "sum", "items": ["1", "2"], "reverse": ["2"], "missing": {"at_most": 1}}
    assert values(build(scale), [[NAN, 4, 0, 0], [3, NAN, 0, 0]]) == [0, 6]


def test_recoded_answers_with_a_map_of_their_own(build):
    scale = {
        "id": "total",
        "rule": "recoded",
        "items": ["1", "2"],
        "recode": {"0": 0, "1": 0, "2": 1, "3": 2, "4": 3},
        "recode_items": {"2": {"0": 3, "1": 2, "2": 1, "3": 0, "4": 0}},
    }
    assert values(build(scale), [[4, 0, 0, 0], [2, 2, 0, 0]]) == [3.0, 1.0]
    assert values(build({**scale, "statistic": "sum"}), [[4, 0, 0, 0]]) == [6.0]
    assert values(build({**scale, "recode": {"0": 0}}), [[4, 0, 0, 0]]) == [None]
    with pytest.raises(ValueError, match="mean or sum"):
        values(build({**scale, "statistic": "median"}), [[4, 0, 0, 0]])


HALVES = (
    {"id": "a", "rule": "sum", "items": ["1", "2"], "missing": {"at_most": 1}},
    {"id": "b", "rule": "sum", "items": ["3", "4"], "missing": {"at_most": 1}},
)


@pytest.mark.parametrize(
    ("combined", "expected"),
    [
        ({"statistic": "sum"}, 3 + 7),
        ({"statistic": "sum", "weights": [2, -1]}, 2 * 3 - 7),
        ({"statistic": "mean"}, 5),
        ({"statistic": "min"}, 3),
        ({"statistic": "max"}, 7),
    ],
)
def test_scales_combined(build, combined, expected):
    total = {"id": "total", "rule": "combined", "scales": ["a", "b"], **combined}
    instrument = build(total, *HALVES)
    assert values(instrument, [[1, 2, 3, 4]]) == [expected]
    assert values(instrument, [[1, 2, NAN, NAN]]) == [None]


def test_a_combined_scale_counts_answers_and_stand_ins_of_its_parts_once(build):
    total = {"id": "total", "rule": "combined", "scales": ["a", "b", "all"], "statistic": "sum"}
    every = {"id": "all", "rule": "sum", "items": ["1", "2", "3", "4"], "missing": {"at_most": 2}}
    scale = score(build(total, *HALVES, every), [[1, NAN, 3, 4]])["total"]
    assert scale.items == ("1", "2", "3", "4")
    assert (scale.answered.tolist(), scale.filled.tolist()) == ([3], [1])


def test_a_ratio_is_unknown_where_its_divisor_is_0(build):
    top = {"id": "top", "rule": "sum", "items": ["1", "2", "3", "4"]}
    bottom = {"id": "bottom", "rule": "count", "items": ["1", "2", "3", "4"], "at_least": 1}
    total = {"id": "total", "rule": "ratio", "numerator": "top", "denominator": "bottom"}
    instrument = build(total, top, bottom)
    assert values(instrument, [[0, 0, 2, 4], [0, 0, 0, 0], [NAN, 1, 1, 1]]) == [3.0, None, None]


def test_a_value_set_weighs_levels(build):
    scale = {
        "id": "total",
        "rule": "value_set",
        "set_id": "XX-1",
        "items": ["1", "2"],
        "constant": -0.1,
        "decrements": {"1": [-0.05, -0.2], "2": [-0.1, -0.3]},
        "any_worst": -0.25,
        "source": "made up",
    }
    instrument = build(scale, minimum=1, maximum=3)
    answers = [[1, 1, 1, 1], [2, 1, 1, 1], [2, 2, 1, 1], [3, 2, 1, 1], [3, 3, 1, 1], [NAN, 1, 1, 1]]
    found = score(instrument, answers)["total"]
    expected = [
        1,
        1 - 0.1 - 0.05,
        1 - 0.1 - 0.05 - 0.1,
        1 - 0.1 - 0.2 - 0.1 - 0.25,
        1 - 0.1 - 0.2 - 0.3 - 0.25,
    ]
    assert found.to_list()[:5] == pytest.approx(expected)
    assert found.at(5) is None
    assert found.value_set == "XX-1"


def test_a_single_item_and_an_entered_score(build):
    instrument = build(
        {"id": "total", "rule": "combined", "scales": ["own", "other"], "statistic": "min"},
        {"id": "own", "rule": "single", "item": "3"},
        {"id": "other", "rule": "entered", "minimum": 0, "maximum": 10},
    )
    answers = [[0, 0, 3, 0], [0, 0, NAN, 0]]
    without = score(instrument, answers)
    assert without["own"].to_list() == [3.0, None]
    assert without["other"].to_list() == [None, None]
    assert without["total"].to_list() == [None, None]
    entered = score(instrument, answers, {"other": [2, 2]})
    assert entered["total"].to_list() == [2.0, None]
    assert entered["other"].items == ()


@pytest.mark.parametrize(
    ("entered", "message"),
    [
        ({"own": [1]}, "no scale own whose score is entered"),
        ({"other": [1, 2]}, "1 values are needed"),
        ({"other": [11]}, "11 is not a score from 0 to 10"),
    ],
)
def test_entered_scores_that_cannot_be(build, entered, message):
    instrument = build(
        {"id": "own", "rule": "single", "item": "3"},
        {"id": "other", "rule": "entered", "minimum": 0, "maximum": 10},
    )
    with pytest.raises(ValueError, match=message):
        score(instrument, [[0, 0, 0, 0]], entered)


@pytest.mark.parametrize(
    ("scales", "message"),
    [
        ([{"id": "total", "rule": "sum", "items": ["1", "9"]}], "names item 9"),
        ([{"id": "total", "rule": "sum", "items": ["1"], "reverse": ["9"]}], "names item 9"),
        ([{"id": "total", "rule": "ratio", "numerator": "x", "denominator": "x"}], "names scale x"),
        (
            [
                {"id": "total", "rule": "combined", "scales": ["b"], "statistic": "sum"},
                {"id": "b", "rule": "combined", "scales": ["total"], "statistic": "sum"},
            ],
            "rest on each other",
        ),
        ([*HALVES, {"id": "t", "rule": "combined", "scales": ["a", "b"], "statistic": "mode"}], "not mode"),
        (
            [
                *HALVES,
                {"id": "t", "rule": "combined", "scales": ["a", "b"], "weights": [1], "statistic": "sum"},
            ],
            "1 weights for 2 scales",
        ),
        (
            [*HALVES, {"id": "t", "rule": "circumplex", "octants": {"a": 0, "b": 90}, "index": "fit"}],
            "evenly",
        ),
    ],
)
def test_definitions_that_cannot_be(build, scales, message):
    with pytest.raises(ValueError, match=message):
        score(build(*scales), [[1, 2, 3, 4]])


def test_reversing_needs_limits(build):
    scale = {"id": "total", "rule": "sum", "items": ["1"], "reverse": ["1"]}
    with pytest.raises(ValueError, match="no lowest and highest"):
        score(build(scale, minimum=None, maximum=None), [[1, 2, 3, 4]])


def test_nobody_at_all_gives_empty_scores(build):
    assert values(build(), np.empty((0, 4))) == []


def test_scored_items_are_those_that_a_scale_rests_on(build):
    instrument = build(
        {"id": "total", "rule": "sum", "items": ["4", "2"]}, {"id": "one", "rule": "single", "item": "1"}
    )
    assert scored_items(instrument) == ("1", "2", "4")
    assert scored_items(instrument, joint=True) == ("2", "4")
