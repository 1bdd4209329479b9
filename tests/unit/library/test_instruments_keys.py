"""Which items each scale has and which are reversed, copied by hand from the reference list.

Sources: `source` of each file; the reference list of instruments gives these numbers.
"""

import msgspec
import pytest

from onmodel.library.loading import read
from onmodel.packs.instruments import Instrument
from onmodel.packs.scales import CombinedScale, EnteredScale, MeanScale, RecodedScale, SumScale

#: Every instrument of both packs; the MBT pack builds on the generic one.
ALL = read("mbt").instruments

KEYS = {
    "bsi": {
        "SOM": "2 7 23 29 30 33 37",
        "OC": "5 15 26 27 32 36",
        "IS": "20 21 22 42",
        "DEP": "9 16 17 18 35 50",
        "ANX": "1 12 19 38 45 49",
        "HOS": "6 13 40 41 46",
        "PHOB": "8 28 31 43 47",
        "PAR": "4 10 24 48 51",
        "PSY": "3 14 34 44 53",
    },
    "bsi18": {"SOM": "1 4 7 10 13 16", "DEP": "2 5 8 11 14 17", "ANX": "3 6 9 12 15 18"},
    "scl90r": {
        "SOM": "1 4 12 27 40 42 48 49 52 53 56 58",
        "OC": "3 9 10 28 38 45 46 51 55 65",
        "IS": "6 21 34 36 37 41 61 69 73",
        "DEP": "5 14 15 20 22 26 29 30 31 32 54 71 79",
        "ANX": "2 17 23 33 39 57 72 78 80 86",
        "HOS": "11 24 63 67 74 81",
        "PHOB": "13 25 47 50 70 75 82",
        "PAR": "8 18 43 68 76 83",
        "PSY": "7 16 35 62 77 84 85 87 88 90",
    },
    "oq45": {
        "SD": "2 3 5 6 8 9 10 11 13 15 22 23 24 25 27 29 31 33 34 35 36 40 41 42 45",
        "IR": "1 7 16 17 18 19 20 26 30 37 43",
        "SR": "4 12 14 21 28 32 38 39 44",
    },
    "core_om": {
        "W": "4 14 17 31",
        "P": "2 5 8 11 13 15 18 20 23 27 28 30",
        "F": "1 3 7 10 12 19 21 25 26 29 32 33",
        "R": "6 9 16 22 24 34",
    },
    "iip64": {
        "PA": "17 31 44 45 50 52 57 59",
        "BC": "1 22 24 29 32 40 56 64",
        "DE": "11 15 16 20 23 27 36 60",
        "FG": "3 7 14 18 33 35 55 62",
        "HI": "5 6 8 9 12 13 19 39",
        "JK": "2 10 25 34 38 42 53 61",
        "LM": "21 28 37 46 49 51 54 63",
        "NO": "4 26 30 41 43 47 48 58",
    },
    "iip32": {
        "PA": "22 25 28 30",
        "BC": "14 16 17 18",
        "DE": "10 11 13 15",
        "FG": "2 5 9 19",
        "HI": "4 6 7 12",
        "JK": "1 8 20 31",
        "LM": "23 26 27 32",
        "NO": "3 21 24 29",
    },
    "ecr": {
        "AVOID": "1 3 5 7 9 11 13 15 17 19 21 23 25 27 29 31 33 35",
        "ANX": "2 4 6 8 10 12 14 16 18 20 22 24 26 28 30 32 34 36",
    },
    "ecr_r": {
        "ANX": "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18",
        "AVOID": "19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36",
    },
    "pai_bor": {
        "AI": "1 4 7 10 14 18",
        "IP": "2 5 8 11 15 19",
        "NR": "3 6 9 12 16 20",
        "SH": "13 17 21 22 23 24",
    },
    "wai_sr": {"TASK": "1 2 10 12", "BOND": "3 5 7 9", "GOAL": "4 6 8 11"},
    "wai_s": {"TASK": "1 2 8 12", "BOND": "3 5 7 9", "GOAL": "4 6 10 11"},
    "lpfs_bf2": {"SELF": "1 2 3 4 5 6", "INTERP": "7 8 9 10 11 12"},
}
#: Items that count in the totals only.
TOTAL_ONLY = {"bsi": "11 25 39 52", "scl90r": "19 44 59 60 64 66 89"}
REVERSED = {
    "oq45": "1 12 13 20 21 24 31 37 43",
    "core_om": "3 4 7 12 19 21 31 32",
    "core10": "2 3",
    "ecr": "3 15 19 22 25 27 29 31 33 35",
    "ecr_r": "9 11 20 22 26 27 28 29 30 31 33 34 35 36",
    "pai_bor": "7 12 14 19 20 24",
    "wai_s": "4 10",
}
#: Our own forms, and the mean of the RFQ-8, reverse items of their own choice.
REVERSED_BY_US = {"weekly_check": "daily others curious", "rfq8": "7"}
COUNTS = {
    "phq9": (10, 0, 3),  # the tenth is not scored
    "gad7": (8, 0, 3),  # the eighth is not scored
    "bsi": (53, 0, 4),
    "bsi18": (18, 0, 4),
    "scl90r": (90, 0, 4),
    "bdi2": (21, 0, 3),
    "oq45": (45, 0, 4),
    "core_om": (34, 0, 4),
    "core10": (10, 0, 4),
    "ors": (4, 0, 10),
    "srs": (4, 0, 10),
    "eq5d3l": (5, 1, 3),
    "eq5d5l": (5, 1, 5),
    "wsas": (5, 0, 8),
    "iip64": (64, 0, 4),
    "iip32": (32, 0, 4),
    "ecr": (36, 1, 7),
    "ecr_r": (36, 1, 7),
    "wai_sr": (12, 1, 5),
    "wai_s": (12, 1, 7),
    "lpfs_bf2": (12, 1, 4),
    "pai_bor": (24, 0, 3),
    "rfq8": (8, 1, 7),
    "zan_bpd": (9, 0, 4),
    "bpdsi": (70, 0, 10),
}


