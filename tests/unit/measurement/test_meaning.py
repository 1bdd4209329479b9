import numpy as np
import pytest

from onmodel.measurement import (
    band_scores,
    direction_of,
    find_bands,
    find_cut_off,
    find_norm,
    sides_of,
    t_scores,
)
from onmodel.packs.instruments import Direction

NAN = np.nan
SURE = {"scale": "total", "source": "made up", "confidence": "verified"}


def norm(population="general", group=None, mean=5.0, sd=2.0):
    return {**SURE, "population": population, "group": group, "mean": mean, "sd": sd}


def cut_off(use="clinical", value=10, **fields):
    return {**SURE, "population": "general", "use": use, "value": value, **fields}


def test_a_t_score_has_mean_50_and_sd_10_in_its_norm(build):
    instrument = build(norms=[norm(mean=5, sd=2)])
    result = t_scores(np.array([5.0, 7.0, 1.0, NAN]), find_norm(instrument, "total"))
    assert result.to_list() == [50.0, 60.0, 30.0, None]
    assert result.norm.population == "general"


def test_a_norm_without_spread_is_refused(build):
    with pytest.raises(ValueError, match="no positive SD"):
        t_scores(np.array([1.0]), find_norm(build(norms=[norm(sd=0)]), "total"))


@pytest.mark.parametrize(
    ("population", "group", "mean"),
    [
        (None, None, 3.0),
        ("general", None, 3.0),
        ("general", "women", 2.0),
        ("general", "other", 3.0),
        ("patients", None, None),
        ("patients", "men", 4.0),
        ("nobody", None, None),
    ],
)
def test_which_norm_serves(build, population, group, mean):
    norms = [norm(group="men", mean=1), norm(group="women", mean=2), norm(mean=3)]
    instrument = build(norms=[*norms, norm("patients", group="men", mean=4)])
    found = find_norm(instrument, "total", population=population, group=group)
    assert (found.mean if found else None) == mean


def test_recovery_asks_a_clinical_cut_off_before_one_for_caseness(build):
    offs = [cut_off("screening", 1), cut_off("caseness", 2), cut_off("clinical", 3)]
    assert find_cut_off(build(cut_offs=offs), "total").value == 3
    assert find_cut_off(build(cut_offs=offs[:2]), "total").value == 2
    assert find_cut_off(build(cut_offs=offs[:1]), "total") is None
    assert find_cut_off(build(cut_offs=offs[:1]), "total", uses=("screening",)).value == 1


@pytest.mark.parametrize(
    ("includes", "expected"), [("high", [False, True, True, None]), ("low", [False, False, True, None])]
)
def test_at_the_cut_off_itself(build, includes, expected):
    instrument = build(cut_offs=[cut_off(includes=includes)])
    sides = sides_of(np.array([9.0, 10.0, 11.0, NAN]), find_cut_off(instrument, "total"))
    assert sides.to_list() == expected


def test_a_sum_of_decimals_reaches_its_cut_off(build):
    found = find_cut_off(build(cut_offs=[cut_off(value=0.3)]), "total")
    assert sides_of(np.array([0.1 + 0.2, 0.3, 0.1 * 3]), found).to_list() == [True, True, True]


def test_a_side_that_is_no_side_is_refused(build):
    with pytest.raises(ValueError, match="includes high or low, not both"):
        sides_of(np.array([1.0]), find_cut_off(build(cut_offs=[cut_off(includes="both")]), "total"))


def test_bands_take_their_lower_end(build):
    levels = [
        {"at_least": 0, "below": 5, "label": {"en": "mild", "nl": "licht"}},
        {"at_least": 5, "below": 10, "label": {"en": "severe", "nl": "ernstig"}},
    ]
    instrument = build(bands=[{**SURE, "levels": levels}])
    banded = band_scores(np.array([0.0, 4.9, 5.0, 10.0, NAN]), find_bands(instrument, "total"))
    assert [band and band.label.en for band in banded.to_list()] == ["mild", "mild", "severe", None, None]
    assert find_bands(instrument, "other") is None


def test_the_last_band_may_be_open(build):
    levels = [{"at_least": 25, "label": {"en": "severe", "nl": "ernstig"}}]
    instrument = build(bands=[{**SURE, "levels": levels}])
    assert band_scores(np.array([24.9, 25, 400]), find_bands(instrument, "total")).positions.tolist() == [
        -1,
        0,
        0,
    ]


def test_a_scale_may_have_a_direction_of_its_own(build):
    instrument = build(
        {"id": "total", "rule": "entered"}, {"id": "vas", "rule": "entered", "direction": "better"}
    )
    assert direction_of(instrument, "total") is Direction.WORSE
    assert direction_of(instrument, "vas") is Direction.BETTER
