"""Interpersonal problems, attachment, mentalizing, alliance.

`H` is half the square root of 2, the cosine and sine of 45 degrees.
"""

from math import atan2, degrees, hypot, sqrt

from tests.spec.measurement.worked import Worked, in_turn, numbered

H = sqrt(2) / 2

#: Octant means of the IIP-64 when item n has answer n modulo 5, by hand from the key.
IIP64 = {
    "PA": (2 + 1 + 4 + 0 + 0 + 2 + 2 + 4) / 8,  # 17, 31, 44, 45, 50, 52, 57, 59
    "BC": (1 + 2 + 4 + 4 + 2 + 0 + 1 + 4) / 8,
    "DE": (1 + 0 + 1 + 0 + 3 + 2 + 1 + 0) / 8,
    "FG": (3 + 2 + 4 + 3 + 3 + 0 + 0 + 2) / 8,
    "HI": (0 + 1 + 3 + 4 + 2 + 3 + 4 + 4) / 8,
    "JK": (2 + 0 + 0 + 4 + 3 + 2 + 3 + 1) / 8,
    "LM": (1 + 3 + 2 + 1 + 4 + 1 + 4 + 3) / 8,
    "NO": (4 + 1 + 0 + 1 + 3 + 2 + 3 + 3) / 8,
}
IIP32 = {
    "PA": (2 + 0 + 3 + 0) / 4,  # 22, 25, 28, 30
    "BC": (4 + 1 + 2 + 3) / 4,
    "DE": (0 + 1 + 3 + 0) / 4,
    "FG": (2 + 0 + 4 + 4) / 4,
    "HI": (4 + 1 + 2 + 2) / 4,
    "JK": (1 + 3 + 0 + 1) / 4,
    "LM": (3 + 1 + 2 + 2) / 4,
    "NO": (3 + 1 + 4 + 4) / 4,
}


def around(s):
    """Elevation, dominance, affiliation, amplitude and displacement, written out for eight octants."""
    up = (s["PA"] + H * s["BC"] - H * s["FG"] - s["HI"] - H * s["JK"] + H * s["NO"]) / 4
    right = (s["LM"] + H * s["NO"] + H * s["JK"] - s["DE"] - H * s["BC"] - H * s["FG"]) / 4
    return {
        **s,
        "ELEVATION": sum(s.values()) / 8,
        "DOMINANCE": up,
        "AFFILIATION": right,
        "AMPLITUDE": hypot(up, right),
        "DISPLACEMENT": degrees(atan2(up, right)) % 360,
    }


#: Every item 2 but those of PA (3) and HI (1): a push upwards of (3 - 1) / 4, and nothing sideways.
DOMINANT = {
    **numbered([2] * 64),
    **dict.fromkeys(["17", "31", "44", "45", "50", "52", "57", "59"], 3),
    **dict.fromkeys(["5", "6", "8", "9", "12", "13", "19", "39"], 1),
}

EXAMPLES = [
    Worked("iip64", in_turn(64, 5), around(IIP64)),
    Worked(
        "iip64",
        DOMINANT,
        {
            "ELEVATION": 2,
            "DOMINANCE": 0.5,
            "AFFILIATION": 0,
            "AMPLITUDE": 0.5,
            "DISPLACEMENT": 90,
            "FIT": 1 - (2 - 8 * 0.5**2 / 2) / 2,  # of the sum of squares 1 + 1 the cosine takes 8 x 0.5^2 / 2
        },
        "a dominant profile",
    ),
    Worked(
        "iip64",
        numbered([1] * 64),
        {"ELEVATION": 1, "AMPLITUDE": 0, "DISPLACEMENT": None, "FIT": None},
        "a flat profile has no direction",
    ),
    Worked("iip32", in_turn(32, 5), around(IIP32)),
    Worked(
        "ecr",
        in_turn(36, 7, 1),  # answers 2 to 7, 1, 2, ...; odd items avoidance, even items anxiety
        {
            "AVOID": (2 + (8 - 4) + 6 + 1 + 3 + 5 + 7 + (8 - 2) + 4 + (8 - 6) + 1 + 3 + (8 - 5) + (8 - 7)
            + (8 - 2) + (8 - 4) + (8 - 6) + (8 - 1)) / 18,
            "ANX": (3 + 5 + 7 + 2 + 4 + 6 + 1 + 3 + 5 + 7 + (8 - 2) + 4 + 6 + 1 + 3 + 5 + 7 + 2) / 18,
        },
    ),
    Worked(
        "ecr_r",
        in_turn(36, 7, 1),  # 1 to 18 anxiety, 19 to 36 avoidance
        {
            "ANX": (2 + 3 + 4 + 5 + 6 + 7 + 1 + 2 + (8 - 3) + 4 + (8 - 5) + 6 + 7 + 1 + 2 + 3 + 4 + 5) / 18,
            "AVOID": (6 + (8 - 7) + 1 + (8 - 2) + 3 + 4 + 5 + (8 - 6) + (8 - 7) + (8 - 1) + (8 - 2) + (8 - 3)
            + (8 - 4) + 5 + (8 - 6) + (8 - 7) + (8 - 1) + (8 - 2)) / 18,
        },
    ),
    Worked(
        "rfq8",
        numbered([1, 2, 3, 4, 5, 6, 2, 7]),
        {
            "RFQ_C": (3 + 2 + 1 + 0 + 0 + 0) / 6,  # items 1 to 6: 1 is 3, 2 is 2, 3 is 1, above is 0
            "RFQ_U": (0 + 0 + 1 + 2 + 2 + 3) / 6,  # items 2, 4, 5, 6, then 7 the other way round, then 8
            "MEAN": (1 + 2 + 3 + 4 + 5 + 6 + (8 - 2) + 7) / 8,
        },
    ),
    Worked(
        "rfq8",
        numbered([7, 7, 7, 7, 7, 7, 7, 7]),
        {"RFQ_C": 0, "RFQ_U": (3 + 3 + 3 + 3 + 0 + 3) / 6},
        "agreement throughout: item 7 speaks for certainty",
    ),
    Worked(
        "wai_sr",
        in_turn(12, 5, 1),
        {
            "TASK": (2 + 3 + 1 + 3) / 4,  # 1, 2, 10, 12
            "BOND": (4 + 1 + 3 + 5) / 4,  # 3, 5, 7, 9
            "GOAL": (5 + 2 + 4 + 2) / 4,  # 4, 6, 8, 11
            "TOTAL": (9 + 13 + 13) / 12,
        },
    ),
    Worked(
        "wai_s",
        in_turn(12, 7, 1),
        {
            "TASK": (2 + 3 + 2 + 6) / 4,  # 1, 2, 8, 12
            "BOND": (4 + 6 + 1 + 3) / 4,  # 3, 5, 7, 9
            "GOAL": ((8 - 5) + 7 + (8 - 4) + 5) / 4,  # 4 reversed, 6, 10 reversed, 11
            "TOTAL": (13 + 14 + 19) / 12,
        },
    ),
]  # fmt: skip
