"""What the instrument files say about scores: risk items, cut-offs, norms, change, value sets."""

import pytest

from onmodel.library.loading import read
from onmodel.measurement import score
from onmodel.packs.base import Confidence
from onmodel.packs.instruments import Instrument

#: Every instrument of both packs; the MBT pack builds on the generic one.
ALL = read("mbt").instruments

RISK = {
    "phq9": "9",
    "bsi": "9 39",
    "bsi18": "17",
    "scl90r": "15",
    "bdi2": "9",
    "oq45": "8 11 26 32 44",
    "core_om": "6 9 16 22 24 34",
    "core10": "6",
    "sshi": "attempts self_harm",
    "weekly_check": "risk",
}

CUT_OFFS = [
    ("phq9", "TOTAL", "screening", None, 10),
    ("phq9", "TOTAL", "caseness", None, 10),
    ("gad7", "TOTAL", "caseness", None, 8),
    ("scl90r", "GSI", "clinical", None, 0.57),
    ("oq45", "TOTAL", "clinical", None, 64),
    ("oq45", "TOTAL", "clinical", "male", 55),
    ("oq45", "SD", "clinical", "male", 31),
    ("bsl23", "MEAN", "clinical", None, 1.5),
    ("core_om", "TOTAL", "clinical", None, 10),
    ("core10", "TOTAL", "clinical", None, 11),
    ("ors", "TOTAL", "clinical", None, 25),
    ("srs", "TOTAL", "satisfactory", None, 36),
    ("pai_bor", "TOTAL", "screening", None, 38),
    ("bpdsi", "TOTAL", "clinical", None, 15),
    ("bpdsi", "TOTAL", "inclusion", None, 20),
    ("sds", "WORK", "screening", None, 5),
    ("mbt_acs", "ADHERENCE", "satisfactory", None, 4),
]

PUBLISHED_CHANGE = {
    "phq9": {("TOTAL", None): 6},
    "gad7": {("TOTAL", None): 4},
    "scl90r": {("GSI", "above"): 0.43, ("GSI", "below"): 0.16},
    "oq45": {("TOTAL", None): 14, ("SD", None): 10, ("IR", None): 8, ("SR", None): 7},
    "core_om": {("TOTAL", None): 5},
    "core10": {("TOTAL", None): 6},
    "ors": {("TOTAL", None): 5},
    "bpdsi": {("TOTAL", None): 11.7},
    "wsas": {("TOTAL", None): 8},
}

BANDS = {
    "phq9": [0, 5, 10, 15, 20],
    "gad7": [0, 5, 10, 15],
    "bdi2": [0, 14, 20, 29],
    "bsl23": [0, 0.28, 1.07, 1.87, 2.67, 3.47],
    "core_om": [0, 5, 10, 15, 20, 25],
    "wsas": [0, 10, 21],
}

#: Franke 2000: mean and SD of men, then of women.
BSI_NORMS = {
    "GSI": (0.28, 0.23, 0.35, 0.23),
    "SOM": (0.23, 0.31, 0.32, 0.33),
    "OC": (0.50, 0.46, 0.54, 0.43),
    "IS": (0.35, 0.40, 0.49, 0.45),
    "DEP": (0.24, 0.32, 0.33, 0.40),
    "ANX": (0.29, 0.31, 0.39, 0.36),
    "HOS": (0.29, 0.35, 0.37, 0.33),
    "PHOB": (0.14, 0.23, 0.16, 0.25),
    "PAR": (0.33, 0.40, 0.34, 0.38),
    "PSY": (0.19, 0.28, 0.19, 0.27),
}

#: Index by health state; sets in the order of the columns.
SETS_3L = ("index_nl2006", "index_nl2026", "index_uk1997", "index_dk")
STATES_3L = {
    "11111": (1, 1, 1, 1),
    "11112": (0.805, 0.750, 0.848, 0.818),
    "11113": (0.370, 0.486, 0.414, 0.519),
    "11121": (0.843, 0.732, 0.796, 0.824),
    "11222": (0.687, 0.625, 0.689, 0.708),
    "21232": (0.174, 0.185, 0.088, 0.321),
    "22222": (0.569, 0.521, 0.516, 0.592),
    "22323": (0.109, 0.136, 0.024, 0.197),
    "33333": (-0.329, -0.723, -0.594, -0.624),
}
SETS_5L = ("index_nl2016", "index_uk2026", "index_england2018", "index_norway")
STATES_5L = {
    "11112": (0.883, 0.959, 0.922, 0.9283),
    "11113": (0.808, 0.874, 0.896, 0.8504),
    "11224": (0.492, 0.582, 0.602, 0.5476),
    "21232": (0.717, 0.812, 0.730, 0.7459),
    "22233": (0.604, 0.689, 0.654, 0.6367),
    "33333": (0.511, 0.604, 0.593, 0.5394),
    "44444": (-0.289, -0.209, -0.094, -0.1261),
    "55555": (-0.446, -0.567, -0.285, -0.453),
}
WORST_5L = {"index_denmark": -0.758, "index_germany": -0.661, "index_belgium": -0.532}


