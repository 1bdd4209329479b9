"""What scores of the shipped instruments mean: bands, cut-offs, T scores, reliable change."""

import numpy as np
import pytest

from onmodel.library import load
from onmodel.measurement import (
    band_scores,
    change_criteria,
    classify_change,
    find_bands,
    find_cut_off,
    find_norm,
    reliable_change_index,
    sides_of,
    t_scores,
)


def instrument(name):
    return load("mbt").instruments[name]


@pytest.mark.parametrize(
    ("sd", "reliability", "expected"),
    [
        (6, 0.84, 6.65),  # PHQ-9: 1.96 x 1.41421 x 6 x sqrt(.16) = 2.77186 x 2.4
        (10.84, 0.93, 7.95),  # BDI-II, retest: 2.77186 x 10.84 x .26458
        (10.84, 0.92, 8.50),  # BDI-II, alpha: 2.77186 x 10.84 x .28284
        (0.55, 0.96, 0.30),  # IIP mean, alpha
        (0.55, 0.78, 0.72),  # IIP mean, retest: .715
        (0.23, 0.90, 0.20),  # BSI, general population
        (0.71, 0.90, 0.62),  # BSI, patients
    ],
)
def test_reliable_change_from_sd_and_reliability(sd, reliability, expected):
    assert reliable_change_index(sd, reliability) == pytest.approx(expected, abs=0.006)


def test_reliable_change_of_the_bdi_is_computed_from_the_file():
    (criterion,) = change_criteria(instrument("bdi2"), "TOTAL")
    assert criterion.value == pytest.approx(7.95, abs=0.005)
    assert criterion.sem == pytest.approx(10.84 * 0.07**0.5)
    assert criterion.origin == "computed"


@pytest.mark.parametrize(
    ("name", "score", "band"),
    [
        ("phq9", 0, "none to minimal"), ("phq9", 4, "none to minimal"), ("phq9", 5, "mild"),
        ("phq9", 9, "mild"), ("phq9", 10, "moderate"), ("phq9", 15, "moderately severe"),
        ("phq9", 19, "moderately severe"), ("phq9", 20, "severe"), ("phq9", 27, "severe"),
        ("bdi2", 13, "minimal"), ("bdi2", 14, "mild"), ("bdi2", 20, "moderate"), ("bdi2", 29, "severe"),
    ],
)  # fmt: skip
def test_bands(name, score, band):
    form = instrument(name)
    (found,) = band_scores(np.array([float(score)]), find_bands(form, form.main_scale)).to_list()
    assert found.label.en == band


@pytest.mark.parametrize(
    ("name", "scale", "below", "at"),
    [
        ("phq9", "TOTAL", 9, 10),  # caseness above 9
        ("gad7", "TOTAL", 7, 8),  # caseness above 7
        ("oq45", "TOTAL", 63, 64),
        ("core10", "TOTAL", 10.9, 11),
        ("bpdsi", "TOTAL", 14.9, 15),
    ],
)
def test_cut_offs_for_recovery(name, scale, below, at):
    sides = sides_of(np.array([below, at], dtype=float), find_cut_off(instrument(name), scale))
    assert sides.to_list() == [False, True]


def test_a_cut_off_for_men_is_for_men():
    form = instrument("oq45")
    assert find_cut_off(form, "TOTAL").value == 64
    assert find_cut_off(form, "TOTAL", group="male").value == 55
    assert find_cut_off(form, "TOTAL", group="female").value == 64


def test_t_scores_need_a_norm_of_the_group():
    form = instrument("bsi")
    assert find_norm(form, "GSI") is None
    norm = find_norm(form, "GSI", group="male")
    # 50 + 10 x (0.51 - 0.28) / 0.23
    assert t_scores(np.array([0.28, 0.51]), norm).to_list() == pytest.approx([50, 60])


@pytest.mark.parametrize(
    ("name", "scale", "first", "last", "expected"),
    [
        ("phq9", "TOTAL", 16, 9, "recovered"),  # 7 >= 6, from 16 to below 10
        ("phq9", "TOTAL", 22, 14, "improved"),
        ("phq9", "TOTAL", 12, 7, "unchanged"),  # 5 < 6
        ("phq9", "TOTAL", 8, 14, "deteriorated"),
        ("oq45", "TOTAL", 80, 63, "recovered"),  # 17 >= 14
        ("oq45", "TOTAL", 80, 66, "improved"),  # 14 >= 14, still at or above 64
        ("ors", "TOTAL", 18, 26, "recovered"),  # higher is better
        ("ors", "TOTAL", 26, 18, "deteriorated"),
        ("scl90r", "GSI", 1.20, 0.50, "recovered"),  # 0.70 >= 0.43 from above 0.57
        ("scl90r", "GSI", 0.80, 0.50, "unchanged"),  # 0.30 < 0.43
        ("scl90r", "GSI", 0.50, 0.30, "improved"),  # 0.20 >= 0.16 from below 0.57
        ("scl90r", "GSI", 0.50, 0.70, "deteriorated"),
        ("ecr", "ANX", 4, 2, None),  # no SD, no criterion: unknown
    ],
)
def test_outcomes(name, scale, first, last, expected):
    assert classify_change(instrument(name), scale, [first], [last]).to_list() == [expected]
