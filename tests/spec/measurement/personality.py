"""Personality: self-report and interview."""

from tests.spec.measurement.worked import Worked, in_turn, numbered, without

PAI_BOR = in_turn(24, 4)

#: Items of the nine criteria of the BPDSI, and one answer for all of each.
BPDSI = {1: (7, 1), 2: (8, 2), 3: (8, 4), 4: (11, 3), 5: (13, 0), 6: (5, 6), 7: (4, 5), 8: (6, 7), 9: (8, 2)}
BPDSI_ANSWERS = {f"{c}_{n}": value for c, (items, value) in BPDSI.items() for n in range(1, items + 1)}

EXAMPLES = [
    Worked(
        "pai_bor",
        PAI_BOR,
        {
            "AI": 1 + 0 + (3 - 3) + 2 + (3 - 2) + 2,  # 1, 4, 7 reversed, 10, 14 reversed, 18
            "IP": 2 + 1 + 0 + 3 + 3 + (3 - 3),  # 2, 5, 8, 11, 15, 19 reversed
            "NR": 3 + 2 + 1 + (3 - 0) + 0 + (3 - 0),  # 3, 6, 9, 12 reversed, 16, 20 reversed
            "SH": 1 + 1 + 1 + 2 + 3 + (3 - 0),  # 13, 17, 21, 22, 23, 24 reversed
            "TOTAL": 6 + 9 + 12 + 11,
        },
    ),
    Worked(
        "pai_bor",
        without(PAI_BOR, "1", "2"),
        {"AI": None, "IP": None, "NR": 12, "SH": 11, "TOTAL": (38 - 1 - 2) * 24 / 22},
        "two missing: the total is prorated",
    ),
    Worked("pai_bor", without(PAI_BOR, "1", "2", "3"), {"TOTAL": None}, "three missing"),
    Worked(
        "lpfs_bf2",
        in_turn(12, 4, 1),
        {"SELF": 2 + 3 + 4 + 1 + 2 + 3, "INTERP": 4 + 1 + 2 + 3 + 4 + 1, "TOTAL": 15 + 15},
    ),
    Worked(
        "bpdsi",
        BPDSI_ANSWERS,
        {
            "ABANDONMENT": 1,
            "RELATIONSHIPS": 2,
            "IDENTITY": 4 * 2.5,
            "IMPULSIVITY": 3,
            "PARASUICIDE": 0,
            "INSTABILITY": 6,
            "EMPTINESS": 5,
            "ANGER": 7,
            "DISSOCIATION": 2,
            "TOTAL": 1 + 2 + 10 + 3 + 0 + 6 + 5 + 7 + 2,
        },
    ),
    Worked(
        "bpdsi",
        {**BPDSI_ANSWERS, **{f"1_{n}": n for n in range(1, 8)}},
        {"ABANDONMENT": (1 + 2 + 3 + 4 + 5 + 6 + 7) / 7, "TOTAL": 4 + 35},
        "a mean within a criterion",
    ),
    Worked("zan_bpd", numbered([0, 1, 2, 3, 4, 0, 1, 2, 3]), {"TOTAL": 0 + 1 + 2 + 3 + 4 + 0 + 1 + 2 + 3}),
]
