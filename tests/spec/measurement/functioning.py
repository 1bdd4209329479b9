"""Functioning, and forms whose scales are single items."""

from tests.spec.measurement.worked import Worked, numbered, without

EXAMPLES = [
    Worked("wsas", numbered([8, 1, 2, 3, 4]), {"TOTAL": 8 + 1 + 2 + 3 + 4, "WITHOUT_WORK": 1 + 2 + 3 + 4}),
    Worked(
        "wsas",
        without(numbered([0, 1, 2, 3, 4]), "1"),
        {"TOTAL": None, "WITHOUT_WORK": 10},
        "work does not apply: no total, and nothing in its place",
    ),
    Worked(
        "sds",
        numbered([4, 7, 2, 3, 5]),
        {"TOTAL": 4 + 7 + 2, "WORK": 4, "SOCIAL": 7, "FAMILY": 2, "DAYS_LOST": 3, "DAYS_REDUCED": 5},
    ),
    Worked("sds", {"2": 7, "3": 2}, {"TOTAL": None, "WORK": None, "SOCIAL": 7}, "work does not apply"),
    Worked("gaf", {"S": 48, "F": 55}, {"GAF_S": 48, "GAF_F": 55, "GAF": 48}, "the lower of both"),
    Worked("gaf", {"F": 55}, {"GAF_F": 55, "GAF": None}, "one of both"),
    Worked("eq_vas", {"vas": 62}, {"VAS": 62}),
    Worked("sshi", {"months": 6, "attempts": 0, "self_harm": 3}, {"ATTEMPTS": 0, "SELF_HARM": 3}),
]
