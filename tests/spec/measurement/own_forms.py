"""OnModel's own forms, and the adherence scales."""

from tests.spec.measurement.worked import Worked, in_turn, numbered

TEAM = {"consistency": 5, "communication": 6, "integration": 4, "reliability": 7, "mentalizing": 3}
SELF_CHECK = {
    "confidence_1": 3, "confidence_2": 4, "competence_1": 5, "competence_2": 4, "not_knowing_1": 2,
    "not_knowing_2": 3, "strain_1": 4, "strain_2": 5, "support": 1,
}  # fmt: skip

EXAMPLES = [
    Worked(
        "mbt_acs",
        {
            "overall_adherence": 5,
            "overall_competence": 4,
            "a2": 6,
            "a11": 3,
            "a13": 3,
            "a12": 5,
            "c1": 4,
            "c2": 6,
        },
        {
            "ADHERENCE": 5,
            "COMPETENCE": 4,
            "ADHERENCE_NOT_KNOWING": (6 + 3 + 3) / 3,
            "ADHERENCE_CLARIFICATION": 5,  # of items 12 and 16 one was rated
            "ADHERENCE_CHALLENGE": None,  # neither 3 nor 8 was rated
            "COMPETENCE_NOT_KNOWING": (4 + 6) / 2,  # of items 1, 2, 11 and 13 two were rated
        },
        "interventions that did not occur have no rating",
    ),
    Worked(
        "mbt_g_aqs",
        {"overall_adherence": 5, "a1": 4, "a2": 5, "c10": 6},
        {"ADHERENCE": 5, "COMPETENCE": None, "ADHERENCE_GROUP": (4 + 5) / 2, "COMPETENCE_MENTALIZING": 6},
    ),
    Worked(
        "patient_perspective",
        numbered([3, 4, 5, 2, 1, 4, 3, 5]),
        {"TOTAL": (3 + 4 + 5 + 2 + 1 + 4 + 3 + 5) / 8, "NOT_KNOWING": (3 + 4) / 2, "CHALLENGE": 4},
    ),
    Worked(
        "quality_criteria",
        in_turn(20, 5, 1),
        {
            "TOTAL": 4 * (1 + 2 + 3 + 4 + 5) / 20,
            "ORGANISATION": (2 + 3 + 4 + 5 + 1 + 2) / 6,
            "ORGANISATION_TEAM": (3 + 4 + 5 + 1) / 4,
            "TEAM": (2 + 3 + 4 + 5 + 1 + 2 + 3 + 4) / 8,
            "THERAPIST": (5 + 1) / 2,
        },
    ),
    Worked(
        "supervisory_adherence",
        {"overall": 5, "duties_1": 4, "duties_2": 6, "theory_1": 3, "meta_1": 2, "meta_2": 3},
        {"OVERALL": 5, "DUTIES": (4 + 6) / 2, "THEORY": 3, "META": (2 + 3) / 2, "DIDACTIC": None},
    ),
    Worked(
        "team_factors",
        in_turn(21, 7, 1),
        {
            "TOTAL": 3 * (1 + 2 + 3 + 4 + 5 + 6 + 7) / 21,
            "ORGANISATION": (2 + 3 + 4 + 5 + 6 + 7 + 1) / 7,
            "TEAM": (2 + 3 + 4 + 5 + 6 + 7 + 1 + 2 + 3 + 4 + 5) / 11,
            "THERAPIST": (6 + 7 + 1) / 3,
        },
    ),
    Worked("team_items", TEAM, {"TOTAL": (5 + 6 + 4 + 7 + 3) / 5, "RELIABILITY": 7}),
    Worked(
        "therapist_self_check",
        SELF_CHECK,
        {
            "CONFIDENCE": (3 + 4) / 2,
            "COMPETENCE": (5 + 4) / 2,
            "NOT_KNOWING": (2 + 3) / 2,
            "STRAIN": (4 + 5) / 2,
            "SUPPORT": 1,
        },
    ),
    Worked(
        "weekly_check",
        {"low": 3, "flooded": 2, "daily": 1, "others": 4, "curious": 0, "risk": 1},
        {"BURDEN": (3 + 2 + (4 - 1) + (4 - 4) + (4 - 0)) / 5, "RISK": 1},
    ),
]