def test_every_risk_item_is_there() -> None:
    found = {id_: {risk.item for risk in form.risk_items} for id_, form in ALL.items() if form.risk_items}
    assert found == {id_: set(items.split()) for id_, items in RISK.items()}
    assert {risk.at_least for form in ALL.values() for risk in form.risk_items} == {1}


@pytest.mark.parametrize(("id_", "scale", "use", "group", "value"), CUT_OFFS)
def test_cut_offs(id_: str, scale: str, use: str, group: str | None, value: float) -> None:
    found = [c.value for c in ALL[id_].cut_offs if (c.scale, c.use, c.group) == (scale, use, group)]
    assert found == [value]


@pytest.mark.parametrize("id_", ["bpdsi", "wai_s", "gaf"])
def test_cut_offs_that_lie_above_the_value(id_: str) -> None:
    """BPDSI inclusion above 20, alliance satisfactory above 4, GAF above 60."""
    values = {cut.value for cut in ALL[id_].cut_offs if cut.includes == "low"}
    assert values == {{"bpdsi": 20, "wai_s": 4, "gaf": 60}[id_]}


def published(instrument: Instrument) -> dict[tuple[str, str | None], float]:
    return {
        (
            change.scale,
            "above" if change.starts_above else "below" if change.starts_below else None,
        ): change.value
        for change in instrument.reliable_changes
        if change.value is not None
    }


def test_published_reliable_changes() -> None:
    found = {id_: published(form) for id_, form in ALL.items()}
    assert {id_: changes for id_, changes in found.items() if changes} == PUBLISHED_CHANGE


def test_derived_reliable_changes_keep_what_they_come_from() -> None:
    """BDI-II: 1.96 x sqrt(2) x 10.84 x sqrt(1 - .93) = 7.95; BSI: 1.96 x sqrt(2) x .79 x sqrt(.05) = .49."""
    derived = {
        id_: (1.96 * 2**0.5 * change.sd * (1 - change.reliability) ** 0.5, change.confidence)
        for id_, form in ALL.items()
        for change in form.reliable_changes
        if change.sd is not None and change.reliability is not None
    }
    assert derived == {
        "bdi2": (pytest.approx(7.95, abs=0.005), Confidence.DERIVED),
        "bsi": (pytest.approx(0.49, abs=0.005), Confidence.DERIVED),
    }


def test_bands_start_where_the_sources_say() -> None:
    found = {id_: [band.at_least for band in form.bands[0].levels] for id_, form in ALL.items() if form.bands}
    assert found == BANDS


def test_norms_of_the_bsi_and_of_nothing_else() -> None:
    """Norms of the IIP are bound to permission and must not ship."""
    assert {id_ for id_, form in ALL.items() if form.norms} == {"bsi"}
    norms = {(norm.scale, norm.group): (norm.mean, norm.sd) for norm in ALL["bsi"].norms}
    for scale, (man, man_sd, woman, woman_sd) in BSI_NORMS.items():
        assert norms[scale, "male"] == (man, man_sd)
        assert norms[scale, "female"] == (woman, woman_sd)


@pytest.mark.parametrize(
    ("id_", "scale", "low", "high"),
    [
        ("bdi2", "TOTAL", 0, 63),
        ("phq9", "TOTAL", 0, 27),
        ("oq45", "TOTAL", 0, 180),
        ("core_om", "TOTAL", 0, 40),
        ("bsi", "GSI", 0, 4),
        ("bsi18", "GSI", 0, 72),
        ("pai_bor", "TOTAL", 0, 72),
        ("bpdsi", "TOTAL", 0, 90),
        ("lpfs_bf2", "TOTAL", 12, 48),
        ("wsas", "WITHOUT_WORK", 0, 32),
        ("zan_bpd", "TOTAL", 0, 36),
    ],
)
def test_range_of_the_main_scores(id_: str, scale: str, low: float, high: float) -> None:
    found = ALL[id_].scale(scale)
    assert (found.minimum, found.maximum) == (low, high)