def items(instrument: Instrument, scale_id: str) -> list[str]:
    scale = instrument.scale(scale_id)
    assert isinstance(scale, SumScale | MeanScale)
    return list(scale.items)


def reversed_items(instrument: Instrument) -> set[str]:
    return {item for scale in instrument.scales for item in getattr(scale, "reverse", ())}


@pytest.mark.parametrize("id_", KEYS)
def test_scales_have_their_items(id_: str) -> None:
    assert {scale: items(ALL[id_], scale) for scale in KEYS[id_]} == {
        scale: numbers.split() for scale, numbers in KEYS[id_].items()
    }


@pytest.mark.parametrize("id_", KEYS)
def test_each_item_is_in_one_scale(id_: str) -> None:
    keyed = [item for scale in KEYS[id_] for item in items(ALL[id_], scale)]
    alone = TOTAL_ONLY.get(id_, "").split()
    assert sorted(keyed + alone, key=int) == [item.id for item in ALL[id_].all_items()]


@pytest.mark.parametrize("id_", ALL)
def test_reversed_items(id_: str) -> None:
    expected = REVERSED.get(id_) or REVERSED_BY_US.get(id_, "")
    assert reversed_items(ALL[id_]) == set(expected.split())


@pytest.mark.parametrize("id_", REVERSED)
def test_an_item_is_reversed_in_every_scale_that_has_it(id_: str) -> None:
    for scale in ALL[id_].scales:
        if isinstance(scale, SumScale | MeanScale):
            assert set(scale.reverse) == set(scale.items) & set(REVERSED[id_].split())


@pytest.mark.parametrize("id_", COUNTS)
def test_number_of_items_and_range_of_answers(id_: str) -> None:
    count, low, high = COUNTS[id_]
    instrument = ALL[id_]
    assert len(instrument.all_items()) == count
    assert instrument.limits_of(instrument.all_items()[0]) == (low, high)


@pytest.mark.parametrize("id_", ["bsi", "scl90r"])
def test_indices_of_the_scl_family_rest_on_every_item(id_: str) -> None:
    every = [item.id for item in ALL[id_].all_items()]
    for scale_id in ("GSI", "SUM", "PST"):
        assert list(msgspec.structs.asdict(ALL[id_].scale(scale_id))["items"]) == every


def test_item_37_of_the_bsi_is_somatic() -> None:
    assert "37" in items(ALL["bsi"], "SOM")


def test_oq45_total_is_the_sum_of_its_subscales() -> None:
    total = ALL["oq45"].scale("TOTAL")
    assert isinstance(total, CombinedScale)
    assert (total.scales, total.statistic) == (("SD", "IR", "SR"), "sum")
    assert [len(items(ALL["oq45"], scale)) for scale in total.scales] == [25, 11, 9]


