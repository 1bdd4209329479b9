import pytest

from onmodel.measurement import match_columns

KEYS = ["1", "2", "10", "VAS"]


@pytest.mark.parametrize(
    "names",
    [
        ["1", "2", "10", "vas"],
        ["item1", "item2", "item10", "VAS"],
        ["ITEM_01", "ITEM_02", "ITEM_10", "Vas"],
        ["q1", "q2", "q10", "q_vas"],
        ["probe_1", "probe_2", "probe_10", "probe_vas"],
        ["PRB.1", "PRB 2", "prb-10", "prb_VAS"],
        ["probe_item_001", "probe_item_002", "probe_item_010", "prbVAS"],
        ["vraag 1", "vraag 2", "vraag 10", "VAS"],
    ],
)
def test_columns_are_found_by_the_items_id(build, names):
    match = match_columns(build(), KEYS, ["id", *names, "remark"])
    assert match.columns == dict(zip(KEYS, names, strict=True))
    assert (match.missing, match.doubled) == ((), {})


def test_what_is_missing_and_what_is_there_twice_is_named(build):
    match = match_columns(build(), ["1", "2", "3"], ["item1", "q1", "item2"])
    assert match.columns == {"2": "item2"}
    assert match.missing == ("3",)
    assert match.doubled == {"1": ("item1", "q1")}


def test_a_prefix_chooses_among_waves(build):
    names = ["t0_prb_1", "t0_prb_2", "t1_prb_1", "t1_prb_2", "T2_PRB_01"]
    assert match_columns(build(), ["1", "2"], names, "t1_prb_").columns == {"1": "t1_prb_1", "2": "t1_prb_2"}
    assert match_columns(build(), ["1"], names, "t2_prb_").columns == {"1": "T2_PRB_01"}
    assert match_columns(build(), ["1", "2"], names).missing == ("1", "2")


@pytest.mark.parametrize("name", ["item11", "total1", "1a", "item1b", "other_1", ""])
def test_columns_that_only_look_alike(build, name):
    assert match_columns(build(), ["1"], [name]).missing == ("1",)


def test_ids_of_two_numbers_are_told_apart(build):
    keys = ["1_11", "11_1", "1_1"]
    names = ["prb_1_11", "prb 11.1", "Item1_1"]
    assert match_columns(build(), keys, names).columns == dict(zip(keys, names, strict=True))


def test_a_form_whose_name_ends_in_a_number(build):
    form = build(id="phq9", abbreviation="PHQ-9")
    names = ["PHQ-9 1", "phq9_2", "phq93", "PHQ9item4", "PHQ_9_05"]
    assert match_columns(form, ["1", "2", "3", "4", "5"], names).missing == ()