@pytest.mark.parametrize("state", STATES_3L)
def test_eq5d3l_index_of_published_states(state: str) -> None:
    scores = score(ALL["eq5d3l"], [[int(level) for level in state]])
    for scale, value in zip(SETS_3L, STATES_3L[state], strict=True):
        assert scores[scale].values[0] == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize("state", STATES_5L)
def test_eq5d5l_index_of_published_states(state: str) -> None:
    scores = score(ALL["eq5d5l"], [[int(level) for level in state]])
    for scale, value in zip(SETS_5L, STATES_5L[state], strict=True):
        assert scores[scale].values[0] == pytest.approx(value, abs=5e-5)


@pytest.mark.parametrize("scale", WORST_5L)
def test_eq5d5l_worst_state_of_the_other_sets(scale: str) -> None:
    found = score(ALL["eq5d5l"], [[5] * 5])[scale].values[0]
    assert found == pytest.approx(WORST_5L[scale], abs=5e-4)


def test_codes_of_loinc() -> None:
    assert (ALL["phq9"].code, ALL["phq9"].scale("TOTAL").code) == ("44249-1", "44261-6")
    items = "44250-9 44255-8 44259-0 44254-1 44251-7 44258-2 44252-5 44253-3 44260-8 69722-7"
    assert [item.code for item in ALL["phq9"].all_items()] == items.split()
    assert (ALL["gad7"].code, ALL["gad7"].scale("TOTAL").code) == ("69737-5", "70274-6")
    assert ALL["bdi2"].scale("TOTAL").code == "89209-1"


#: D ch. 8 Table 4: consensus on the 21 factors before and during the reorganisation, "2/3" as 2.5.
BEFORE = [7, 6, 7, 7, 6, 5, 7, 6, 6, 6, 7, 6, 6.5, 5.5, 6, 6, 6, 6, 4, 6, 7]
DURING = [4, 2.5, 4, 2.5, 2, 3, 1, 2.5, 1, 3, 2, 2.5, 2.5, 2.5, 2.5, 2.5, 2, 2, 2, 2.5, 3]


def test_factors_of_the_published_cohorts() -> None:
    """129 / 21 = 6.14 (printed 6.1) and 51.5 / 21 = 2.45 (printed 2.4)."""
    means = score(ALL["team_factors"], [BEFORE, DURING])["TOTAL"].values
    assert means == pytest.approx([129 / 21, 51.5 / 21])


def test_weekly_check_counts_the_good_answers_the_other_way() -> None:
    """(3 + 2 + (4 - 1) + (4 - 4) + (4 - 2)) / 5 = 2; the risk item stays apart."""
    scores = score(ALL["weekly_check"], [[3, 2, 1, 4, 2, 0]])
    assert scores["BURDEN"].values[0] == pytest.approx(2)
    assert scores["RISK"].values[0] == 0


def test_work_that_does_not_apply_leaves_the_score_without_work() -> None:
    """WSAS: no prorating; 4 + 5 + 6 + 7 = 22 of 32."""
    scores = score(ALL["wsas"], [[float("nan"), 4, 5, 6, 7]])
    assert scores["TOTAL"].at(0) is None
    assert scores["WITHOUT_WORK"].at(0) == 22


def test_bpdsi_identity_weighs_two_and_a_half() -> None:
    """Every frequency 4, every identity answer 2: 8 x 4 + 2 x 2.5 = 37."""
    answers = [2 if item.id.startswith("3_") else 4 for item in ALL["bpdsi"].all_items()]
    assert score(ALL["bpdsi"], [answers])["TOTAL"].values[0] == pytest.approx(37)


def test_psdi_rests_on_the_answered_items() -> None:
    """BSI, 10 answers of 2, 40 of 0 and 3 missing: 20 / 10 = 2; GSI = 20 / 50 = .4."""
    scores = score(ALL["bsi"], [[2] * 10 + [0] * 40 + [float("nan")] * 3])
    assert scores["PST"].values[0] == 10
    assert scores["PSDI"].values[0] == pytest.approx(2)
    assert scores["GSI"].values[0] == pytest.approx(0.4)
