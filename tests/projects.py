"""Agreements with partners and projects of implementing for tests."""

import datetime

from onmodel.agreements.actions import Terms, keep_arrangement, keep_contract, keep_review
from onmodel.agreements.models import Arrangement, ContractFile, Review
from onmodel.implementing.actions import keep_project
from onmodel.implementing.models import Project

BEGUN = datetime.date(2025, 1, 6)
CRISIS = ("crisis_admission", "crisis_roles", "crisis_protocol")
#: What a calculation is made of; each number is ours, for the tests.
INPUTS = {
    "population": [100_000, 200_000],
    "disorder": [1, 1],
    "referred": [4, 4],
    "suitable": [50, 50],
    "months": [18, 18],
    "hours": [3, 3],
    "group": [8, 8],
    "caseload": [18, 18],
    "therapist_hours": [24, 24],
    "team": [4, 9],
    "direct": [60, 60],
    "costs": [{"name": "Training", "basis": "therapist", "amount": [100, 200]}],
}


def terms(**more: object) -> Terms:
    given = {
        "kind": "crisis_service",
        "partner": "Town crisis team",
        "agreed": "Admission for a night at most, the programme is called.",
        "covers": CRISIS,
        "starts_on": BEGUN,
    }
    return Terms(**{**given, **more})


def arranged(cast, **more: object) -> Arrangement:
    """An agreement of the cast's programme; the same one when asked again."""
    kept = cast.programme.arrangements.filter(partner=more.get("partner", "Town crisis team")).first()
    return kept or keep_arrangement(programme=cast.programme, terms=terms(**more), by=cast.manager)


def reviewed(arrangement: Arrangement, day: datetime.date, by, **more: object) -> Review:
    said = {"who": "Mia and the head of the crisis team", "result": "works", "found": "Two admissions."}
    return keep_review(arrangement=arrangement, held_on=day, by=by, **{**said, **more})


def contract_of(cast) -> ContractFile:
    return keep_contract(arrangement=arranged(cast), file=b"%PDF-1.7 agreed", by=cast.manager)


def begun_project(cast) -> Project:
    kept = Project.objects.filter(programme=cast.programme).first()
    return kept or keep_project(programme=cast.programme, begun_on=BEGUN, by=cast.manager)