def test_rfq8_recodes_each_answer_twice_and_item_7_the_other_way() -> None:
    certain, uncertain = ALL["rfq8"].scale("RFQ_C"), ALL["rfq8"].scale("RFQ_U")
    assert isinstance(certain, RecodedScale)
    assert isinstance(uncertain, RecodedScale)
    low_counts = {"1": 3, "2": 2, "3": 1, "4": 0, "5": 0, "6": 0, "7": 0}
    assert certain.items == tuple("123456")
    assert certain.recode == low_counts
    assert uncertain.items == tuple("245678")
    assert uncertain.recode == {"1": 0, "2": 0, "3": 0, "4": 0, "5": 1, "6": 2, "7": 3}
    assert uncertain.recode_items == {"7": low_counts}


def test_bpdsi_has_nine_sections_and_weighs_identity() -> None:
    """7 + 8 + 8 + 11 + 13 + 5 + 4 + 6 + 8 = 70; identity is answered 0 to 4 and counts times 2.5."""
    sections = [scale for scale in ALL["bpdsi"].scales if isinstance(scale, MeanScale)]
    assert [len(scale.items) for scale in sections] == [7, 8, 8, 11, 13, 5, 4, 6, 8]
    assert [scale.multiplier for scale in sections] == [1, 1, 2.5, 1, 1, 1, 1, 1, 1]
    assert ALL["bpdsi"].limits_of(ALL["bpdsi"].item("3_1")) == (0, 4)


AREAS = {
    "not_knowing": "1 2 11 13",
    "support": "4 5 7",
    "clarification": "12 16",
    "exploration": "6 9 12",
    "challenge": "3 8",
    "affect_focus": "10 11 13",
    "relationship": "11 14 15",
    "integration": "17",
}


def members(instrument: Instrument, scale_id: str) -> list[str]:
    scale = msgspec.to_builtins(instrument.scale(scale_id))
    return list(scale.get("items") or [scale["item"]])


@pytest.mark.parametrize("area", AREAS)
def test_competency_areas_of_the_adherence_scale(area: str) -> None:
    """QM 2.1, 2.2; items 1, 4 and 5 are rated for competence only."""
    numbers = AREAS[area].split()
    assert members(ALL["mbt_acs"], f"COMPETENCE_{area.upper()}") == [f"c{n}" for n in numbers]
    rated = [f"a{n}" for n in numbers if n not in ("1", "4", "5")]
    assert members(ALL["mbt_acs"], f"ADHERENCE_{area.upper()}") == rated


@pytest.mark.parametrize(("id_", "adherence", "competence"), [("mbt_acs", 14, 17), ("mbt_g_aqs", 19, 19)])
def test_double_ratings_keep_the_overall_apart(id_: str, adherence: int, competence: int) -> None:
    instrument = ALL[id_]
    parts = [item.part for item in instrument.all_items()]
    assert (parts.count("adherence"), parts.count("competence")) == (adherence, competence)
    assert instrument.main_scale == "ADHERENCE"
    assert members(instrument, "ADHERENCE") == ["overall_adherence"]
    assert members(instrument, "COMPETENCE") == ["overall_competence"]


@pytest.mark.parametrize(
    ("id_", "sizes"),
    [
        ("team_factors", {"TOTAL": 21, "ORGANISATION": 7, "TEAM": 11, "THERAPIST": 3}),
        (
            "quality_criteria",
            {"TOTAL": 20, "ORGANISATION": 6, "ORGANISATION_TEAM": 4, "TEAM": 8, "THERAPIST": 2},
        ),
        ("team_items", {"TOTAL": 5}),
        (
            "supervisory_adherence",
            {"DUTIES": 6, "START": 6, "THEORY": 2, "DIDACTIC": 4, "PERSONAL": 4, "META": 2},
        ),
    ],
)
def test_our_forms_about_team_and_programme(id_: str, sizes: dict[str, int]) -> None:
    assert {scale: len(items(ALL[id_], scale)) for scale in sizes} == sizes


def test_score_only_forms_invent_no_key() -> None:
    for id_ in ("cip48", "dapp_sf", "fwc_bv", "ments", "mzq", "rfq", "sipp118", "sipp_sf", "ticp"):
        assert all(isinstance(scale, EnteredScale) for scale in ALL[id_].scales)
        assert ALL[id_].all_items() == ()
