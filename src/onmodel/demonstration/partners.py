"""Write what the programmes agreed with services around them, and each time that it was looked at again.

How regularly is an assumption of the simulation: in time, but with the crisis service of the reorganised
programme no more since.
"""

from __future__ import annotations

import datetime

from onmodel.agreements.actions import Terms, keep_arrangement, keep_contract, keep_review
from onmodel.agreements.kinds import CRISIS_SERVICE
from onmodel.charts.typesetting import typeset
from onmodel.demonstration.careers import months_before, reorganised_on
from onmodel.demonstration.staff import StaffedProgramme

BEGUN_MONTHS_AGO = 40.0
#: Kind, partner, what was agreed, which parts it says, every how many months it is looked at.
AGREED = (
    (
        CRISIS_SERVICE,
        "Regional crisis team (simulated)",
        "Simulated: admission for three nights at most, decided by both; the programme is called first.",
        ("crisis_admission", "crisis_roles", "crisis_protocol"),
        5.6,
    ),
    (
        "substance_use",
        "Centre for substance use (simulated)",
        "Simulated: detoxification there, psychotherapy here; one treatment plan for both.",
        ("substance_roles",),
        11.0,
    ),
    (
        "referrer",
        "General mental health service (simulated)",
        "Simulated: who fits and who does not; a first talk within four weeks of a referral.",
        ("referral_selection", "referral_way"),
        5.7,
    ),
    (
        "general_practitioner",
        "General practitioners of the region (simulated)",
        "Simulated: the crisis plan is sent with the patient's consent when it is agreed.",
        ("gp_crisis_plan",),
        None,
    ),
)
FOUND = (
    ("works", "Simulated: crisis plans were known; admissions were short.", ""),
    (
        "points",
        "Simulated: two referrals came without a risk assessment.",
        "Simulated: it goes with the form.",
    ),
    ("works", "Simulated: both sides know whom to call.", ""),
)


def write_arrangements(staffed: StaffedProgramme, today: datetime.date) -> None:
    since = months_before(today, BEGUN_MONTHS_AGO)
    turned = reorganised_on(staffed.plan, today)
    for kind, partner, agreed, covers, months in AGREED:
        terms = Terms(
            kind=kind,
            partner=partner,
            agreed=agreed,
            covers=covers,
            contact="Simulated: the desk of the service",
            document="Simulated: the programme's folder, part 3",
            starts_on=since,
        )
        until = turned if turned and staffed.plan.is_adrift and kind == CRISIS_SERVICE else today
        kept = keep_arrangement(programme=staffed.programme, terms=terms, by=staffed.manager)
        if kind == CRISIS_SERVICE:
            keep_contract(arrangement=kept, file=_contract(partner, agreed), by=staffed.manager)
        for number, day in enumerate(_days(today, since, until, months)):
            result, found, changes = FOUND[number % len(FOUND)]
            keep_review(
                arrangement=kept,
                held_on=day,
                who="Simulated: the manager and the head of the service",
                result=result,
                found=found,
                changes=changes,
                by=staffed.manager,
            )


def _contract(partner: str, agreed: str) -> bytes:
    """A page that says what it is."""
    title = "Simulated contract"
    words = f'#set document(title: "{title}")\n#set text(lang: "en")\n= {title}\n\n{partner}\n\n{agreed}\n'
    return typeset({"main.typ": words.encode()})


def _days(
    today: datetime.date, since: datetime.date, until: datetime.date, months: float | None
) -> list[datetime.date]:
    """From the beginning on, every so many months."""
    if months is None:
        return []
    rounds = int(BEGUN_MONTHS_AGO / months)
    days = [months_before(today, BEGUN_MONTHS_AGO - months * (n + 1)) for n in range(rounds)]
    return [day for day in days if since < day <= min(until, today)]
