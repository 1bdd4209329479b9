"""Symptoms and distress.

In `in_turn` rows item n has answer n modulo 4 or 5; a reversed one stands as (4 - 2).
"""

from tests.spec.measurement.worked import Worked, in_turn, numbered, without

BSI, SCL90R, OQ45, CORE_OM = in_turn(53, 5), in_turn(90, 5), in_turn(45, 5), in_turn(34, 5)
CORE10, PHQ9 = in_turn(10, 5), in_turn(9, 4)

#: Items 2 to 4, 7 and 16 of the BSI, and 11 that is in no scale but the whole.
FEW = {"2": 4, "3": 3, "4": 2, "7": 1, "11": 4, "16": 1}

EXAMPLES = [
    Worked("phq9", PHQ9, {"TOTAL": 1 + 2 + 3 + 0 + 1 + 2 + 3 + 0 + 1}),
    Worked("phq9", numbered([1] * 7), {"TOTAL": 7 * 9 / 7}, "two missing, prorated"),
    Worked("phq9", numbered([1] * 6), {"TOTAL": None}, "three missing"),
    Worked("phq9", {**PHQ9, "10": 3}, {"TOTAL": 13}, "item 10 does not count"),
    Worked("gad7", in_turn(7, 4), {"TOTAL": 1 + 2 + 3 + 0 + 1 + 2 + 3}),
    Worked("gad7", numbered([2] * 6), {"TOTAL": 12 * 7 / 6}, "one missing, prorated"),
    Worked(
        "bsi",
        BSI,
        {
            "SOM": (2 + 2 + 3 + 4 + 0 + 3 + 2) / 7,  # 2, 7, 23, 29, 30, 33, 37
            "OC": (0 + 0 + 1 + 2 + 2 + 1) / 6,  # 5, 15, 26, 27, 32, 36
            "IS": (0 + 1 + 2 + 2) / 4,  # 20, 21, 22, 42
            "DEP": (4 + 1 + 2 + 3 + 0 + 0) / 6,  # 9, 16, 17, 18, 35, 50
            "ANX": (1 + 2 + 4 + 3 + 0 + 4) / 6,  # 1, 12, 19, 38, 45, 49
            "HOS": (1 + 3 + 0 + 1 + 1) / 5,  # 6, 13, 40, 41, 46
            "PHOB": (3 + 3 + 1 + 3 + 2) / 5,  # 8, 28, 31, 43, 47
            "PAR": (4 + 0 + 4 + 3 + 1) / 5,  # 4, 10, 24, 48, 51
            "PSY": (3 + 4 + 4 + 4 + 3) / 5,  # 3, 14, 34, 44, 53
            "GSI": (10 * (1 + 2 + 3 + 4 + 0) + 1 + 2 + 3) / 53,  # ten rounds of five, then 51, 52, 53
            "PST": 53 - 10,  # every fifth is 0
            "PSDI": 106 / 43,
        },
    ),
    Worked(
        "bsi",
        {**numbered([0] * 53), **FEW},
        {
            "SOM": (4 + 1) / 7,
            "PSY": 3 / 5,
            "PAR": 2 / 5,
            "DEP": 1 / 6,
            "GSI": (4 + 3 + 2 + 1 + 4 + 1) / 53,
            "PST": 6,
            "PSDI": 15 / 6,
        },
        "six complaints",
    ),
    Worked("bsi", numbered([0] * 53), {"GSI": 0, "PST": 0, "PSDI": None}, "no complaint: no intensity"),
    Worked(
        "bsi18",
        in_turn(18, 5),
        {
            "SOM": 1 + 4 + 2 + 0 + 3 + 1,
            "DEP": 2 + 0 + 3 + 1 + 4 + 2,
            "ANX": 3 + 1 + 4 + 2 + 0 + 3,
            "GSI": 11 + 12 + 13,
        },
    ),
    Worked(
        "scl90r",
        SCL90R,
        {
            "SOM": (1 + 4 + 2 + 2 + 0 + 2 + 3 + 4 + 2 + 3 + 1 + 3) / 12,
            "OC": (3 + 4 + 0 + 3 + 3 + 0 + 1 + 1 + 0 + 0) / 10,
            "IS": (1 + 1 + 4 + 1 + 2 + 1 + 1 + 4 + 3) / 9,
            "DEP": (0 + 4 + 0 + 0 + 2 + 1 + 4 + 0 + 1 + 2 + 4 + 1 + 4) / 13,
            "ANX": (2 + 2 + 3 + 3 + 4 + 2 + 2 + 3 + 0 + 1) / 10,
            "HOS": (1 + 4 + 3 + 2 + 4 + 1) / 6,
            "PHOB": (3 + 0 + 2 + 0 + 0 + 0 + 2) / 7,
            "PAR": (3 + 3 + 3 + 3 + 1 + 3) / 6,
            "PSY": (2 + 1 + 0 + 2 + 2 + 4 + 0 + 2 + 3 + 0) / 10,
            "GSI": 18 * 10 / 90,  # eighteen rounds of 1 + 2 + 3 + 4 + 0
            "PST": 18 * 4,
            "PSDI": 180 / 72,
        },
    ),
    Worked("scl90r", numbered([0] * 90), {"GSI": 0, "PST": 0, "PSDI": None}, "no complaint"),
    Worked("bdi2", in_turn(21, 4), {"TOTAL": 5 * (1 + 2 + 3 + 0) + 1}),
    Worked("bdi2", numbered([2] * 18), {"TOTAL": 36 * 21 / 18}, "three missing, prorated"),
    Worked(
        "oq45",
        OQ45,
        {
            "SD": 2
            + 3
            + 0
            + 1
            + 3
            + 4
            + 0
            + 1
            + (4 - 3)
            + 0
            + 2
            + 3
            + (4 - 4)
            + 0
            + 2
            + 4
            + (4 - 1)
            + 3
            + 4
            + 0
            + 1
            + 0
            + 1
            + 2
            + 0,  # 13, 24, 31 reversed
            "IR": (4 - 1) + 2 + 1 + 2 + 3 + 4 + (4 - 0) + 1 + 0 + (4 - 2) + (4 - 3),  # 1, 20, 37, 43 reversed
            "SR": 4 + (4 - 2) + 4 + (4 - 1) + 3 + 2 + 3 + 4 + 4,  # 12, 21 reversed
            "TOTAL": 40 + 23 + 29,
        },
    ),
    Worked(
        "oq45",
        without(OQ45, "2", "1", "4"),
        {
            "SD": 38 + 2,  # 40 - 2 = 38 of 24 items, 1.58 each: 2 stands in
            "IR": 20 + 2,  # 23 - 3 = 20 of 10 items, 2.0 each: 2
            "SR": 25 + 3,  # 29 - 4 = 25 of 8 items, 3.125 each: 3
            "TOTAL": 40 + 22 + 28,
        },
        "rounded mean of the subscale for one missing in each",
    ),
    Worked(
        "oq45",
        {"12": 3, "21": 3, "14": 1, "28": 1, "32": 2, "38": 2, "39": 2, "44": 2},
        {"SR": (4 - 3) + (4 - 3) + 1 + 1 + 2 + 2 + 2 + 2 + 2, "TOTAL": None},  # 12 of 8 items, 1.5: 2
        "a half goes up, and a missing subscale leaves no total",
    ),
    Worked(
        "bsl23",
        {**in_turn(23, 5), "wellbeing": 70},
        {"MEAN": (4 * 10 + 1 + 2 + 3) / 23, "WELLBEING": 70},
    ),
    Worked("bsl23", numbered([3] * 20), {"MEAN": 60 / 20, "WELLBEING": None}, "mean of the answered"),
    Worked(
        "core_om",
        CORE_OM,
        {
            "W": 10 * ((4 - 4) + 4 + 2 + (4 - 1)) / 4,  # 4, 31 reversed
            "P": 10 * (2 + 0 + 3 + 1 + 3 + 0 + 3 + 0 + 3 + 2 + 3 + 0) / 12,  # 30 is not reversed
            "F": 10
            * (1 + (4 - 3) + (4 - 2) + 0 + (4 - 2) + (4 - 4) + (4 - 1) + 0 + 1 + 4 + (4 - 2) + 3)
            / 12,
            "R": 10 * (1 + 4 + 1 + 2 + 4 + 4) / 6,
            "TOTAL": 10 * (9 + 20 + 19 + 16) / 34,
        },
    ),
    Worked(
        "core_om",
        without(CORE_OM, "14", "2"),
        {"W": 10 * (9 - 4) / 3, "P": 10 * (20 - 2) / 11, "TOTAL": 10 * (64 - 4 - 2) / 32},
        "one missing in two domains",
    ),
    Worked(
        "core10", CORE10, {"TOTAL": 1 + (4 - 2) + (4 - 3) + 4 + 0 + 1 + 2 + 3 + 4 + 0}
    ),  # ten times a tenth
    Worked("core10", without(CORE10, "4"), {"TOTAL": 10 * (18 - 4) / 9}, "one missing"),
    Worked("ors", numbered([5.5, 4.2, 6, 7.1]), {"TOTAL": 5.5 + 4.2 + 6 + 7.1}),
    Worked("srs", numbered([9, 8.5, 10, 9.5]), {"TOTAL": 9 + 8.5 + 10 + 9.5}),
    Worked("srs", numbered([9, 8.5, 10]), {"TOTAL": None}, "one missing"),
]
